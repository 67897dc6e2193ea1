#include "kube/config.h"

#include <sodium.h>
#include <stdint.h>
#include <string.h>
#include <yaml.h>

#include "base/mem.h"
#include "base/str.h"
#include "kube/file.h"

#define DEPTH_MAX 32
#define ANCHORS_MAX 100

static void free_secret(char *s)
{
    if (s)
        mem_wipe(s, strlen(s));
    free(s);
}

void kube_config_free(struct kube_config *c)
{
    if (!c)
        return;
    free(c->context);
    free(c->server);
    free(c->ca_pem);
    free(c->cert_pem);
    free_secret(c->key_pem);
    free_secret(c->token);
    free(c->token_file);
    free(c->tls_server_name);
    free(c);
}

/* One entry of the file's lists while it is read: where it is and what to call it. */
struct section {
    yaml_document_t *doc;
    yaml_node_t *map;
    const char *kind; /* "cluster", "user", "context" */
    const char *name;
    const char *base_dir;
};

static yaml_node_t *map_get(yaml_document_t *doc, yaml_node_t *map, const char *key)
{
    if (!map || map->type != YAML_MAPPING_NODE)
        return NULL;
    size_t n = strlen(key);
    for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top;
         p++) {
        yaml_node_t *k = yaml_document_get_node(doc, p->key);
        if (k && k->type == YAML_SCALAR_NODE && k->data.scalar.length == n &&
            memcmp(k->data.scalar.value, key, n) == 0)
            return yaml_document_get_node(doc, p->value);
    }
    return NULL;
}

/* The text of a scalar; NULL for anything else, for YAML's null, and for text with a NUL. */
static const char *scalar_text(const yaml_node_t *node)
{
    if (!node || node->type != YAML_SCALAR_NODE)
        return NULL;
    const char *s = (const char *)node->data.scalar.value;
    if (strlen(s) != node->data.scalar.length)
        return NULL;
    bool plain = node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (plain && (str_eq(s, "null") || str_eq(s, "~") || s[0] == '\0'))
        return NULL;
    return s;
}

/* *out is NULL when the key is missing, null or "", which kubectl treats alike. */
static int get_text(const struct section *s, const char *key, const char **out, struct err *err)
{
    yaml_node_t *node = map_get(s->doc, s->map, key);
    const char *text = scalar_text(node);
    *out = NULL;
    if (node && node->type != YAML_SCALAR_NODE)
        return err_set(err, ERR_INVALID, "%s \"%s\": %s is not a text", s->kind, s->name, key);
    if (str_empty(text))
        return 0;
    if (str_has_control(text) && !strstr(key, "-data"))
        return err_set(err, ERR_INVALID, "%s \"%s\": %s has a control character in it", s->kind,
                       s->name, key);
    *out = text;
    return 0;
}

static int refuse_keys(const struct section *s, const char *const *keys, struct err *err)
{
    for (; *keys; keys++) {
        yaml_node_t *node = map_get(s->doc, s->map, *keys);
        if (node && (node->type != YAML_SCALAR_NODE || !str_empty(scalar_text(node))))
            return err_set(err, ERR_UNSUPPORTED,
                           "%s \"%s\" uses %s, which is not supported: use a certificate or a "
                           "token",
                           s->kind, s->name, *keys);
    }
    return 0;
}

/* lists is "clusters" and so on: a sequence of {name, <kind>: {...}}. */
static int find_section(struct section *out, yaml_document_t *doc, const char *list,
                        const char *kind, const char *name, struct err *err)
{
    yaml_node_t *seq = map_get(doc, yaml_document_get_root_node(doc), list);
    if (seq && seq->type == YAML_SEQUENCE_NODE) {
        for (yaml_node_item_t *i = seq->data.sequence.items.start; i < seq->data.sequence.items.top;
             i++) {
            yaml_node_t *entry = yaml_document_get_node(doc, *i);
            if (!str_eq(scalar_text(map_get(doc, entry, "name")), name))
                continue;
            yaml_node_t *map = map_get(doc, entry, kind);
            if (!map || map->type != YAML_MAPPING_NODE)
                break;
            out->doc = doc;
            out->map = map;
            out->kind = kind;
            out->name = name;
            return 0;
        }
    }
    return err_set(err, ERR_INVALID, "there is no %s named \"%s\"", kind, name);
}

static char *resolve(const char *base_dir, const char *path)
{
    if (path[0] == '/' || str_empty(base_dir))
        return str_dup(path);
    return str_printf("%s/%s", base_dir, path);
}

