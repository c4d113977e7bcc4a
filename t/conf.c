/* SPDX-License-Identifier: ISC */
/*
 * conf.c - configurations, good and bad
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "../component/conf.h"
#include "../component/conf_value.h"
#include "tap.h"

#define COMPONENT "component \"c.example.org\" { secret = \"x\" }\n"

static char top[] = "/tmp/mucd-conf-XXXXXX";
static char path[64], secret_path[64];
static char said[4096]; /* all complaints */

static void
write_mode(const char *file, const char *text, mode_t mode)
{
	int fd;

	unlink(file);
	fd = open(file, O_WRONLY | O_CREAT, 0600);
	if (fd == -1 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) ||
	    fchmod(fd, mode) == -1)
		printf("# cannot write %s\n", file);
	close(fd);
}

static void
complain(const char *line)
{
	size_t len = strlen(said);

	snprintf(said + len, sizeof said - len, "%s\n", line);
}

static struct conf *
read_text(const char *text)
{
	said[0] = '\0';
	write_mode(path, text, 0600);
	return conf_read(path, complain);
}

/* Is it refused, in that line (0: none), with these words? */
static void
bad(const char *text, int line, const char *words)
{
	char want[128];
	struct conf *c = read_text(text);

	if (line > 0)
		snprintf(want, sizeof want, "%s:%d: ", path, line);
	else
		snprintf(want, sizeof want, "%s: ", path);
	ok(c == NULL && strncmp(said, want, strlen(want)) == 0 && strstr(said, words) != NULL,
	    "refused: %s", words);
	if (c != NULL || strstr(said, words) == NULL)
		printf("# said: %s\n", said);
	conf_free(c);
}

static void
test_good(void)
{
	struct muc_limits def;
	struct conf *c;

	c = read_text("database = \"/var/lib/mucd\"\n"
		      "admins   = { \"Admin@Example.org\", \"b@example.org\" }\n"
		      "\n"
		      "component \"Conference.Example.org\" {\n"
		      "    server = \"127.0.0.1\"\n"
		      "    port   = 5347\n"
		      "    secret = \"change me\"        # or: secret_file = \"/etc/mucd/secret\"\n"
		      "}\n");
	ok(c != NULL, "the example of the manual");
	if (c == NULL) {
		printf("# %s\n", said);
		return;
	}
	is_str(c->database, "/var/lib/mucd", "database");
	ok(c->ncomponents == 1, "one component");
	is_str(c->components[0].domain, "conference.example.org", "its domain, prepared");
	is_str(c->components[0].server, "127.0.0.1", "its server");
	is_int(c->components[0].port, 5347, "its port");
	is_str(c->components[0].secret, "change me", "its secret");
	ok(conf_component(c, "conference.example.org") == &c->components[0] &&
		conf_component(c, "x") == NULL,
	    "found by its domain");
	is_str(c->muc.admins[0], "admin@example.org", "an admin, prepared");
	is_str(c->muc.admins[1], "b@example.org", "another");
	ok(c->muc.admins[2] == NULL, "and no more");
	muc_limits_default(&def);
	ok(memcmp(&def, &c->muc.limits, sizeof def) == 0, "limits have their defaults");
	is_int(c->log_level, MUC_LOG_INFO, "log_level has its default");
	ok(c->control == NULL && c->control_group == NULL, "there is no control");
	is_int(c->link_buffer_bytes, 64 << 20, "link_buffer_bytes has its default");
	conf_free(c);

	c = read_text("link_buffer_bytes = 2M nick_bytes = 64\n"
		      "database_max = 1T\n"
		      "control = \"/run/mucd/control\"\n"
		      "control_group = \"adm\"\n"
		      "rate_burst = 7 log_level = \"debug\"\n"
		      "room_defaults {\n\tpersistentroom = \"1\"\n\tmaxusers = 50\n}\n"
		      "room_forced {\n\twhois = anyone\n}\n"
		      "component a { secret = x }\n"
		      "component b { secret = '${HOME} \"' server = h port = 1 }\n");
	ok(c != NULL, "numbers, defaults of rooms, two components");
	if (c == NULL) {
		printf("# %s\n", said);
		return;
	}
	is_int(c->link_buffer_bytes, 2 << 20, "a number of mucd, with a unit");
	is_int(c->database_max, (int64_t)1 << 40, "a large one");
	is_str(c->control, "/run/mucd/control", "the control");
	is_str(c->control_group, "adm", "its group");
	is_int(c->muc.limits.nick_bytes, 64, "a limit");
	is_int(c->muc.limits.rate_burst, 7, "another limit");
	is_int(c->log_level, MUC_LOG_DEBUG, "log_level");
	is_str(c->muc.room_defaults[0], "persistentroom", "a default of rooms: var");
	is_str(c->muc.room_defaults[1], "1", "a default of rooms: value");
	is_str(c->muc.room_defaults[3], "50", "the next, a number");
	ok(c->muc.room_defaults[4] == NULL, "and no more");
	is_str(c->muc.room_forced[0], "whois", "an option of all rooms: var");
	is_str(c->muc.room_forced[1], "anyone", "an option of all rooms: value");
	ok(c->muc.room_forced[2] == NULL, "and no more");
	is_str(c->components[1].secret, "${HOME} \"", "a secret in single quotes is as it stands");
	is_str(c->components[0].server, "127.0.0.1", "server has its default");
	is_int(c->components[0].port, 5347, "port has its default");
	ok(c->muc.admins[0] == NULL, "no admins");
	conf_free(c);
}

