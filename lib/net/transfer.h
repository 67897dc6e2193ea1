/* One transfer, private to lib/net: a curl easy handle with its request and its response.
 * http.c moves it through its states; transfer.c knows curl's options and errors. */
#ifndef SW_NET_TRANSFER_H
#define SW_NET_TRANSFER_H

#include <curl/curl.h>

#include "net/http.h"

enum transfer_state {
    TRANSFER_WAITING,   /* made; not yet given to the multi handle */
    TRANSFER_RUNNING,   /* in the multi handle */
    TRANSFER_BROKEN,    /* failed before it ran; done has to be told */
    TRANSFER_CANCELLED, /* cancelled inside a curl callback; to be freed after it */
    TRANSFER_ENDED,     /* done is being told */
};

struct http_transfer {
    struct http *http;
    struct http_transfer *prev, *next;
    enum transfer_state state;
    CURL *easy;
    struct curl_slist *headers;
    struct curl_slist *connect_to;
    http_done_fn done;
    http_data_fn on_data;
    void *arg;
    bool *data_seen; /* set when on_data was called; of the struct http */
    struct http_response response;
    struct err reason; /* of ours, more telling than curl's code; ERR_NONE: none */
    char *label;       /* "GET https://host/path" for messages: no query, no credentials */
    int64_t started_at;
    int64_t last_byte_at;
    int64_t idle_timeout_ms;
    size_t header_bytes;
    char curl_error[CURL_ERROR_SIZE];
};

/* Never NULL; state is TRANSFER_WAITING or TRANSFER_BROKEN. */
struct http_transfer *transfer_new(const struct http_request *rq, const char *user_agent);
void transfer_free(struct http_transfer *t);

/* The transfer has ended with curl's code: fills in the response's facts, and t->reason when it
 * failed. */
void transfer_conclude(struct http_transfer *t, CURLcode code);

#endif
