/* What a release was given, from helm's own record of it: a Secret of type helm.sh/release.v1 whose
 * data.release is base64 (the Secret's) of base64 of gzip of JSON (helm's storage/driver/util.go).
 * It holds the manifests too, and so the store's passwords: nothing but the values leaves here, and
 * what was unpacked is wiped. */
#ifndef SW_HELM_VALUES_H
#define SW_HELM_VALUES_H

#include <jansson.h>

#include "base/err.h"

#define HELM_RECORD_MAX (32u << 20) /* ceiling of an unpacked record, bytes */

/* The values of the newest revision in the answer to helm_records_path: a new reference, the
 * caller's. NULL: ERR_NOT_FOUND (there is no record), ERR_CORRUPT, ERR_TOO_LARGE. */
json_t *helm_values_read(json_t *answer, struct err *err);

#endif