static void
test_policy(void)
{
	struct conf *c;

	c = read_text(COMPONENT);
	ok(c != NULL && c->muc.create == MUC_CREATE_ALL && c->muc.creators[0] == NULL &&
		c->muc.reserved_names[0] == NULL && c->muc.contacts[0] == NULL,
	    "all may create rooms, no name is reserved, nobody is to be asked");
	if (c != NULL)
		is_str(c->muc.service_name, "Chat rooms", "what the service is called");
	conf_free(c);
	c = read_text("service_name = \"Caf\xc3\xa9 & <bar>\"\n"
		      "create = \"listed\"\n"
		      "creators = { \"Friend@Example.net\", \"Partner.EXAMPLE\" }\n"
		      "reserved_names = { \"Help\", \"Stra\xc3\x9f"
		      "e\" }\n"
		      "contact {\n"
		      "\tsupport = { \"https://example.org/help?a=1&b=2\" }\n"
		      "\tabuse = { \"mailto:abuse@example.org\", \"xmpp:abuse@example.org\" }\n"
		      "}\n" COMPONENT);
	ok(c != NULL, "all about who may create rooms and whom to ask%s", c == NULL ? said : "");
	if (c == NULL)
		return;
	is_str(c->muc.service_name, "Caf\xc3\xa9 & <bar>", "a name");
	is_int(c->muc.create, MUC_CREATE_LISTED, "create");
	is_str(c->muc.creators[0], "friend@example.net", "an address, prepared");
	is_str(c->muc.creators[1], "partner.example", "a domain, prepared");
	ok(c->muc.creators[2] == NULL, "and no more");
	is_str(c->muc.reserved_names[0], "help", "a reserved name, prepared");
	is_str(c->muc.reserved_names[1], "strasse", "another");
	is_str(c->muc.contacts[0], "abuse", "contacts in the order of XEP-0157");
	is_str(c->muc.contacts[1], "mailto:abuse@example.org", "an address");
	is_str(c->muc.contacts[3], "xmpp:abuse@example.org", "another of the kind");
	is_str(c->muc.contacts[4], "support", "another kind");
	ok(c->muc.contacts[6] == NULL, "and no more");
	conf_free(c);

	bad("create = none\n" COMPONENT, 1, "create: \"none\" is not all, local, listed or admins");
	bad("creators = { \"a@b/c\" }\n" COMPONENT, 1, "creators: \"a@b/c\"");
	bad("creators = { \"a@b\",\n \"@\" }\n" COMPONENT, 2, "creators: \"@\"");
	bad("reserved_names = { \"a@b\" }\n" COMPONENT, 1, "reserved_names: \"a@b\"");
	bad("reserved_names = { \"a b\" }\n" COMPONENT, 1, "reserved_names: \"a b\"");
	bad("reserved_names = { \"\" }\n" COMPONENT, 1, "reserved_names: \"\"");
	bad("service_name = \"\"\n" COMPONENT, 1, "service_name: it is 1 to 256 bytes");
	bad("service_name = \"a\\x01\"\n" COMPONENT, 1, "service_name: it is 1 to 256 bytes");
	bad("service_name = \"\\xff\"\n" COMPONENT, 1, "service_name: it is 1 to 256 bytes");
	bad("contact {\n abuse = { \"abuse@example.org\" }\n}\n" COMPONENT, 2, "is no URI");
	bad("contact {\n abuse = { \"mailto:\" }\n}\n" COMPONENT, 2, "is no URI");
	bad("contact {\n abuse = { \"mailto:a b\" }\n}\n" COMPONENT, 2, "is no URI");
	bad("contact {\n abuse = { \"m:1\", \"m:2\", \"m:3\", \"m:4\", \"m:5\", \"m:6\", "
	    "\"m:7\", \"m:8\", \"m:9\" }\n}\n" COMPONENT,
	    2, "contact: more than 8 addresses");
	bad("contact {\n nobody = { \"m:1\" }\n}\n" COMPONENT, 2, "no such option 'nobody'");
}