static char *decode_base64(const char *text)
{
    size_t n = strlen(text);
    size_t cap = n / 4 * 3 + 4;
    char *out = mem_alloc(cap);
    size_t len = 0;
    const char *end = NULL;
    if (sodium_base642bin((unsigned char *)out, cap - 1, text, n, " \t\r\n", &len, &end,
                          sodium_base64_VARIANT_ORIGINAL) == 0 &&
        end == text + n && !memchr(out, '\0', len)) {
        out[len] = '\0';
        return out;
    }
    mem_wipe(out, cap);
    free(out);
    return NULL;
}

/* A PEM given inline (<key>-data, base64) or by file (<key>); inline goes first, as in kubectl. */
static int get_pem(const struct section *s, const char *key, char **out, struct err *err)
{
    char data_key[64];
    snprintf(data_key, sizeof(data_key), "%s-data", key);
    const char *data, *file;
    if (get_text(s, data_key, &data, err) < 0 || get_text(s, key, &file, err) < 0)
        return -1;
    char *pem = NULL;
    if (data) {
        pem = decode_base64(data);
        if (!pem)
            return err_set(err, ERR_INVALID, "%s \"%s\": %s is not base64 of a text", s->kind,
                           s->name, data_key);
    } else if (file) {
        CLEANUP_FREE char *path = resolve(s->base_dir, file);
        pem = kube_file_read(path, KUBE_CONFIG_MAX, err);
        if (!pem)
            return err_context(err, "%s \"%s\": %s", s->kind, s->name, key);
    }
    if (pem && !strstr(pem, "-----BEGIN ")) {
        free_secret(pem);
        return err_set(err, ERR_INVALID, "%s \"%s\": %s holds no PEM", s->kind, s->name, key);
    }
    *out = pem;
    return 0;
}

static int get_bool(const struct section *s, const char *key, bool *out, struct err *err)
{
    const char *text;
    if (get_text(s, key, &text, err) < 0)
        return -1;
    if (text && !str_eq(text, "true") && !str_eq(text, "false"))
        return err_set(err, ERR_INVALID, "%s \"%s\": %s is neither true nor false", s->kind,
                       s->name, key);
    *out = str_eq(text, "true");
    return 0;
}

static int read_server(struct kube_config *c, const struct section *s, struct err *err)
{
    const char *server;
    if (get_text(s, "server", &server, err) < 0)
        return -1;
    if (!server)
        return err_set(err, ERR_INVALID, "cluster \"%s\" names no server", s->name);
    const char *scheme_end = strstr(server, "://");
    bool known = str_starts(server, "https://") || str_starts(server, "http://");
    /* strchr finds the end of the text too. */
    if (!known || strchr("/:", scheme_end[3]) || strpbrk(server, " @?#\"\\"))
        return err_set(err, ERR_INVALID,
                       "cluster \"%s\": server is not of the form "
                       "https://host:port",
                       s->name);
    size_t n = strlen(server);
    while (n > 0 && server[n - 1] == '/')
        n--;
    c->server = str_ndup(server, n);
    return 0;
}

static int read_cluster(struct kube_config *c, const struct section *s, struct err *err)
{
    static const char *const refused[] = { "proxy-url", NULL };
    const char *name;
    if (refuse_keys(s, refused, err) < 0 || read_server(c, s, err) < 0)
        return -1;
    if (get_text(s, "tls-server-name", &name, err) < 0 ||
        get_bool(s, "insecure-skip-tls-verify", &c->insecure, err) < 0 ||
        get_pem(s, "certificate-authority", &c->ca_pem, err) < 0)
        return -1;
    c->tls_server_name = str_dup(name);
    if (c->insecure && c->ca_pem)
        return err_set(err, ERR_INVALID,
                       "cluster \"%s\" has both a certificate-authority and "
                       "insecure-skip-tls-verify",
                       s->name);
    return 0;
}

static int read_user(struct kube_config *c, const struct section *s, struct err *err)
{
    static const char *const refused[] = {
        "exec",   "auth-provider", "username",      "password", "as",
        "as-uid", "as-groups",     "as-user-extra", NULL,
    };
    const char *token, *token_file;
    if (refuse_keys(s, refused, err) < 0 ||
        get_pem(s, "client-certificate", &c->cert_pem, err) < 0 ||
        get_pem(s, "client-key", &c->key_pem, err) < 0 || get_text(s, "token", &token, err) < 0 ||
        get_text(s, "tokenFile", &token_file, err) < 0)
        return -1;
    if (!c->cert_pem != !c->key_pem)
        return err_set(err, ERR_INVALID,
                       "user \"%s\": client-certificate and client-key come together", s->name);
    if (token_file)
        c->token_file = resolve(s->base_dir, token_file);
    else
        c->token = str_dup(token);
    return 0;
}

