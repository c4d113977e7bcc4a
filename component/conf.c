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
#include "log.h"

#define DATABASE   "/var/lib/mucd"
#define SERVER	   "127.0.0.1"
#define PORT	   5347
#define SECRET_MAX 1024 /* bytes */

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

/* A decimal number, with k, M, G or T behind it if it is a number of bytes. */
static bool
read_number(const char *s, bool is_bytes, int64_t *out)
{
	static const char units[] = "kMGT";
	const char *unit;
	char *end;
	long long v;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	v = strtoll(s, &end, 10);
	if (errno != 0)
		return false;
	if (is_bytes && *end != '\0' && (unit = strchr(units, *end)) != NULL) {
		for (const char *u = units; u <= unit; u++) {
			if (v > INT64_MAX / 1024)
				return false;
			v *= 1024;
		}
		end++;
	}
	*out = v;
	return *end == '\0';
}

static int
parse_number(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	static const char suffix[] = "_bytes";
	const struct number *num = numbers;
	const size_t len = strlen(opt->name), tail = sizeof suffix - 1;
	bool is_bytes = strcmp(opt->name, "database_max") == 0 ||
			(len > tail && strcmp(opt->name + len - tail, suffix) == 0);
	int64_t v;

	while (strcmp(num->name, opt->name) != 0)
		num++;
	if (!read_number(value, is_bytes, &v)) {
		cfg_error(cfg, "%s: \"%s\" is no number%s", opt->name, value,
		    is_bytes ? " of bytes, as 500000, 500k or 64M" : "");
		return -1;
	}
	if (v < num->least || v > num->greatest) {
		cfg_error(cfg, "%s: %s is not from %lld to %lld", opt->name, value,
		    (long long)num->least, (long long)num->greatest);
		return -1;
	}
	*(long *)result = (long)v;
	return 0;
}

static int
parse_port(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	int64_t v;

	if (!read_number(value, false, &v) || v < 1 || v > 65535) {
		cfg_error(cfg, "%s: \"%s\" is no port, which is a number from 1 to 65535",
		    opt->name, value);
		return -1;
	}
	*(long *)result = (long)v;
	return 0;
}

static int
check_level(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *s = cfg_opt_getnstr(opt, 0);

	if (s != NULL && log_level_of(s) >= 0)
		return 0;
	cfg_error(cfg, "log_level: \"%s\" is not error, warn, info or debug", s);
	return -1;
}

static int
check_path(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *s = cfg_opt_getnstr(opt, 0);

	if (s != NULL && s[0] == '/')
		return 0;
	cfg_error(cfg, "%s: \"%s\" is not an absolute path", opt->name, s);
	return -1;
}

static int
check_server(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *s = cfg_opt_getnstr(opt, 0);

	if (s != NULL && s[0] != '\0' && strlen(s) < 256)
		return 0;
	cfg_error(cfg, "server: \"%s\" is neither a host's name nor an address", s);
	return -1;
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

/* -- secrets -- */

static void
wipe(char *s)
{
	if (s != NULL)
		explicit_bzero(s, strlen(s));
}

/* What cfg_getstr() returns is libConfuse's own copy, which it frees as it is. */
static void
wipe_option(cfg_t *cfg, const char *name)
{
	wipe((char *)(uintptr_t)cfg_getstr(cfg, name));
}

/* The first line of the file, for free(3); NULL after a complaint. */
static char *
read_secret_file(cfg_t *cfg, const char *path)
{
	char line[SECRET_MAX + 2];
	char *secret = NULL;
	struct stat st;
	ssize_t n;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd == -1 || fstat(fd, &st) == -1) {
		cfg_error(cfg, "secret_file %s: %s", path, strerror(errno));
		goto done;
	}
	if (!S_ISREG(st.st_mode)) {
		cfg_error(cfg, "secret_file %s: not a file", path);
		goto done;
	}
	if ((st.st_mode & S_IROTH) != 0) {
		cfg_error(cfg, "secret_file %s: everybody may read it: chmod o-rwx %s", path, path);
		goto done;
	}
	n = read(fd, line, sizeof line - 1);
	if (n == -1) {
		cfg_error(cfg, "secret_file %s: %s", path, strerror(errno));
		goto done;
	}
	line[n] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	if (line[0] == '\0' || strlen(line) > SECRET_MAX)
		cfg_error(cfg, "secret_file %s: its first line is %s", path,
		    line[0] == '\0' ? "empty" : "too long");
	else
		secret = mem_strdup(line);
	explicit_bzero(line, sizeof line);
done:
	if (fd != -1)
		close(fd);
	return secret;
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

/* After room_defaults { }. */
static int
check_defaults(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = cfg_opt_getnsec(opt, 0);
	const char *pair[3] = { NULL, NULL, NULL }, *bad;
	const struct muc_conf one = { .room_defaults = pair };
	for (unsigned i = 0; i < cfg_num(sec); i++) {
		cfg_opt_t *o = cfg_getnopt(sec, i);

		pair[0] = cfg_opt_name(o);
		pair[1] = cfg_opt_getstr(o);
		if (muc_conf_check(&one, &bad) != MUC_OK) {
			cfg_error(cfg,
			    "room_defaults: %s = \"%s\" is not an option of rooms, or not "
			    "a value of it",
			    pair[0], pair[1]);
			return -1;
		}
	}
	return 0;
}

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
			to->secret = read_secret_file(sec, cfg_getstr(sec, "secret_file"));
		if (to->secret == NULL)
			return false;
	}
	return true;
}

