/* SPDX-License-Identifier: ISC */
/*
 * background.h - a daemon that is ready when the command that started it returns
 */
#ifndef BACKGROUND_H
#define BACKGROUND_H

/*
 * The path as it is from / as well, for free(3). Links in it are followed each time that it is used: what they lead
 * to may be what is changed.
 */
char *background_path(const char *path);

/*
 * Goes on in a child, in a session of its own and in /. The process that was started waits until that is ready,
 * and its exit status says whether it is. Returns, in the child only, where background_ready() tells it.
 */
int background_enter(void);

/* Tells it; fd is closed, and nobody listens to the standard descriptors any more. */
void background_ready(int fd);

#endif
