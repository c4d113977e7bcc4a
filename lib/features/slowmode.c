/* SPDX-License-Identifier: ISC */
/*
 * slowmode.c - rooms where everybody waits between two messages
 *
 * XEP-0500: configuration (5), discovery (5.2), who waits and for what (6, 8).
 */
#include "feature.h"

/*
 * 6: whatever has a body counts, also what others would take for an event; 8: by bare JID, whatever the
 * session, the nick, or how often one leaves and comes back.
 */
static bool
is_slowed(const struct plan *p)
{
	return p->room->config.slow_mode_duration > 0 && !may(p, MAY_EXCEED_SLOW_MODE) &&
	       xml_child(p->ev->stanza, NS_STANZA, "body") != NULL;
}

static enum deny
may_message(const struct room *r, const struct plan *p, const struct change *c)
{
	int64_t wait_ms = (int64_t)r->config.slow_mode_duration * 1000;

	(void)c;
	return is_slowed(p) && spoke_lately(r, p->ev->from.bare, wait_ms) ? SLOW_MODE : OK;
}

static void
on_message(struct plan *p, const struct change *c)
{
	(void)c;
	if (is_slowed(p))
		spoke_note(p->room, p->ev->from.bare);
}

/* What was said before it was slow has no weight, and what is not asked any more need not be known. */
static void
on_config(struct plan *p, const struct change *c)
{
	if (c->config->slow_mode_duration == 0)
		spoke_clear(p->room);
}

static void
add_roominfo(const struct plan *p, struct xml *form)
{
	struct arena *a = p->s->arena;
	uint32_t s = p->room->config.slow_mode_duration;

	if (s > 0)
		form_add_field(a, form, "text-single", "muc#roominfo_slow_mode_duration",
		    say(p, "Seconds to wait between two messages (0: none)"),
		    arena_fmt(a, "%u", (unsigned)s));
}

const struct feature feature_slowmode = {
	.name = "slowmode",
	.may = { [CH_MESSAGE] = may_message },
	.on = { [CH_MESSAGE] = on_message, [CH_CONFIG] = on_config },
	.add_roominfo = add_roominfo,
};
