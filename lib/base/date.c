/* SPDX-License-Identifier: ISC */
/*
 * date.c - times as XMPP writes them (XEP-0082)
 *
 * The arithmetic is our own: that of the C library asks the environment for a time zone.
 */
#include "arena.h"
#include "date.h"

/*
 * Years are counted from March, so that a leap day is the last of its year; an era has 400 years
 * and 146097 days. 719468 days lie between 0000-03-01 and 1970-01-01.
 */
static int64_t
days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t y = year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void
date_of(int64_t days, int64_t *year, int64_t *month, int64_t *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*day = doy - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = yoe + era * 400 + (*month <= 2);
}

char *
date_write(struct arena *a, int64_t wall_ms)
{
	int64_t days = wall_ms / DAY_MS, ms = wall_ms % DAY_MS;
	int64_t year, month, day;

	if (ms < 0) {
		ms += DAY_MS;
		days--;
	}
	date_of(days, &year, &month, &day);
	return arena_fmt(a, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", (int)year, (int)month, (int)day,
	    (int)(ms / HOUR_MS), (int)(ms / MINUTE_MS % 60), (int)(ms / 1000 % 60),
	    (int)(ms % 1000));
}

/* Reads exactly n digits and then, unless it is NUL, that separator. */
static bool
digits(const char **s, int n, char separator, int64_t *out)
{
	*out = 0;
	for (; n > 0; n--, (*s)++) {
		if (**s < '0' || **s > '9')
			return false;
		*out = *out * 10 + (**s - '0');
	}
	if (separator == '\0')
		return true;
	return *(*s)++ == separator;
}

/* ".5" is 500; what comes after the third digit is cut off, and `more` when it is not zero. */
static bool
fraction(const char **s, int64_t *ms, bool *more)
{
	int64_t weight = 100;

	*ms = 0;
	*more = false;
	if (**s != '.')
		return true;
	(*s)++;
	if (**s < '0' || **s > '9')
		return false;
	for (; **s >= '0' && **s <= '9'; (*s)++) {
		*ms += weight * (**s - '0');
		*more = *more || (weight == 0 && **s != '0');
		weight /= 10;
	}
	return true;
}

/* "Z", "+hh:mm" or "-hh:mm", and nothing after it. */
static bool
zone(const char *s, int64_t *offset_ms)
{
	int64_t h, m, sign = *s == '-' ? -1 : 1;

	*offset_ms = 0;
	if (*s == 'Z')
		return s[1] == '\0';
	if (*s != '+' && *s != '-')
		return false;
	s++;
	if (!digits(&s, 2, ':', &h) || !digits(&s, 2, '\0', &m) || *s != '\0' || h > 23 || m > 59)
		return false;
	*offset_ms = sign * (h * 60 + m) * 60000;
	return true;
}

static bool
day_exists(int64_t year, int64_t month, int64_t day)
{
	static const int8_t ndays[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (year < 1 || month < 1 || month > 12 || day < 1)
		return false;
	return day <= ndays[month - 1] + (leap && month == 2);
}

static bool
read_date(const char *s, int64_t *wall_ms, bool *more)
{
	int64_t year, month, day, h, m, sec, ms, offset_ms;

	if (s == NULL || !digits(&s, 4, '-', &year) || !digits(&s, 2, '-', &month) ||
	    !digits(&s, 2, 'T', &day))
		return false;
	if (!digits(&s, 2, ':', &h) || !digits(&s, 2, ':', &m) || !digits(&s, 2, '\0', &sec))
		return false;
	if (!fraction(&s, &ms, more) || !zone(s, &offset_ms))
		return false;
	if (!day_exists(year, month, day) || h > 23 || m > 59 || sec > 59)
		return false;
	*wall_ms =
	    days_of(year, month, day) * DAY_MS + ((h * 60 + m) * 60 + sec) * 1000 + ms - offset_ms;
	return true;
}

bool
date_read(const char *s, int64_t *wall_ms)
{
	bool more;

	return read_date(s, wall_ms, &more);
}

bool
date_read_up(const char *s, int64_t *wall_ms)
{
	bool more;

	if (!read_date(s, wall_ms, &more))
		return false;
	*wall_ms += more;
	return true;
}
