/* Files that nginx serves from static/, by an address that changes with their content, so that
 * browsers may keep them for a year and still never show an old one. */
#ifndef SW_WEB_ASSET_H
#define SW_WEB_ASSET_H

#include "base/err.h"

/* "/static/<name>?v=<16 hexadecimal digits of the content>"; malloc'd. NULL and err: the file
 * cannot be read. */
char *asset_url(const char *folder, const char *name, struct err *err);

#endif
