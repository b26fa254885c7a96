/* The word that was meant. */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

/* The nearest of the words, for "did you mean"; NULL: none is near. */
const char *nearest_word(const char *word, const char *const *words, size_t count);

#endif
