/* Time. Wall-clock times are UTC milliseconds since 1970 and may jump; spans and
 * deadlines use the monotonic clock, in milliseconds since an arbitrary start. */
#ifndef SW_BASE_TIMEUTIL_H
#define SW_BASE_TIMEUTIL_H

#include <stddef.h>
#include <stdint.h>

int64_t time_wall_ms(void);
int64_t time_mono_ms(void);

#define TIME_RFC3339_MAX 32

/* "2026-01-31T09:05:00Z", seconds precision (RFC 3339). Returns out. */
char *time_rfc3339(int64_t wall_ms, char out[TIME_RFC3339_MAX]);

/* "2026-01-31T09:05:00.123Z". Returns out. */
char *time_rfc3339_ms(int64_t wall_ms, char out[TIME_RFC3339_MAX]);

/* Reads what Kubernetes writes: "2026-01-31T09:05:00Z" or with a fraction.
 * Returns 0, or -1 and leaves *wall_ms alone. */
int time_parse_rfc3339(const char *s, int64_t *wall_ms);

#define TIME_SPAN_MAX 24

/* A span as a person says it: "850 ms", "4.2 s", "3 min 5 s", "2 h 10 min", "3 d 4 h". Returns out.
 */
char *time_span(int64_t ms, char out[TIME_SPAN_MAX]);

#endif
