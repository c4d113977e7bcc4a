/* SPDX-License-Identifier: ISC */
/*
 * bucket.c - token buckets: full at first, empty when used up, full again with time
 */
#include "base/bucket.h"
#include "tap.h"

int
main(void)
{
	struct bucket b = { 0 };
	int n = 0;

	while (n < 1000 && bucket_has(&b, 5000, 2, 20, 1)) {
		bucket_take(&b, 5000, 2, 1);
		n++;
	}
	is_int(n, 20, "all of a new one is there, at whatever time");
	ok(bucket_has(&b, 5500, 2, 20, 1) && !bucket_has(&b, 5500, 2, 20, 2),
	    "two come back a second");
	ok(bucket_has(&b, 1000000, 2, 20, 20) && !bucket_has(&b, 1000000, 2, 20, 21),
	    "never more than its burst");
	bucket_take(&b, 1000000, 2, 30);
	ok(!bucket_has(&b, 1005000, 2, 20, 1) && bucket_has(&b, 1005500, 2, 20, 1),
	    "what was taken beyond takes longer");
	b = (struct bucket){ 0 };
	bucket_take(&b, 5000, 2, 5);
	ok(bucket_has(&b, 1000, 2, 20, 15) && !bucket_has(&b, 1000, 2, 20, 16),
	    "a clock that goes back takes none away");
	return tap_done();
}
