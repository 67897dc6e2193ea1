#include "money.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define AMOUNT_MAX 1e12

/* Digits behind the point by ISO 4217 where they are not two, and signs that one currency has for
 * itself in English text (Unicode CLDR, en). */
static const struct currency {
    const char *code, *sign;
    int digits;
} currencies[] = {
    { "AUD", "A$", 2 },  { "BHD", NULL, 3 },  { "BRL", "R$", 2 },  { "CAD", "CA$", 2 },
    { "CLP", NULL, 0 },  { "CNY", "CN¥", 2 }, { "EUR", "€", 2 },   { "GBP", "£", 2 },
    { "HKD", "HK$", 2 }, { "ILS", "₪", 2 },   { "INR", "₹", 2 },   { "IQD", NULL, 3 },
    { "ISK", NULL, 0 },  { "JOD", NULL, 3 },  { "JPY", "¥", 0 },   { "KRW", "₩", 0 },
    { "KWD", NULL, 3 },  { "LYD", NULL, 3 },  { "MXN", "MX$", 2 }, { "NZD", "NZ$", 2 },
    { "OMR", NULL, 3 },  { "PHP", "₱", 2 },   { "PYG", NULL, 0 },  { "TND", NULL, 3 },
    { "TWD", "NT$", 2 }, { "UGX", NULL, 0 },  { "USD", "$", 2 },   { "VND", "₫", 0 },
    { "XAF", NULL, 0 },  { "XOF", NULL, 0 },
};

static const struct currency *find(const char *code)
{
    for (size_t i = 0; i < sizeof(currencies) / sizeof(currencies[0]); i++)
        if (strcasecmp(currencies[i].code, code) == 0)
            return &currencies[i];
    return NULL;
}

static int is_code(const char *s)
{
    return strlen(s) == 3 && isalpha((unsigned char)s[0]) && isalpha((unsigned char)s[1]) &&
           isalpha((unsigned char)s[2]);
}

char *money_plain(double amount, const char *currency, char out[MONEY_MAX])
{
    const struct currency *c = find(currency);
    if (!isfinite(amount) || fabs(amount) > AMOUNT_MAX)
        amount = 0;
    snprintf(out, MONEY_MAX, "%.*f", c ? c->digits : 2, amount);
    return out;
}

/* "1234567.80" → "1,234,567.80" */
static void group(const char *plain, char *out)
{
    size_t whole = strcspn(plain, "."), n = 0;
    for (size_t i = 0; plain[i]; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0)
            out[n++] = ',';
        out[n++] = plain[i];
    }
    out[n] = '\0';
}

char *money_format(double amount, const char *currency, char out[MONEY_MAX])
{
    if (!isfinite(amount) || fabs(amount) > AMOUNT_MAX) {
        snprintf(out, MONEY_MAX, "–");
        return out;
    }
    const struct currency *c = find(currency);
    char plain[MONEY_MAX], grouped[MONEY_MAX];
    group(money_plain(fabs(amount), currency, plain), grouped);
    /* A tiny negative amount rounds to zero, which has no sign. */
    const char *minus = amount < 0 && strpbrk(plain, "123456789") ? "−" : "";
    if (c && c->sign)
        snprintf(out, MONEY_MAX, "%s%s%.30s", minus, c->sign, grouped);
    else if (is_code(currency))
        snprintf(out, MONEY_MAX, "%s%c%c%c\u00a0%.30s", minus, toupper((unsigned char)currency[0]),
                 toupper((unsigned char)currency[1]), toupper((unsigned char)currency[2]), grouped);
    else
        snprintf(out, MONEY_MAX, "%s%.30s", minus, grouped);
    return out;
}
