/* Named points at which a test has the process kill itself, so that whatever stands between two of
 * them is proven to be taken up again. They are compiled in by configure --enable-crash-points
 * only, and cost nothing otherwise. The environment variable STOREWRIGHT_CRASH_AT says where:
 *
 *   NAME      SIGKILL at the first pass of that point
 *   NAME:N    ... at the N-th
 *   list      print the name of every point of this program, one a line, and end
 *
 * A program's points come from the program itself: a new one is tested from the day it is added. */
#ifndef SW_BASE_CRASH_H
#define SW_BASE_CRASH_H

#ifdef ENABLE_CRASH_POINTS
#define CRASH_POINT(name) \
    do { \
        static const char *const crash_name __attribute__((section("crash_points"), used)) = name; \
        crash_at(crash_name); \
    } while (0)
void crash_at(const char *name);
#else
#define CRASH_POINT(name) \
    do { \
    } while (0)
#endif

#endif
