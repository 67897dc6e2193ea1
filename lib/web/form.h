/* Forms as data: the fields a form has, and what was typed into them. A refused form is shown
 * again with what was typed, each message beside its field and all of them at the top.
 *
 * In the template a field NAME has {{NAME_VALUE}} (not of secrets), {{NAME_ERROR}} ("" for
 * none), the section {{#NAME_INVALID}} inside its tag and, for a checkbox, {{#NAME_CHECKED}};
 * the section {{#FORM_ERRORS}} holds {{#FORM_ERROR}} with ERROR_FIELD and ERROR_TEXT. */
#ifndef SW_WEB_FORM_H
#define SW_WEB_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "tpl/tpl.h"
#include "web/fields.h"

#define FORM_FIELDS_MAX 12
#define FORM_ERROR_MAX 256 /* bytes of one message with the NUL */

enum form_kind {
    FORM_TEXT,     /* white space around it is cut off */
    FORM_SECRET,   /* kept as typed, and never shown again */
    FORM_CHECKBOX, /* "on" when ticked, else not sent */
    FORM_HIDDEN,   /* as text; ours */
};

struct form_field {
    const char *name; /* in HTML */
    enum form_kind kind;
    size_t max; /* code points */
    /* The template's names for it. */
    const char *value_var, *error_var, *invalid_section, *checked_section;
};

#define FORM_FIELD(html_name, VAR, form_kind, max_length) \
    { \
        html_name, form_kind, max_length, VAR "_VALUE", VAR "_ERROR", VAR "_INVALID", \
            VAR "_CHECKED" \
    }

struct form {
    const struct form_field *fields;
    size_t count; /* at most FORM_FIELDS_MAX */
};

struct form_input {
    const struct form *form;
    char *values[FORM_FIELDS_MAX]; /* owned; never NULL once read or begun */
    char errors[FORM_FIELDS_MAX][FORM_ERROR_MAX];
    size_t error_count;
};

/* An empty form. */
void form_begin(struct form_input *in, const struct form *form);
/* What was sent. ERR_INVALID when a field was sent that the form does not have: no browser
 * does that. A value that is too long is an error of its field. */
int form_read(struct form_input *in, const struct form *form, const struct fields *sent,
              struct err *err);
void form_clear(struct form_input *in);

/* "" when nothing was typed. name must be a field of the form. */
const char *form_value(const struct form_input *in, const char *name);
bool form_ticked(const struct form_input *in, const char *name);
void form_set(struct form_input *in, const char *name, const char *value);

/* Puts a message beside the field, which must be one of the form; a field's first one stays. */
void form_fail(struct form_input *in, const char *name, const char *text);
bool form_failed(const struct form_input *in);

void form_show(const struct form_input *in, struct tpl_dict *d);

#endif
