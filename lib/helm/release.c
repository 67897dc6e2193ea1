#include "helm/release.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

#define ARGS_MAX 32
#define NAMESPACE_MAX 63
#define SETPRIV "/usr/bin/setpriv" /* of util-linux, which no Debian is without */

struct args {
    const char *v[ARGS_MAX];
    int n;
};

static void add(struct args *a, const char *word)
{
    if (a->n < ARGS_MAX - 1) /* the fixed words and HELM_VALUES_FILES_MAX pairs fit */
        a->v[a->n++] = word;
}

static void add_option(struct args *a, const char *name, const char *value)
{
    add(a, name);
    add(a, value);
}

/* RFC 1123 label, as Kubernetes has it: lower-case letters, digits and inner hyphens. */
static bool is_dns_label(const char *s, size_t max)
{
    size_t n = s ? strlen(s) : 0;
    return n > 0 && n <= max && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == n &&
           s[0] != '-' && s[n - 1] != '-';
}

static int check_path(const char *what, const char *path, struct err *err)
{
    if (path && path[0] == '/')
        return 0;
    return err_set(err, ERR_INVALID, "helm: the path of the %s is not absolute", what);
}

static int check(const struct helm *h, const char *release, const char *ns, struct err *err)
{
    if (!is_dns_label(release, HELM_RELEASE_MAX))
        return err_set(err, ERR_INVALID, "helm: not a release name: \"%.80s\"",
                       str_or_empty(release));
    if (!is_dns_label(ns, NAMESPACE_MAX))
        return err_set(err, ERR_INVALID, "helm: not a namespace: \"%.80s\"", str_or_empty(ns));
    if (check_path("program", h->program, err) < 0 ||
        check_path("kubeconfig", h->kubeconfig, err) < 0 ||
        check_path("chart", h->chart, err) < 0 || check_path("home folder", h->home, err) < 0)
        return -1;
    /* setpriv would tell of it only by an exit status. */
    if (access(h->program, X_OK) < 0)
        return err_errno(err, errno, "helm: %s", h->program);
    int files = 0;
    for (const char *const *f = h->values_files; f && *f; f++, files++) {
        if (check_path("values file", *f, err) < 0)
            return -1;
    }
    if (files > HELM_VALUES_FILES_MAX)
        return err_set(err, ERR_INVALID, "helm: more than %d values files", HELM_VALUES_FILES_MAX);
    return 0;
}

static int start(struct proc **out, const struct helm *h, struct args *a, const char *ns,
                 const char *input, struct err *err)
{
    CLEANUP_FREE char *home = str_printf("HOME=%s", h->home);
    CLEANUP_FREE char *cache = str_printf("HELM_CACHE_HOME=%s/cache", h->home);
    CLEANUP_FREE char *config = str_printf("HELM_CONFIG_HOME=%s/config", h->home);
    CLEANUP_FREE char *data = str_printf("HELM_DATA_HOME=%s/data", h->home);
    const char *env[] = { "PATH=/usr/bin:/bin", "LANG=C.UTF-8", home, cache, config, data, NULL };
    add_option(a, "--namespace", ns);
    add_option(a, "--kubeconfig", h->kubeconfig);
    /* helm dies with whoever started it, so a release that is found pending has nobody at work
     * on it. */
    const char *argv[ARGS_MAX + 4] = { "setpriv", "--pdeathsig", "KILL", h->program };
    memcpy(argv + 4, a->v + 1, (size_t)a->n * sizeof(*argv));
    struct proc_spec spec = {
        .path = SETPRIV,
        .argv = argv,
        .envp = env,
        .dir = "/",
        .input = input,
        .input_len = input ? strlen(input) : 0,
        .timeout_ms = h->timeout_ms,
        .output_max = HELM_OUTPUT_MAX,
        .keep_tail = true,
    };
    return proc_start(out, &spec, err);
}

#define TEXT_OF(number) TEXT_OF_(number)
#define TEXT_OF_(number) #number

