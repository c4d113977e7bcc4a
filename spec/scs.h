/* SPDX-License-Identifier: ISC */
/*
 * scs.h - scenarios: the language, and its reader
 *
 * A scenario (.scs) is a conversation of XMPP clients with the service, in the style of scansion.
 * spec/run plays it in process, with a fake clock, against libmuc; spec/live plays it by real
 * clients over a real server with mucd attached. This comment is the manual of the language.
 *
 *	# Entering: the creator gets 201
 *	#@ strict
 *
 *	[Client] Romeo
 *		jid: romeo@localhost
 *		password: password
 *
 *	-----
 *
 *	Romeo connects
 *
 *	Romeo sends:
 *		<presence to='room@conference.localhost/Romeo'>
 *			<x xmlns='http://jabber.org/protocol/muc'/>
 *		</presence>
 *
 *	Romeo receives:
 *		<presence from='room@conference.localhost/Romeo'>
 *			<x xmlns='http://jabber.org/protocol/muc#user'>
 *				<item jid="${Romeo's full JID}" affiliation='owner' role='moderator'/>
 *				<status code='110'/>
 *				<status code='201'/>
 *			</x>
 *		</presence>
 *
 * LINES. What stands at the very beginning of a line is an action, a comment (#), one of our
 * directives (#@, a comment to others), or "<", which begins a stanza. All other lines of a stanza
 * are indented (or begin with "<"); so a line of text in a body cannot begin in the first column.
 * Blanks at the end of a line and blank lines do not count.
 *
 * HEADER, up to a line of dashes. The first comment is the title. Then clients: "[Client] Name"
 * and, indented or not, "jid:" (a bare JID), "password:" and perhaps "resource:". Without a
 * resource every connection gets a new one. Two clients may be one account. Live, all accounts
 * are at localhost and an account has one password over all scripts.
 *
 * ACTIONS
 *	X connects		a session exists and is available; the service hears nothing of it
 *	X disconnects		the session ends: its server sends `unavailable` to wherever X had
 *				sent available presence
 *	X sends:		one stanza or several (these reach the service in one turn). `from`
 *				is stamped by the server. A stanza without `to` is for X's own server
 *	X receives:		one stanza or several, each as the next one that X got
 *	X receives: nothing	X has got nothing else so far
 *
 * Clients are queues of their own: between stanzas for different clients there is no order.
 * White space between elements is layout: it is neither sent nor expected. So is white-space-only
 * text with a line break in it. Other text counts exactly, line breaks included: a long body is
 * written on one line, with &#10; for a break.
 *
 * VALUES, in attributes and in text
 *	${Romeo's full JID}	romeo@localhost/some-resource, of the present or last connection
 *	${Romeo's JID}		romeo@localhost
 *	${NAME}			what was captured as NAME
 *	{scansion:any}		anything, also as a part: id='ping-{scansion:any}'; in receives only
 *	{scansion:capture:NAME}	anything, and kept as NAME; the last one counts
 * The apostrophe of ${Romeo's JID} may stand between single quotes, too.
 *
 * MATCHING. Element names and namespaces are equal always. A script that says `#@ strict` (all of
 * ours do) is strict: a `receives` is compared with the very next stanza of that client; all
 * attributes, all children and all text must be there and no more, children in any order; and when
 * the script ends nobody has anything unread. Of the stanza itself `to` may be left out: then it
 * must be the full JID of the client; and so may xml:lang: then it may be anything. In an error, what
 * comes back of the request must be there, but a script need not repeat all it holds. A stanza from a
 * room may have the room's own ids although the script does not name them: an occupant-id, and a
 * stanza-id by the room (a script that says `#@ ids` is strict about these, too). What a client's
 * own server tells it (presence and IQs of its own account, such as roster pushes) is skipped.
 *
 * Any other script is foreign (`#@ lenient` says so aloud): what a `receives` names must be there,
 * more may be, and stanzas before the one that matches are dropped.
 *
 * scansion:strict='false' loosens one element and all below it in a strict script, 'true' does the
 * reverse in a foreign one. The prefix needs no declaration. So a script that is about some fields
 * of a data form loosens its <x/> and names those fields; an empty value that must be empty is
 * <value scansion:strict='true'/>. The whole configuration form stands in owner_form.scs alone.
 *
 * An account keeps the vCard (XEP-0054) that a client sets, and shows it to whoever asks for it.
 *
 * IDS. Whatever a script is about, all that clients get from a room is checked for what XEP-0421 and
 * XEP-0359 say of its ids: see ids.h.
 *
 * ASKED BY THE SERVICE. An IQ get by ping or disco#info from the service is answered with a result
 * by the player and never seen, unless the client is manual (below). Any other IQ is received, and
 * may be answered by `sends`: <iq type='result' id='${NAME}' .../>.
 *
 * DIRECTIVES IN THE HEADER
 *	#@ strict, #@ lenient	see above
 *	#@ ids			strict about occupant-id and stanza-id, too
 *	#@ live-only reason	skipped by spec/run
 *	#@ process-only reason	skipped by spec/live
 *	#@ no-restart-pass why	not played with a restart between all steps (see below)
 *	#@ manual		all clients are manual
 *	#@ conf name=value	a limit (MUC_LIMITS of muc.h), a default of new rooms (tbl/config.h),
 *				or admins, create, creators, reserved_names, banned, service_name,
 *				contact.abuse...: as in mucd.conf(5), lists by a line for each;
 *				forced.NAME: an option of room_forced
 *	#@ admin JID		an administrator of the service; may stand several times, and then
 *				#@ conf says no other ones
 *	#@ service DOMAIN	a domain of the service; several times; without any it is
 *				conference.localhost
 *
 * DIRECTIVES BETWEEN ACTIONS
 *	#@ conf name=value	the configuration has that line, too, and is read again; without a
 *				value it loses those of that name
 *	#@ advance 300s		time passes: ms, s, m, h or d. Live it really does, up to 3 s; a
 *				script that lets more pass must be process-only
 *	#@ restart		the service stops and starts
 *	#@ kill			the service is killed (SIGKILL) and starts. What it said before has
 *				arrived, and it knows (the fences are back)
 *	#@ lose			from now on nothing arrives of what the service says; in process only
 *	#@ lose fences		from now on all of it arrives, but the service does not get to know;
 *				in process only. Both end when it is killed, stops or its link breaks
 *	#@ link down, #@ link up	the component link breaks, comes back. While it is down the
 *				host answers for the service; in process only. As with a kill all
 *				that was said before has arrived
 *	#@ vanish X		X's session is gone and nobody told the service (a ghost); in
 *				process only
 *	#@ manual X		from now on X sees pings and disco#info and answers for itself
 *
 * In process the service has a store in memory; the clock starts at 2026-01-01T00:00:00Z and moves
 * by 1 ms a step, and by `advance`, deadline by deadline. Each script is played twice, the second
 * time with a restart of the service between all steps: the outcome must be the same. At a restart all
 * records get a field that the service does not know, as if a newer one had been there. After each
 * play the service is loaded from its store again, and must hold the same rooms and occupants.
 * Live, each script finds a service with an empty database, and whatever one client sends is
 * handled before the next one speaks. Live clients do not see the namespaces of attributes, nor
 * xmlns='' (libstrophe loses them): a script about those must be process-only.
 */
