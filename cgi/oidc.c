/* Signing in by way of an identity provider. State, nonce and verifier are made of the visit
 * cookie's token, which is fresh for each attempt and which only this browser has: so the answer is
 * bound to it, and nothing has to be kept. */
#include "oidc/oidc.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "page.h"
#include "store/identity.h"
#include "web/session.h"

#define CODE_MAX 4096 /* bytes */

struct attempt {
    char state[65], nonce[65], verifier[65];
};

static void attempt_of(const char visit[65], struct attempt *out)
{
    session_derive(visit, "storewright oidc state", out->state);
    session_derive(visit, "storewright oidc nonce", out->nonce);
    session_derive(visit, "storewright oidc verifier", out->verifier);
}

static struct oidc_secrets secrets_of(const struct attempt *a)
{
    return (struct oidc_secrets) { a->state, a->nonce, a->verifier };
}

static int client_of(const struct app *app, const char *redirect_uri, struct oidc_client *out,
                     struct err *err)
{
    if (!app->config->oidc_issuer)
        return err_set(err, ERR_NOT_FOUND, "there is no such page");
    *out = (struct oidc_client) { .issuer = app->config->oidc_issuer,
                                  .client_id = app->config->oidc_client_id,
                                  .client_secret = app->oidc_secret,
                                  .redirect_uri = redirect_uri };
    return 0;
}

static char *redirect_uri(const struct app *app)
{
    return str_printf("%s/sign-in/oidc/callback", str_or_empty(app->config->dashboard_url));
}

/* The sign-in page again, with why. What the provider did wrong is for the log, where err goes. */
static int back(struct app *app, struct request *rq, struct reply *re, bool by_provider,
                struct err *err)
{
    if (err->code == ERR_INTERNAL || err->code == ERR_NOT_FOUND)
        return -1;
    bool refused = err->code == ERR_UNAUTHORIZED;
    CLEANUP_FREE char *fault = str_dup(
        !by_provider ? err->msg
        : refused ? "The identity provider's answer does not prove who you are. Try again; if it "
                    "stays so, tell an administrator."
                  : "The identity provider cannot be asked now. Try again in a moment, or sign in "
                    "with a password.");
    re->status = refused ? 422 : 503;
    return session_show_fault(app, rq, re, fault, err);
}

int oidc_start(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct oidc_client client;
    struct attempt attempt;
    char visit[65];
    CLEANUP_FREE char *uri = redirect_uri(app);
    if (client_of(app, uri, &client, err) < 0)
        return -1;
    session_begin_visit(re, app->config->secure_cookies, visit);
    attempt_of(visit, &attempt);
    const struct oidc_secrets secrets = secrets_of(&attempt);
    CLEANUP_FREE char *url = oidc_begin(&client, &secrets, err);
    if (!url)
        return back(app, rq, re, true, err);
    return reply_redirect_away(re, url, err);
}

/* Is this the answer to the question that this browser asked? */
static int check_answer(const struct app *app, const struct request *rq,
                        const struct attempt *attempt, const char **code, struct err *err)
{
    const char *state = str_or_empty(fields_get(&rq->query, "state"));
    const char *issuer = fields_get(&rq->query, "iss"); /* RFC 9207 */
    *code = str_or_empty(fields_get(&rq->query, "code"));
    if (!attempt->state[0] || !str_eq(state, attempt->state) ||
        (issuer && !str_eq(issuer, app->config->oidc_issuer)))
        return err_set(err, ERR_UNAUTHORIZED,
                       "This answer belongs to another attempt to sign in. Try again.");
    if (fields_get(&rq->query, "error"))
        return err_set(err, ERR_UNAUTHORIZED, "The identity provider did not sign you in.");
    if (!**code || strlen(*code) > CODE_MAX)
        return err_set(err, ERR_UNAUTHORIZED, "The identity provider's answer is incomplete.");
    return 0;
}

/* *by_provider: a failure is one of the provider's answers. */
static int sign_in(struct app *app, struct request *rq, const struct attempt *attempt,
                   char token[SESSION_TOKEN_LEN + 1], bool *by_provider, struct err *err)
{
    struct oidc_client client;
    struct account account;
    const char *code;
    CLEANUP_FREE char *uri = redirect_uri(app);
    CLEANUP(oidc_claims_clear) struct oidc_claims claims = { 0 };
    const struct oidc_secrets secrets = secrets_of(attempt);
    struct service *s = app_service(app, err);
    if (!s || client_of(app, uri, &client, err) < 0 ||
        check_answer(app, rq, attempt, &code, err) < 0)
        return -1;
    *by_provider = oidc_finish(&client, &secrets, code, time_wall_ms(), &claims, err) < 0;
    if (*by_provider)
        return -1;
    const struct identity who = { claims.issuer, claims.subject, claims.email, claims.name,
                                  claims.email_verified };
    return identity_sign_in(s, &who, rq->address, rq->user_agent, token, &account, err);
}

int oidc_callback(void *ctx, struct request *rq, struct reply *re, struct err *err)
{
    struct app *app = ctx;
    struct attempt attempt;
    char visit[65], token[SESSION_TOKEN_LEN + 1];
    session_read_visit(rq, app->config->secure_cookies, visit);
    attempt_of(visit, &attempt);
    bool by_provider = false;
    if (sign_in(app, rq, &attempt, token, &by_provider, err) < 0)
        return back(app, rq, re, by_provider, err);
    session_start(re, token, app->config->session_max_ms / 1000, app->config->secure_cookies);
    reply_redirect(re, "/stores");
    return 0;
}
