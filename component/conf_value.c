/* SPDX-License-Identifier: ISC */
/*
 * conf_value.c - values of mucd.conf(5) that need nothing else to be judged
 */
#include "conf_value.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "filter.h"
#include "log.h"

#define NAME_MAX_BYTES 256
#define URI_MAX_BYTES  256
#define URI_CHARACTERS                                                                             \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%"

static const char units[] = "kMGT"; /* each 1024 of the one before */

bool
conf_is_bytes(const char *name)
{
	return strcmp(name, "database_max") == 0 || strstr(name, "_bytes") != NULL;
}

const char *
conf_write_number(char out[CONF_NUMBER_MAX], const char *name, int64_t v)
{
	char unit[2] = "";

	for (const char *u = units; conf_is_bytes(name) && *u != '\0' && v >= 1024 && v % 1024 == 0;
	     u++) {
		v /= 1024;
		unit[0] = *u;
	}
	snprintf(out, CONF_NUMBER_MAX, "%lld%s", (long long)v, unit);
	return out;
}

bool
conf_read_number(const char *s, bool is_bytes, int64_t *out)
{
	const char *unit;
	char *end;
	long long v;

	if (*s < '0' || *s > '9')
		return false;
	/* More than there can be is a number, too: the greatest. */
	v = strtoll(s, &end, 10);
	if (is_bytes && *end != '\0' && (unit = strchr(units, *end)) != NULL) {
		for (const char *u = units; u <= unit; u++)
			v = v > INT64_MAX / 1024 ? INT64_MAX : v * 1024;
		end++;
	}
	*out = v;
	return *end == '\0';
}

int
conf_parse_port(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	int64_t v;

	if (!conf_read_number(value, false, &v) || v < 1 || v > 65535) {
		cfg_error(cfg, "%s: \"%s\" is no port, which is a number from 1 to 65535",
		    opt->name, value);
		return -1;
	}
	*(long *)result = (long)v;
	return 0;
}

int
conf_check_level(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *s = cfg_opt_getnstr(opt, 0);

	if (s != NULL && log_level_of(s) >= 0)
		return 0;
	cfg_error(cfg, "log_level: \"%s\" is not error, warn, info or debug", s);
	return -1;
}

int
conf_check_seccomp(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *s = cfg_opt_getnstr(opt, 0);

	if (filter_mode_of(s) >= 0)
		return 0;
	cfg_error(cfg, "seccomp: \"%s\" is not on, log or off", s);
	return -1;
}

int
conf_check_path(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *s = cfg_opt_getnstr(opt, 0);

	if (s != NULL && s[0] == '/')
		return 0;
	cfg_error(cfg, "%s: \"%s\" is not an absolute path", opt->name, s);
	return -1;
}

int
conf_check_socket(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *s = cfg_opt_getnstr(opt, 0);

	if (conf_check_path(cfg, opt) == -1)
		return -1;
	if (strlen(s) < sizeof((struct sockaddr_un *)NULL)->sun_path)
		return 0;
	cfg_error(cfg, "%s: \"%s\" is too long for a socket", opt->name, s);
	return -1;
}

int
conf_check_server(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *s = cfg_opt_getnstr(opt, 0);

	if (s != NULL && s[0] != '\0' && strlen(s) < 256)
		return 0;
	cfg_error(cfg, "server: \"%s\" is neither a host's name nor an address", s);
	return -1;
}

/* In the order of enum muc_create. */
static const char *const creates[] = { "all", "local", "listed", "admins", NULL };

int
conf_create_of(const char *s)
{
	for (int i = 0; s != NULL && creates[i] != NULL; i++)
		if (strcmp(creates[i], s) == 0)
			return i;
	return -1;
}

int
conf_check_create(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *s = cfg_opt_getnstr(opt, 0);

	if (conf_create_of(s) >= 0)
		return 0;
	cfg_error(cfg, "create: \"%s\" is not all, local, listed or admins", s);
	return -1;
}

int
conf_check_name(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *s = cfg_opt_getnstr(opt, 0);
	size_t n = s != NULL ? strlen(s) : 0, i = 0;

	/* Control characters cannot be told in XML. */
	while (i < n && (unsigned char)s[i] >= ' ' && s[i] != 0x7f)
		i++;
	if (n > 0 && i == n && n <= NAME_MAX_BYTES && utf8_is_text(s, n))
		return 0;
	cfg_error(cfg, "service_name: it is 1 to %d bytes of UTF-8 in one line", NAME_MAX_BYTES);
	return -1;
}

/* XEP-0157 3: addresses are URIs. */
int
conf_check_contact(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *s = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);
	size_t scheme = s != NULL ? strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789+.-") : 0;

	if (scheme == 0 || s[scheme] != ':' || s[scheme + 1] == '\0' || strlen(s) > URI_MAX_BYTES ||
	    strspn(s, URI_CHARACTERS) != strlen(s)) {
		cfg_error(cfg, "contact: \"%s\" is no URI like mailto:abuse@example.org", s);
		return -1;
	}
	if (cfg_opt_size(opt) <= CONTACTS_MAX)
		return 0;
	cfg_error(cfg, "contact: more than %d addresses", CONTACTS_MAX);
	return -1;
}
