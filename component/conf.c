/* SPDX-License-Identifier: ISC */
/*
 * conf.c - mucd.conf(5), by libConfuse
 *
 * libConfuse calls the functions check_*() while it parses, so that complaints have the line of
 * what they are about. It keeps no room for an argument: what they need is in `reading`.
 */
#include <sys/stat.h>

#include <confuse.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/jid.h"
#include "base/mem.h"
#include "conf.h"
#include "conf_secret.h"
#include "conf_value.h"
#include "log.h"

#define DATABASE "/var/lib/mucd"
#define SERVER	 "127.0.0.1"
#define PORT	 5347

static struct {
	const char *path;
	void (*complaint)(const char *line);
	struct arena *arena;
	bool has_secret;
	unsigned nerrors;
} reading;

/* Every number of mucd.conf, in the order of the manual. */
static const struct number {
	const char *name;
	int64_t def, least, greatest;
	size_t offset; /* of an int64_t in struct conf */
} numbers[] = {
#define NUMBER(name, def, least, greatest, what)                                                   \
	{ #name, def, least, greatest, offsetof(struct conf, name) },
	CONF_NUMBERS(NUMBER)
#undef NUMBER
#define LIMIT(name, def, least, greatest, what)                                                    \
	{ #name, def, least, greatest, offsetof(struct conf, muc.limits.name) },
	    MUC_LIMITS(LIMIT)
#undef LIMIT
};

#define NNUMBERS (sizeof numbers / sizeof numbers[0])

/* Says what is wrong, in a line of the file or, with 0, in all of it. */
static void __attribute__((format(printf, 2, 0))) vcomplain(int line, const char *fmt, va_list ap)
{
	char text[1024], what[768];

	vsnprintf(what, sizeof what, fmt, ap);
	if (line > 0)
		snprintf(text, sizeof text, "%.200s:%d: %s", reading.path, line, what);
	else
		snprintf(text, sizeof text, "%.200s: %s", reading.path, what);
	reading.nerrors++;
	reading.complaint(text);
}

static void __attribute__((format(printf, 1, 2))) complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vcomplain(0, fmt, ap);
	va_end(ap);
}

/*
 * What libConfuse calls. 3.3 complains about each key of a section of free keys before it takes it.
 */
static void __attribute__((format(printf, 2, 0))) on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	if (cfg == NULL || (cfg->flags & CFGF_KEYSTRVAL) == 0 ||
	    strncmp(fmt, "no such option", 14) != 0)
		vcomplain(cfg != NULL ? cfg->line : 0, fmt, ap);
}

/* -- values -- */

static int
parse_number(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	const struct number *num = numbers;
	const bool is_bytes = conf_is_bytes(opt->name);
	char least[CONF_NUMBER_MAX], greatest[CONF_NUMBER_MAX];
	int64_t v;

	while (strcmp(num->name, opt->name) != 0)
		num++;
	if (!conf_read_number(value, is_bytes, &v)) {
		cfg_error(cfg, "%s: \"%s\" is no number%s", opt->name, value,
		    is_bytes ? " of bytes, as 500000, 500k or 64M" : "");
		return -1;
	}
	if (v < num->least || v > num->greatest) {
		cfg_error(cfg, "%s: %s is not from %s to %s", opt->name, value,
		    conf_write_number(least, opt->name, num->least),
		    conf_write_number(greatest, opt->name, num->greatest));
		return -1;
	}
	*(long *)result = (long)v;
	return 0;
}

/* After each element: the last one is new. */
static int
check_admins(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *s = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);
	struct jid j;

	if (s != NULL && jid_prep(reading.arena, s, &j) && j.node != NULL && j.resource == NULL)
		return 0;
	cfg_error(cfg, "admins: \"%s\" is not an address like admin@example.org", s);
	return -1;
}

/* After each element: the last one is new. */
static int
check_creators(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *s = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);
	struct jid j;

	if (s != NULL && jid_prep(reading.arena, s, &j) && j.resource == NULL)
		return 0;
	cfg_error(cfg, "creators: \"%s\" is neither an address nor a domain", s);
	return -1;
}

