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
