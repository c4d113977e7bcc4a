/* SPDX-License-Identifier: ISC */
/*
 * store_look.h - whether what is stored can be read
 */
#ifndef STORE_LOOK_H
#define STORE_LOOK_H

#include <stdbool.h>

/*
 * Looks through the database in a folder, which is nobody else's, and says in the log what is wrong with it,
 * and how much there is. False when it cannot be opened.
 */
bool store_look(const char *folder);

#endif
