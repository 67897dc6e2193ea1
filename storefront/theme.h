/* The stylesheet that is made of the shop's accent colour. A page holds no inline style (its
 * Content-Security-Policy forbids it), so the colour is a file of its own. */
#ifndef SW_STOREFRONT_THEME_H
#define SW_STOREFRONT_THEME_H

#include "base/buf.h"

/* Appends the stylesheet. accent: "#rrggbb", or "" for the storefront's own. The colour is kept
 * for grounds, with black or white writing on it; for writing it is made darker or lighter until
 * it has 4.5:1 on the page's ground in both schemes (WCAG 2.2, 1.4.3). */
void theme_write(struct buf *out, const char *accent);

#endif
