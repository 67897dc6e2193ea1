/* What one storefront is told by its environment; images/README.md lists the names. */
#ifndef SW_STOREFRONT_SETTINGS_H
#define SW_STOREFRONT_SETTINGS_H

#include <stdbool.h>

#include "base/err.h"

#define SETTINGS_THREADS_MAX 128

struct settings {
    char *medusa_url; /* "http://my-shop-web", without a slash at its end */
    char *store_url;  /* "https://my-shop.example", as visitors type it, without one either */
    char *title;      /* what people call the shop */
    char *country;    /* ISO 3166-1 alpha-2, lower case; "" for none: chooses the first region */
    char *accent;     /* "#rrggbb", or "" */
    char *key;        /* the publishable key; wiped when freed */
    char *share;      /* folder that holds templates/ and assets/ */
    int threads;      /* requests answered at once */
    int fresh_ms; /* how long products are shown before they are asked for again; 0: not at all */
    bool secure;  /* visitors come over https */
};

/* Reads and checks the environment. ERR_INVALID names the variable, its value and what is wrong
 * with it; the key's value is never said. *s is to be cleared also after a failure. */
int settings_load(struct settings *s, struct err *err);
void settings_clear(struct settings *s);

#endif
