/* An HTTP server for tests that answers by script, faults included. It runs in a child process
 * on a free loopback port, one thread a connection, HTTP/1.1 with kept-alive connections. */
#ifndef SW_TESTS_SCRIPTED_SERVER_H
#define SW_TESTS_SCRIPTED_SERVER_H

#include <stddef.h>

enum step_kind {
    STEP_END = 0, /* the answer is complete: read the next request */
    STEP_REPLY,   /* a whole answer: status n, body text (JSON by its Content-Type) */
    STEP_SEND,    /* text as it is */
    STEP_FILL,    /* n bytes of text[0] */
    STEP_STREAM,  /* the head of a chunked 200 */
    STEP_CHUNK,   /* text as one chunk */
    STEP_FINISH,  /* the last chunk */
    STEP_WAIT,    /* n milliseconds */
    STEP_CLOSE,   /* close the connection in good order */
    STEP_RESET,   /* and in bad order (RST) */
};

struct step {
    enum step_kind kind;
    int n;
    const char *text;
};

/* clang-format off */
#define REPLY(status, body) { STEP_REPLY, (status), (body) }
#define SEND(text) { STEP_SEND, 0, (text) }
#define FILL(text, n) { STEP_FILL, (n), (text) }
#define STREAM { STEP_STREAM, 0, NULL }
#define CHUNK(text) { STEP_CHUNK, 0, (text) }
#define FINISH { STEP_FINISH, 0, NULL }
#define WAIT(ms) { STEP_WAIT, (ms), NULL }
#define CLOSE { STEP_CLOSE, 0, NULL }
#define RESET { STEP_RESET, 0, NULL }
/* clang-format on */

/* The first script that fits and is not used up answers. */
struct script {
    const char *request; /* the request line has to begin with it; NULL ends the list */
    int times;           /* 0: as often as asked */
    struct step steps[16];
};

struct scripted_server;

/* scripts: ended by one with request NULL; borrowed. Ends the test program on failure. */
struct scripted_server *scripted_server_start(const struct script *scripts);
void scripted_server_stop(struct scripted_server *s);

const char *scripted_server_url(const struct scripted_server *s); /* "http://127.0.0.1:PORT" */
int scripted_server_port(const struct scripted_server *s);
int scripted_server_requests(const struct scripted_server *s);
int scripted_server_connections(const struct scripted_server *s);

/* All requests so far, head and body, each behind the other; cut when very long. */
const char *scripted_server_log(const struct scripted_server *s);

#endif
