/* The region x component matrix and the carriers beside it. */
#ifndef UI_MATRIX_H
#define UI_MATRIX_H

#include "ui/canvas.h"
#include "ui/view.h"

/* Rows that the whole matrix takes, its heading included. */
int matrix_rows(const struct scene *s);
/* Draws into `r`; regions that do not fit are those with the least trouble, and are counted. */
void draw_matrix(const struct scene *s, struct canvas *c, struct rect r);
/* The same to be read from afar: cells as tall and as wide as there is room, what is not well as a
 * block of its colour. Returns how many rows it took. */
int draw_matrix_large(const struct scene *s, struct canvas *c, struct rect r);
/* Cells that the matrix takes in its narrow form. */
int matrix_width(const struct scene *s);
void draw_carriers(const struct scene *s, struct canvas *c, struct rect r);

#endif
