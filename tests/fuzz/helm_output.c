/* What helm wrote before it failed becomes one line for a page.
 *
 * fuzzes: lib/helm/release.c */
#include "fuzz.h"

#include "helm/release.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct proc_result r = { .exit_status = 1, .err_out = BUF_INIT(HELM_OUTPUT_MAX) };
    buf_add(&r.err_out, data, size);
    char *why = helm_failure(&r);
    fuzz_promise_text(why);
    PROMISE(*why && strlen(why) <= HELM_FAILURE_MAX && !strpbrk(why, "\r\n"));
    free(why);
    buf_free(&r.err_out);
    return 0;
}
