/* SPDX-License-Identifier: ISC */
/*
 * error.c - the only maker of <error/>
 */
#include <string.h>

#include "feature.h"

struct refusal {
	const char *type, *condition, *text;
};

static const struct refusal refusals[DENY_COUNT] = {
#define ERROR(name, type, condition, text) [name] = { type, condition, text },
#include "tbl/error.h"
#undef ERROR
};

/* What is said besides, in a namespace of its own: RFC 6120 8.3.4. */
static const struct {
	enum deny deny;
	const char *ns, *condition;
} specific[] = {
#define SPECIFIC(name, ns, condition) { name, ns, condition },
#include "tbl/error.h"
#undef SPECIFIC
};

/* RFC 6120 8.3.3; the index counts refusals in the statistics. */
static const char *const conditions[] = {
	"bad-request",
	"conflict",
	"feature-not-implemented",
	"forbidden",
	"gone",
	"internal-server-error",
	"item-not-found",
	"jid-malformed",
	"not-acceptable",
	"not-allowed",
	"not-authorized",
	"policy-violation",
	"recipient-unavailable",
	"redirect",
	"registration-required",
	"remote-server-not-found",
	"remote-server-timeout",
	"resource-constraint",
	"service-unavailable",
	"subscription-required",
	"undefined-condition",
	"unexpected-request",
};

const char *
muc_condition(unsigned i)
{
	return i < sizeof(conditions) / sizeof(conditions[0]) ? conditions[i] : NULL;
}

struct xml *
error_add(struct arena *a, struct xml *stanza, const char *by, enum deny deny, enum lang lang,
    const char *what)
{
	const struct refusal *r = &refusals[deny];
	struct xml *error = xml_add(a, stanza, NS_STANZA, "error"), *condition;

	xml_set(a, error, "by", by);
	xml_set(a, error, "type", r->type);
	condition = xml_add(a, error, NS_STANZA_ERRORS, r->condition);
	if (r->text != NULL)
		xml_set_lang(a,
		    xml_add_text(a, error, NS_STANZA_ERRORS, "text",
			text_with(a, text_in(lang, r->text), what)),
		    lang_tag(lang));
	for (size_t i = 0; i < sizeof(specific) / sizeof(specific[0]); i++)
		if (specific[i].deny == deny)
			xml_add(a, error, specific[i].ns, specific[i].condition);
	return condition;
}

/* RFC 6120 8.3.2. What is none of these is taken for the first. */
static const char *
error_type(const char *type)
{
	static const char *const types[] = { "cancel", "auth", "continue", "modify", "wait" };

	for (size_t i = 0; type != NULL && i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i], type) == 0)
			return types[i];
	return types[0];
}

/* The condition that an error names first, if RFC 6120 has it. */
static const char *
error_condition(const struct xml *error)
{
	const struct xml *x = xml_child(error, NS_STANZA_ERRORS, NULL);
	const char *c;

	for (unsigned i = 0; x != NULL && (c = muc_condition(i)) != NULL; i++)
		if (strcmp(c, x->name) == 0)
			return c;
	return "undefined-condition";
}

void
error_relay(struct arena *a, struct xml *stanza, const struct xml *error)
{
	struct xml *copy = xml_add(a, stanza, NS_STANZA, "error");

	xml_set(a, copy, "type", error_type(xml_get(error, "type")));
	xml_add(a, copy, NS_STANZA_ERRORS, error_condition(error));
}
