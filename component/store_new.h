/* SPDX-License-Identifier: ISC */
/*
 * store_new.h - a database that has never been there
 */
#ifndef STORE_NEW_H
#define STORE_NEW_H

#include <stddef.h>

/*
 * Makes data.mdb, empty, in the folder path, which is dir_fd too and nobody else's. It is there whole or not
 * at all, also when the power fails meanwhile. Returns NULL, or why it cannot be made: a string that lives
 * until the next call.
 */
const char *store_new(int dir_fd, const char *path, size_t map_bytes);

#endif
