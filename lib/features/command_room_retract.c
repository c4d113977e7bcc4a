/* SPDX-License-Identifier: ISC */
/*
 * command_room_retract.c - an admin takes back all that somebody wrote, and perhaps kicks or bans them
 *
 * XEP-0425, many times: a tombstone for each message (4), told by the room (3.1). XEP-0424 5: each retraction is
 * kept, too, so who was away learns of it from the archive. It may be a hundred thousand messages, so it is done
 * in steps (room/retracting.h), the latest first, which people have before their eyes. Of those, no more than
 * retractions_told are told to all at once: a hundred times what a history has is more than anybody looks at, and
 * a phone that was told all the others, too, would be busy for an hour with what it does not show.
 */
#include "command.h"
#include "room/console.h"
#include "room/held.h"
#include "room/retracting.h"

enum {
	STEP_VISITS = 1000,	/* entries that a step looks at */
	STEP_MOST = 100,	/* of them, those it retracts */
	STEP_BYTES = 512 << 10, /* of what it writes for them */
	TELL_BYTES = 1 << 20,	/* of what it tells; it waits while as much has not gone out yet */
	TOLD_PER_MS = 4096,	/* bytes: no room's cleaning up keeps others waiting */
	AWAY_MS = 200,		/* until a domain that is away is looked for again */
	LOOKS = 100,	    /* works that are looked at in a turn for one that can be dealt with */
	NICK_VISITS = 5000, /* entries in which a nick that is not in is looked for */
	FRAME_BYTES = 1000, /* of a retraction or a tombstone, besides the reason */
};

/* -- what is asked -- */

static const struct command_option actions[] = {
	{ "none", SAID("Neither") },
	{ "kick", SAID("Kick") },
	{ "ban", SAID("Ban") },
	{ NULL, NULL },
};

static const struct command_field fields[] = {
	{ .var = "nick", .type = "text-single", .label = SAID("Nickname") },
	{ .var = "jid", .type = "jid-single", .label = SAID("Or address") },
	{ .var = "action",
	    .type = "list-single",
	    .label = SAID("Kick or ban"),
	    .def = "none",
	    .options = actions },
	{ .var = "hours",
	    .type = "text-single",
	    .label = SAID("Only of the last hours (0: all)"),
	    .def = "0",
	    .least = 0,
	    .most = 876000 },
	{ .var = "reason", .type = "text-single", .label = SAID("Reason") },
	{ .var = "stop", .type = "boolean", .label = SAID("Only stop what is under way for them") },
	{ .var = NULL },
};

static enum deny
check(struct call *c)
{
	const char *nick = call_value(c, "nick"), *jid = call_value(c, "jid");

	if (nick == NULL && jid == NULL)
		return call_fault(c, MISSING, call_say(c, "Nickname"));
	if (nick != NULL && jid != NULL)
		return call_fault(c, BAD_PAYLOAD, jid);
	if (call_flag(c, "stop") && strcmp(call_value(c, "action"), "none") != 0)
		return call_fault(c, BAD_PAYLOAD, call_say(c, "Kick or ban"));
	return OK;
}

/* Who wrote under a nick last. */
struct writer {
	struct arena *arena;
	const char *nick, *jid;
	unsigned visited;
	size_t used; /* of the arena, when it began */
};

static int
writer_visit(void *arg, const struct entry *e)
{
	struct writer *w = arg;

	if (e->nick != NULL && e->jid != NULL && strcmp(e->nick, w->nick) == 0)
		w->jid = arena_strdup(w->arena, e->jid);
	return w->jid != NULL || ++w->visited == NICK_VISITS ||
	       arena_used(w->arena) - w->used > ARCHIVE_WALK_BYTES;
}

/* Whoever goes by it; else whose it is; else who wrote under it last, and is gone. NULL: nobody. */
static const char *
jid_of_nick(const struct plan *p, const char *nick)
{
	struct writer w = { .arena = p->s->arena };
	const struct occupant *o;

	w.nick = jid_nick(p->s->arena, nick, JID_PART_MAX, false);
	if (w.nick == NULL)
		return NULL;
	o = room_nick(p->room, w.nick);
	if (o != NULL)
		return o->bare;
	w.jid = nick_owner(p->room, w.nick);
	w.used = arena_used(w.arena);
	if (w.jid == NULL)
		archive_each_back(p->room, NULL, writer_visit, &w);
	return w.jid;
}

