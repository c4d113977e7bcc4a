/* SPDX-License-Identifier: ISC */
/*
 * config.c - the configuration of rooms: values, forms, records
 */
#include "room/config.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/form.h"
#include "base/rec.h"
#include "base/xml.h"
#include "tap.h"

static void
test_values(void)
{
	static const struct {
		const char *var, *value;
		bool suits;
	} rows[] = {
		{ "muc#roomconfig_publicroom", "0", true },
		{ "publicroom", "true", true },
		{ "publicroom", "yes", false },
		{ "publicroom", "", false },
		{ "whois", "anyone", true },
		{ "whois", "any", false },
		{ "whois", "moderators anyone", false },
		{ "maxusers", "30", true },
		{ "maxusers", "none", true },
		{ "maxusers", "-1", false },
		{ "maxusers", "4294967296", false },
		{ "maxusers", "12x", false },
		{ "roomname", "A Dark Cave", true },
		{ "maxhistoryfetch", "50", true },
		{ "archivedays", "30", true },
		{ "archivedays", "-1", false },
		{ "x-muc#roomconfig_archivedays", "30", true },
		{ "history", "50", false },
		{ "muc#maxhistoryfetch", "50", true },
		{ "lang", "de-AT", true },
		{ "lang", "x-klingon1", true },
		{ "lang", "", true },
		{ "lang", "de_AT", false },
		{ "lang", "de-", false },
		{ "lang", "1e", false },
		{ "lang", "undeutsch", false },
		{ "lang", "de-undeutsch", false },
		{ "pubsub", "xmpp:pubsub.example?;node=x", true },
		{ "pubsub", "", true },
		{ "pubsub", "xmpp:", false },
		{ "pubsub", "javascript:alert(1)", false },
		{ "pubsub", "xmpp:a b", false },
		{ "presencebroadcast", "participant moderator", true },
		{ "presencebroadcast", "", true },
		{ "presencebroadcast", "none", true },
		{ "presencebroadcast", "participant,moderator", false },
		{ "presencebroadcast", "participant  moderator", false },
		{ "presencebroadcast", "a word that is longer than the words of sets could ever be",
		    false },
		{ "allowpm", "participants", true },
		{ "allowpm", "affiliated", true },
		{ "allowpm", "0", true },
		{ "allowpm", "everybody", false },
		{ "allow_visitor_status", "0", true },
	};
	struct config c;
	char long_name[300];
	config_set known;

	config_init(&c);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok((config_set_value(&c, rows[i].var, rows[i].value, &known) && known != 0) ==
			rows[i].suits,
		    "%s=%s", rows[i].var, rows[i].value);
	ok(config_set_value(&c, "colour", "red", &known) && known == 0, "no such field");
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	ok(!config_set_value(&c, "roomname", long_name, &known), "a name that is too long");
	ok(!config_set_value(&c, "roomname", "N\x13me", &known),
	    "a character that XML does not have");
	ok(!config_set_value(&c, "roomname", "N\xe9", &known), "no UTF-8");
	config_release(&c);
}

/* A submitted form with one field. */
static struct xml *
submit(struct arena *a, const char *var, const char *value)
{
	struct xml *form = form_add(a, xml_new(a, NS_MUC_OWNER, "query"), "submit",
	    "http://jabber.org/protocol/muc#roomconfig");

	form_add_field(a, form, NULL, var, NULL, value);
	return form;
}

static void
test_submit(struct arena *a)
{
	struct config c, changed;

	config_init(&c);
	changed = c;
	ok(config_submit(a, &changed, submit(a, "muc#roomconfig_moderatedroom", "1")), "one field");
	is_int((intmax_t)config_diff(&c, &changed),
	    (intmax_t)config_field("muc#roomconfig_moderatedroom"), "changes that one alone");
	changed = c;
	ok(config_submit(a, &changed, submit(a, "x#unknown", "1")) &&
		config_diff(&c, &changed) == 0,
	    "an unknown field changes nothing");
	ok(!config_submit(a, &changed, submit(a, "muc#roomconfig_whois", "nobody")), "a bad value");
	ok(!config_submit(a, &changed, submit(a, "muc#roomconfig_whois", NULL)), "no value at all");
	changed = c;
	ok(config_submit(a, &changed, submit(a, "muc#roomconfig_roomname", NULL)), "an empty text");
	c.maxusers = 5;
	changed = c;
	ok(config_submit(a, &changed, submit(a, "muc#roomconfig_maxusers", NULL)) &&
		changed.maxusers == 0,
	    "no limit");
	c.maxusers = 0;
	changed = c;
	config_submit(a, &changed, submit(a, "muc#roomconfig_roomsecret", "abc"));
	ok(changed.passwordprotectedroom, "a secret alone switches the password on");
	config_submit(a, &changed, submit(a, "muc#roomconfig_roomsecret", ""));
	ok(!changed.passwordprotectedroom, "and an empty one off");
	config_release(&c);
}

/* The form with one more field. */
static struct xml *
and_field(struct arena *a, struct xml *form, const char *var, const char *value)
{
	form_add_field(a, form, NULL, var, NULL, value);
	return form;
}

