/* Engines and plans as data: everything the platform knows of an engine is its row here, its chart
 * folder (helm/store/templates/<name>) and its image folder (images/). docs/adding-an-engine.md. */
#ifndef SW_STORE_ENGINE_H
#define SW_STORE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

#define ENGINE_IMAGES_MAX 4

struct engine {
    const char *name;       /* "medusa": in forms, SQLite, chart values and labels */
    const char *title;      /* "Medusa" */
    const char *summary;    /* one line for the form */
    const char *admin_path; /* of the shop's own admin, "/app" */
    /* The images it needs, by their folders' names, and what to do when one is not there. */
    const char *images[ENGINE_IMAGES_MAX + 1]; /* ends with NULL */
    const char *images_come;
    /* The question that only the shop itself answers right: GET probe_path on the store's host ...
     */
    const char *probe_path;
    /* ... with this header, whose value is the Secret's key probe_secret_key (NULL: no header) ...
     */
    const char *probe_header, *probe_secret_key;
    /* ... must give 200 and a JSON object in which this key holds an array (NULL: the array is the
     * answer itself): a non-empty one, until a store with sample products has been ready once. */
    const char *probe_array;
    /* Where the chart puts its own storefront in front, the page a visitor sees is asked instead:
     * GET page_path must give 200 and a page without a fault (engine_fault_of_page). NULL: it never
     * does. */
    const char *page_path;
};

/* NULL when the page is the list of products of the very store: with its mark (base/mark.h), made
 * of what the shop's API has just answered, and with a product and its price where there must be
 * one. Else what it is, for "The address answers with ...". No installer, error page, answer from a
 * cache or page of another store passes. Static text. */
const char *engine_fault_of_page(const char *html, const char *mark, bool must_sell);

/* All engines; in the order of the form. */
const struct engine *engine_all(size_t *count);
const struct engine *engine_find(const char *name); /* NULL: none */

struct plan {
    const char *name; /* "small": in forms, SQLite and chart values */
    const char *title;
    const char *summary; /* "1 CPU, 1 GiB memory, 4 GiB disk" */
};
const struct plan *plan_all(size_t *count);
const struct plan *plan_find(const char *name);

struct code_name {
    const char *code, *name;
};
const struct code_name *
currency_all(size_t *count); /* ISO 4217 codes the form offers, lower case */
const struct code_name *currency_find(const char *code);
const struct code_name *country_all(size_t *count); /* ISO 3166-1 alpha-2, lower case */
const struct code_name *country_find(const char *code);

#endif