static void
test_secret_file(void)
{
	char text[256];
	struct conf *c;

	snprintf(text, sizeof text, "component a { secret_file = \"%s\" }\n", secret_path);
	write_mode(secret_path, "from a file\nnot this\n", 0640);
	c = read_text(text);
	ok(c != NULL && strcmp(c->components[0].secret, "from a file") == 0,
	    "a secret's file: its first line");
	conf_free(c);
	write_mode(path, text, 0644);
	c = conf_read(path, complain);
	ok(c != NULL, "then everybody may read the configuration");
	conf_free(c);
	write_mode(secret_path, "from a file\n", 0644);
	bad(text, 1, "everybody may read it: chmod o-rwx");
	write_mode(secret_path, "\n", 0600);
	bad(text, 1, "its first line is empty");
	unlink(secret_path);
	bad(text, 1, "No such file");

	said[0] = '\0';
	write_mode(path, COMPONENT, 0644);
	c = conf_read(path, complain);
	ok(c == NULL && strstr(said, "everybody may read it, and there is a secret in it") != NULL,
	    "a secret in a configuration that everybody may read");
	conf_free(c);
}

static void
test_bad(void)
{
	struct conf *c;

	bad("\n\nfoo = 1\n" COMPONENT, 3, "no such option 'foo'");
	bad("component a {\n secret = x\n prot = 1\n}\n", 3, "no such option 'prot'");
	bad("admins = { \"a@b\",\n \"nobody\" }\n" COMPONENT, 2, "admins: \"nobody\"");
	bad("admins = { \"a@b/c\" }\n" COMPONENT, 1, "admins: \"a@b/c\"");
	bad("rate_burst = 0\n" COMPONENT, 1, "rate_burst: 0 is not from 1 to 1000000");
	bad("\nrate_burst = 1000001\n" COMPONENT, 2, "rate_burst: 1000001 is not from");
	bad("rate_burst = 1k\n" COMPONENT, 1, "rate_burst: \"1k\" is no number");
	bad("rate_burst = -1\n" COMPONENT, 1, "rate_burst: \"-1\" is no number");
	bad("nick_bytes = 1K\n" COMPONENT, 1, "nick_bytes: \"1K\" is no number of bytes");
	bad("control = \"run/control\"\n" COMPONENT, 1, "is not an absolute path");
	bad("control = "
	    "\"/run/mucd/a-hundred-and-eight-bytes-and-more/a-hundred-and-eight-bytes-and-more/"
	    "a-hundred-and-eight-bytes-and-more\"\n" COMPONENT,
	    1, "is too long for a socket");
	bad("database_max = 99999999999999999999\n" COMPONENT, 1,
	    "database_max: 99999999999999999999 is not from 1M to 64T");
	bad("database_max = 9999999999G\n" COMPONENT, 1, "is not from 1M to 64T");
	bad("rate_burst = 99999999999999999999\n" COMPONENT, 1, "is not from 1 to 1000000");
	bad("log_level = loud\n" COMPONENT, 1, "log_level: \"loud\" is not");
	bad("database = here\n" COMPONENT, 1, "database: \"here\" is not an absolute path");
	bad("\nroom_defaults {\n maxusers = 5\n nonsense = 1\n}\n" COMPONENT, 5,
	    "nonsense = \"1\" is not an option of rooms");
	bad("room_defaults {\n maxusers = { 1, 2 }\n}\n" COMPONENT, 2, "unexpected token");
	bad("room_defaults {\n passwordprotectedroom = 1\n}\n" COMPONENT, 3,
	    "room_defaults: a password takes passwordprotectedroom");
	bad("room_forced {\n nonsense = 1\n}\n" COMPONENT, 3,
	    "room_forced: nonsense = \"1\" is not an option of rooms");
	bad("room_forced {\n roomsecret = x\n}\n" COMPONENT, 3,
	    "room_forced: a password takes passwordprotectedroom");
	bad("", 0, "there is no component");
	bad("component a { }\n", 1, "it needs a secret, or a secret_file");
	bad("component a { secret = x\n secret_file = /x }\n", 2, "not both");
	bad("component a { secret = \"\" }\n", 1, "the secret is empty");
	bad("component a@b { secret = x }\n", 1, "that is not a domain");
	bad("component a/b { secret = x }\n", 1, "that is not a domain");
	bad("component \"\" { secret = x }\n", 1, "that is not a domain");
	bad("component a { secret = x }\ncomponent A { secret = y }\n", 2, "there is one already");
	bad("component a { secret = x }\ncomponent a { secret = y }\n", 2, "duplicate title 'a'");
	bad("component a { secret = x }\ncomponent b { secret = y }\ncomponent a {\n", 3,
	    "duplicate title 'a'");
	bad("component a { secret = x\n port = 65536 }\n", 2, "is no port");
	bad("component a { secret = x\n port = 0x10 }\n", 2, "is no port");
	bad("component a { secret = x server = \"\" }\n", 1, "neither a host's name nor");
	bad("component { secret = x }\n", 1, "");
	bad("database = \"/x\n", 2, "");
	said[0] = '\0';
	c = conf_read("/nonexistent/mucd.conf", complain);
	is_str(said, "/nonexistent/mucd.conf: No such file or directory\n", "no file");
	conf_free(c);
	said[0] = '\0';
	c = conf_read(top, complain);
	ok(c == NULL && strstr(said, ": not a file") != NULL, "a folder");
	conf_free(c);
}

