{{/* Parts of every pod: what Pod Security "restricted" asks for, and a read-only root file system. */}}

{{/* Takes root, uid: the image's user. */}}
{{- define "store.podSecurity" -}}
serviceAccountName: {{ .root.Values.store.id | quote }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.images.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .uid }}
  runAsGroup: {{ .uid }}
  fsGroup: {{ .uid }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{- define "store.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end }}

{{/* An environment value, literally: the kubelet would expand $(NAME), and $$ is how it writes a dollar. */}}
{{- define "store.env" -}}
{{ . | toString | replace "$" "$$" | toJson }}
{{- end }}

{{/* A volume with some keys of the credentials as files. Takes root, name, keys. */}}
{{- define "store.credentialsVolume" -}}
- name: {{ .name }}
  secret:
    secretName: {{ include "store.credentials" .root | quote }}
    defaultMode: 0440
    items:
      {{- range .keys }}
      - {key: {{ . }}, path: {{ . }}}
      {{- end }}
{{- end }}

{{/* Takes root, name (of the claim), size. A claim that exists keeps its size, which few classes let grow and none
     lets shrink (persistence.expand grows it), and its class. The class is left out where it was left out at first:
     once named it would stand in the way of a rollback. */}}
{{- define "store.claimSpec" -}}
{{- $size := .size -}}
{{- $class := .root.Values.persistence.storageClassName -}}
{{- with $old := lookup "v1" "PersistentVolumeClaim" (include "store.namespace" .root) .name -}}
  {{- $class = "" -}}
  {{- range .metadata.managedFields -}}
    {{- if hasKey (dig "fieldsV1" "f:spec" dict .) "f:storageClassName" -}}
      {{- $class = $old.spec.storageClassName -}}
    {{- end -}}
  {{- end -}}
  {{- $kept := .spec.resources.requests.storage -}}
  {{- $grows := gt (include "store.mebibytes" $size | int64) (include "store.mebibytes" $kept | int64) -}}
  {{- if not (and $grows $.root.Values.persistence.expand) -}}
    {{- $size = $kept -}}
  {{- end -}}
{{- end -}}
accessModes: [ReadWriteOnce]
{{- with $class }}
storageClassName: {{ . | quote }}
{{- end }}
resources:
  requests:
    storage: {{ $size | quote }}
{{- end }}

{{/* Of a size in Mi, Gi or Ti, as the schema asks for. */}}
{{- define "store.mebibytes" -}}
{{- $factor := index (dict "Mi" 1 "Gi" 1024 "Ti" 1048576) (regexFind "[A-Za-z]*$" .) | default 0 -}}
{{ mul (regexFind "^[0-9]+" . | int64) $factor }}
{{- end }}
