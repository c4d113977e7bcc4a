/* SPDX-License-Identifier: ISC */
/*
 * import.h - rooms out of text, as a struct muc has it done; see ../export.h
 */
#ifndef IMPORT_H
#define IMPORT_H

#include "../export.h"
#include "room.h"

struct import *import_begin(struct service *, const struct import_conf *);

/* A room of that address has come, by other ways. */
void import_notice(struct import *, const char *jid);

#endif