int helm_start_install(struct proc **out, const struct helm *h, const char *release, const char *ns,
                       const json_t *values, struct err *err)
{
    if (check(h, release, ns, err) < 0)
        return -1;
    CLEANUP_FREE char *text = json_is_object(values) ? json_dumps(values, JSON_COMPACT) : NULL;
    if (!text)
        return err_set(err, ERR_INVALID, "helm: the values are not a JSON object");
    /* The API server judges every object anyway; fetching its schemas for helm to do so first is
     * half of helm's time, and half a second of a store's start. */
    struct args a = { .v = { "helm", "upgrade", "--install", release, h->chart,
                             "--disable-openapi-validation" },
                      .n = 6 };
    for (const char *const *f = h->values_files; f && *f; f++)
        add_option(&a, "--values", *f);
    add_option(&a, "--values", "-");
    add_option(&a, "--history-max", TEXT_OF(HELM_HISTORY_MAX));
    return start(out, h, &a, ns, text, err);
}

int helm_start_uninstall(struct proc **out, const struct helm *h, const char *release,
                         const char *ns, struct err *err)
{
    if (check(h, release, ns, err) < 0)
        return -1;
    struct args a = { .v = { "helm", "uninstall", release, "--ignore-not-found" }, .n = 4 };
    return start(out, h, &a, ns, NULL, err);
}

int helm_start_rollback(struct proc **out, const struct helm *h, const char *release,
                        const char *ns, int revision, struct err *err)
{
    if (check(h, release, ns, err) < 0)
        return -1;
    if (revision <= 0)
        return err_set(err, ERR_INVALID, "helm: not a revision: %d", revision);
    CLEANUP_FREE char *number = str_printf("%d", revision);
    struct args a = { .v = { "helm", "rollback", release, number }, .n = 4 };
    add_option(&a, "--history-max", TEXT_OF(HELM_HISTORY_MAX));
    return start(out, h, &a, ns, NULL, err);
}

char *helm_records_path(const char *release, const char *ns)
{
    CLEANUP_FREE char *e_ns = kube_escape(ns);
    CLEANUP_FREE char *e_release = kube_escape(release);
    return str_printf("/api/v1/namespaces/%s/secrets?labelSelector=owner%%3Dhelm%%2Cname%%3D%s",
                      e_ns, e_release);
}

static enum helm_state state_of(const char *status)
{
    static const struct {
        const char *status; /* helm's release/common/status.go */
        enum helm_state state;
    } table[] = {
        { "deployed", HELM_DEPLOYED },
        { "uninstalled", HELM_NONE },
        { "uninstalling", HELM_UNINSTALLING },
        { "pending-install", HELM_PENDING_INSTALL },
        { "pending-upgrade", HELM_PENDING_UPGRADE },
        { "pending-rollback", HELM_PENDING_UPGRADE },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (str_eq(table[i].status, status))
            return table[i].state;
    }
    return HELM_FAILED;
}

void helm_record_read(json_t *answer, struct helm_record *out)
{
    json_t *items = kube_get(answer, "items", NULL);
    *out = (struct helm_record) { 0 };
    for (size_t i = 0; i < json_array_size(items); i++) {
        json_t *item = json_array_get(items, i);
        const char *status = kube_get_string(item, "metadata", "labels", "status", NULL);
        const char *version = kube_get_string(item, "metadata", "labels", "version", NULL);
        int64_t number;
        if (!status || !version || str_to_i64(version, 1, INT_MAX, &number) < 0)
            continue;
        int revision = (int)number;
        if (revision > out->revision) {
            out->revision = revision;
            out->state = state_of(status);
        }
        if ((str_eq(status, "deployed") || str_eq(status, "superseded")) &&
            revision > out->last_deployed)
            out->last_deployed = revision;
    }
}

/* The last "Error: " that begins a line, behind it; NULL: there is none. */
static const char *last_error(const char *text)
{
    const char *found = NULL;
    for (const char *line = text; line; line = strchr(line, '\n')) {
        if (*line == '\n')
            line++;
        if (str_starts(line, "Error: "))
            found = line + strlen("Error: ");
    }
    return found;
}

