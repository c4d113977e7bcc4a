/* SPDX-License-Identifier: ISC */
/*
 * stored.h - a database of many rooms that nobody is in
 */
#ifndef STORED_H
#define STORED_H

/* Makes it in the directory, by libmuc itself; the rooms are of ROOMS_DOMAIN. */
void stored_make(const char *dir, unsigned nrooms);

#endif
