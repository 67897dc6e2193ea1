/* A whole HTTP request as the web server hands it over: lines "NAME=value" of FastCGI parameters,
 * an empty line, the body.
 *
 * fuzzes: lib/web/request.c lib/web/fields.c lib/web/session.c */
#include "fuzz.h"

#include "base/cleanup.h"
#include "web/request.h"
#include "web/route.h"
#include "web/session.h"

#define PARAMS_MAX 16

struct source {
    char *names[PARAMS_MAX], *values[PARAMS_MAX];
    size_t count;
    const uint8_t *body;
    size_t left;
};

static const char *param(void *ctx, const char *name)
{
    const struct source *s = ctx;
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->names[i], name) == 0)
            return s->values[i];
    return NULL;
}

static ssize_t read_body(void *ctx, char *out, size_t n)
{
    struct source *s = ctx;
    if (n > s->left)
        n = s->left;
    if (n)
        memcpy(out, s->body, n);
    s->body += n;
    s->left -= n;
    return (ssize_t)n;
}

/* Cuts the text up in place. */
static void read_params(struct source *s, char *text)
{
    for (char *next; text && *text && s->count < PARAMS_MAX; text = next) {
        next = strchr(text, '\n');
        if (next)
            *next++ = '\0';
        char *equals = strchr(text, '=');
        if (!equals)
            return;
        *equals = '\0';
        s->names[s->count] = text;
        s->values[s->count++] = equals + 1;
    }
}

static void check_fields(const struct fields *f)
{
    PROMISE(f->count <= FIELDS_MAX);
    for (size_t i = 0; i < f->count; i++) {
        fuzz_promise_text(f->items[i].name);
        fuzz_promise_text(f->items[i].value);
        PROMISE(strlen(f->items[i].name) <= FIELD_NAME_MAX);
        PROMISE(strlen(f->items[i].value) <= FIELD_VALUE_MAX);
        PROMISE(fields_get(f, f->items[i].name) == f->items[i].value); /* none came twice */
    }
}

static void check_request(struct request *rq)
{
    PROMISE(rq->path[0] == '/' && !str_has_control(rq->path));
    fuzz_promise_text(rq->path);
    check_fields(&rq->query);
    check_fields(&rq->form);
    session_read(rq, true);
    PROMISE(!*rq->token || strlen(rq->token) == 64);
    csrf_prepare(rq, false, false);
    /* Nobody who was not given the token gets in with a made-up one. */
    struct err err = { 0 };
    if (csrf_check(rq, &err) == 0)
        PROMISE(*rq->csrf && str_eq(fields_get(&rq->form, CSRF_FIELD), rq->csrf));
    char part[REQUEST_PARAM_MAX + 1];
    if (route_matches("/stores/{id}/delete", rq->path, part))
        PROMISE(*part && !strchr(part, '/'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *split = size > 1 ? memmem(data, size, "\n\n", 2) : NULL;
    size_t head = split ? (size_t)(split - data) : size;
    CLEANUP_FREE char *text = fuzz_text(data, head);
    struct source s = { .body = data + head, .left = size - head };
    if (split) {
        s.body += 2;
        s.left -= 2;
    }
    read_params(&s, text);
    const struct request_source from = { param, read_body, &s };
    struct request rq;
    struct err err = { 0 };
    if (request_read(&rq, &from, &err) == 0)
        check_request(&rq);
    else
        PROMISE(err.code != ERR_NONE && err.msg[0]);
    PROMISE(rq.target && rq.address);
    request_clear(&rq);
    return 0;
}