static enum deny
read_whom(struct call *c, struct jid *j)
{
	const char *nick = call_value(c, "nick"), *jid = call_value(c, "jid");

	if (nick != NULL)
		jid = jid_of_nick(c->plan, nick);
	if (jid == NULL)
		return call_fault(c, NO_SUCH_WRITER, nick);
	if (!jid_prep(c->plan->s->arena, jid, j) || j->node == NULL)
		return call_fault(c, BAD_PAYLOAD, jid);
	return OK;
}

/* -- what is under way -- */

struct under_way {
	struct call *call;
	struct xml *form;
	const char *jid;
	unsigned n;
	uint64_t found; /* by all of them */
	struct retracting works[RETRACTING_PER_ROOM];
};

static int
way_visit(void *arg, const struct retracting *w)
{
	struct under_way *y = arg;

	if (strcmp(w->jid, y->jid) != 0)
		return 0;
	y->works[y->n++] = *w;
	y->found += w->found;
	return y->n == RETRACTING_PER_ROOM;
}

/* What of that user's is being retracted. */
static struct under_way *
find_under_way(const struct room *r, const char *bare)
{
	struct under_way *y = arena_alloc(r->service->arena, sizeof(*y));

	*y = (struct under_way){ .jid = bare };
	retracting_each(r, way_visit, y);
	return y;
}

/* Whoever wants it again is shown how far it is, unless they have said that it is to go on, or not. */
static bool
has_news(struct call *c)
{
	struct jid j;

	return call_value(c, "stop") == NULL && check(c) == OK && read_whom(c, &j) == OK &&
	       find_under_way(c->plan->room, j.bare)->n > 0;
}

static int
show_work(void *arg, const struct retracting *w)
{
	const struct under_way *y = arg;
	struct call *c = y->call;
	struct arena *a = c->plan->s->arena;
	const char *since = date_write(a, archive_ms(w->at));

	since = call_say_of(c, "What was said since %s has been looked through", since);
	form_add_field(a, y->form, "fixed", NULL, NULL,
	    arena_cat(a, call_say_of(c, "Being retracted: what %s wrote", w->jid), ". ",
		call_say_number(c, "Retracted messages: %s", w->found), ". ", since, NULL));
	return 0;
}

static void
fill(struct call *c, struct xml *form)
{
	retracting_each(c->plan->room, show_work, &(struct under_way){ .call = c, .form = form });
}

static const struct command_step steps[] = {
	{ .instructions = SAID("What was written until now is retracted, and cannot be restored"),
	    .fields = fields,
	    .fill = fill,
	    .has_news = has_news,
	    .check = check },
};

static enum deny
plan_stop(struct call *c, struct plan *p, const char *bare)
{
	struct retracting *w = arena_alloc(p->s->arena, sizeof(*w));
	const struct under_way *y = find_under_way(p->room, bare);

	if (y->n == 0) {
		command_note(c, NOTE_WARN, call_say_of(c, "Nothing was under way: %s", bare));
		return OK;
	}
	*w = (struct retracting){ .jid = bare, .actor = c->plan->ev->from.full };
	plan_add(p, CH_RETRACT_STOP)->retracting = w;
	command_note(c, NOTE_INFO,
	    call_say_of(c, "Retracted messages, and then it was stopped: %s",
		arena_fmt(p->s->arena, "%llu (%s)", (unsigned long long)y->found, bare)));
	if (p != c->plan)
		call_audit(c, &(struct audit){ .room = p->room->jid,
				  .target = bare,
				  .after = "stop",
				  .reason = call_value(c, "reason") });
	return OK;
}

/* -- what is wanted -- */

/* 8.2: from all the nicks that they have. */
static void
kick(struct call *c, struct plan *p, const char *bare)
{
	struct occupant *o;
	struct change *leave;
	bool any = false;

	TAILQ_FOREACH (o, &p->room->occupants, entry) {
		if (strcmp(o->bare, bare) != 0)
			continue;
		leave = plan_add(p, CH_LEAVE);
		leave->occupant = o;
		leave->role = ROLE_NONE;
		leave->code = STATUS_KICKED;
		leave->reason = call_value(c, "reason");
		leave->actor = actor_nick(p);
		any = true;
	}
	if (!any)
		command_note(c, NOTE_WARN, call_say(c, "Nobody was kicked"));
}

