#include "kube/known.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "kube/client.h"

#define BUCKETS_FIRST 64 /* a power of two, as all sizes are */

struct entry {
    struct entry *next;
    uint64_t round;
    uint32_t hash;
    uint32_t name_at, uid_at, label_at; /* in text, behind the namespace */
    char text[]; /* namespace, name, uid and the label's value, each with its NUL */
};

struct known {
    const char *label;
    struct entry **buckets;
    size_t size, count;
    size_t looked; /* bucket that known_take_unseen goes on from */
};

/* What is known of an object by. */
struct identity {
    const char *ns, *name, *uid, *label;
};

static bool identity_of(const struct known *k, json_t *object, struct identity *out)
{
    out->ns = str_or_empty(kube_get_string(object, "metadata", "namespace", NULL));
    out->name = str_or_empty(kube_get_string(object, "metadata", "name", NULL));
    out->uid = str_or_empty(kube_get_string(object, "metadata", "uid", NULL));
    const char *label =
        k->label ? kube_get_string(object, "metadata", "labels", k->label, NULL) : NULL;
    out->label = str_or_empty(label);
    return *out->name != '\0';
}

/* FNV-1a, 32 bits. */
static uint32_t hash_text(uint32_t hash, const char *text)
{
    do
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    while (*text++);
    return hash;
}

static uint32_t hash_of(const struct identity *id)
{
    return hash_text(hash_text(2166136261u, id->ns), id->name);
}

struct known *known_new(const char *label)
{
    struct known *k = mem_alloc(sizeof(*k));
    k->label = label;
    k->size = BUCKETS_FIRST;
    k->buckets = mem_alloc_array(k->size, sizeof(struct entry *));
    return k;
}

void known_free(struct known *k)
{
    if (!k)
        return;
    for (size_t i = 0; i < k->size; i++) {
        while (k->buckets[i]) {
            struct entry *next = k->buckets[i]->next;
            free(k->buckets[i]);
            k->buckets[i] = next;
        }
    }
    free(k->buckets);
    free(k);
}

static void grow(struct known *k)
{
    size_t size = k->size * 2;
    struct entry **buckets = mem_alloc_array(size, sizeof(struct entry *));
    for (size_t i = 0; i < k->size; i++) {
        for (struct entry *e = k->buckets[i], *next; e; e = next) {
            next = e->next;
            e->next = buckets[e->hash & (size - 1)];
            buckets[e->hash & (size - 1)] = e;
        }
    }
    free(k->buckets);
    k->buckets = buckets;
    k->size = size;
    k->looked = 0;
}

/* Where the entry hangs, or where it would. */
static struct entry **find(struct known *k, const struct identity *id, uint32_t hash)
{
    struct entry **link = &k->buckets[hash & (k->size - 1)];
    while (*link && ((*link)->hash != hash || strcmp((*link)->text, id->ns) != 0 ||
                     strcmp((*link)->text + (*link)->name_at, id->name) != 0))
        link = &(*link)->next;
    return link;
}

static struct entry *make_entry(const struct identity *id, uint32_t hash, uint64_t round)
{
    const char *const parts[] = { id->ns, id->name, id->uid, id->label };
    size_t at[4], n = 0;
    for (int i = 0; i < 4; i++) {
        at[i] = n;
        n += strlen(parts[i]) + 1;
    }
    struct entry *e = mem_alloc(sizeof(*e) + n);
    for (int i = 0; i < 4; i++)
        memcpy(e->text + at[i], parts[i], strlen(parts[i]) + 1);
    e->hash = hash;
    e->round = round;
    e->name_at = (uint32_t)at[1];
    e->uid_at = (uint32_t)at[2];
    e->label_at = (uint32_t)at[3];
    return e;
}

static json_t *metadata_of(const struct known *k, const struct entry *e)
{
    json_t *metadata =
        json_pack("{s:s, s:s}", "name", e->text + e->name_at, "uid", e->text + e->uid_at);
    if (e->text[0])
        json_object_set_new(metadata, "namespace", json_string(e->text));
    if (e->text[e->label_at])
        json_object_set_new(metadata, "labels",
                            json_pack("{s:s}", k->label, e->text + e->label_at));
    return json_pack("{s:o}", "metadata", metadata);
}

bool known_note(struct known *k, json_t *object, uint64_t round, json_t **before)
{
    struct identity id;
    *before = NULL;
    if (!identity_of(k, object, &id))
        return false;
    uint32_t hash = hash_of(&id);
    struct entry **link = find(k, &id, hash), *old = *link;
    bool same = old && strcmp(old->text + old->uid_at, id.uid) == 0;
    if (same && strcmp(old->text + old->label_at, id.label) == 0) {
        old->round = round;
        return true;
    }
    struct entry *e = make_entry(&id, hash, round);
    e->next = old ? old->next : NULL;
    *link = e;
    if (old && !same)
        *before = metadata_of(k, old);
    free(old);
    if (!old && ++k->count > k->size)
        grow(k);
    return true;
}

bool known_forget(struct known *k, json_t *object)
{
    struct identity id;
    if (!identity_of(k, object, &id))
        return false;
    struct entry **link = find(k, &id, hash_of(&id)), *old = *link;
    if (old) {
        *link = old->next;
        k->count--;
        free(old);
    }
    return true;
}

json_t *known_take_unseen(struct known *k, uint64_t round)
{
    for (; k->looked < k->size; k->looked++) {
        struct entry **link = &k->buckets[k->looked];
        while (*link && (*link)->round == round)
            link = &(*link)->next;
        if (!*link)
            continue;
        struct entry *old = *link;
        json_t *metadata = metadata_of(k, old);
        *link = old->next;
        k->count--;
        free(old);
        return metadata;
    }
    k->looked = 0;
    return NULL;
}