/* The whole file, for free(3). */
static char *
slurp(const char *file)
{
	char *text = calloc(1, 65536);
	FILE *f = fopen(file, "r");

	if (f == NULL || text == NULL || fread(text, 1, 65535, f) == 0)
		printf("# cannot read %s\n", file);
	if (f != NULL)
		fclose(f);
	return text;
}

/* The manual has each number with its default and its range. */
static void
test_manual(void)
{
	static const struct {
		const char *name;
		int64_t def, least, greatest;
	} rows[] = {
#define ROW(name, def, least, greatest, what) { #name, def, least, greatest },
		CONF_NUMBERS(ROW) MUC_LIMITS(ROW)
#undef ROW
	};
	char *page = slurp("man/mucd.conf.5"), want[256];
	char def[CONF_NUMBER_MAX], least[CONF_NUMBER_MAX], greatest[CONF_NUMBER_MAX];
	const char *at;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		snprintf(want, sizeof want, "\n.It Cm %s\n", rows[i].name);
		at = strstr(page, want);
		snprintf(want, sizeof want, "\nDefault %s, from %s to %s.\n",
		    conf_write_number(def, rows[i].name, rows[i].def),
		    conf_write_number(least, rows[i].name, rows[i].least),
		    conf_write_number(greatest, rows[i].name, rows[i].greatest));
		ok(at != NULL && (at = strstr(at, "\nDefault ")) != NULL &&
			strncmp(at, want, strlen(want)) == 0,
		    "mucd.conf(5) has %s:%.*s", rows[i].name, (int)strlen(want) - 9, want + 8);
	}
	free(page);
}

static void
test_example(void)
{
	char *text = slurp("component/mucd.conf.example");
	struct conf *c = read_text(text);

	ok(c != NULL && c->ncomponents == 1, "the example that is installed%s%s",
	    c == NULL ? ": " : "", said);
	conf_free(c);
	free(text);
}

int
main(void)
{
	if (mkdtemp(top) == NULL)
		return 1;
	snprintf(path, sizeof path, "%s/mucd.conf", top);
	snprintf(secret_path, sizeof secret_path, "%s/secret", top);
	test_good();
	test_policy();
	test_secret_file();
	test_bad();
	test_manual();
	test_example();
	unlink(path);
	unlink(secret_path);
	rmdir(top);
	return tap_done();
}