/* A reason that would make a retraction too large for a stanza is no reason. */
static enum deny
plan_retracting(struct call *c, struct plan *p, const char *bare)
{
	static const char id[] = "00000000-0000-0000-0000-000000000000";
	struct arena *a = p->s->arena;
	struct retracting *w = arena_alloc(a, sizeof(*w));
	const int64_t hours = call_number(c, "hours");
	const char *text;
	size_t len;

	*w = (struct retracting){
		.room_id = p->room->id,
		.jid = bare,
		.since_ms = hours > 0 ? p->s->now.wall_ms - hours * HOUR_MS : 0,
		.actor = c->plan->ev->from.full,
		.nick = actor_nick(p),
		.lang = c->dialog.lang,
		.audited = p != c->plan,
		.reason = call_value(c, "reason"),
	};
	if (w->since_ms < 0)
		w->since_ms = 0;
	if (retracting_count(p->room) >= RETRACTING_PER_ROOM)
		return RESOURCE_CONSTRAINT;
	moderation_write(p->room,
	    &(struct moderation){ w->nick, c->plan->ev->from.bare, w->reason }, id, &text, &len);
	if (len > (size_t)p->s->limits.stanza_out_bytes / 2)
		return TOO_LARGE;
	plan_add(p, CH_RETRACT_ALL)->retracting = w;
	return OK;
}

static enum deny
run(struct call *c)
{
	struct plan *p = call_own_deed(c);
	const char *action = call_value(c, "action");
	struct affil f = { .affiliation = AFF_OUTCAST, .reason = call_value(c, "reason") };
	struct jid j;
	enum deny deny = read_whom(c, &j);

	if (deny == OK && call_flag(c, "stop"))
		return plan_stop(c, p, j.bare);
	if (deny == OK)
		deny = plan_retracting(c, p, j.bare);
	if (deny != OK)
		return deny;
	command_note(c, NOTE_INFO, call_say_of(c, "Being retracted: what %s wrote", j.bare));
	f.jid = j.bare;
	if (strcmp(action, "kick") == 0)
		kick(c, p, j.bare);
	if (strcmp(action, "ban") == 0)
		deny = call_grant(c, p, &f);
	if (p != c->plan)
		call_audit(c, &(struct audit){ .room = p->room->jid,
				  .target = j.bare,
				  .after = action,
				  .reason = call_value(c, "reason") });
	return deny == OK ? plan_granted(p) : deny;
}

/* As for a kick (8.2), in the room or not: nobody's words are taken by somebody with a lower affiliation. */
static enum deny
may_retract(const struct room *r, const struct plan *p, const struct change *c)
{
	if (!may(p, MAY_MODERATE_MESSAGES))
		return NOT_MODERATOR;
	return affiliation_of(r, c->retracting->jid) > p->ev->affiliation ? NOT_ALLOWED : OK;
}

/* Whoever may begin it may end it, whoever has begun it. */
static enum deny
may_stop(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r, (void)c;
	return may(p, MAY_MODERATE_MESSAGES) ? OK : NOT_MODERATOR;
}

static void
on_retract(struct plan *p, const struct change *c)
{
	struct retracting w = *c->retracting;

	archive_next_id(p->room, w.end);
	memcpy(w.at, w.end, ARCHIVE_ID_LEN);
	retracting_put(p->s, &w);
}

/* -- a step -- */

struct batch {
	struct retracting *w;
	struct arena *arena;
	size_t used; /* of it, when the step began */
	struct entry *found;
	unsigned n, most, visited;
	bool ended;
};

static bool
is_wanted(const struct retracting *w, const struct entry *e)
{
	/* What is no message, and retractions themselves, are not retracted: XEP-0424 5, XEP-0425 5. */
	return (e->kind == ENTRY_MESSAGE || e->kind == ENTRY_EVENT) && e->jid != NULL &&
	       jid_is_of(e->jid, w->jid);
}

