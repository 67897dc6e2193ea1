{{/* What the common templates ask of every engine; see docs/adding-an-engine.md. */}}

{{- define "woocommerce.webPort" -}}8080{{- end }}

{{- define "woocommerce.databasePort" -}}3306{{- end }}

{{- define "woocommerce.adminPath" -}}/wp-admin/{{- end }}

{{/* Key and kind of the secrets that only this engine has, as JSON. */}}
{{- define "woocommerce.secretKeys" -}}
{{ dict "salt-seed" "key" | toJson }}
{{- end }}

{{- define "woocommerce.validate" -}}
{{- if gt (int .Values.web.replicas) 1 -}}
  {{- fail (printf "web.replicas %d is not possible with the engine woocommerce: the volume of uploads belongs to one pod; use 1" (int .Values.web.replicas)) -}}
{{- end -}}
{{- end }}

{{/* How helm test buys, as JSON. */}}
{{- define "woocommerce.purchase" -}}
{{ dict "image" .Values.images.woocommerce "uid" 1000 "script" "purchase.php" "command" (list "php" "/test/purchase.php")
  "keys" (list "admin-email" "admin-password") | toJson }}
{{- end }}

{{/* Sizes of the chosen plan, as JSON. */}}
{{- define "woocommerce.plan" -}}
{{ index .Values.plans .Values.store.plan "woocommerce" | toJson }}
{{- end }}

{{- define "woocommerce.databaseName" -}}woocommerce{{- end }}

{{/* Setup, PHP and the clock get the same environment; images/README.md says what each name means. */}}
{{- define "woocommerce.environment" -}}
- {name: DATABASE_HOST, value: "{{ .Values.store.id }}-database"}
- {name: DATABASE_PORT, value: {{ include "store.databasePort" . | quote }}}
- {name: DATABASE_NAME, value: {{ include "woocommerce.databaseName" . }}}
- {name: DATABASE_USER, value: {{ include "woocommerce.databaseName" . }}}
- {name: STORE_ID, value: {{ include "store.env" .Values.store.id }}}
- {name: STORE_UID, value: {{ include "store.env" .Values.store.uid }}}
- {name: STORE_TITLE, value: {{ include "store.env" (.Values.store.title | default .Values.store.id) }}}
- {name: STORE_URL, value: {{ include "store.env" (include "store.url" .) }}}
- {name: STORE_CURRENCY, value: {{ include "store.env" (lower .Values.store.currency) }}}
- {name: STORE_COUNTRY, value: {{ include "store.env" (lower .Values.store.country) }}}
- {name: STORE_SAMPLE_PRODUCTS, value: {{ ternary "yes" "no" .Values.store.sampleProducts | quote }}}
- {name: STORE_ACCESSIBLE_HOSTS, value: {{ include "store.env" (.Values.woocommerce.accessibleHosts | join ",") }}}
{{- with .Values.mail }}
{{- if .host }}
- {name: SMTP_HOST, value: {{ include "store.env" .host }}}
- {name: SMTP_PORT, value: {{ .port | toString | quote }}}
- {name: SMTP_ENCRYPTION, value: {{ .encryption }}}
- {name: SMTP_FROM, value: {{ include "store.env" (.from | default (include "store.adminEmail" $)) }}}
- {name: SMTP_USER, value: {{ include "store.env" .user }}}
{{- end }}
{{- end }}
{{- end }}
