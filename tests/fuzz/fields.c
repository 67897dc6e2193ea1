/* Query strings and form bodies, and a form's own look at them. What was read can be written again
 * and is then read as the same.
 *
 * fuzzes: lib/web/fields.c lib/web/form.c */
#include "fuzz.h"

#include "web/form.h"

static const struct form_field rows[] = {
    FORM_FIELD("id", "ID", FORM_TEXT, 40),
    FORM_FIELD("password", "PASSWORD", FORM_SECRET, 128),
    FORM_FIELD("agree", "AGREE", FORM_CHECKBOX, 8),
};
static const struct form form = { rows, 3 };

static void check_round_trip(const struct fields *f)
{
    struct buf out = BUF_INIT((size_t)4 << 20);
    for (size_t i = 0; i < f->count; i++) {
        buf_adds(&out, i ? "&" : "");
        fields_encode(&out, f->items[i].name);
        buf_adds(&out, "=");
        fields_encode(&out, f->items[i].value);
    }
    struct fields again = { .count = 0 };
    PROMISE(!out.overflow && fields_parse(&again, buf_text(&out), out.len, NULL) == 0);
    PROMISE(again.count == f->count);
    for (size_t i = 0; i < f->count; i++)
        PROMISE(str_eq(again.items[i].value, f->items[i].value));
    fields_clear(&again);
    buf_free(&out);
}

static void check_form(const struct fields *f)
{
    struct form_input in;
    if (form_read(&in, &form, f, NULL) == 0)
        PROMISE(form_failed(&in) == (str_utf8_length(form_value(&in, "id")) > 40 ||
                                     str_utf8_length(form_value(&in, "password")) > 128 ||
                                     str_utf8_length(form_value(&in, "agree")) > 8));
    form_clear(&in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fields f = { .count = 0 };
    char *text = fuzz_text(data, size); /* with a NUL behind it that must not be read */
    if (fields_parse(&f, text, size, NULL) == 0) {
        check_round_trip(&f);
        check_form(&f);
    }
    fields_clear(&f);
    free(text);
    return 0;
}
