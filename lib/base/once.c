/* SPDX-License-Identifier: ISC */
/*
 * once.c - strings that are copied once, however often they occur
 */
#include "once.h"

#include "arena.h"

#define MIN_SLOTS 8

struct once_slot {
	const char *s; /* NULL: nothing */
	const char *copy;
};

/* Where s stands, or would. Addresses are nothing a stranger can choose. */
static struct once_slot *
find(const struct once *o, const char *s)
{
	uint32_t i = (uint32_t)(((uint64_t)(uintptr_t)s * UINT64_C(0x9e3779b97f4a7c15)) >> 32);

	while (o->slot[i & (o->nslots - 1)].s != NULL && o->slot[i & (o->nslots - 1)].s != s)
		i++;
	return &o->slot[i & (o->nslots - 1)];
}

static void
grow(struct once *o, struct arena *a)
{
	struct once bigger = { .nslots = o->nslots > 0 ? 2 * o->nslots : MIN_SLOTS, .n = o->n };

	bigger.slot = arena_alloc(a, bigger.nslots * sizeof(*bigger.slot));
	for (uint32_t i = 0; i < o->nslots; i++)
		if (o->slot[i].s != NULL)
			*find(&bigger, o->slot[i].s) = o->slot[i];
	*o = bigger;
}

const char *
once_copy(struct once *o, struct arena *a, const char *s)
{
	struct once_slot *slot;

	if (s == NULL)
		return NULL;
	if (o->n >= o->nslots / 2)
		grow(o, a);
	slot = find(o, s);
	if (slot->s == NULL) {
		*slot = (struct once_slot){ s, arena_strdup(a, s) };
		o->n++;
	}
	return slot->copy;
}
