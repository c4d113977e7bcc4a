/* SPDX-License-Identifier: ISC */
/*
 * contact.c - whom to ask about the service
 *
 * XEP-0157: a form in disco#info of the service, when addresses are configured.
 */
#include "feature.h"

#define SERVERINFO "http://jabber.org/network/serverinfo"

static void
add_disco_service(const struct service *s, struct xml *query)
{
	static const char *const kinds[] = {
#define CONTACT(kind, what) #kind,
		MUC_CONTACTS(CONTACT)
#undef CONTACT
	};
	const struct policy *policy = &s->policy;
	struct arena *a = s->arena;
	struct xml *form = NULL, *field;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		field = NULL;
		for (char **pair = policy->contacts; *pair != NULL; pair += 2) {
			if (strcmp(pair[0], kinds[i]) != 0)
				continue;
			if (form == NULL)
				form = form_add(a, query, "result", SERVERINFO);
			if (field == NULL)
				field = form_add_field(a, form, "list-multi",
				    arena_cat(a, kinds[i], "-addresses", NULL), NULL, NULL);
			form_add_value(a, field, pair[1]);
		}
	}
}

const struct feature feature_contact = {
	.name = "contact",
	.add_disco_service = add_disco_service,
};