#ifndef SCS_H
#define SCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct xml;

#define SCANSION_NS "https://matthewwild.co.uk/projects/scansion"

struct scs_client {
	const char *name;
	const char *jid; /* bare */
	const char *password;
	const char *resource; /* NULL: a new one each time */
	struct scs_client *next;
};

enum scs_act {
	SCS_CONNECTS,
	SCS_DISCONNECTS,
	SCS_SENDS,
	SCS_RECEIVES, /* one stanza: several under one line are several steps */
	SCS_NOTHING,
	SCS_ADVANCE,
	SCS_RESTART,
	SCS_KILL,
	SCS_CONF,
	SCS_LOSE,
	SCS_LOSE_FENCES,
	SCS_LINK_DOWN,
	SCS_LINK_UP,
	SCS_VANISH,
	SCS_MANUAL,
};

struct scs_step {
	enum scs_act act;
	unsigned line;
	const struct scs_client *who; /* NULL: nobody in particular */
	struct xml **stanza;	      /* SENDS: nstanzas; RECEIVES: one. Values not expanded yet */
	size_t nstanzas;
	int64_t ms;	       /* ADVANCE */
	struct scs_pair *conf; /* CONF */
	struct scs_step *next;
};

/* A name=value, or a value alone, in the order of the script. */
struct scs_pair {
	const char *name;
	const char *value;
	struct scs_pair *next;
};

struct scs {
	const char *file;
	const char *title;
	struct scs_client *clients;
	struct scs_step *steps;
	struct scs_pair *conf;
	struct scs_pair *admins;   /* name NULL */
	struct scs_pair *services; /* name NULL; never empty */
	bool strict;
	bool ids;
	bool manual;
	const char *live_only, *process_only, *no_restart; /* the reason, NULL: it is not */
};

/*
 * Reads a script. Everything lives in the arena. NULL when it cannot be read or is wrong: then
 * *error is "file:line: what".
 */
struct scs *scs_read(struct arena *, const char *file, const char **error);

/*
 * The configuration gets another line, or, when it has no value, loses those of that name. The pair
 * belongs to the script's list from then on.
 */
void scs_configure(struct scs *, struct scs_pair *);

/* Is a name of `#@ conf` a setting of the service that is neither a limit nor an option of rooms? */
bool scs_is_policy(const char *name);

/* What a name of `#@ conf` is of room_forced; NULL: it is something else. */
const char *scs_forced(const char *name);

/* A parser for stanzas as they stand in a script or reach a client; NULL never. */
struct xml_parser *scs_parser(void);

/* The stream header that scs_parser() was given, for cutters. */
extern const char scs_header[];

#endif
