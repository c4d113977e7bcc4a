/* SPDX-License-Identifier: ISC */
/*
 * tree.h - red-black trees (libbsd's) of which nobody else in the program knows
 *
 * Used in place of RB_PROTOTYPE and RB_GENERATE where all that is done with a tree is done in one file: its
 * functions are static, and need not all be used.
 */
#ifndef TREE_H
#define TREE_H

#include <bsd/sys/tree.h>

#define TREE_LOCAL __attribute__((unused)) static

/* TREE(name, type, field, cmp) stands alone, without a semicolon. */
#define TREE(name, type, field, cmp)                                                               \
	RB_PROTOTYPE_INTERNAL(name, type, field, cmp, TREE_LOCAL)                                  \
	RB_GENERATE_INTERNAL(name, type, field, cmp, TREE_LOCAL)

#endif
