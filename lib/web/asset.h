/* Files that nginx serves, by an address that changes with their content, so that
 * browsers may keep them for a year and still never show an old one. */
#ifndef SW_WEB_ASSET_H
#define SW_WEB_ASSET_H

#include "base/err.h"

/* "<base>/<name>?v=<16 hexadecimal digits of the content>" for the file <folder>/<name>; malloc'd.
 * base: where the folder is served, "/static". NULL and err: the file cannot be read. */
char *asset_url(const char *folder, const char *base, const char *name, struct err *err);

#endif
