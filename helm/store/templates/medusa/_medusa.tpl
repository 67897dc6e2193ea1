{{/* What the common templates ask of every engine; see docs/adding-an-engine.md. */}}

{{- define "medusa.webPort" -}}9000{{- end }}

{{- define "medusa.databasePort" -}}5432{{- end }}

{{- define "medusa.adminPath" -}}/app{{- end }}

{{/* Key and kind of the secrets that only this engine has, as JSON. */}}
{{- define "medusa.secretKeys" -}}
{{ dict "jwt-secret" "key" "cookie-secret" "key" "publishable-key" "publishable" | toJson }}
{{- end }}

{{- define "medusa.validate" -}}
{{- if gt (int .Values.web.replicas) 1 -}}
  {{- fail (printf "web.replicas %d is not possible with the engine medusa: more than one replica needs Redis for sessions, events and locks, and this store has none; use 1" (int .Values.web.replicas)) -}}
{{- end -}}
{{- end }}

{{/* How helm test buys, as JSON. */}}
{{- define "medusa.purchase" -}}
{{ dict "image" .Values.images.medusa "uid" 1000 "script" "purchase.mjs" "command" (list "node" "/test/purchase.mjs")
  "keys" (list "publishable-key" "admin-email" "admin-password") | toJson }}
{{- end }}

{{/* Sizes of the chosen plan, as JSON. */}}
{{- define "medusa.plan" -}}
{{ index .Values.plans .Values.store.plan "medusa" | toJson }}
{{- end }}

{{- define "medusa.databaseName" -}}medusa{{- end }}

{{/* Setup and server get the same environment; images/README.md says what each name means. */}}
{{- define "medusa.environment" -}}
- {name: DATABASE_HOST, value: "{{ .Values.store.id }}-database"}
- {name: DATABASE_PORT, value: {{ include "store.databasePort" . | quote }}}
- {name: DATABASE_NAME, value: {{ include "medusa.databaseName" . }}}
- {name: DATABASE_USER, value: {{ include "medusa.databaseName" . }}}
- {name: STORE_ID, value: {{ include "store.env" .Values.store.id }}}
- {name: STORE_TITLE, value: {{ include "store.env" (.Values.store.title | default .Values.store.id) }}}
- {name: STORE_URL, value: {{ include "store.env" (include "store.url" .) }}}
- {name: STORE_CURRENCY, value: {{ include "store.env" (lower .Values.store.currency) }}}
- {name: STORE_COUNTRY, value: {{ include "store.env" (lower .Values.store.country) }}}
- {name: STORE_SAMPLE_PRODUCTS, value: {{ ternary "yes" "no" .Values.store.sampleProducts | quote }}}
- {name: PORT, value: {{ include "store.webPort" . | quote }}}
{{- end }}

{{/* A storefront of one's own is told as Medusa's starter expects it, ours as images/README.md says. */}}
{{- define "medusa.storefrontEnvironment" -}}
- {name: MEDUSA_URL, value: "http://{{ .Values.store.id }}-web"}
- {name: STORE_URL, value: {{ include "store.env" (include "store.url" .) }}}
- {name: STORE_TITLE, value: {{ include "store.env" (.Values.store.title | default .Values.store.id) }}}
- {name: STORE_CURRENCY, value: {{ include "store.env" (lower .Values.store.currency) }}}
- {name: STORE_COUNTRY, value: {{ include "store.env" (lower .Values.store.country) }}}
{{- if eq .Values.storefront.kind "custom" }}
- {name: PORT, value: {{ .Values.storefront.custom.port | toString | quote }}}
- {name: MEDUSA_BACKEND_URL, value: "http://{{ .Values.store.id }}-web"}
- {name: NEXT_PUBLIC_BASE_URL, value: {{ include "store.env" (include "store.url" .) }}}
- {name: NEXT_PUBLIC_DEFAULT_REGION, value: {{ include "store.env" (lower .Values.store.country) }}}
- name: NEXT_PUBLIC_MEDUSA_PUBLISHABLE_KEY
  valueFrom:
    secretKeyRef: {name: {{ include "store.credentials" . | quote }}, key: publishable-key}
{{- else }}
- {name: STORE_ACCENT, value: {{ include "store.env" .Values.storefront.accentColor }}}
{{- end }}
{{- end }}
