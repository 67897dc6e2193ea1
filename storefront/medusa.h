/* The shop's Store API as this program asks it: over kept-alive connections, within a deadline,
 * with what may be shared of the answers kept for seconds.
 *
 * One struct medusa serves all threads. It keeps a bounded number of questions under way, so that
 * an API that hangs takes some threads and not all; and once several in a row brought nothing, it
 * says so at once for a moment instead of letting every visitor wait (a circuit breaker). */
#ifndef SW_STOREFRONT_MEDUSA_H
#define SW_STOREFRONT_MEDUSA_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "cache.h"

#define MEDUSA_PAGE_MS 8000 /* what all questions of one page may take together */
#define MEDUSA_CALL_MS 5000 /* one question */
#define MEDUSA_CONNECT_MS 1500
#define MEDUSA_ANSWER_MAX (1u << 20) /* bytes */
#define MEDUSA_LINKS 12              /* questions under way at once */

struct medusa;

/* One answer. */
struct answer {
    struct cached *held; /* owned */
    const json_t *json;  /* an object; lives as long as held */
    bool stale;          /* an old one, because there is no new one */
    /* Of a refusal (ERR_CONFLICT): Medusa's own words, "" when it gave none. */
    char type[40], code[40], message[160];
};
void answer_clear(struct answer *a);

/* url and key are borrowed for as long as it lives. */
int medusa_open(struct medusa **out, const char *url, const char *key, struct err *err);
void medusa_close(struct medusa *m); /* nobody may be using it; NULL is fine */

/* path: "/store/regions?fields=id", encoded. deadline: of the page, monotonic ms. medusa_get asks
 * for what is one visitor's own. medusa_get_list asks for what may be shown to everybody for
 * fresh_ms: the answer must hold an array of the name list, or else it is neither kept nor shown.
 *   ERR_NOT_FOUND    it has no such thing
 *   ERR_CONFLICT     it refuses (4xx): out->type, code and message say why
 *   ERR_LIMIT        it has been asked too often (429)
 *   ERR_UNAVAILABLE  it does not answer, not in time, or not in its language
 * out is to be cleared in every case. */
int medusa_get(struct medusa *m, const char *path, int64_t deadline, struct answer *out,
               struct err *err);
int medusa_get_list(struct medusa *m, const char *path, const char *list, int64_t fresh_ms,
                    int64_t deadline, struct answer *out, struct err *err);

/* As above, for what changes something. body is stolen; NULL for an empty object. */
int medusa_send(struct medusa *m, const char *method, const char *path, json_t *body,
                int64_t deadline, struct answer *out, struct err *err);

/* Products are asked anew: their stock has changed. */
void medusa_forget_products(struct medusa *m);

#endif
