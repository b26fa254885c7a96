/* Between the form and its picture. */
#ifndef UI_FORM_PRIV_H
#define UI_FORM_PRIV_H

#include "ui/form.h"

#define FORM_CHOICES 6 /* shown at once */

/* The n-th choice that matches what was typed; NULL behind the last. */
const struct choice *form_match(const struct field *f, int n);
int form_match_count(const struct field *f);

#endif
