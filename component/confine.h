/* SPDX-License-Identifier: ISC */
/*
 * confine.h - what a process does not need is given away: another user's rights, capabilities, descriptors
 */
#ifndef CONFINE_H
#define CONFINE_H

#include <stdbool.h>
#include <stddef.h>

/* Closes all but the standard ones. */
void confine_descriptors(void);

/* No core, no debugger: secrets, and what is said in rooms, are in memory. */
void confine_memory(void);

/*
 * Becomes that user, with its groups; NULL: stays who it is. False when that cannot be: why then is a sentence
 * for the operator.
 */
bool confine_user(const char *name, char *why, size_t cap);

/* Gives away all capabilities for good, root's too, and what programs with the set-user-ID bit would bring. */
bool confine_capabilities(char *why, size_t cap);

#endif
