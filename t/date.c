/* SPDX-License-Identifier: ISC */
/*
 * date.c - times as XMPP writes them
 */
#include <time.h>

#include "base/arena.h"
#include "base/date.h"
#include "tap.h"

static void
writes(struct arena *a, int64_t ms, const char *want)
{
	int64_t again = -1;

	is_str(date_write(a, ms), want, want);
	ok(date_read(want, &again) && again == ms, "and read back");
}

static void
reads(const char *s, int64_t want)
{
	int64_t ms = -1;

	ok(date_read(s, &ms), "%s is a date", s);
	is_int(ms, want, "the right one");
}

static void
reads_up(const char *s, int64_t want)
{
	int64_t ms = -1;

	ok(date_read_up(s, &ms), "%s is a date", s);
	is_int(ms, want, "the first millisecond that is not before it");
}

static void
refuses(const char *s)
{
	int64_t ms = 42;

	ok(!date_read(s, &ms) && ms == 42, "'%s' is none", s);
}

/* Every day of 800 years against the C library. */
static void
calendar(struct arena *a)
{
	size_t right = 0, ndays = 0;
	time_t t;
	struct tm tm;
	char want[64];
	int64_t ms;

	for (t = -11644473600; t < 13569465600; t += 86400, ndays++) {
		gmtime_r(&t, &tm);
		strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%S.000Z", &tm);
		right += strcmp(date_write(a, (int64_t)t * 1000), want) == 0 &&
			 date_read(want, &ms) && ms == (int64_t)t * 1000;
		arena_reset(a);
	}
	is_int((intmax_t)right, (intmax_t)ndays, "every day from 1601 to 2399");
}

int
main(void)
{
	static const char *const bad[] = {
		"",
		"2026",
		"2026-03-01",
		"2026-03-01T12:00:00",
		"2026-03-01T12:00Z",
		"2026-03-01 12:00:00Z",
		"2026-03-01T12:00:00.Z",
		"2026-03-01T12:00:00,5Z",
		"2026-03-01T12:00:00Z ",
		" 2026-03-01T12:00:00Z",
		"2026-03-01T12:00:00ZZ",
		"2026-02-29T12:00:00Z",
		"1900-02-29T12:00:00Z",
		"2026-13-01T12:00:00Z",
		"2026-00-01T12:00:00Z",
		"2026-04-31T12:00:00Z",
		"2026-04-00T12:00:00Z",
		"2026-03-01T24:00:00Z",
		"2026-03-01T12:60:00Z",
		"2026-03-01T12:00:60Z",
		"0000-03-01T12:00:00Z",
		"-026-03-01T12:00:00Z",
		"+2026-03-01T12:00:00Z",
		"2026-3-1T12:00:00Z",
		"2026-03-01T12:00:00+0100",
		"2026-03-01T12:00:00+1:00",
		"2026-03-01T12:00:00+24:00",
		"2026-03-01T12:00:00+01:60",
		"2026-03-01T12:00:00+01:00Z",
		"20260301T12:00:00",
	};
	struct arena *a = arena_new();
	int64_t ms = 42;
	size_t i;

	writes(a, 0, "1970-01-01T00:00:00.000Z");
	writes(a, -1, "1969-12-31T23:59:59.999Z");
	writes(a, 1772366400123, "2026-03-01T12:00:00.123Z");
	writes(a, 951827696789, "2000-02-29T12:34:56.789Z");
	writes(a, 253402300799999, "9999-12-31T23:59:59.999Z");
	reads("2026-03-01T12:00:00Z", 1772366400000);
	reads("2026-03-01T12:00:00.5Z", 1772366400500);
	reads("2026-03-01T12:00:00.1239999999999999999999999Z", 1772366400123);
	reads("2026-03-01T12:00:00+00:00", 1772366400000);
	reads("2026-03-01T12:00:00-00:00", 1772366400000);
	reads("2026-03-01T13:30:00+01:30", 1772366400000);
	reads("2026-03-01T00:00:00.25-12:00", 1772366400250);
	reads_up("2026-03-01T12:00:00.123Z", 1772366400123);
	reads_up("2026-03-01T12:00:00.12300000000000000000000000Z", 1772366400123);
	reads_up("2026-03-01T12:00:00.12300000000000000000000001Z", 1772366400124);
	reads_up("2026-03-01T13:29:59.9999+01:30", 1772366400000);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuses(bad[i]);
	ok(!date_read(NULL, &ms) && ms == 42, "nor is NULL");
	ok(!date_read_up("2026-03-01", &ms) && ms == 42, "rounded or not");
	calendar(a);
	arena_free(a);
	return tap_done();
}