static const char *
target_of(const char *s)
{
	return s != NULL ? jid_target(reading.arena, s) : NULL;
}

static int
check_banned(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *s = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);

	if (target_of(s) != NULL)
		return 0;
	cfg_error(cfg, "banned: \"%s\" is no address, no domain and no pattern of them", s);
	return -1;
}

/* The node that such a room has; NULL when there can be none. */
static const char *
room_node(const char *s)
{
	struct jid j;

	if (s == NULL || strpbrk(s, "@/") != NULL ||
	    !jid_prep(reading.arena, arena_cat(reading.arena, s, "@x", NULL), &j))
		return NULL;
	return j.node;
}

static int
check_reserved(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *s = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);

	if (room_node(s) != NULL)
		return 0;
	cfg_error(cfg, "reserved_names: \"%s\" cannot be the name of a room", s);
	return -1;
}

/* After each component { }: is it whole, and the only one of its name? */
static int
check_component(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	const char *title = cfg_title(sec), *secret = cfg_getstr(sec, "secret");
	const char *file = cfg_getstr(sec, "secret_file");
	struct jid j, other;

	if (!jid_prep(reading.arena, title, &j) || j.node != NULL || j.resource != NULL) {
		cfg_error(cfg, "component \"%s\": that is not a domain", title);
		return -1;
	}
	for (unsigned i = 0; i + 1 < cfg_opt_size(opt); i++) {
		const char *name = cfg_title(cfg_opt_getnsec(opt, i));

		if (jid_prep(reading.arena, name, &other) && strcmp(other.full, j.full) == 0) {
			cfg_error(cfg, "component \"%s\": there is one already", title);
			return -1;
		}
	}
	if ((secret == NULL) == (file == NULL)) {
		cfg_error(cfg, "component \"%s\": it needs %s", title,
		    secret == NULL ? "a secret, or a secret_file"
				   : "either a secret or a secret_file, not both");
		return -1;
	}
	if (secret != NULL && (secret[0] == '\0' || strlen(secret) > SECRET_MAX)) {
		cfg_error(cfg, "component \"%s\": the secret is %s", title,
		    secret[0] == '\0' ? "empty" : "too long");
		return -1;
	}
	reading.has_secret |= secret != NULL;
	return 0;
}

/* Names and values of a section of options of rooms, in the arena. */
static const char **
pairs_of(cfg_t *sec)
{
	const unsigned n = cfg_num(sec);
	const char **pairs = arena_alloc(reading.arena, (2 * n + 1) * sizeof *pairs);

	for (unsigned i = 0; i < n; i++) {
		cfg_opt_t *o = cfg_getnopt(sec, i);

		pairs[2 * i] = cfg_opt_name(o);
		pairs[2 * i + 1] = cfg_opt_getstr(o);
	}
	return pairs;
}

/* After room_defaults { } and room_forced { }. */
static int
check_options(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *name = cfg_opt_name(opt), **pairs = pairs_of(cfg_opt_getnsec(opt, 0)), *bad;
	const bool forced = strcmp(name, "room_forced") == 0;
	const struct muc_conf conf = {
		.room_defaults = forced ? NULL : pairs,
		.room_forced = forced ? pairs : NULL,
	};

	if (muc_conf_check(&conf, &bad) == MUC_OK)
		return 0;
	for (; *pairs != NULL && strcmp(*pairs, bad) != 0; pairs += 2)
		continue;
	if (*pairs != NULL)
		cfg_error(cfg, "%s: %s = \"%s\" is not an option of rooms, or not a value of it",
		    name, pairs[0], pairs[1]);
	else
		cfg_error(cfg,
		    "%s: a password takes passwordprotectedroom = \"1\" and a roomsecret", name);
	return -1;
}

static cfg_opt_t contact[] = {
#define CONTACT(kind, what) CFG_STR_LIST(#kind, NULL, CFGF_NONE),
	MUC_CONTACTS(CONTACT)
#undef CONTACT
	    CFG_END(),
};

