#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/timeutil.h"

#define LOG_LINE_MAX 8192 /* one line; longer values are cut, the line still ends */
#define LOG_VALUE_MAX 2048

static const char *program = "storewright";
static enum log_level threshold = LOG_LEVEL_INFO;

void log_init(const char *prog, enum log_level least)
{
    program = prog;
    threshold = least;
}

static bool needs_quotes(const char *v)
{
    return !*v || v[strcspn(v, " \"=\\")] != '\0';
}

static void add_value(struct buf *line, const char *v)
{
    if (!v)
        v = "-";
    bool quote = needs_quotes(v);
    for (const char *p = v; *p && !quote; p++)
        quote = (unsigned char)*p < 0x20 || *p == 0x7f;
    if (quote)
        buf_addc(line, '"');
    size_t left = LOG_VALUE_MAX;
    for (const unsigned char *p = (const unsigned char *)v; *p && left; p++, left--) {
        if (*p == '"' || *p == '\\')
            buf_addf(line, "\\%c", *p);
        else if (*p == '\n')
            buf_adds(line, "\\n");
        else if (*p < 0x20 || *p == 0x7f)
            buf_addf(line, "\\x%02x", *p);
        else
            buf_addc(line, (char)*p);
    }
    if (quote)
        buf_addc(line, '"');
}

void log_event(enum log_level level, const char *msg, ...)
{
    static const char *const names[] = { "debug", "info", "warn", "error" };
    if (level < threshold)
        return;
    CLEANUP(buf_free) struct buf line = BUF_INIT(LOG_LINE_MAX);
    char when[TIME_RFC3339_MAX];
    buf_addf(&line, "time=%s level=%s prog=%s msg=", time_rfc3339(time_wall_ms(), when),
             names[level], program);
    add_value(&line, msg);
    va_list ap;
    va_start(ap, msg);
    for (const char *key; (key = va_arg(ap, const char *));) {
        buf_addf(&line, " %s=", key);
        add_value(&line, va_arg(ap, const char *));
    }
    va_end(ap);
    line.max += 1;
    buf_addc(&line, '\n');
    /* One write, so that lines of several processes do not mix. */
    ssize_t ignored = write(STDERR_FILENO, line.data, line.len);
    (void)ignored;
}
