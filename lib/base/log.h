/* Structured log lines on standard error, one per event, in logfmt:
 *     time=2026-01-31T09:05:00Z level=error prog=reconcile msg="helm failed" store=my-shop ...
 * Only programs log; libraries return errors. Values never hold a secret. */
#ifndef SW_BASE_LOG_H
#define SW_BASE_LOG_H

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

/* prog must outlive the program's logging. Lines below `least` are dropped. */
void log_init(const char *prog, enum log_level least);

/* key, value pairs of strings follow, ended by NULL. A NULL value is written as "-".
 * Control characters and quotes in values are escaped, so one event is always one line. */
void log_event(enum log_level level, const char *msg, ...) __attribute__((sentinel));

#define log_debug(...) log_event(LOG_LEVEL_DEBUG, __VA_ARGS__, (char *)0)
#define log_info(...) log_event(LOG_LEVEL_INFO, __VA_ARGS__, (char *)0)
#define log_warn(...) log_event(LOG_LEVEL_WARN, __VA_ARGS__, (char *)0)
#define log_error(...) log_event(LOG_LEVEL_ERROR, __VA_ARGS__, (char *)0)

#endif