#define NCONTACTS (sizeof contact / sizeof contact[0] - 1)

/* -- from libConfuse's structures to ours -- */

static bool
take_components(struct conf *c, cfg_t *cfg)
{
	c->ncomponents = cfg_size(cfg, "component");
	c->components = mem_alloc((c->ncomponents + 1) * sizeof *c->components);
	for (size_t i = 0; i < c->ncomponents; i++) {
		struct conf_component *to = &c->components[i];
		cfg_t *sec = cfg_getnsec(cfg, "component", (unsigned)i);
		struct jid j;

		jid_prep(reading.arena, cfg_title(sec), &j);
		to->domain = mem_strdup(j.full);
		to->server = mem_strdup(cfg_getstr(sec, "server"));
		to->port = (int)cfg_getint(sec, "port");
		if (cfg_getstr(sec, "secret") != NULL)
			to->secret = mem_strdup(cfg_getstr(sec, "secret"));
		else
			to->secret = secret_read_file(sec, cfg_getstr(sec, "secret_file"));
		if (to->secret == NULL)
			return false;
	}
	return true;
}

/* The pairs of a section of options of rooms; for free_strings(). */
static char **
take_options(cfg_t *cfg, const char *name)
{
	const char *const *from = pairs_of(cfg_getsec(cfg, name));
	size_t n = 0;
	char **pairs;

	while (from[n] != NULL)
		n++;
	pairs = mem_alloc((n + 1) * sizeof *pairs);
	for (size_t i = 0; i < n; i++)
		pairs[i] = mem_strdup(from[i]);
	return pairs;
}

/* A list of strings, each as `prepared` makes it; for free_strings(). */
static char **
take_list(cfg_t *cfg, const char *name, const char *(*prepared)(const char *))
{
	const unsigned n = cfg_size(cfg, name);
	char **list = mem_alloc((n + 1) * sizeof *list);

	for (unsigned i = 0; i < n; i++)
		list[i] = mem_strdup(prepared(cfg_getnstr(cfg, name, i)));
	return list;
}

static const char *
bare_of(const char *s)
{
	struct jid j;

	return jid_prep(reading.arena, s, &j) ? j.bare : "";
}

static void
take_policy(struct conf *c, cfg_t *cfg)
{
	c->admins = take_list(cfg, "admins", bare_of);
	c->creators = take_list(cfg, "creators", bare_of);
	c->reserved_names = take_list(cfg, "reserved_names", room_node);
	c->banned = take_list(cfg, "banned", target_of);
	c->service_name = mem_strdup(cfg_getstr(cfg, "service_name"));
	c->muc.admins = (const char *const *)c->admins;
	c->muc.create = (enum muc_create)conf_create_of(cfg_getstr(cfg, "create"));
	c->muc.creators = (const char *const *)c->creators;
	c->muc.reserved_names = (const char *const *)c->reserved_names;
	c->muc.banned = (const char *const *)c->banned;
	c->muc.service_name = c->service_name;
}

static void
take_contacts(struct conf *c, cfg_t *cfg)
{
	cfg_t *sec = cfg_getsec(cfg, "contact");
	size_t n = 0;

	c->contacts = mem_alloc((2 * CONTACTS_MAX * NCONTACTS + 1) * sizeof *c->contacts);
	for (size_t i = 0; i < NCONTACTS; i++)
		for (unsigned k = 0; k < cfg_size(sec, contact[i].name); k++) {
			c->contacts[n++] = mem_strdup(contact[i].name);
			c->contacts[n++] = mem_strdup(cfg_getnstr(sec, contact[i].name, k));
		}
	c->muc.contacts = (const char *const *)c->contacts;
}

static char *
take_optional(cfg_t *cfg, const char *name)
{
	return cfg_getstr(cfg, name) != NULL ? mem_strdup(cfg_getstr(cfg, name)) : NULL;
}

