/* What a watch remembers of the objects it has delivered, private to lib/kube: as little as it
 * takes to report a removal that nobody was told of. A hash table, since there may be tens of
 * thousands. */
#ifndef SW_KUBE_KNOWN_H
#define SW_KUBE_KNOWN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct known;

/* label: the one label that is remembered, borrowed for ever (a constant); NULL: none. */
struct known *known_new(const char *label);
void known_free(struct known *k);

/* Notes an object as seen in this round. *before: what is to be reported as removed first, since
 * another object of that name was there ({metadata}, the caller's reference), or NULL. Returns
 * false when the object has no name. */
bool known_note(struct known *k, json_t *object, uint64_t round, json_t **before);

/* Forgets an object; false when it has no name. */
bool known_forget(struct known *k, json_t *object);

/* Forgets one that was not seen in this round, and returns its {metadata} (the caller's reference);
 * NULL when there is none (any more). */
json_t *known_take_unseen(struct known *k, uint64_t round);

#endif
