#include "scripted_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOG_MAX (256u << 10)
#define REQUEST_MAX (64u << 10)
#define SCRIPTS_MAX 32

/* What both processes see. */
struct shared {
    int requests;
    int connections;
    int used[SCRIPTS_MAX];
    size_t log_len;
    char log[LOG_MAX];
};

struct scripted_server {
    pid_t pid;
    int port;
    char url[64];
    struct shared *shared;
    const struct script *scripts;
};

struct connection {
    struct scripted_server *server;
    int fd;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void die(const char *what)
{
    perror(what);
    exit(99);
}

static int send_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t r = send(fd, bytes, n, MSG_NOSIGNAL);
        if (r <= 0)
            return -1;
        bytes += r;
        n -= (size_t)r;
    }
    return 0;
}

static int send_text(int fd, const char *text)
{
    return send_all(fd, text, strlen(text));
}

static int send_fill(int fd, char c, int n)
{
    char block[65536];
    memset(block, c, sizeof(block));
    while (n > 0) {
        int part = n > (int)sizeof(block) ? (int)sizeof(block) : n;
        if (send_all(fd, block, (size_t)part) < 0)
            return -1;
        n -= part;
    }
    return 0;
}

static int send_reply(int fd, int status, const char *body)
{
    char head[256];
    snprintf(head, sizeof(head),
             "HTTP/1.1 %d Scripted\r\nContent-Type: application/json\r\n"
             "Content-Length: %zu\r\n\r\n",
             status, strlen(body));
    return send_text(fd, head) < 0 ? -1 : send_text(fd, body);
}

static int send_chunk(int fd, const char *text)
{
    char head[32];
    snprintf(head, sizeof(head), "%zx\r\n", strlen(text));
    if (send_text(fd, head) < 0 || send_text(fd, text) < 0)
        return -1;
    return send_text(fd, "\r\n");
}

/* Returns -1 when the connection is over. */
static int do_step(int fd, const struct step *s)
{
    static const char stream[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                 "Transfer-Encoding: chunked\r\n\r\n";
    struct linger at_once = { .l_onoff = 1 };
    switch (s->kind) {
    case STEP_REPLY:
        return send_reply(fd, s->n, s->text);
    case STEP_SEND:
        return send_text(fd, s->text);
    case STEP_FILL:
        return send_fill(fd, s->text[0], s->n);
    case STEP_STREAM:
        return send_text(fd, stream);
    case STEP_CHUNK:
        return send_chunk(fd, s->text);
    case STEP_FINISH:
        return send_text(fd, "0\r\n\r\n");
    case STEP_WAIT:
        usleep((useconds_t)s->n * 1000);
        return 0;
    case STEP_RESET:
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
        return -1;
    case STEP_CLOSE:
    case STEP_END:
        break;
    }
    return -1;
}

static const struct script *choose(struct scripted_server *s, const char *request)
{
    for (int i = 0; s->scripts[i].request; i++) {
        const struct script *sc = &s->scripts[i];
        if (strncmp(request, sc->request, strlen(sc->request)) != 0)
            continue;
        if (sc->times > 0 && s->shared->used[i] >= sc->times)
            continue;
        s->shared->used[i]++;
        return sc;
    }
    return NULL;
}

static const struct script *note_request(struct scripted_server *s, const char *request, size_t n)
{
    pthread_mutex_lock(&lock);
    struct shared *sh = s->shared;
    if (n < LOG_MAX - sh->log_len - 2) {
        memcpy(sh->log + sh->log_len, request, n);
        sh->log_len += n;
        sh->log[sh->log_len++] = '\n';
    }
    const struct script *sc = choose(s, request);
    __atomic_add_fetch(&sh->requests, 1, __ATOMIC_SEQ_CST);
    pthread_mutex_unlock(&lock);
    return sc;
}

/* The whole length of the request at the buffer's beginning, or 0 while it is not complete. */
static size_t request_length(const char *buf)
{
    const char *end = strstr(buf, "\r\n\r\n");
    if (!end)
        return 0;
    const char *length = strcasestr(buf, "\r\nContent-Length:");
    size_t body = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    size_t whole = (size_t)(end - buf) + 4 + body;
    return strlen(buf) >= whole ? whole : 0;
}

static void *serve(void *arg)
{
    struct connection c = *(struct connection *)arg;
    char *buf = calloc(1, REQUEST_MAX + 1);
    size_t n = 0, whole;
    free(arg);
    for (;;) {
        while ((whole = request_length(buf)) == 0) {
            ssize_t r = n < REQUEST_MAX ? recv(c.fd, buf + n, REQUEST_MAX - n, 0) : 0;
            if (r <= 0)
                goto over;
            n += (size_t)r;
            buf[n] = '\0';
        }
        const struct script *sc = note_request(c.server, buf, whole);
        memmove(buf, buf + whole, n - whole + 1);
        n -= whole;
        if (!sc && send_reply(c.fd, 404, "{\"message\":\"no script\"}") < 0)
            goto over;
        for (int i = 0; sc && sc->steps[i].kind != STEP_END; i++) {
            if (do_step(c.fd, &sc->steps[i]) < 0)
                goto over;
        }
    }
over:
    close(c.fd);
    free(buf);
    return NULL;
}

static void accept_for_ever(struct scripted_server *s, int listener)
{
    for (int on = 1;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            _exit(0);
        /* An answer is several writes: each would wait for the other side's delayed ACK. */
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        __atomic_add_fetch(&s->shared->connections, 1, __ATOMIC_SEQ_CST);
        struct connection *c = malloc(sizeof(*c));
        pthread_t thread;
        *c = (struct connection) { s, fd };
        if (pthread_create(&thread, NULL, serve, c) != 0)
            _exit(1);
        pthread_detach(thread);
    }
}

struct scripted_server *scripted_server_start(const struct script *scripts)
{
    struct scripted_server *s = calloc(1, sizeof(*s));
    s->scripts = scripts;
    s->shared =
        mmap(NULL, sizeof(*s->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s->shared == MAP_FAILED)
        die("mmap");
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof(a);
    if (bind(listener, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(listener, 64) < 0 ||
        getsockname(listener, (struct sockaddr *)&a, &n) < 0)
        die("listen");
    s->port = ntohs(a.sin_port);
    snprintf(s->url, sizeof(s->url), "http://127.0.0.1:%d", s->port);
    s->pid = fork();
    if (s->pid < 0)
        die("fork");
    if (s->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        accept_for_ever(s, listener);
    }
    close(listener);
    return s;
}

void scripted_server_stop(struct scripted_server *s)
{
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    munmap(s->shared, sizeof(*s->shared));
    free(s);
}

const char *scripted_server_url(const struct scripted_server *s)
{
    return s->url;
}

int scripted_server_port(const struct scripted_server *s)
{
    return s->port;
}

int scripted_server_requests(const struct scripted_server *s)
{
    return __atomic_load_n(&s->shared->requests, __ATOMIC_SEQ_CST);
}

int scripted_server_connections(const struct scripted_server *s)
{
    return __atomic_load_n(&s->shared->connections, __ATOMIC_SEQ_CST);
}

const char *scripted_server_log(const struct scripted_server *s)
{
    return s->shared->log;
}
