/* What must hold of every single decision, whatever was asked for and seen. */
#ifndef SW_TESTS_DECIDE_CHECK_H
#define SW_TESTS_DECIDE_CHECK_H

#include "store/decide.h"

/* NULL when the decision is sound, else the rule that it breaks. */
const char *decide_check(const struct intent *in, const struct observation *seen, int64_t now,
                         const struct decision *out);

/* A small generator of one's own, so that a seed gives the same history on every machine. */
struct dice {
    uint64_t state;
};
uint64_t dice_roll(struct dice *d);
unsigned dice_below(struct dice *d, unsigned bound);
bool dice_chance(struct dice *d, unsigned percent);

/* From the environment, else the default. */
uint64_t env_number(const char *name, uint64_t otherwise);

#endif
