/* What a store may be called and may hold: every rule on what is typed, with the message for the
 * one who typed it. Pure: no database, no cluster. */
#ifndef SW_STORE_POLICY_H
#define SW_STORE_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "store/model.h"

#define FIELD_ERRORS_MAX 12

/* What is wrong with which field of a request, in words for its author. */
struct field_errors {
    size_t count;
    struct {
        const char *field; /* static: the form's field name */
        char text[256];
    } items[FIELD_ERRORS_MAX];
};
void field_errors_add(struct field_errors *e, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
const char *field_errors_of(const struct field_errors *e,
                            const char *field); /* NULL: none; the first one */

/* What is asked for when a store is created; borrowed strings, "" or NULL where nothing was given.
 */
struct store_request {
    const char *id, *engine, *plan, *title, *admin_email, *currency, *country;
    bool sample_products;
    const char *idempotency_key; /* NULL: none. 16 to 64 of [A-Za-z0-9_-] */
};

/* Field names: "id", "engine", "plan", "title", "admin_email", "currency", "country". base_domain:
 * for the host rule. */
void policy_check_request(const struct store_request *rq, const char *base_domain,
                          struct field_errors *errors);

/* NULL if id is a store ID that may be used, else the reason in words. The text lives until the
 * next call. */
const char *policy_id_fault(const char *id);
const char *policy_account_name_fault(const char *name);
bool policy_is_email(const char *s);

#endif