/* What helm puts in front, of which one may stand behind the other. */
static const char *without_prefixes(const char *s)
{
    static const char *const prefixes[] = { "UPGRADE FAILED: ", "INSTALLATION FAILED: ",
                                            "Error: " };
    size_t i = 0;
    while (i < sizeof(prefixes) / sizeof(prefixes[0])) {
        if (str_starts(s, prefixes[i])) {
            s += strlen(prefixes[i]);
            i = 0;
        } else {
            i++;
        }
    }
    return s;
}

/* Adds the well-formed UTF-8 sequence at s, '?' for a byte that begins none; returns its length. */
static size_t add_character(struct buf *b, const char *s, size_t n)
{
    for (size_t len = 1; len <= 4 && len <= n; len++) {
        if (str_utf8_valid(s, len)) {
            buf_add(b, s, len);
            return len;
        }
    }
    buf_addc(b, '?');
    return 1;
}

/* One line of foreign text: line ends become "; ", other control characters spaces. */
static char *one_line(const char *s)
{
    CLEANUP(buf_free) struct buf b = BUF_INIT(HELM_FAILURE_MAX);
    size_t n = strlen(s), i = 0;
    while (i < n && !b.overflow) {
        if (s[i] == '\n' || s[i] == '\r') {
            i += strspn(s + i, "\r\n\t ");
            if (i < n)
                buf_adds(&b, b.len && b.data[b.len - 1] == ':' ? " " : "; ");
        } else if ((unsigned char)s[i] < ' ' || s[i] == 0x7f) {
            buf_addc(&b, ' ');
            i++;
        } else {
            i += add_character(&b, s + i, n - i);
        }
    }
    return buf_take(&b);
}

/* As client-go, the API server (apimachinery's api/errors) and etcd word it. */
bool helm_failure_may_pass(const char *failure)
{
    static const char *const words[] = {
        "helm did not end within",
        "unable to handle the request",
        "cluster unreachable",
        "too many requests",
        "connection refused",
        "connection reset",
        "i/o timeout",
        "TLS handshake timeout",
        "context deadline exceeded",
        "unexpected EOF",
        "etcdserver: ",
        "the object has been modified",
        "an error on the server",
        "the server reported a conflict",
        "no such host",
        "http2: client connection lost",
        "Internal error occurred",
        "internal error",
        "the server has asked for the client to provide credentials",
        "Unauthorized",
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strstr(failure, words[i]))
            return true;
    size_t n = strlen(failure);
    return n >= 5 && strcmp(failure + n - 5, ": EOF") == 0;
}

static const char *last_line(char *text)
{
    char *trimmed = str_trim(text), *end = strrchr(trimmed, '\n');
    return end ? end + 1 : trimmed;
}

char *helm_failure(const struct proc_result *r)
{
    /* What a NUL byte stands before is read, too. */
    CLEANUP_FREE char *text = mem_alloc(r->err_out.len + 1);
    for (size_t i = 0; i < r->err_out.len; i++)
        text[i] = r->err_out.data[i] ? r->err_out.data[i] : ' ';
    const char *error = last_error(text);
    if (r->timed_out)
        return str_printf("helm did not end within %lld s", (long long)(r->took_ms / 1000));
    if (r->term_signal)
        return str_printf("helm was ended by signal %d (%s)", r->term_signal,
                          strsignal(r->term_signal));
    CLEANUP_FREE char *why = error ? one_line(without_prefixes(error)) : NULL;
    if (!str_empty(why) && *str_trim(why)) /* it may have been white space */
        return TAKE(why);
    /* setpriv, or whatever else could not even start it, has other words. */
    CLEANUP_FREE char *last = one_line(error ? "" : last_line(text));
    if (str_empty(last))
        return str_printf("helm ended with exit status %d and no message", r->exit_status);
    char *said = str_printf("helm ended with exit status %d: %.*s", r->exit_status,
                            HELM_FAILURE_MAX - 50, last);
    str_utf8_cut(said);
    return said;
}
