{{/* Names. */}}

{{- define "store.namespace" -}}
{{ .Values.store.namespace | default .Values.store.id }}
{{- end }}

{{/* "true" if the chart makes the Namespace; empty if the release lives in it. */}}
{{- define "store.makesNamespace" -}}
{{ if ne (include "store.namespace" .) .Release.Namespace }}true{{ end }}
{{- end }}

{{- define "store.host" -}}
{{ .Values.domain.host | default (printf "%s.%s" .Values.store.id .Values.domain.base) }}
{{- end }}

{{- define "store.url" -}}
{{ ternary "https" "http" .Values.domain.tls.enabled }}://{{ include "store.host" . }}
{{- end }}

{{- define "store.tlsSecret" -}}
{{ .Values.domain.tls.secretName | default (printf "%s-tls" .Values.store.id) }}
{{- end }}

{{- define "store.adminEmail" -}}
{{ .Values.store.adminEmail | default (printf "admin@%s" (include "store.host" .)) }}
{{- end }}

{{/* The same name in every namespace: rights to a Secret can be given by its name, and by nothing else of it. */}}
{{- define "store.credentials" -}}
{{ if eq .Values.secrets.mode "existingSecret" }}{{ .Values.secrets.existingSecret }}{{ else }}storewright-credentials{{ end }}
{{- end }}

{{- define "store.image" -}}
{{ .repository }}{{ if hasPrefix "sha256:" .tag }}@{{ else }}:{{ end }}{{ .tag }}
{{- end }}

{{/* Metadata. Everything is quoted: "on" and "no" are store IDs, and booleans to YAML 1.1. */}}

{{/* The labels that never change: what selectors select by. Takes root, component. */}}
{{- define "store.selector" -}}
app.kubernetes.io/part-of: storewright
app.kubernetes.io/component: {{ .component | quote }}
storewright.io/store: {{ .root.Values.store.id | quote }}
{{- end }}

{{/* Takes root; component and app (the program inside) where there is one. */}}
{{- define "store.labels" -}}
app.kubernetes.io/name: {{ .app | default "store" | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service | quote }}
{{ include "store.selector" (dict "root" .root "component" (.component | default "store")) }}
storewright.io/engine: {{ .root.Values.store.engine | quote }}
{{- with .root.Values.store.uid }}
storewright.io/uid: {{ . | quote }}
{{- end }}
{{- end }}

{{/* Every object starts here, and so with the checks. Takes root, name; component and app. */}}
{{- define "store.metadata" -}}
{{- include "store.validate" .root -}}
name: {{ .name | quote }}
namespace: {{ include "store.namespace" .root | quote }}
labels:
  {{- include "store.labels" . | nindent 2 }}
{{- end }}

{{/* What must outlive the release together, the volumes and the passwords to them, is kept on uninstall; where
     the Namespace is the release's, it takes them along and a note that they were kept would be wrong. */}}
{{- define "store.keep" -}}
{{- if not (include "store.makesNamespace" .) -}}
annotations:
  helm.sh/resource-policy: keep
{{- end -}}
{{- end }}