static int
visit(void *arg, const struct entry *e)
{
	struct batch *st = arg;

	st->ended = archive_ms(e->id) < st->w->since_ms;
	if (st->ended)
		return 1;
	memcpy(st->w->at, e->id, ARCHIVE_ID_LEN);
	if (is_wanted(st->w, e))
		st->found[st->n++] = *e;
	return st->n == st->most || ++st->visited == STEP_VISITS ||
	       arena_used(st->arena) - st->used > ARCHIVE_WALK_BYTES;
}

static unsigned
least_of(uint64_t a, uint64_t b)
{
	return (unsigned)(a < b ? a : b);
}

/* How many may go in this step: by what is written, and while they are told, by that. */
static unsigned
most_of(const struct service *s, const struct room *r, const struct retracting *w)
{
	const uint64_t nbytes = FRAME_BYTES + (w->reason != NULL ? 2 * strlen(w->reason) : 0);
	const uint64_t nsessions = map_count(&r->sessions);
	const uint64_t left = (uint64_t)s->limits.retractions_told - w->told;
	unsigned most = least_of(STEP_MOST, STEP_BYTES / nbytes + 1);

	if (w->told >= (uint64_t)s->limits.retractions_told || nsessions == 0)
		return most;
	return least_of(least_of(most, left), TELL_BYTES / (nbytes * nsessions) + 1);
}

/* What is kept there makes the oldest go: what somebody else has said. */
static bool
is_room_full(struct plan *p)
{
	const uint64_t most = (uint64_t)p->s->limits.archive_entries_per_room;

	return most > 0 && held_get(p->s, p->room->id)->entries >= most;
}

/* A store that is nearly full has room for a few retractions, but not for a hundred thousand. */
static bool
keeps(struct plan *p, bool tells)
{
	return p->room->config.enablearchiving && !is_room_full(p) &&
	       (tells || !service_full(p->s));
}

/* Returns how many bytes it told. */
static size_t
take_back(struct plan *p, struct retracting *w, const struct entry *original)
{
	struct arena *a = p->s->arena;
	const struct moderation m = { retracting_nick(p->room, w),
		arena_strndup(a, w->actor, strcspn(w->actor, "/")), w->reason };
	const bool tells = w->told < (uint64_t)p->s->limits.retractions_told;
	struct entry e = {
		.kind = keeps(p, tells) ? ENTRY_RETRACTION : ENTRY_NONE,
		.msg_id = fresh_id(p->s),
	};
	const struct xml *why = moderation_write(
	    p->room, &m, archive_text(a, original->id), &e.payload, &e.payload_len);

	if (tells)
		reflect_entry(p, &e);
	else
		archive_next_id(p->room, e.id);
	if (!tells && e.kind != ENTRY_NONE)
		archive_add(p->room, &e);
	retract_version(p, original, &e, why);
	w->told += tells;
	w->found++;
	return tells ? e.payload_len * map_count(&p->room->sessions) : 0;
}

/* Who ordered it is told what has come of it, if they are there: as a headline it waits for nobody. */
static void
tell_actor(struct plan *p, const struct retracting *w, const char *english, const char *count)
{
	struct arena *a = p->s->arena;
	struct xml *x = stanza_new(a, "message", p->room, NULL, "headline", fresh_id(p->s));

	if (console_is(w->actor))
		return;
	xml_set_lang(a, x, lang_tag(w->lang));
	xml_add_text(a, x, NS_STANZA, "body",
	    text_with(a, text_in(w->lang, english), arena_cat(a, count, " (", w->jid, ")", NULL)));
	tell_jid(p, x, w->actor);
}

/* At its end; or somebody has stopped it, who knows of it. */
static void
sum_up(struct plan *p, const struct retracting *w, const char *stopped_by)
{
	struct service *s = p->s;
	const char *count = arena_fmt(s->arena, "%llu", (unsigned long long)w->found);

	service_log(s, MUC_LOG_INFO, "%s: %s messages of %s retracted for %s%s%s", p->room->jid,
	    count, w->jid, w->actor, stopped_by != NULL ? ", and stopped by " : "",
	    stopped_by != NULL ? stopped_by : "");
	if (w->audited)
		audit_put(s, &(struct audit){ .actor = w->actor,
				 .command = "retract-all",
				 .room = p->room->jid,
				 .target = w->jid,
				 .after = count,
				 .reason = w->reason });
	if (stopped_by == NULL)
		tell_actor(p, w, SAID("Retracted messages: %s"), count);
	else if (strcmp(stopped_by, w->actor) != 0)
		tell_actor(p, w, SAID("Retracted messages, and then it was stopped: %s"), count);
	retracting_del(s, w);
}

