/* SPDX-License-Identifier: ISC */
/*
 * fuzz.h - what all fuzz targets share
 *
 * A target is one file with libFuzzer's entry point. It aborts when something that must always hold does
 * not; crashes, leaks and undefined behaviour are the sanitizers' business. `make fuzz` runs each.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define HOLDS(what)                                                                                \
	do {                                                                                       \
		if (!(what)) {                                                                     \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #what);  \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#endif
