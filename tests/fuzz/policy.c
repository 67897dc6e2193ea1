/* What a person types into the forms: lines, one a field. What is let through stays within what
 * Kubernetes, DNS and the database take.
 *
 * fuzzes: lib/store/policy.c lib/store/password.c */
#include "fuzz.h"

#include "base/cleanup.h"
#include "store/password.h"
#include "store/policy.h"

static void check_id(const char *id)
{
    const char *fault = policy_id_fault(id);
    if (fault) {
        fuzz_promise_text(fault);
        return;
    }
    size_t n = strlen(id);
    PROMISE(n >= 2 && n <= STORE_ID_MAX && id[0] >= 'a' && id[0] <= 'z' && id[n - 1] != '-');
    PROMISE(strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_FREE char *text = fuzz_text(data, size);
    if (!str_utf8_valid(text, size))
        return 0; /* no request gets that far */
    const char *fields[8] = { "", "", "", "", "", "", "", "" };
    size_t n = 0;
    for (char *at = text; at && n < 8;) {
        fields[n++] = at;
        at = strchr(at, '\n');
        if (at)
            *at++ = '\0';
    }
    struct store_request rq = { fields[0], fields[1], fields[2], fields[3], fields[4],
                                fields[5], fields[6], true,      fields[7] };
    struct field_errors errors = { 0 };
    policy_check_request(&rq, "localtest.me", &errors);
    PROMISE(errors.count <= FIELD_ERRORS_MAX);
    for (size_t i = 0; i < errors.count; i++)
        fuzz_promise_text(errors.items[i].text);
    check_id(fields[0]);
    if (!errors.count)
        PROMISE(!policy_id_fault(fields[0]) && !str_has_control(fields[3]) && *fields[3]);
    policy_account_name_fault(fields[0]);
    struct err err = { 0 };
    if (password_check(fields[1], fields[0], &err) < 0)
        fuzz_promise_text(err.msg);
    else
        PROMISE(str_utf8_length(fields[1]) >= PASSWORD_LENGTH_MIN);
    return 0;
}
