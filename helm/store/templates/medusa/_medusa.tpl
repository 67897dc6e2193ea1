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

{{- define "medusa.storefrontPort" -}}
{{ if eq .Values.storefront.kind "custom" }}{{ .Values.storefront.custom.port }}{{ else }}8080{{ end }}
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
