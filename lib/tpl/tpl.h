/* Page templates (the ctemplate language), behind a C interface.
 *
 * Escaping is the templates' job: every file begins with {{%AUTOESCAPE context="HTML"}}, and a
 * file without that line is refused, because what it prints would not be escaped. So values
 * are set raw, whatever a visitor typed into them. In a link, only a whole address is checked
 * (no "javascript:"); what is put behind "/stores/" is kept from leaving the attribute, but is
 * not percent-encoded: put store IDs there, not free text.
 *
 * A dictionary holds what a template may print. A name that a section or an included file does
 * not know is looked up in the dictionary around it. Names are string literals: they are kept
 * by pointer.
 *
 * Once opened, templates are only read: any number of threads may render at once, each with a
 * dictionary of its own. tpl_open and tpl_close are for one thread. */
#ifndef SW_TPL_TPL_H
#define SW_TPL_TPL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"

struct tpl;      /* all templates of one folder, parsed */
struct tpl_dict; /* what to fill in */

/* Reads and parses every *.tpl of the folder, once. strict: rendering fails when a template
 * names a variable that was never set; else such a variable prints nothing.
 * ERR_NOT_FOUND: no such folder or no template in it; ERR_INVALID: a file does not parse or
 * lacks the AUTOESCAPE line; the message names the file. */
int tpl_open(struct tpl **out, const char *folder, bool strict, struct err *err);
void tpl_close(struct tpl *t);

/* 16 hexadecimal digits that change whenever any template changes. Lives as long as t. */
const char *tpl_fingerprint(const struct tpl *t);

struct tpl_dict *tpl_dict_new(void);
void tpl_dict_free(struct tpl_dict *d);

/* The value is copied; NULL is "". Setting a name again replaces it. */
void tpl_set(struct tpl_dict *d, const char *name, const char *value);
void tpl_setf(struct tpl_dict *d, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* One more showing of {{#NAME}}...{{/NAME}}, with a dictionary of its own, which d owns. */
struct tpl_dict *tpl_section(struct tpl_dict *d, const char *name);
/* Shows the section once with nothing of its own; show == false does nothing. */
void tpl_show(struct tpl_dict *d, const char *name, bool show);
/* One more showing of {{>NAME}} with the given file; d owns the dictionary. */
struct tpl_dict *tpl_include(struct tpl_dict *d, const char *name, const char *file);

/* Appends the page to out. ERR_NOT_FOUND: no such file; ERR_INTERNAL: a variable was not set
 * (strict); ERR_TOO_LARGE: over the ceiling of out. */
int tpl_render(struct tpl *t, const char *file, const struct tpl_dict *d, struct buf *out,
               struct err *err);

CLEANUP_POINTER(struct tpl, tpl_close)
CLEANUP_POINTER(struct tpl_dict, tpl_dict_free)

#endif