/* What other services call it; the own name wins. Sets have several values, or none. */
static void
test_names(struct arena *a)
{
	static const struct {
		const char *var, *value;
		bool archiving;
		uint32_t allowpm, fetch;
	} rows[] = {
		{ "mam", "0", false, ALLOWPM_ANYONE, 20 },
		{ "muc#roomconfig_mam", "false", false, ALLOWPM_ANYONE, 20 },
		{ "muc#roomconfig_allowpm", "participant", true, ALLOWPM_PARTICIPANTS, 20 },
		{ "muc#roomconfig_allowpm", "visitor", true, ALLOWPM_ANYONE, 20 },
		{ "muc#roomconfig_allowpm", "affiliated", true, ALLOWPM_MODERATORS, 20 },
		{ "allow_private_messages", "0", true, ALLOWPM_NONE, 20 },
		{ "allow_private_messages", "true", true, ALLOWPM_ANYONE, 20 },
		{ "muc#roomconfig_historylength", "5", true, ALLOWPM_ANYONE, 5 },
		{ "muc#roomconfig_defaulthistorymessages", "6", true, ALLOWPM_ANYONE, 6 },
		{ "members_by_default", "1", true, ALLOWPM_ANYONE, 20 },
	};
	struct config c, d;
	struct xml *form;

	config_init(&c);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		d = c;
		ok(config_submit(a, &d, submit(a, rows[i].var, rows[i].value)) &&
			d.enablearchiving == rows[i].archiving && d.allowpm == rows[i].allowpm &&
			d.maxhistoryfetch == rows[i].fetch,
		    "%s=%s", rows[i].var, rows[i].value);
	}
	d = c;
	form = and_field(a, submit(a, "mam", "0"), "muc#roomconfig_enablearchiving", "1");
	ok(config_submit(a, &d, form) && d.enablearchiving, "the own name wins over another");
	d = c;
	form = and_field(a, submit(a, "muc#roomconfig_mam", "1"), "mam", "0");
	ok(config_submit(a, &d, form) && !d.enablearchiving, "an earlier one over a later one");
	d = c;
	ok(config_submit(a, &d, submit(a, "muc#roomconfig_presencebroadcast", NULL)) &&
		d.presencebroadcast == 0,
	    "a set without values is empty");
	form = submit(a, "x#unknown", "1");
	form_add_value(a,
	    form_add_field(a, form, NULL, "muc#roomconfig_presencebroadcast", NULL, "moderator"),
	    "visitor");
	ok(config_submit(a, &d, form) && d.presencebroadcast == 5, "a set of two");
	ok(!config_submit(a, &d, submit(a, "muc#roomconfig_getmemberlist", "witch")),
	    "no such word in a set");
	config_release(&c);
}

/* What is written is read back; what is as the default is not written. */
static void
test_record(void)
{
	struct config c, back;
	struct buf b = BUF_INIT;
	struct rec r;
	config_set known;

	config_init(&c);
	config_init(&back);
	config_write(&b, &c);
	is_int((intmax_t)b.len, 0, "defaults take no room");
	config_set_value(&c, "publicroom", "0", &known);
	config_set_value(&c, "whois", "anyone", &known);
	config_set_value(&c, "maxusers", "70000", &known);
	config_set_value(&c, "roomdesc", "caf\xc3\xa9", &known);
	config_write(&b, &c);
	rec_init(&r, b.p, b.len);
	while (rec_next(&r))
		config_read(&back, &r);
	is_int((intmax_t)config_diff(&c, &back), 0, "a record gives back what was written");
	is_str(back.roomdesc, "caf\xc3\xa9", "texts, too");
	buf_release(&b);
	config_release(&c);
	config_release(&back);
}

static int
options(const struct xml *field)
{
	const struct xml *x;
	int n = 0;

	for (x = xml_child(field, NS_DATA, "option"); x != NULL; x = xml_next(x, NS_DATA, "option"))
		n++;
	return n;
}

static void
test_form(struct arena *a)
{
	struct config c;
	struct xml *query = xml_new(a, NS_MUC_OWNER, "query");
	const struct xml *form, *whois;

	config_init(&c);
	config_form(a, query, &c, 0, LANG_EN, "Title");
	form = xml_child(query, NS_DATA, "x");
	is_str(xml_get(form, "type"), "form", "a form");
	ok(form_type_is(form, "http://jabber.org/protocol/muc#roomconfig"), "of its type");
	whois = form_field(form, "muc#roomconfig_whois");
	is_str(form_value(whois), "moderators", "with present values");
	ok(xml_child(whois, NS_DATA, "option") != NULL, "and options");
	is_str(
	    form_value(form_field(form, "muc#roomconfig_publicroom")), "1", "booleans are 0 and 1");
	is_str(form_value(form_field(form, "mam")), "1", "another name, for who looks for that");
	ok(form_field(form, "muc#roomconfig_mam") == NULL, "not all other names");
	is_str(form_value(form_field(form, "muc#roomconfig_maxusers")), "none", "no limit");
	is_int(
	    options(form_field(form, "muc#roomconfig_maxusers")), 7, "seven limits are proposed");
	c.maxusers = 42;
	query = xml_new(a, NS_MUC_OWNER, "query");
	form = config_form(a, query, &c, 0, LANG_EN, "Title");
	is_str(form_value(form_field(form, "muc#roomconfig_maxusers")), "42", "an odd limit");
	is_int(options(form_field(form, "muc#roomconfig_maxusers")), 8, "is proposed, too");
	config_release(&c);
}

int
main(void)
{
	struct arena *a = arena_new();

	test_values();
	test_submit(a);
	test_names(a);
	test_record();
	test_form(a);
	arena_free(a);
	return tap_done();
}