static void
take_defaults(struct conf *c, cfg_t *cfg)
{
	cfg_t *sec = cfg_getsec(cfg, "room_defaults");
	const unsigned n = sec != NULL ? cfg_num(sec) : 0;

	c->room_defaults = mem_alloc((2 * n + 1) * sizeof *c->room_defaults);
	for (unsigned i = 0; i < n; i++) {
		cfg_opt_t *o = cfg_getnopt(sec, i);

		c->room_defaults[2 * i] = mem_strdup(cfg_opt_name(o));
		c->room_defaults[2 * i + 1] = mem_strdup(cfg_opt_getstr(o));
	}
	c->muc.room_defaults = (const char *const *)c->room_defaults;
}

static void
take_admins(struct conf *c, cfg_t *cfg)
{
	const unsigned n = cfg_size(cfg, "admins");

	c->admins = mem_alloc((n + 1) * sizeof *c->admins);
	for (unsigned i = 0; i < n; i++) {
		struct jid j;

		jid_prep(reading.arena, cfg_getnstr(cfg, "admins", i), &j);
		c->admins[i] = mem_strdup(j.bare);
	}
	c->muc.admins = (const char *const *)c->admins;
}

static struct conf *
take(cfg_t *cfg)
{
	struct conf *c = mem_alloc(sizeof *c);

	c->database = mem_strdup(cfg_getstr(cfg, "database"));
	c->log_level = (enum muc_log)log_level_of(cfg_getstr(cfg, "log_level"));
	for (size_t i = 0; i < NNUMBERS; i++) {
		int64_t v = cfg_getint(cfg, numbers[i].name);

		memcpy((char *)c + numbers[i].offset, &v, sizeof v);
	}
	take_admins(c, cfg);
	take_defaults(c, cfg);
	if (!take_components(c, cfg)) {
		conf_free(c);
		return NULL;
	}
	return c;
}

/* -- reading -- */

static cfg_t *
new_parser(void)
{
	static cfg_opt_t component[] = {
		CFG_STR("server", SERVER, CFGF_NONE),
		CFG_INT_CB("port", PORT, CFGF_NONE, parse_port),
		CFG_STR("secret", NULL, CFGF_NODEFAULT),
		CFG_STR("secret_file", NULL, CFGF_NODEFAULT),
		CFG_END(),
	};
	static cfg_opt_t room_defaults[] = {
		CFG_END(),
	};
	static cfg_opt_t fixed[] = {
		CFG_STR("database", DATABASE, CFGF_NONE),
		CFG_STR_LIST("admins", NULL, CFGF_NONE),
		CFG_STR("log_level", "info", CFGF_NONE),
		CFG_SEC("room_defaults", room_defaults, CFGF_KEYSTRVAL),
		CFG_SEC("component", component, CFGF_MULTI | CFGF_TITLE),
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
	cfg_set_validate_func(cfg, "database", check_path);
	cfg_set_validate_func(cfg, "admins", check_admins);
	cfg_set_validate_func(cfg, "log_level", check_level);
	cfg_set_validate_func(cfg, "room_defaults", check_defaults);
	cfg_set_validate_func(cfg, "component", check_component);
	cfg_set_validate_func(cfg, "component|server", check_server);
	cfg_set_validate_func(cfg, "component|secret_file", check_path);
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
		wipe_option(cfg_getnsec(cfg, "component", i), "secret");
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

void
conf_free(struct conf *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->ncomponents; i++) {
		wipe(c->components[i].secret);
		free(c->components[i].secret);
		free(c->components[i].server);
		free(c->components[i].domain);
	}
	free(c->components);
	free_strings(c->admins);
	free_strings(c->room_defaults);
	free(c->database);
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