static struct conf *
take(cfg_t *cfg)
{
	struct conf *c = mem_alloc(sizeof *c);

	c->database = mem_strdup(cfg_getstr(cfg, "database"));
	c->control = take_optional(cfg, "control");
	c->control_group = take_optional(cfg, "control_group");
	c->backup_dir = take_optional(cfg, "backup_dir");
	c->user = take_optional(cfg, "user");
	c->seccomp = (enum filter_mode)filter_mode_of(cfg_getstr(cfg, "seccomp"));
	c->log_level = (enum muc_log)log_level_of(cfg_getstr(cfg, "log_level"));
	for (size_t i = 0; i < NNUMBERS; i++) {
		int64_t v = cfg_getint(cfg, numbers[i].name);

		memcpy((char *)c + numbers[i].offset, &v, sizeof v);
	}
	take_policy(c, cfg);
	take_contacts(c, cfg);
	c->room_defaults = take_options(cfg, "room_defaults");
	c->muc.room_defaults = (const char *const *)c->room_defaults;
	c->room_forced = take_options(cfg, "room_forced");
	c->muc.room_forced = (const char *const *)c->room_forced;
	if (!take_components(c, cfg)) {
		conf_free(c);
		return NULL;
	}
	return c;
}

/* -- reading -- */

static const struct {
	const char *name;
	cfg_validate_callback_t check;
} checks[] = {
	{ "database", conf_check_path },
	{ "control", conf_check_socket },
	{ "backup_dir", conf_check_path },
	{ "admins", check_admins },
	{ "service_name", conf_check_name },
	{ "create", conf_check_create },
	{ "creators", check_creators },
	{ "reserved_names", check_reserved },
	{ "banned", check_banned },
	{ "seccomp", conf_check_seccomp },
	{ "log_level", conf_check_level },
	{ "room_defaults", check_options },
	{ "room_forced", check_options },
	{ "component", check_component },
	{ "component|server", conf_check_server },
	{ "component|secret_file", conf_check_path },
};

