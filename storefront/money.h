/* Amounts as people read them. */
#ifndef SW_STOREFRONT_MONEY_H
#define SW_STOREFRONT_MONEY_H

#define MONEY_MAX 64

/* "€1,234.50", "¥1,200", "CHF 20.00" (with a no-break space): amount in the currency's major unit,
 * as Medusa 2 has it; currency is its ISO 4217 code in either case. What is no code of three
 * letters is left out; an amount that is no number or beyond a thousand billion is "–". Returns
 * out. */
char *money_format(double amount, const char *currency, char out[MONEY_MAX]);

/* As a machine reads it (schema.org): "1234.50". Returns out. */
char *money_plain(double amount, const char *currency, char out[MONEY_MAX]);

#endif