static int read_document(struct kube_config *c, yaml_document_t *doc, const char *base_dir,
                         struct err *err)
{
    struct section root = { doc, yaml_document_get_root_node(doc), "file", "kubeconfig", base_dir };
    if (!root.map || root.map->type != YAML_MAPPING_NODE)
        return err_set(err, ERR_CORRUPT, "it is not a kubeconfig: no mapping at the top");
    const char *context, *cluster, *user;
    if (get_text(&root, "current-context", &context, err) < 0)
        return -1;
    if (!context)
        return err_set(err, ERR_INVALID, "current-context is not set");
    c->context = str_dup(context);
    struct section s = { .base_dir = base_dir };
    if (find_section(&s, doc, "contexts", "context", context, err) < 0 ||
        get_text(&s, "cluster", &cluster, err) < 0 || get_text(&s, "user", &user, err) < 0)
        return -1;
    if (!cluster)
        return err_set(err, ERR_INVALID, "context \"%s\" names no cluster", context);
    if (find_section(&s, doc, "clusters", "cluster", cluster, err) < 0 ||
        read_cluster(c, &s, err) < 0)
        return -1;
    if (!user)
        return 0;
    return find_section(&s, doc, "users", "user", user, err) < 0 ? -1 : read_user(c, &s, err);
}

/* What the event begins (1), ends (-1), or neither. */
static int depth_change(const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return 1;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return -1;
    default:
        return 0;
    }
}

static bool has_anchor(const yaml_event_t *e)
{
    return (e->type == YAML_SCALAR_EVENT && e->data.scalar.anchor) ||
           (e->type == YAML_SEQUENCE_START_EVENT && e->data.sequence_start.anchor) ||
           (e->type == YAML_MAPPING_START_EVENT && e->data.mapping_start.anchor);
}

static int refuse_yaml(const yaml_parser_t *parser, struct err *err)
{
    return err_set(err, ERR_CORRUPT, "line %zu: not YAML: %s", parser->problem_mark.line + 1,
                   parser->problem ? parser->problem : "unreadable");
}

/* libyaml's time grows with the square of the nesting and of the number of anchors (a megabyte
 * of "[" takes the better part of an hour), so both are looked at before it makes a document. */
static int check_shape(const char *text, size_t n, struct err *err)
{
    CLEANUP(yaml_parser_delete) yaml_parser_t parser = { 0 };
    if (!yaml_parser_initialize(&parser))
        return err_set(err, ERR_INTERNAL, "libyaml is out of memory");
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, n);
    int depth = 0, anchors = 0;
    for (bool over = false; !over;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event))
            return refuse_yaml(&parser, err);
        depth += depth_change(&event);
        anchors += has_anchor(&event);
        over = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
        if (depth > DEPTH_MAX || anchors > ANCHORS_MAX)
            return err_set(err, ERR_CORRUPT,
                           "it is not a kubeconfig: nested more than %d deep, or "
                           "more than %d anchors",
                           DEPTH_MAX, ANCHORS_MAX);
    }
    return 0;
}

int kube_config_parse(struct kube_config **out, const char *text, size_t n, const char *base_dir,
                      struct err *err)
{
    if (n > KUBE_CONFIG_MAX)
        return err_set(err, ERR_TOO_LARGE, "a kubeconfig has at most %u bytes", KUBE_CONFIG_MAX);
    if (check_shape(text, n, err) < 0)
        return -1;
    CLEANUP(yaml_parser_delete) yaml_parser_t parser = { 0 };
    CLEANUP(yaml_document_delete) yaml_document_t doc = { 0 };
    if (!yaml_parser_initialize(&parser))
        return err_set(err, ERR_INTERNAL, "libyaml is out of memory");
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, n);
    if (!yaml_parser_load(&parser, &doc))
        return refuse_yaml(&parser, err);
    CLEANUP(kube_config_free_p) struct kube_config *c = mem_alloc(sizeof(*c));
    if (read_document(c, &doc, base_dir, err) < 0)
        return -1;
    *out = TAKE(c);
    return 0;
}

int kube_config_load(struct kube_config **out, const char *path, struct err *err)
{
    char *text = kube_file_read(path, KUBE_CONFIG_MAX, err);
    if (!text)
        return -1;
    const char *slash = strrchr(path, '/');
    CLEANUP_FREE char *base_dir = NULL;
    if (slash)
        base_dir = slash == path ? str_dup("/") : str_ndup(path, (size_t)(slash - path));
    int r = kube_config_parse(out, text, strlen(text), base_dir, err);
    free_secret(text);
    return r < 0 ? err_context(err, "%s", path) : 0;
}
