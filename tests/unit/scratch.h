/* A directory of the test's own, gone afterwards. */
#ifndef SW_TESTS_SCRATCH_H
#define SW_TESTS_SCRATCH_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static inline int scratch_remove_one(const char *path, const struct stat *st, int type,
                                     struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static inline void scratch_remove(char *dir)
{
    nftw(dir, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(dir);
}

/* malloc'd; scratch_remove frees it too. */
static inline char *scratch_make(void)
{
    const char *parent = getenv("TMPDIR");
    char *dir = str_printf("%s/storewright-test-XXXXXX", parent && *parent ? parent : "/tmp");
    if (!mkdtemp(dir))
        abort();
    return dir;
}

#endif
