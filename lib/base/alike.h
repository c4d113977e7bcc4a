/* SPDX-License-Identifier: ISC */
/*
 * alike.h - do two nicknames look the same to people?
 *
 * Letters of other scripts that are drawn like Latin ones count as these, and so do digits; capitals do not
 * count, nor how many blanks there are.
 */
#ifndef ALIKE_H
#define ALIKE_H

struct arena;

/* Equal for those that look alike. Lives in the arena. */
const char *alike_form(struct arena *, const char *nick);

#endif
