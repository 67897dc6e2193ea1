/* The platform's configuration file.
 *
 * fuzzes: lib/store/config.c */
#include "fuzz.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    if (fd < 0)
        fd = memfd_create("configuration", 0);
    PROMISE(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
    char path[40];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    struct config *c = NULL;
    struct err err = { 0 };
    if (config_load(&c, path, &err) == 0) {
        PROMISE(c->database && c->run_dir && c->helm_parallel >= 1);
        PROMISE(c->session_idle_ms > 0 && c->session_max_ms > 0);
        PROMISE(str_eq(c->store_scheme, "http") || str_eq(c->store_scheme, "https"));
    } else {
        PROMISE(!c && err.code != ERR_NONE && err.msg[0]);
    }
    config_free(c);
    return 0;
}
