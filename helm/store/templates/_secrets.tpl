{{/* The store's credentials. Only common/secret.yaml may ask for "store.secretData": each call makes other values. */}}

{{/* Key and kind of every secret of the engine, as JSON. */}}
{{- define "store.secretKeys" -}}
{{- $keys := dict "admin-email" "email" "admin-password" "password" "database-password" "password" -}}
{{- merge $keys (include (printf "%s.secretKeys" .Values.store.engine) . | fromJson) | toJson -}}
{{- end }}

{{/* A new value. Takes root, kind. */}}
{{- define "store.newSecret" -}}
{{- if eq .kind "email" -}}{{ include "store.adminEmail" .root }}
{{- else if eq .kind "password" -}}{{ randAlphaNum 32 }}
{{- else if eq .kind "key" -}}{{ randAlphaNum 64 }}
{{- else if eq .kind "publishable" -}}pk_{{ randBytes 32 | b64dec | printf "%x" }}
{{- else -}}{{ fail (printf "no such kind of secret: %s" .kind) }}
{{- end -}}
{{- end }}

{{/* data of the Secret, as JSON. */}}
{{- define "store.secretData" -}}
{{- $namespace := include "store.namespace" . -}}
{{- $old := lookup "v1" "Secret" $namespace (include "store.credentials" .) -}}
{{- $volume := lookup "v1" "PersistentVolumeClaim" $namespace (printf "%s-database" .Values.store.id) -}}
{{- include "store.validateVolume" (dict "root" . "volume" $volume "old" $old) -}}
{{- $data := dict -}}
{{- range $key, $kind := include "store.secretKeys" . | fromJson -}}
  {{- $kept := dig "data" $key "" ($old | default dict) -}}
  {{- if eq $.Values.secrets.mode "values" -}}
    {{- $_ := set $data $key (index $.Values.secrets.values $key | b64enc) -}}
  {{- else if $kept -}}
    {{- $_ := set $data $key $kept -}}
  {{- else -}}
    {{- $_ := set $data $key (include "store.newSecret" (dict "root" $ "kind" $kind) | b64enc) -}}
  {{- end -}}
{{- end -}}
{{- toJson $data -}}
{{- end }}

{{/* A new password would lock the store out of its own database. Takes root, volume, old. */}}
{{- define "store.validateVolume" -}}
{{- if .volume -}}
{{- $secret := include "store.credentials" .root -}}
{{- $namespace := include "store.namespace" .root -}}
{{- $uid := dig "metadata" "labels" "storewright.io/uid" "" .volume -}}
{{- if and $uid .root.Values.store.uid (ne $uid .root.Values.store.uid) -}}
  {{- fail (printf "the volume claim %s-database in namespace %s belongs to another store (uid %s): delete that claim first if its data may go" .root.Values.store.id $namespace $uid) -}}
{{- end -}}
{{- $kept := dig "data" "database-password" "" (.old | default dict) -}}
{{- if eq .root.Values.secrets.mode "values" -}}
  {{- if and $kept (ne $kept (index .root.Values.secrets.values "database-password" | b64enc)) -}}
    {{- fail (printf "secrets.values.database-password is not the password that the database in namespace %s was made with: give that one (Secret %s)" $namespace $secret) -}}
  {{- end -}}
{{- else if not $kept -}}
  {{- fail (printf "the database volume %s-database in namespace %s exists, but its password is gone: Secret %s is missing or has no database-password. Restore that Secret, or delete the volume claim if its data may go" .root.Values.store.id $namespace $secret) -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Modes that take secrets from elsewhere need to be told where. */}}
{{- define "store.validateSecrets" -}}
{{- $mode := .Values.secrets.mode -}}
{{- $keys := include "store.secretKeys" . | fromJson -}}
{{- if and (ne $mode "values") .Values.secrets.values -}}
  {{- fail (printf "secrets.values is given but secrets.mode is %q: they would not be used; set secrets.mode to \"values\" or leave them out" $mode) -}}
{{- end -}}
{{- if eq $mode "values" -}}
  {{- range $key := keys .Values.secrets.values -}}
    {{- if not (hasKey $keys $key) -}}
      {{- fail (printf "secrets.values.%s is not a secret of the engine %s: its keys are %s" $key $.Values.store.engine (keys $keys | sortAlpha | join ", ")) -}}
    {{- end -}}
  {{- end -}}
  {{- range $key, $kind := $keys -}}
    {{- include "store.validateSecret" (dict "key" $key "kind" $kind "value" (index $.Values.secrets.values $key)) -}}
  {{- end -}}
{{- else if eq $mode "existingSecret" -}}
  {{- include "store.validateExistingSecret" . -}}
{{- else if eq $mode "externalSecret" -}}
  {{- if not (and .Values.secrets.externalSecret.storeRef.name .Values.secrets.externalSecret.remoteKey) -}}
    {{- fail "secrets.mode is \"externalSecret\": give secrets.externalSecret.storeRef.name and secrets.externalSecret.remoteKey" -}}
  {{- end -}}
{{- end -}}
{{- end }}

{{/* Never says the value. Takes key, kind, value. */}}
{{- define "store.validateSecret" -}}
{{- if not .value -}}
  {{- fail (printf "secrets.values.%s is missing: with secrets.mode \"values\" every key must be given" .key) -}}
{{- end -}}
{{- if regexMatch "\\s" .value -}}
  {{- fail (printf "secrets.values.%s has white space in it: it must be one line without spaces" .key) -}}
{{- end -}}
{{- if and (eq .kind "publishable") (not (regexMatch "^pk_[0-9a-f]{64}$" .value)) -}}
  {{- fail (printf "secrets.values.%s must be pk_ and 64 hexadecimal digits" .key) -}}
{{- end -}}
{{- if and (eq .kind "password") (lt (len .value) 12) -}}
  {{- fail (printf "secrets.values.%s is too short: give at least 12 characters" .key) -}}
{{- end -}}
{{- if and (eq .kind "key") (lt (len .value) 32) -}}
  {{- fail (printf "secrets.values.%s is too short: give at least 32 characters" .key) -}}
{{- end -}}
{{- end }}

{{/* Every namespace of a live cluster has the ServiceAccount "default": without it there is no cluster to ask. */}}
{{- define "store.validateExistingSecret" -}}
{{- $name := .Values.secrets.existingSecret -}}
{{- if not $name -}}
  {{- fail "secrets.mode is \"existingSecret\": give the Secret's name in secrets.existingSecret" -}}
{{- end -}}
{{- $namespace := include "store.namespace" . -}}
{{- if lookup "v1" "ServiceAccount" $namespace "default" -}}
  {{- $secret := lookup "v1" "Secret" $namespace $name -}}
  {{- if not $secret -}}
    {{- fail (printf "secrets.existingSecret: there is no Secret %q in namespace %s" $name $namespace) -}}
  {{- end -}}
  {{- range $key := include "store.secretKeys" . | fromJson | keys | sortAlpha -}}
    {{- if not (dig "data" $key "" $secret) -}}
      {{- fail (printf "secrets.existingSecret: Secret %q in namespace %s has no key %s" $name $namespace $key) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end }}
