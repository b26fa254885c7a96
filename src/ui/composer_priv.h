/* Between the composer and its picture. */
#ifndef UI_COMPOSER_PRIV_H
#define UI_COMPOSER_PRIV_H

#include "ui/composer.h"

#define COMPOSER_AUDIENCES 16

/* Places of the composer's own fields. */
size_t composer_to(const struct composer *c);
size_t composer_next(const struct composer *c);
size_t composer_state(const struct composer *c);
/* Takes up what was kept. */
void composer_load(struct composer *c);
/* The audiences named in the field To; the first that is none of them in bad ("" when all are). */
size_t composer_audiences(const struct composer *c, const struct scene *s,
    char out[COMPOSER_AUDIENCES][65], char bad[65]);

#endif
