/* What the fuzz targets share. Each is one file NAME.c with LLVMFuzzerTestOneInput, its seeds lie
 * in corpus/NAME, its words in NAME.dict; tests/fuzz/run builds and runs them all. A target feeds
 * one parser what a stranger could send, and holds what comes out to what the parser's header
 * promises. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Unlike assert, it is there in every build. */
#define PROMISE(condition) \
    do { \
        if (!(condition)) \
            abort(); \
    } while (0)

/* The input as a string of its own, so that reading past its end is seen. The caller frees. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
    return str_ndup((const char *)data, size);
}

static inline void fuzz_promise_text(const char *text)
{
    PROMISE(text && str_utf8_valid(text, strlen(text)));
}

#endif