static cfg_t *
new_parser(void)
{
	static cfg_opt_t component[] = {
		CFG_STR("server", SERVER, CFGF_NONE),
		CFG_INT_CB("port", PORT, CFGF_NONE, conf_parse_port),
		CFG_STR("secret", NULL, CFGF_NODEFAULT),
		CFG_STR("secret_file", NULL, CFGF_NODEFAULT),
		CFG_END(),
	};
	static cfg_opt_t options[] = {
		CFG_END(),
	};
	static cfg_opt_t fixed[] = {
		CFG_STR("database", DATABASE, CFGF_NONE),
		CFG_STR("control", NULL, CFGF_NODEFAULT),
		CFG_STR("control_group", NULL, CFGF_NODEFAULT),
		CFG_STR("backup_dir", NULL, CFGF_NODEFAULT),
		CFG_STR_LIST("admins", NULL, CFGF_NONE),
		CFG_STR("service_name", "Chat rooms", CFGF_NONE),
		CFG_STR("create", "all", CFGF_NONE),
		CFG_STR_LIST("creators", NULL, CFGF_NONE),
		CFG_STR_LIST("reserved_names", NULL, CFGF_NONE),
		CFG_STR_LIST("banned", NULL, CFGF_NONE),
		CFG_SEC("contact", contact, CFGF_NONE),
		CFG_STR("user", NULL, CFGF_NODEFAULT),
		CFG_STR("seccomp", "on", CFGF_NONE),
		CFG_STR("log_level", "info", CFGF_NONE),
		CFG_SEC("room_defaults", options, CFGF_KEYSTRVAL),
		CFG_SEC("room_forced", options, CFGF_KEYSTRVAL),
		CFG_SEC("component", component, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
	};
	static const size_t nfixed = sizeof fixed / sizeof fixed[0];
	static cfg_opt_t all[sizeof fixed / sizeof fixed[0] + NNUMBERS + 1];
	cfg_t *cfg;

	memcpy(all, fixed, sizeof fixed);
	for (size_t i = 0; i < NNUMBERS; i++)
		all[nfixed + i] = (cfg_opt_t)CFG_INT_CB(
		    numbers[i].name, (long)numbers[i].def, CFGF_NONE, parse_number);
	all[nfixed + NNUMBERS] = (cfg_opt_t)CFG_END();
	cfg = cfg_init(all, CFGF_NONE);
	if (cfg == NULL)
		mem_die(sizeof all);
	cfg_set_error_function(cfg, on_error);
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
		cfg_set_validate_func(cfg, checks[i].name, checks[i].check);
	for (size_t i = 0; i < NCONTACTS; i++)
		cfg_set_validate_func(cfg,
		    arena_cat(reading.arena, "contact|", contact[i].name, NULL),
		    conf_check_contact);
	return cfg;
}

struct conf *
conf_read(const char *path, void (*complaint)(const char *line))
{
	static char buffer[65536];
	struct conf *c = NULL;
	cfg_t *cfg;
	struct stat st;
	FILE *f;

	memset(&reading, 0, sizeof reading);
	reading.path = path;
	reading.complaint = complaint;
	reading.arena = arena_new();
	cfg = new_parser();
	f = fopen(path, "re");
	if (f == NULL || fstat(fileno(f), &st) == -1) {
		complain("%s", strerror(errno));
		goto done;
	}
	if (!S_ISREG(st.st_mode)) {
		complain("not a file");
		goto done;
	}
	setvbuf(f, buffer, _IOFBF, sizeof buffer);
	if (cfg_parse_fp(cfg, f) != CFG_SUCCESS && reading.nerrors == 0)
		complain("cannot be read");
	if (reading.nerrors == 0 && cfg_size(cfg, "component") == 0)
		complain("there is no component");
	if (reading.has_secret && (st.st_mode & S_IROTH) != 0)
		complain(
		    "everybody may read it, and there is a secret in it: chmod o-rwx %s", path);
	if (reading.nerrors == 0)
		c = take(cfg);
done:
	for (unsigned i = 0; i < cfg_size(cfg, "component"); i++)
		secret_wipe_option(cfg_getnsec(cfg, "component", i), "secret");
	secret_wipe_section(cfg_getsec(cfg, "room_defaults"));
	secret_wipe_section(cfg_getsec(cfg, "room_forced"));
	cfg_free(cfg);
	if (f != NULL)
		fclose(f);
	explicit_bzero(buffer, sizeof buffer);
	arena_free(reading.arena);
	reading.arena = NULL;
	return c;
}

static void
free_strings(char **list)
{
	for (size_t i = 0; list != NULL && list[i] != NULL; i++)
		free(list[i]);
	free(list);
}

static void
wipe_strings(char **list)
{
	for (size_t i = 0; list != NULL && list[i] != NULL; i++)
		secret_wipe(list[i]);
}

void
conf_forget_secrets(struct conf *c)
{
	for (size_t i = 0; i < c->ncomponents; i++)
		secret_wipe(c->components[i].secret);
	/* There may be a password of rooms among them. */
	wipe_strings(c->room_defaults);
	wipe_strings(c->room_forced);
}

void
conf_free(struct conf *c)
{
	if (c == NULL)
		return;
	conf_forget_secrets(c);
	for (size_t i = 0; i < c->ncomponents; i++) {
		free(c->components[i].secret);
		free(c->components[i].server);
		free(c->components[i].domain);
	}
	free(c->components);
	free_strings(c->admins);
	free_strings(c->creators);
	free_strings(c->reserved_names);
	free_strings(c->banned);
	free_strings(c->contacts);
	free(c->service_name);
	free_strings(c->room_defaults);
	free_strings(c->room_forced);
	free(c->database);
	free(c->control);
	free(c->control_group);
	free(c->backup_dir);
	free(c->user);
	free(c);
}

const struct conf_component *
conf_component(const struct conf *c, const char *domain)
{
	for (size_t i = 0; i < c->ncomponents; i++)
		if (strcmp(c->components[i].domain, domain) == 0)
			return &c->components[i];
	return NULL;
}
