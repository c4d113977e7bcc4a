/* SPDX-License-Identifier: ISC */
/*
 * password.c - rooms that ask for a password
 *
 * XEP-0045 7.2.5, 17.3 (entering), 10.1.3 (a protected room needs one).
 */
#include "feature.h"

/* 7.2.5: with the request to enter. 17.3: a client may also give it as it is given in an invitation. */
static const char *
given_with(const struct plan *p, const struct xml *muc)
{
	const char *given = xml_child_text(muc, NS_MUC, "password");
	const struct xml *user = xml_child(p->ev->stanza, NS_MUC_USER, "x");

	return given != NULL ? given : xml_child_text(user, NS_MUC_USER, "password");
}

/*
 * No exemption for owners: 7.2.5 names none. The password is compared byte by byte, untrimmed. Who has
 * tried too many wrong ones is not told whether this one is right.
 */
static enum deny
may_enter(const struct room *r, const struct plan *p, const struct change *c)
{
	const char *given = given_with(p, c->x);
	enum deny deny;

	if (given != NULL)
		arena_wipe(p->s->arena);
	if (!r->config.passwordprotectedroom)
		return OK;
	if (given == NULL)
		return NOT_AUTHORIZED;
	if (!sender_has(p->s, &p->ev->from, ALLOWANCE_GUESS, 1))
		return TOO_FAST;
	if ((deny = rates_may(p, RATE_GUESS)) != OK)
		return deny;
	return equal_secret(given, r->config.roomsecret) ? OK : WRONG_PASSWORD;
}

/*
 * XEP-0313 6.1.2. A query gives no password: who is in has given it, and who belongs to the room is no
 * stranger to it.
 */
static enum deny
may_read(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)c;
	if (!r->config.passwordprotectedroom || p->ev->session != NULL)
		return OK;
	return may(p, MAY_ENTER_MEMBERS_ONLY) ? OK : SECRET_READ;
}

/* Example 161: protected with a blank password is not acceptable. */
static enum deny
may_config(const struct room *r, const struct plan *p, const struct change *c)
{
	(void)r, (void)p;
	if (c->config->passwordprotectedroom && *c->config->roomsecret == '\0')
		return NOT_ACCEPTABLE;
	return OK;
}

static void
add_disco(const struct room *r, struct xml *query)
{
	disco_feature(r->service->arena, query,
	    r->config.passwordprotectedroom ? "muc_passwordprotected" : "muc_unsecured");
}

const struct feature feature_password = {
	.name = "password",
	.may = { [CH_ENTER] = may_enter, [CH_CONFIG] = may_config, [CH_READ] = may_read },
	.add_disco = add_disco,
};
