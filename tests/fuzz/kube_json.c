/* What an API server, or who plays one, could answer: each reader of objects gets each of them.
 *
 * fuzzes: lib/kube/json.c lib/kube/readiness.c lib/helm/release.c */
#include "fuzz.h"

#include "helm/release.h"
#include "kube/call.h"
#include "kube/readiness.h"

static void check_trouble(const struct trouble_view *t)
{
    PROMISE(memchr(t->text, '\0', sizeof(t->text)));
    PROMISE(memchr(t->container, '\0', sizeof(t->container)));
    fuzz_promise_text(t->text);
    fuzz_promise_text(t->container);
    PROMISE(t->kind == TROUBLE_NONE || t->text[0]);
}

static void read_object(json_t *object)
{
    struct pod_view pod;
    struct trouble_view trouble;
    struct helm_record record;
    char text[TROUBLE_TEXT_MAX];
    struct err err = { 0 };
    readiness_of_pod(object, &pod);
    check_trouble(&pod.trouble);
    PROMISE(!(pod.ready && pod.terminating));
    readiness_of_workload(object, &trouble);
    check_trouble(&trouble);
    readiness_of_events(object, &trouble);
    check_trouble(&trouble);
    readiness_of_namespace(object, text);
    fuzz_promise_text(text);
    helm_record_read(object, &record);
    PROMISE(record.revision >= record.last_deployed && record.last_deployed >= 0);
    kube_json_status(&err, 422, object, "no message");
    PROMISE(err.code == ERR_INVALID && err.msg[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = { 0 };
    json_t *object = kube_json_parse((const char *)data, size, &err);
    if (object)
        read_object(object);
    else
        PROMISE(err.code == ERR_CORRUPT);
    json_decref(object);
    return 0;
}
