/* SPDX-License-Identifier: ISC */
/*
 * live_server.c - a real Prosody or ejabberd for a while
 *
 * ejabberd is started by erl itself: ejabberdctl changes to another user, and wants epmd and
 * directories of the system. Each component has a listener of its own there, with global_routes
 * off: without it ejabberd mixes the traffic of several components.
 */
#include <errno.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "live_server.h"

#define START_MS    100000 /* ejabberd takes seconds of CPU time, and a busy machine has little */
#define START_TRIES 2

static const char *const kinds[] = { "prosody", "ejabberd" };

static void __attribute__((format(printf, 2, 3))) add(struct buf *b, const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_adds(b, text);
}

static char *__attribute__((format(printf, 1, 2))) text_of(const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return mem_strdup(text);
}

bool
server_kind(const char *name, enum server_kind *kind)
{
	if (strcmp(name, kinds[SERVER_PROSODY]) == 0)
		*kind = SERVER_PROSODY;
	else if (strcmp(name, kinds[SERVER_EJABBERD]) == 0)
		*kind = SERVER_EJABBERD;
	else
		return false;
	return true;
}

/* Names and secrets go into three kinds of configuration files without any escaping. */
static bool
is_plain(const char *s)
{
	return *s != '\0' && strpbrk(s, "\"\\\n") == NULL;
}

bool
server_add_account(struct server_conf *conf, const char *user, const char *password)
{
	size_t i;

	for (i = 0; i < conf->naccounts; i++)
		if (strcmp(conf->account[i].user, user) == 0)
			return strcmp(conf->account[i].password, password) == 0;
	if (conf->naccounts == SERVER_MAX || !is_plain(user) || !is_plain(password))
		return false;
	conf->account[conf->naccounts].user = user;
	conf->account[conf->naccounts++].password = password;
	return true;
}

bool
server_add_component(struct server_conf *conf, const char *domain, const char *secret)
{
	size_t i;

	for (i = 0; i < conf->ncomponents; i++)
		if (strcmp(conf->component[i].domain, domain) == 0)
			return true;
	if (conf->ncomponents == SERVER_MAX || !is_plain(domain) ||
	    (secret != NULL && !is_plain(secret)))
		return false;
	conf->component[conf->ncomponents].domain = domain;
	conf->component[conf->ncomponents++].secret = secret;
	return true;
}

/* Appends the file of more configuration. */
static bool
add_extra(struct buf *b, const char *file)
{
	char chunk[4096];
	size_t n;
	FILE *f;

	if (file == NULL)
		return true;
	f = fopen(file, "re");
	if (f == NULL) {
		fprintf(stderr, "live: %s: %s\n", file, strerror(errno));
		return false;
	}
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(b, chunk, n);
	buf_addc(b, '\n');
	fclose(f);
	return true;
}

static bool
write_conf(const struct server *s, const char *name, struct buf *b, bool good)
{
	char *path = text_of("%s/%s", s->dir, name);

	good = good && write_file(path, b->p, b->len);
	buf_release(b);
	free(path);
	return good;
}

/* -- Prosody -- */

/* Prosody's data files are named after the user, all but letters and digits as %xx. */
static bool
prosody_account(const struct server *s, const struct server_account *account)
{
	struct buf name = BUF_INIT, text = BUF_INIT;
	const char *c;
	char *path;
	bool good;

	for (c = account->user; *c != '\0'; c++) {
		bool plain = (*c >= '0' && *c <= '9') || ((*c | 32) >= 'a' && (*c | 32) <= 'z');

		add(&name, plain ? "%c" : "%%%02x", (unsigned char)*c);
	}
	path = buf_steal(&name);
	add(&name, "data/localhost/accounts/%s.dat", path);
	free(path);
	path = buf_steal(&name);
	add(&text, "return { [\"password\"] = \"%s\" };\n", account->password);
	good = write_conf(s, path, &text, true);
	free(path);
	return good;
}

static bool
prosody_accounts(const struct server *s, const struct server_conf *conf)
{
	static const char *const dirs[] = { "data", "data/localhost", "data/localhost/accounts" };
	size_t i;

	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		char *path = text_of("%s/%s", s->dir, dirs[i]);

		mkdir(path, 0700);
		free(path);
	}
	for (i = 0; i < conf->naccounts; i++)
		if (!prosody_account(s, &conf->account[i]))
			return false;
	return true;
}

