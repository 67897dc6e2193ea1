{{- define "store.webPort" -}}9000{{- end }}

{{- define "store.databasePort" -}}5432{{- end }}

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
