/* Takes secrets out of text that people will read. In place: the result is never longer. */
#ifndef SW_BASE_MASK_H
#define SW_BASE_MASK_H

#define MASK_VALUE_MIN 6 /* bytes; what is shorter would blank ordinary words */

/* Every occurrence of value becomes "***". */
void mask_value(char *text, const char *value);

/* What looks like a secret by where it stands: the password of a URL, what follows "password=",
 * "token:" and the like, and a bearer token. */
void mask_forms(char *text);

#endif