static bool
prosody_conf(const struct server *s, struct server_conf *conf)
{
	struct buf b = BUF_INIT;
	bool good;
	size_t i;

	add(&b, "daemonize = false\nrun_as_root = true\n");
	add(&b, "pidfile = \"%s/prosody.pid\"\n", s->dir);
	add(&b, "data_path = \"%s/data\"\ncertificates = \"%s\"\n", s->dir, s->dir);
	add(&b, "log = { { levels = { min = \"info\" }, to = \"file\", filename = \"%s\" } }\n",
	    s->log);
	add(&b, "interfaces = { \"127.0.0.1\" }\nc2s_ports = { %d }\n", s->client_port);
	add(&b, "component_interfaces = { \"127.0.0.1\" }\ncomponent_ports = { %d }\n",
	    conf->component[0].port);
	add(&b, "modules_enabled = { \"roster\", \"saslauth\", \"disco\", \"ping\", \"vcard\" }\n");
	add(&b, "modules_disabled = { \"s2s\", \"offline\" }\n");
	add(&b, "authentication = \"internal_plain\"\nc2s_require_encryption = false\n");
	add(&b, "allow_unencrypted_plain_auth = true\n");
	add(&b, "c2s_stanza_size_limit = 16 * 1024 * 1024\n");
	good = add_extra(&b, conf->extra);
	add(&b, "VirtualHost \"localhost\"\n");
	for (i = 0; i < conf->ncomponents; i++) {
		const struct server_component *c = &conf->component[i];

		if (c->secret == NULL) {
			add(&b, "Component \"%s\" \"muc\"\n", c->domain);
			continue;
		}
		add(&b, "Component \"%s\"\n\tcomponent_secret = \"%s\"\n", c->domain, c->secret);
		add(&b, "\tcomponent_conflict_resolve = \"kick_old\"\n");
	}
	return write_conf(s, "prosody.cfg.lua", &b, good);
}

static bool
prosody_start(struct server *s, struct server_conf *conf)
{
	const char *argv[] = { "prosody", "-F", "--config", NULL, NULL };
	char *path, *out;
	bool good;
	size_t i;

	for (i = 1; i < conf->ncomponents; i++)
		conf->component[i].port = conf->component[0].port;
	if (!prosody_conf(s, conf) || !prosody_accounts(s, conf))
		return false;
	path = text_of("%s/prosody.cfg.lua", s->dir);
	out = text_of("%s/prosody.out", s->dir);
	argv[3] = path;
	good = proc_start(&s->proc, argv, NULL, out);
	free(path);
	free(out);
	return good;
}

/* -- ejabberd -- */

static bool
ejabberd_conf(const struct server *s, const struct server_conf *conf)
{
	struct buf b = BUF_INIT;
	bool good;
	size_t i;

	add(&b, "hosts:\n  - localhost\nloglevel: info\nlisten:\n");
	add(&b, "  -\n    port: %d\n    ip: \"127.0.0.1\"\n", s->client_port);
	add(&b, "    module: ejabberd_c2s\n    starttls: false\n    access: all\n");
	add(&b, "    max_fsm_queue: 100000\n");
	for (i = 0; i < conf->ncomponents; i++) {
		const struct server_component *c = &conf->component[i];

		if (c->secret == NULL)
			continue;
		add(&b, "  -\n    port: %d\n    ip: \"127.0.0.1\"\n", c->port);
		add(&b,
		    "    module: ejabberd_service\n    access: all\n    global_routes: false\n");
		add(&b, "    hosts:\n      \"%s\":\n        password: \"%s\"\n", c->domain,
		    c->secret);
	}
	add(&b, "auth_method: internal\ns2s_access: none\nmodules:\n");
	add(&b,
	    "  mod_disco: {}\n  mod_ping: {}\n  mod_roster: {}\n  mod_vcard:\n    search: false\n");
	for (i = 0; i < conf->ncomponents; i++)
		if (conf->component[i].secret == NULL)
			add(&b,
			    "  mod_muc:\n    host: \"%s\"\n    max_users: 1000\n"
			    "    default_room_options:\n      max_users: 1000\n",
			    conf->component[i].domain);
	good = add_extra(&b, conf->extra);
	return write_conf(s, "ejabberd.yml", &b, good);
}

/* What ejabberd's shell does once it has started: the accounts, and a file that says so. */
static char *
ejabberd_accounts(const struct server *s, const struct server_conf *conf)
{
	struct buf b = BUF_INIT;
	size_t i;

	add(&b, "[ok = ejabberd_auth:try_register(U, <<\"localhost\">>, P) || {U, P} <- [");
	for (i = 0; i < conf->naccounts; i++)
		add(&b, "%s{<<\"%s\"/utf8>>, <<\"%s\"/utf8>>}", i > 0 ? ", " : "",
		    conf->account[i].user, conf->account[i].password);
	add(&b, "]], ok = file:write_file(\"%s/ready\", <<>>).", s->dir);
	return buf_steal(&b);
}

