/* SPDX-License-Identifier: ISC */
/*
 * import.h - rooms out of text, as a struct muc has it done; see ../export.h
 */
#ifndef IMPORT_H
#define IMPORT_H

#include "../export.h"
#include "room.h"

struct import *import_begin(struct service *, const struct import_conf *);

#endif