static void
on_stop(struct plan *p, const struct change *c)
{
	const struct under_way *y = find_under_way(p->room, c->retracting->jid);

	for (unsigned i = 0; i < y->n; i++)
		sum_up(p, &y->works[i], c->retracting->actor);
}

static void
make_step(struct room *r, struct retracting *w)
{
	struct service *s = r->service;
	struct batch st = { .w = w, .arena = s->arena, .most = most_of(s, r, w) };
	size_t nbytes = 0;
	struct plan p;

	st.found = arena_alloc(s->arena, st.most * sizeof(*st.found));
	st.used = arena_used(s->arena);
	st.ended = archive_each_back(r, w->at, visit, &st) == 0 || st.ended;
	plan_init(&p, s, NULL, r);
	for (unsigned i = 0; i < st.n; i++)
		nbytes += take_back(&p, w, &st.found[i]);
	if (st.ended)
		sum_up(&p, w, NULL);
	else
		retracting_put(s, w);
	plan_run(&p);
	plan_release(&p);
	s->retract_ms = s->now.mono_ms + (int64_t)(nbytes / TOLD_PER_MS) +
			(int64_t)st.visited * 1000 / s->limits.archive_visits_per_s;
}

/* -- time -- */

/* What is told waits for its turn in the queue like all else: no more is added while that is long. */
static bool
can_tell(const struct service *s, const struct room *r)
{
	return s->out[r->domain_no].up && s->out[r->domain_no].bytes < TELL_BYTES;
}

static bool
is_stored(struct service *s, uint64_t room_id)
{
	struct bytes val;
	uint8_t id[8];

	return s->store->get(s->store, TABLE_rooms, id_key(room_id, id), &val) == STORE_OK;
}

/*
 * The room as it is to be, not one that comes in its place by an import; NULL: there is none any more, or *waits: it
 * cannot be dealt with now.
 */
static struct room *
room_now(struct service *s, const struct retracting *w, bool *waits)
{
	struct room *r = room_get_id(s, w->room_id);
	struct jid j;

	if (r != NULL && jid_split(s->arena, r->jid, &j))
		r = room_open(s, &j);
	if (r != NULL && r->id != w->room_id)
		r = NULL;
	*waits = r != NULL ? !can_tell(s, r) : is_stored(s, w->room_id);
	return *waits ? NULL : r;
}

/*
 * One step of the first that can be dealt with. That its room is no more is found out in a step, too: so while others
 * are looked for, none goes, and the first comes again when all were.
 */
static void
tick(struct service *s)
{
	uint8_t first[ARCHIVE_KEY_LEN];
	struct retracting w;
	struct room *r;
	bool waits;

	if (!s->retracts || s->retract_ms > s->now.mono_ms)
		return;
	for (unsigned n = 0; n < LOOKS && retracting_next(s, &w); n++) {
		if (n == 0)
			memcpy(first, s->retracted_key, sizeof(first));
		else if (memcmp(first, s->retracted_key, sizeof(first)) == 0)
			break;
		r = room_now(s, &w, &waits);
		if (waits)
			continue;
		if (r != NULL)
			make_step(r, &w);
		else
			retracting_del(s, &w);
		return;
	}
	if (s->retracts)
		s->retract_ms = s->now.mono_ms + AWAY_MS;
}

static int64_t
deadline(const struct service *s)
{
	return s->retracts ? s->retract_ms : INT64_MAX;
}

static const struct command commands[] = {
	{ .node = "retract-all",
	    .name = SAID("Retract all that somebody wrote"),
	    .where = TO_ROOM,
	    .least = AFF_ADMIN,
	    .steps = steps,
	    .nsteps = 1,
	    .run = run },
	{ .node = NULL },
};

const struct feature feature_command_room_retract = {
	.name = "command_room_retract",
	.may = { [CH_RETRACT_ALL] = may_retract, [CH_RETRACT_STOP] = may_stop },
	.on = { [CH_RETRACT_ALL] = on_retract, [CH_RETRACT_STOP] = on_stop },
	.commands = commands,
	.deadline = deadline,
	.tick = tick,
};
