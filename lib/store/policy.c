#include "store/policy.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "store/engine.h"

void field_errors_add(struct field_errors *e, const char *field, const char *fmt, ...)
{
    if (e->count == FIELD_ERRORS_MAX)
        return;
    e->items[e->count].field = field;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->items[e->count].text, sizeof(e->items[0].text), fmt, ap);
    va_end(ap);
    str_utf8_cut(e->items[e->count].text);
    e->count++;
}

const char *field_errors_of(const struct field_errors *e, const char *field)
{
    for (size_t i = 0; i < e->count; i++)
        if (strcmp(e->items[i].field, field) == 0)
            return e->items[i].text;
    return NULL;
}

/* Names that mean something to the cluster, to the platform or to a visitor's browser. */
static const char *const reserved_ids[] = {
    "admin",     "api",         "app",     "auth",          "cdn",      "cluster",    "console",
    "dashboard", "default",     "dns",     "ftp",           "gitlab",   "grafana",    "health",
    "help",      "imap",        "ingress", "ingress-nginx", "internal", "kubernetes", "localhost",
    "login",     "mail",        "mx",      "nginx-ingress", "ns1",      "ns2",        "pop",
    "registry",  "root",        "smtp",    "ssl",           "static",   "status",     "store",
    "stores",    "storewright", "support", "system",        "traefik",  "webmail",    "wpad",
    "www",
};

static bool is_reserved(const char *id)
{
    if (str_starts(id, "kube-") || str_starts(id, "xn--"))
        return true;
    for (size_t i = 0; i < sizeof(reserved_ids) / sizeof(reserved_ids[0]); i++)
        if (strcmp(id, reserved_ids[i]) == 0)
            return true;
    return false;
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

const char *policy_id_fault(const char *id)
{
    static char text[160];
    if (str_empty(id))
        return "Enter a store ID, for example my-shop.";
    size_t n = strlen(id);
    if (n < STORE_ID_MIN || n > STORE_ID_MAX) {
        snprintf(text, sizeof(text), "A store ID has %d to %d characters; this one has %zu.",
                 STORE_ID_MIN, STORE_ID_MAX, n);
        return text;
    }
    for (const char *p = id; *p; p++) {
        if (is_lower(*p) || is_digit(*p) || *p == '-')
            continue;
        if ((unsigned char)*p > 0x20 && (unsigned char)*p < 0x7f)
            snprintf(text, sizeof(text),
                     "A store ID has only a to z, 0 to 9 and hyphens; \"%c\" is not allowed.", *p);
        else
            snprintf(text, sizeof(text),
                     "A store ID has only a to z, 0 to 9 and hyphens; character %zu is something "
                     "else.",
                     str_utf8_length(id) - str_utf8_length(p) + 1);
        return text;
    }
    if (!is_lower(id[0]))
        return "A store ID begins with a letter, a to z.";
    if (id[n - 1] == '-')
        return "A store ID ends with a letter or a digit, not with a hyphen.";
    if (is_reserved(id)) {
        snprintf(text, sizeof(text), "\"%s\" is reserved; choose another ID.", id);
        return text;
    }
    return NULL;
}

/* A pragmatic subset of RFC 5321: what the shops' own validators accept too. */
bool policy_is_email(const char *s)
{
    const char *at = strchr(s, '@');
    if (!at || at == s || at - s > 64 || strlen(s) > EMAIL_MAX || strchr(at + 1, '@'))
        return false;
    for (const char *p = s; p < at; p++)
        if (!is_lower((char)(*p | 0x20)) && !is_digit(*p) && !strchr("._%+-", *p))
            return false;
    const char *domain = at + 1;
    if (!strchr(domain, '.') || strstr(s, "..") || *domain == '.' || *domain == '-' ||
        s[0] == '.' || at[-1] == '.')
        return false;
    for (const char *p = domain; *p; p++)
        if (!is_lower((char)(*p | 0x20)) && !is_digit(*p) && *p != '.' && *p != '-')
            return false;
    return is_lower((char)(domain[strlen(domain) - 1] | 0x20));
}

/* Line separators and non-characters, which YAML does not take: U+2028, U+2029, U+FFFE, U+FFFF. */
static bool has_unshowable(const char *s)
{
    static const char *const sequences[] = { "\xe2\x80\xa8", "\xe2\x80\xa9", "\xef\xbf\xbe",
                                             "\xef\xbf\xbf" };
    for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++)
        if (strstr(s, sequences[i]))
            return true;
    return str_has_control(s);
}

static void check_title(const char *title, struct field_errors *errors)
{
    if (str_empty(title))
        field_errors_add(errors, "title", "Enter a title; visitors see it.");
    else if (!str_utf8_valid(title, strlen(title)) || has_unshowable(title))
        field_errors_add(errors, "title",
                         "The title has a character that cannot be shown (a control character or "
                         "broken UTF-8).");
    else if (str_utf8_length(title) > STORE_TITLE_MAX)
        field_errors_add(errors, "title", "A title has at most %d characters; this one has %zu.",
                         STORE_TITLE_MAX, str_utf8_length(title));
}

static void check_choice(bool known, const char *field, const char *value,
                         struct field_errors *errors)
{
    char shown[41];
    snprintf(shown, sizeof(shown), "%s", str_or_empty(value));
    str_utf8_cut(shown);
    if (!known)
        field_errors_add(errors, field, "Choose the %s from the list; \"%s\" is not in it.", field,
                         shown);
}

static void check_choices(const struct store_request *rq, struct field_errors *errors)
{
    check_choice(engine_find(rq->engine), "engine", rq->engine, errors);
    check_choice(plan_find(rq->plan), "plan", rq->plan, errors);
    check_choice(currency_find(rq->currency), "currency", rq->currency, errors);
    check_choice(country_find(rq->country), "country", rq->country, errors);
}

void policy_check_request(const struct store_request *rq, const char *base_domain,
                          struct field_errors *errors)
{
    const char *fault = policy_id_fault(rq->id);
    if (fault)
        field_errors_add(errors, "id", "%s", fault);
    else if (strlen(rq->id) + 1 + strlen(base_domain) > STORE_HOST_MAX)
        field_errors_add(errors, "id", "The address would be longer than %d characters with .%s.",
                         STORE_HOST_MAX, base_domain);
    check_title(rq->title, errors);
    if (str_empty(rq->admin_email))
        field_errors_add(errors, "admin_email",
                         "Enter the e-mail address that signs in to the shop's admin.");
    else if (!policy_is_email(rq->admin_email))
        field_errors_add(errors, "admin_email",
                         "This is not an e-mail address such as you@example.com.");
    check_choices(rq, errors);
}

const char *policy_account_name_fault(const char *name)
{
    if (str_empty(name))
        return "Enter a name.";
    if (!str_utf8_valid(name, strlen(name)) || str_has_control(name))
        return "The name has a character that cannot be shown.";
    if (str_utf8_length(name) > ACCOUNT_NAME_MAX)
        return "A name has at most 64 characters.";
    if (name[0] == ' ' || str_ends(name, " "))
        return "A name neither begins nor ends with a space.";
    return NULL;
}
