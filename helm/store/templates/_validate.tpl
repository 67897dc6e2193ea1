{{/* What the schema cannot check, or can only refuse in words that nobody understands. */}}

{{- define "store.validate" -}}
{{- include "store.validateNames" . -}}
{{- include "store.validateHost" . -}}
{{- include "store.validateEngine" . -}}
{{- include "store.validatePerson" . -}}
{{- include "store.validateTLS" . -}}
{{- include "store.validateStorefront" . -}}
{{- include "store.validateSecrets" . -}}
{{- end }}

{{- define "store.validateNames" -}}
{{- $id := .Values.store.id -}}
{{- if not $id -}}
  {{- fail "store.id is missing: give the store ID, for example --set store.id=my-store" -}}
{{- end -}}
{{- include "store.validateLabel" (dict "value" $id "name" "store.id" "max" 40) -}}
{{- include "store.validateReserved" (dict "value" $id "name" "store.id") -}}
{{- $namespace := include "store.namespace" . -}}
{{- include "store.validateLabel" (dict "value" $namespace "name" "store.namespace" "max" 63) -}}
{{- include "store.validateReserved" (dict "value" $namespace "name" "store.namespace") -}}
{{- end }}

{{- define "store.validateLabel" -}}
{{- $length := len (regexFindAll "(?s)." .value -1) -}}
{{- if or (lt $length 2) (gt $length .max) -}}
  {{- fail (printf "%s %q has %d characters: it must have 2 to %d" .name .value $length .max) -}}
{{- end -}}
{{- if not (regexMatch "^[a-z][a-z0-9-]*[a-z0-9]$" .value) -}}
  {{- fail (printf "%s %q is not allowed: use lower-case letters, digits and hyphens, start with a letter, end with a letter or digit" .name .value) -}}
{{- end -}}
{{- end }}

{{/* Namespaces that clusters have for themselves. */}}
{{- define "store.validateReserved" -}}
{{- $reserved := list "default" "storewright" "traefik" "nginx-ingress" "ingress-nginx" "cert-manager" "external-secrets" "local-path-storage" -}}
{{- if or (hasPrefix "kube-" .value) (has .value $reserved) -}}
  {{- fail (printf "%s %q is reserved: clusters use that name themselves; choose another" .name .value) -}}
{{- end -}}
{{- end }}

{{- define "store.validateHost" -}}
{{- if not (or .Values.domain.host .Values.domain.base) -}}
  {{- fail (printf "domain.host is missing: give the store's host name, for example --set domain.host=%s.yourdomain.com, or domain.base for all stores" .Values.store.id) -}}
{{- end -}}
{{- $host := include "store.host" . -}}
{{- if gt (len $host) 253 -}}
  {{- fail (printf "domain.host has %d characters: it must have at most 253" (len $host)) -}}
{{- end -}}
{{- if contains "*" $host -}}
  {{- fail (printf "domain.host %q is a wildcard: a store has one host name" $host) -}}
{{- end -}}
{{- if regexMatch "^[0-9.]+$|:" $host -}}
  {{- fail (printf "domain.host %q is not a host name: an address or a port cannot be used" $host) -}}
{{- end -}}
{{- $label := "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?" -}}
{{- if not (regexMatch (printf "^%s(\\.%s)+$" $label $label) $host) -}}
  {{- fail (printf "domain.host %q is not a host name: use lower-case letters, digits and hyphens in parts joined by dots, for example my-store.yourdomain.com (other scripts in their xn-- form)" $host) -}}
{{- end -}}
{{- end }}

{{- define "store.validateEngine" -}}
{{- if not (hasKey .Values.plans .Values.store.plan) -}}
  {{- fail (printf "store.plan %q is unknown: plans are %s" .Values.store.plan (keys .Values.plans | sortAlpha | join ", ")) -}}
{{- end -}}
{{- if not (hasKey (index .Values.plans .Values.store.plan) .Values.store.engine) -}}
  {{- fail (printf "store.plan %q has no sizes for the engine %q: add plans.%s.%s" .Values.store.plan .Values.store.engine .Values.store.plan .Values.store.engine) -}}
{{- end -}}
{{- include (printf "%s.validate" .Values.store.engine) . -}}
{{- end }}

{{- define "store.validatePerson" -}}
{{- with .Values.store -}}
{{- if regexMatch "[\\x00-\\x1f\\x7f-\\x{9f}\\x{2028}\\x{2029}\\x{fffe}\\x{ffff}]" .title -}}
  {{- fail "store.title has a line break or another control character in it: it must be one line of text" -}}
{{- end -}}
{{- if and .adminEmail (not (regexMatch "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$" .adminEmail)) -}}
  {{- fail (printf "store.adminEmail %q is not an e-mail address: it must look like name@example.com" .adminEmail) -}}
{{- end -}}
{{- if not (regexMatch "^[A-Za-z]{3}$" .currency) -}}
  {{- fail (printf "store.currency %q is not a currency: give its ISO 4217 code of three letters, for example eur" .currency) -}}
{{- end -}}
{{- if not (regexMatch "^[A-Za-z]{2}$" .country) -}}
  {{- fail (printf "store.country %q is not a country: give its ISO 3166-1 code of two letters, for example de" .country) -}}
{{- end -}}
{{- if and .uid (not (regexMatch "^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$" .uid)) -}}
  {{- fail (printf "store.uid %q cannot be a label: use up to 63 letters, digits, dots, hyphens and underscores" .uid) -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "store.validateTLS" -}}
{{- with .Values.domain.tls -}}
{{- if and .issuer.name (not .enabled) -}}
  {{- fail "domain.tls.issuer.name is given but domain.tls.enabled is false: set it to true, or leave the issuer out" -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "store.validateStorefront" -}}
{{- with .Values.storefront -}}
{{- if and .accentColor (not (regexMatch "^#[0-9A-Fa-f]{6}$" .accentColor)) -}}
  {{- fail (printf "storefront.accentColor %q is not a colour: give # and six hexadecimal digits, for example \"#1b6a50\"" .accentColor) -}}
{{- end -}}
{{- if and (eq .kind "custom") (not (and .custom.image.repository .custom.image.tag)) -}}
  {{- fail "storefront.kind is \"custom\": give your image in storefront.custom.image.repository and storefront.custom.image.tag" -}}
{{- end -}}
{{- if and (ne .kind "custom") .custom.image.repository -}}
  {{- fail (printf "storefront.custom.image is given but storefront.kind is %q: it would not be used; set storefront.kind to \"custom\" or leave it out" .kind) -}}
{{- end -}}
{{- end -}}
{{- end }}
