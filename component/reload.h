/* SPDX-License-Identifier: ISC */
/*
 * reload.h - the configuration is read again while mucd runs
 */
#ifndef RELOAD_H
#define RELOAD_H

struct conf;
struct loop;

/*
 * Takes what can be taken from the file at path, and says in the log what only a restart brings. Returns the
 * configuration that holds from now on: `was` if there is a mistake in the new one, else `was` is gone.
 */
struct conf *reload_conf(struct loop *, struct conf *was, const char *path);

#endif