/* Where Debian has Erlang's libraries of other packages: beside ejabberd's. */
static char *
ejabberd_libs(void)
{
	glob_t found;
	char *libs, *end;

	if (glob("/usr/lib/*/ejabberd-*", 0, NULL, &found) != 0)
		return text_of("ERL_LIBS=/usr/lib");
	libs = text_of("ERL_LIBS=%s", found.gl_pathv[0]);
	end = strrchr(libs, '/');
	*end = '\0';
	globfree(&found);
	return libs;
}

static bool
ejabberd_start(struct server *s, struct server_conf *conf)
{
	char *mnesia = text_of("\"%s/mnesia\"", s->dir);
	char *accounts = ejabberd_accounts(s, conf);
	const char *argv[] = { "erl", "-noinput", "+S", "2:2", "+sbwt", "none", "-mnesia", "dir",
		mnesia, "-s", "ejabberd", "-eval", accounts, NULL };
	char *out = text_of("%s/ejabberd.out", s->dir);
	char *env[] = { text_of("HOME=%s", s->dir),
		text_of("EJABBERD_CONFIG_PATH=%s/ejabberd.yml", s->dir),
		text_of("EJABBERD_LOG_PATH=%s", s->log),
		text_of("ERL_CRASH_DUMP=%s/erl_crash.dump", s->dir), ejabberd_libs(),
		text_of("ERL_MAX_PORTS=20000"), NULL };
	bool good =
	    ejabberd_conf(s, conf) && proc_start(&s->proc, argv, (const char *const *)env, out);
	size_t i;

	for (i = 0; env[i] != NULL; i++)
		free(env[i]);
	free(mnesia);
	free(accounts);
	free(out);
	return good;
}

/* -- both -- */

static bool
is_ready(const struct server *s, const struct server_conf *conf)
{
	char *ready = text_of("%s/ready", s->dir);
	bool good = conf->kind != SERVER_EJABBERD || access(ready, F_OK) == 0;
	size_t i;

	free(ready);
	for (i = 0; good && i < conf->ncomponents; i++)
		good = conf->component[i].secret == NULL || port_accepts(conf->component[i].port);
	return good && port_accepts(s->client_port);
}

static bool
wait_ready(struct server *s, const struct server_conf *conf)
{
	int64_t until = live_now_ms() + START_MS;
	int status;

	while (!live_stopping && live_now_ms() < until) {
		if (!proc_runs(&s->proc, &status)) {
			fprintf(stderr, "live: %s %s\n", kinds[conf->kind], proc_fate(status));
			return false;
		}
		if (is_ready(s, conf))
			return true;
		live_sleep_ms(20);
	}
	fprintf(stderr, "live: %s does not come up\n", kinds[conf->kind]);
	return false;
}

static void
say_output(const struct server *s, const struct server_conf *conf)
{
	char *out = text_of("%s/%s.out", s->dir, kinds[conf->kind]);

	print_tail(out, 10);
	print_tail(s->log, 20);
	free(out);
}

/* Once. The ports are held until the server has them. */
static bool
try_start(struct server *s, struct server_conf *conf)
{
	int port[SERVER_MAX + 1], held[SERVER_MAX + 1];
	bool good;
	size_t i;

	memset(s, 0, sizeof(*s));
	s->dir = temp_dir();
	if (s->dir == NULL)
		return false;
	s->log = text_of("%s/%s.log", s->dir, kinds[conf->kind]);
	good = ports_take(port, held, conf->ncomponents + 1);
	s->client_port = port[conf->ncomponents];
	for (i = 0; i < conf->ncomponents; i++)
		conf->component[i].port = port[i];
	good = good &&
	       (conf->kind == SERVER_PROSODY ? prosody_start(s, conf) : ejabberd_start(s, conf)) &&
	       wait_ready(s, conf);
	ports_give(held, conf->ncomponents + 1);
	if (good)
		return true;
	say_output(s, conf);
	server_stop(s, false);
	return false;
}

bool
server_start(struct server *s, struct server_conf *conf)
{
	if (access("/dev/null", W_OK) != 0 || access("/dev/urandom", R_OK) != 0) {
		fprintf(stderr, "live: no server runs without /dev/null and /dev/urandom\n");
		return false;
	}
	for (int tries = 0; tries < START_TRIES && !live_stopping; tries++)
		if (try_start(s, conf))
			return true;
	return false;
}

void
server_stop(struct server *s, bool keep)
{
	proc_stop(&s->proc, SIGTERM);
	if (keep)
		printf("# kept: %s\n", s->dir);
	else
		remove_dir(s->dir);
	free(s->dir);
	free(s->log);
	memset(s, 0, sizeof(*s));
}
