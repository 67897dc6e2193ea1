#include "theme.h"

#include <math.h>
#include <stdlib.h>

#define CONTRAST 4.6 /* a little over what is asked for, as colours are rounded */

struct colour {
    double r, g, b; /* 0 to 1, sRGB */
};

static const struct colour black = { 0, 0, 0 }, white = { 1, 1, 1 };

static struct colour parse(const char *text)
{
    unsigned long rgb = text[0] == '#' ? strtoul(text + 1, NULL, 16) : 0x1f5f5b;
    return (struct colour) { (double)(rgb >> 16 & 0xff) / 255, (double)(rgb >> 8 & 0xff) / 255,
                             (double)(rgb & 0xff) / 255 };
}

/* Relative luminance (WCAG 2.2, definitions). */
static double linear(double c)
{
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(struct colour c)
{
    return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
}

static double contrast(struct colour a, struct colour b)
{
    double x = luminance(a), y = luminance(b);
    return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

static struct colour mix(struct colour a, struct colour b, double share)
{
    return (struct colour) { a.r + (b.r - a.r) * share, a.g + (b.g - a.g) * share,
                             a.b + (b.b - a.b) * share };
}

/* As much of `towards` as it takes to be read on the ground. */
static struct colour readable(struct colour c, struct colour towards, struct colour ground)
{
    for (int i = 0; i <= 50; i++) {
        struct colour tried = mix(c, towards, i / 50.0);
        if (contrast(tried, ground) >= CONTRAST)
            return tried;
    }
    return towards;
}

static void put(struct buf *out, const char *name, struct colour c)
{
    buf_addf(out, "--%s:#%02x%02x%02x;", name, (unsigned)lround(c.r * 255),
             (unsigned)lround(c.g * 255), (unsigned)lround(c.b * 255));
}

/* ground: the darkest (light scheme) or lightest (dark scheme) that writing stands on. */
static void scheme(struct buf *out, struct colour accent, struct colour ground,
                   struct colour towards)
{
    struct colour on = contrast(accent, white) >= contrast(accent, black) ? white : black;
    put(out, "accent", accent);
    put(out, "on-accent", on);
    put(out, "accent-hover", mix(accent, luminance(on) > 0.5 ? black : white, 0.14));
    put(out, "accent-ink", readable(accent, towards, ground));
}

void theme_write(struct buf *out, const char *accent)
{
    const struct colour c = parse(accent);
    const struct colour light_ground = { 0.945, 0.937, 0.918 }, dark_ground = { 0.15, 0.16, 0.165 };
    buf_adds(out, ":root{");
    scheme(out, c, light_ground, black);
    buf_adds(out, "}\n@media (prefers-color-scheme:dark){:root{");
    /* A dark colour would vanish in a dark page. */
    scheme(out, readable(c, white, (struct colour) { 0.09, 0.1, 0.105 }), dark_ground, white);
    buf_adds(out, "}}\n");
}
