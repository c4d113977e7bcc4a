/* SPDX-License-Identifier: ISC */
/*
 * control_socket.h - where the control is: a file, and who may open it
 */
#ifndef CONTROL_SOCKET_H
#define CONTROL_SOCKET_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

struct control_socket {
	char *path;
	int fd;
	dev_t dev; /* of the file that is ours to remove */
	ino_t ino; /* 0: there is none */
	gid_t group;
};

/*
 * Listens at that path, with that group (NULL: that of mucd). A socket that nobody listens on any more is
 * replaced, anything else is left alone. False when that cannot be: why then is a sentence for the operator.
 */
bool control_socket_open(
    struct control_socket *, const char *path, const char *group, char *why, size_t why_cap);

/* Is there a place for one? False: why not. */
bool control_socket_may(const char *path, char *why, size_t why_cap);

/* Removes the file, too, also of one that could not be opened. */
void control_socket_close(struct control_socket *);

#endif
