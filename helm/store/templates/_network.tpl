{{- define "store.webPort" -}}
{{ include (printf "%s.webPort" .Values.store.engine) . }}
{{- end }}

{{- define "store.databasePort" -}}
{{ include (printf "%s.databasePort" .Values.store.engine) . }}
{{- end }}

{{/* The component that answers at the shop's bare address: "storefront" where the engine has no pages of its own. */}}
{{- define "store.front" -}}
{{ if and (eq .Values.store.engine "medusa") (ne .Values.storefront.kind "none") }}storefront{{ else }}web{{ end }}
{{- end }}

{{- define "store.frontPort" -}}
{{ if eq .Values.storefront.kind "custom" }}{{ .Values.storefront.custom.port }}{{ else }}8080{{ end }}
{{- end }}

{{/* What stays with "web" where another component is in front, as JSON. */}}
{{- define "store.backPaths" -}}
{{ list "/admin" "/app" "/auth" "/health" "/hooks" "/static" "/store" | toJson }}
{{- end }}

{{/* Peers that may visit the shop: the tests and the ingress controller. */}}
{{- define "store.visitors" -}}
- podSelector:
    matchLabels:
      {{- include "store.selector" (dict "root" . "component" "test") | nindent 6 }}
{{- with .Values.networkPolicy.from }}
{{ toYaml . }}
{{- else }}
{{- /* The ingress controller's namespace has a different name in every cluster: any but other stores'. */}}
- namespaceSelector:
    matchExpressions:
      - {key: storewright.io/store, operator: DoesNotExist}
{{- end }}
{{- end }}

{{/* Name servers are pods in one cluster and on the host in another, so by default the port is what is allowed. */}}
{{- define "store.dnsRule" -}}
- ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
  {{- with .Values.networkPolicy.dns }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
