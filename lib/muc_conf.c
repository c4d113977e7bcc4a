/* SPDX-License-Identifier: ISC */
/*
 * muc_conf.c - the service as its host program sees it: its configuration
 */
#include "muc_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "feature.h"
#include "room/ban.h"

void
muc_limits_default(struct muc_limits *l)
{
#define LIMIT(name, def, least, greatest, what) l->name = def;
	MUC_LIMITS(LIMIT)
#undef LIMIT
}

/* Sets options of rooms on a config, and notes which; *bad is the var that does not suit. */
static enum muc_error
take_pairs(struct config *c, config_set *set, const char *const *p, const char **bad)
{
	config_set field;

	config_init(c);
	*set = 0;
	for (; p != NULL && *p != NULL; p += 2) {
		if (!config_set_value(c, p[0], p[1], &field) || field == 0) {
			*bad = p[0];
			config_release(c);
			return MUC_CONF_BAD;
		}
		*set |= field;
	}
	return MUC_OK;
}

/* A room that asks for a password has one; whoever forces one half of that forces the other. */
static const char *
half_password(const struct config *c, config_set set)
{
	static const char boolean[] = "muc#roomconfig_passwordprotectedroom";
	static const char secret[] = "muc#roomconfig_roomsecret";
	bool asked = (set & config_field(boolean)) != 0 && c->passwordprotectedroom;
	bool given = (set & config_field(secret)) != 0 && *c->roomsecret != '\0';

	if (asked == given)
		return NULL;
	return asked ? boolean : secret;
}

/* Nor do new rooms begin with one that asks for a password and has none: some would be left so. */
static const char *
no_password(const struct config *c)
{
	return c->passwordprotectedroom && *c->roomsecret == '\0'
		   ? "muc#roomconfig_passwordprotectedroom"
		   : NULL;
}

/* What new rooms begin with, and what holds in all. */
struct options {
	struct config defaults, forced;
	config_set default_set, forced_set;
};

static enum muc_error
take_options(struct options *o, const struct muc_conf *conf, const char **bad)
{
	enum muc_error e = take_pairs(&o->defaults, &o->default_set, conf->room_defaults, bad);

	if (e != MUC_OK)
		return e;
	e = take_pairs(&o->forced, &o->forced_set, conf->room_forced, bad);
	if (e == MUC_OK && (*bad = no_password(&o->defaults)) == NULL &&
	    (*bad = half_password(&o->forced, o->forced_set)) == NULL)
		return MUC_OK;
	if (e == MUC_OK)
		config_release(&o->forced);
	config_release(&o->defaults);
	return MUC_CONF_BAD;
}

enum muc_error
muc_conf_check(const struct muc_conf *conf, const char **bad)
{
	struct options o;
	enum muc_error e = take_options(&o, conf, bad);

	if (e == MUC_OK) {
		config_release(&o.defaults);
		config_release(&o.forced);
	}
	return e;
}

bool
muc_option_suits(const char *var, const char *value)
{
	const char *pair[] = { var, value, NULL }, *bad;
	struct config c;
	config_set set;

	if (take_pairs(&c, &set, pair, &bad) != MUC_OK)
		return false;
	config_release(&c);
	return true;
}

static void
forget_policy(struct policy *p)
{
	map_set_forget(&p->creators);
	map_set_forget(&p->reserved);
	for (size_t i = 0; p->contacts != NULL && p->contacts[i] != NULL; i++)
		free(p->contacts[i]);
	free(p->contacts);
	free(p->name);
	memset(p, 0, sizeof(*p));
}

static void
take_policy(struct policy *p, const struct muc_conf *conf)
{
	size_t n = 0;

	forget_policy(p);
	p->create = conf->create;
	map_set_take(&p->creators, conf->creators);
	map_set_take(&p->reserved, conf->reserved_names);
	while (conf->contacts != NULL && conf->contacts[n] != NULL)
		n++;
	p->contacts = mem_alloc((n + 1) * sizeof(*p->contacts));
	for (size_t i = 0; i < n; i++)
		p->contacts[i] = mem_strdup(conf->contacts[i]);
	p->name = mem_strdup(conf->service_name != NULL ? conf->service_name : SAID("Chat rooms"));
}

void
muc_conf_forget(struct muc *m)
{
	struct service *s = &m->s;

	map_set_forget(&s->admins);
	forget_policy(&s->policy);
	config_release(&s->defaults);
	config_release(&s->force.config);
}

enum muc_error
muc_reload(struct muc *m, const struct muc_conf *conf)
{
	struct service *s = &m->s;
	struct options o;
	const char *bad;

	if (take_options(&o, conf, &bad) != MUC_OK) {
		service_log(
		    s, MUC_LOG_ERROR, "option of rooms %s: no such field, or a bad value", bad);
		return MUC_CONF_BAD;
	}
	config_release(&s->defaults);
	s->defaults = o.defaults;
	force_take(s, &o.forced, o.forced_set);
	s->limits = conf->limits;
	map_set_take(&s->admins, conf->admins);
	take_policy(&s->policy, conf);
	bans_load(s, conf->banned);
	return MUC_OK;
}
