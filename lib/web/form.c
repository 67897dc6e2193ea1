#include "web/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "web/session.h"

static size_t field_index(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->fields[i].name, name) == 0)
            return i;
    return form->count;
}

void form_begin(struct form_input *in, const struct form *form)
{
    memset(in, 0, sizeof(*in));
    in->form = form;
    for (size_t i = 0; i < form->count; i++)
        in->values[i] = str_dup("");
}

static void check_length(struct form_input *in, size_t i)
{
    const struct form_field *f = &in->form->fields[i];
    size_t length = str_utf8_length(in->values[i]);
    if (length <= f->max)
        return;
    char text[FORM_ERROR_MAX];
    snprintf(text, sizeof(text), "At most %zu characters are allowed; this has %zu.", f->max,
             length);
    form_fail(in, f->name, text);
}

int form_read(struct form_input *in, const struct form *form, const struct fields *sent,
              struct err *err)
{
    form_begin(in, form);
    for (size_t i = 0; i < sent->count; i++) {
        const char *name = sent->items[i].name;
        size_t at = field_index(form, name);
        if (at == form->count) {
            if (str_eq(name, CSRF_FIELD))
                continue;
            return err_set(err, ERR_INVALID, "this form has no field \"%s\"", name);
        }
        form_set(in, name, sent->items[i].value);
        if (form->fields[at].kind == FORM_TEXT) {
            char *trimmed = str_trim(in->values[at]);
            memmove(in->values[at], trimmed, strlen(trimmed) + 1);
        }
        check_length(in, at);
    }
    return 0;
}

void form_clear(struct form_input *in)
{
    if (!in || !in->form)
        return;
    for (size_t i = 0; i < in->form->count; i++) {
        if (in->values[i])
            mem_wipe(in->values[i], strlen(in->values[i]));
        free(in->values[i]);
        in->values[i] = NULL;
    }
}

const char *form_value(const struct form_input *in, const char *name)
{
    size_t i = field_index(in->form, name);
    return i < in->form->count ? in->values[i] : "";
}

bool form_ticked(const struct form_input *in, const char *name)
{
    return form_value(in, name)[0] != '\0';
}

void form_set(struct form_input *in, const char *name, const char *value)
{
    size_t i = field_index(in->form, name);
    if (i == in->form->count)
        return;
    mem_wipe(in->values[i], strlen(in->values[i]));
    free(in->values[i]);
    in->values[i] = str_dup(str_or_empty(value));
}

void form_fail(struct form_input *in, const char *name, const char *text)
{
    size_t i = field_index(in->form, name);
    if (i == in->form->count || in->errors[i][0])
        return;
    snprintf(in->errors[i], sizeof(in->errors[i]), "%s", text);
    in->error_count++;
}

bool form_failed(const struct form_input *in)
{
    return in->error_count > 0;
}

static void show_field(const struct form_input *in, size_t i, struct tpl_dict *d)
{
    const struct form_field *f = &in->form->fields[i];
    tpl_set(d, f->error_var, in->errors[i]);
    tpl_show(d, f->invalid_section, in->errors[i][0] != '\0');
    if (f->kind == FORM_CHECKBOX)
        tpl_show(d, f->checked_section, in->values[i][0] != '\0');
    else if (f->kind != FORM_SECRET)
        tpl_set(d, f->value_var, in->values[i]);
}

void form_show(const struct form_input *in, struct tpl_dict *d)
{
    struct tpl_dict *summary = in->error_count ? tpl_section(d, "FORM_ERRORS") : NULL;
    for (size_t i = 0; i < in->form->count; i++) {
        show_field(in, i, d);
        if (!in->errors[i][0])
            continue;
        struct tpl_dict *line = tpl_section(summary, "FORM_ERROR");
        tpl_set(line, "ERROR_FIELD", in->form->fields[i].name);
        tpl_set(line, "ERROR_TEXT", in->errors[i]);
    }
}
