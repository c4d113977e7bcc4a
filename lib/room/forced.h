/* SPDX-License-Identifier: ISC */
/*
 * forced.h - what the service decides in all rooms, and not their owners
 */
#ifndef FORCED_H
#define FORCED_H

#include "room.h"

/* Takes what is forced from now on; the config is taken over. */
void force_take(struct service *, struct config *, config_set);

/* Rooms have come that may disagree: all are looked at again, also after a restart. */
void force_doubt(struct service *);

/* The next rooms that may disagree, as ids. Returns how many; fewer than FORCE_STEP: they are the last. */
#define FORCE_STEP 100
size_t force_step(struct service *, uint64_t ids[FORCE_STEP]);

/* The room's configuration as it is to be: its owners' where nothing is forced. Texts are borrowed. */
void force_config(const struct room *, struct config *);

/* Sets the configuration; where something is forced, what the owners want stays as it was. */
void room_configure(struct room *, const struct config *);

/* What is forced in a room's configuration, as a field of its record; the rest of the record is the owners'. */
void forced_write(struct buf *, uint8_t tag, const struct room *);
void forced_read(struct room *, struct bytes val);
void forced_release(struct room *);

#endif
