/* Kubeconfig files.
 *
 * fuzzes: lib/kube/config.c */
#include "fuzz.h"

#include "base/cleanup.h"
#include "kube/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_FREE char *text = fuzz_text(data, size);
    struct kube_config *c = NULL;
    struct err err = { 0 };
    if (kube_config_parse(&c, text, size, "/nonexistent", &err) == 0) {
        PROMISE(str_starts(c->server, "https://") || str_starts(c->server, "http://"));
        PROMISE(!c->token || !c->token_file);
        PROMISE(!c->cert_pem == !c->key_pem);
        PROMISE(!(c->insecure && c->ca_pem));
    } else {
        PROMISE(!c && err.code != ERR_NONE);
        fuzz_promise_text(err.msg);
    }
    kube_config_free(c);
    return 0;
}
