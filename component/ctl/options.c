/* SPDX-License-Identifier: ISC */
/*
 * options.c - what stands before the command
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "options.h"

#define TIMEOUT_S 60

/* OPTION(letter, long name, argument or NULL, what it is). */
#define OPTIONS(OPTION)                                                                            \
	OPTION('a', "account", "ADDRESS", "log in to its server as that; else the socket of mucd") \
	OPTION('d', "service", "DOMAIN", "the service to ask")                                     \
	OPTION('r', "room", "ROOM", "a room of it to ask instead: room@conference.example.org")    \
	OPTION('H', "host", "HOST[:PORT]", "connect there, not where DNS says")                    \
	OPTION('c', "ca", "FILE", "trust what these certificates have signed")                     \
	OPTION('p', "password-file", "FILE", "the password is in its first line")                  \
	OPTION('s', "local", NULL, "the socket of mucd, even if MUCCTL_ACCOUNT is set")            \
	OPTION('S', "socket", "FILE", "that socket; " CTL_SOCKET " if not given")                  \
	OPTION('j', "json", NULL, "answers as JSON")                                               \
	OPTION('w', "raw", NULL, "only the lines of the answer, as they are: of an export")        \
	OPTION('n', "no-input", NULL, "ask nothing, even at a terminal")                           \
	OPTION('t', "timeout", "SECONDS", "to wait for an answer; 60 if not given")                \
	OPTION('h', "help", NULL, "this text")                                                     \
	OPTION('V', "version", NULL, "the version")

static const struct option long_options[] = {
#define OPTION(letter, name, arg, what)                                                            \
	{ name, (arg) != NULL ? required_argument : no_argument, NULL, letter },
	OPTIONS(OPTION)
#undef OPTION
	    { NULL, 0, NULL, 0 },
};

static const struct {
	char letter;
	const char *name, *arg, *what;
} options[] = {
#define OPTION(letter, name, arg, what) { letter, name, arg, what },
	OPTIONS(OPTION)
#undef OPTION
};

#define NOPTIONS (sizeof options / sizeof options[0])

const char *
options_name(size_t i)
{
	return i < NOPTIONS ? options[i].name : NULL;
}

void
options_print(void)
{
	for (size_t i = 0; i < NOPTIONS; i++)
		printf("  -%c, --%s%s%s\n        %s\n", options[i].letter, options[i].name,
		    options[i].arg != NULL ? " " : "", options[i].arg != NULL ? options[i].arg : "",
		    options[i].what);
}

/* What is set to nothing is not set. */
static const char *
from_environment(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

void
options_default(struct ctl_options *o, const char *program)
{
	*o = (struct ctl_options){ .program = program, .socket = CTL_SOCKET };
	o->timeout_s = TIMEOUT_S;
	o->account = from_environment("MUCCTL_ACCOUNT");
	o->service = from_environment("MUCCTL_SERVICE");
}

static bool
read_timeout(struct ctl_options *o, const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (n < 1 || n > 86400 || *end != '\0') {
		ctl_complain("%s: that is no number of seconds from 1 to 86400", text);
		return false;
	}
	o->timeout_s = (int)n;
	return true;
}

static bool
take(struct ctl_options *o, int letter)
{
	switch (letter) {
	case 'a':
		o->account = optarg;
		return true;
	case 'd':
		o->service = optarg;
		return true;
	case 'r':
		o->room = optarg;
		return true;
	case 'H':
		o->host = optarg;
		return true;
	case 'c':
		o->ca = optarg;
		return true;
	case 'p':
		o->password_file = optarg;
		return true;
	case 'S':
		o->socket = optarg;
		o->account = NULL;
		return true;
	case 's':
		o->account = NULL;
		return true;
	case 'j':
		return o->is_json = true;
	case 'w':
		return o->is_raw = true;
	case 'n':
		return o->asks_nothing = true;
	case 't':
		return read_timeout(o, optarg);
	default:
		return false;
	}
}

int
options_read(struct ctl_options *o, int argc, char **argv)
{
	char letters[3 * NOPTIONS + 3], *p = letters;
	int c;

	*p++ = '+';
	*p++ = ':';
	for (size_t i = 0; i < NOPTIONS; i++) {
		*p++ = options[i].letter;
		if (options[i].arg != NULL)
			*p++ = ':';
	}
	*p = '\0';
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, letters, long_options, NULL)) != -1) {
		if (c == 'h')
			return OPTIONS_HELP;
		if (c == 'V')
			return OPTIONS_VERSION;
		if (c == '?' || c == ':') {
			ctl_complain("%s: %s; `mucctl -h` tells of all options", argv[optind - 1],
			    c == '?' ? "there is no such option" : "it needs a value");
			return OPTIONS_WRONG;
		}
		if (!take(o, c))
			return OPTIONS_WRONG;
	}
	if (o->is_json && o->is_raw) {
		ctl_complain("-j or -w, not both");
		return OPTIONS_WRONG;
	}
	return optind;
}
