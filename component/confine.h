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
 * Becomes that user, with its groups; NULL: stays who it is. Root also enters that group (NULL: none), to which
 * it will have to give something when it may not do so by being root. False when that cannot be: why then is a
 * sentence for the operator.
 */
bool confine_user(const char *name, const char *group, char *why, size_t cap);

/* Is that group one of the process's? */
bool confine_in_group(const char *name);

/* Gives away all capabilities for good, root's too, and what programs with the set-user-ID bit would bring. */
bool confine_capabilities(char *why, size_t cap);

/* Is there a folder for that path, in which we may make it? False with errno. */
bool confine_may_make(const char *path);

/*
 * If it is a matter of rights that a folder cannot be used, or one of those files in it ("": itself), has the log say
 * so, and what would help, and returns false. Whoever has begun it as root, and goes on as somebody else, finds what
 * is root's.
 */
bool confine_look(const char *folder, const char *const *files);

#endif
