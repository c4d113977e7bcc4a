// SPDX-License-Identifier: ISC
// tap.mjs - TAP for t/browser/run, and how it waits
import { isDeepStrictEqual } from 'node:util';

const count = { run: 0, failed: 0 };

export function diag(text) {
	for (const line of String(text).split('\n'))
		console.log('# ' + line.slice(0, 2000));
}

export function ok(good, what) {
	count.run++;
	if (!good)
		count.failed++;
	console.log(`${good ? 'ok' : 'not ok'} ${count.run} - ${what}`);
	return Boolean(good);
}

export function same(got, want, what) {
	if (ok(isDeepStrictEqual(got, want), what))
		return true;
	diag('got  ' + JSON.stringify(got));
	diag('want ' + JSON.stringify(want));
	return false;
}

// Prints the plan; returns the status to exit with.
export function done() {
	console.log(`1..${count.run}`);
	return count.failed || !count.run ? 1 : 0;
}

export const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));

// Waits until what() is true, or its promise is; returns that, or what it was last.
export async function until(what, ms = 10000) {
	const end = performance.now() + ms;

	for (;;) {
		const got = await what();
		if (got || performance.now() > end)
			return got;
		await sleep(30);
	}
}

// A check that waits until it is right.
export const soon = async (get, what, ms) => ok(await until(get, ms), what);

export async function becomes(get, want, what, ms) {
	let got;

	await until(async () => isDeepStrictEqual(got = await get(), want), ms);
	return same(got, want, what);
}
