// SPDX-License-Identifier: ISC
// run.mjs - a real client of many: Converse in Chromium, two people, over a real Prosody or ejabberd
//
// node t/browser/run.mjs [prosody|ejabberd [part ...]]: all parts of the story, or some (they go on from one
// another; `create` and `invite` are needed by all). `make browser` installs what it takes. TAP goes out;
// screenshots, and what the two sent and received, go to build/browser.
import { Person } from './person.mjs';
import { PARTS } from './story.mjs';
import { diag, done, ok, same } from './tap.mjs';
import { World } from './world.mjs';

const LIMIT_S = 240;

// What Converse complains of in any room, and why.
const KNOWN = [
	/^Form submission canceled/, // of a dialog that it closes as well
	/^uncaught: *undefined/, // a dialog that was cancelled
	/^safeDestroy: /, // it leaves a room twice
	/^Error querying disco#info for [^ ]*: gone$/, // a room that was destroyed, as it should
	/ on _converse is DEPRECATED$/, // its own
	// Members may not read the lists of a semi-anonymous room; it asks all the same.
	/^Error: not allowed to fetch (member|admin|owner) list/,
	/muc#admin"><item affiliation="(member|admin|owner)"\/><\/query><error [^>]*><forbidden/,
	// Its bookmarks and keys, which are for the server.
	/^Error while trying to update bookmarks/,
	/^<iq [^>]*from="(romeo|juliet)@localhost"[^>]*type="error"[^>]*><pubsub /,
	// See story.mjs.
	/^<message [^>]*type="error"[^>]*><retract .*<item-not-found/,
];

async function play(t, only) {
	await t.world.open(['romeo', 'juliet']);
	for (const user of ['romeo', 'juliet']) {
		t[user] = new Person(t.world, user);
		await t[user].open();
	}
	for (const [name, part] of Object.entries(PARTS)) {
		if (only.length > 0 && !only.includes(name))
			continue;
		const began = performance.now();
		await part(t);
		diag(`${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
	}
}

async function failed(t, e) {
	ok(false, String(e.message ?? e).split('\n')[0]);
	diag(e.stack ?? e);
	await t.romeo?.shot('failed').catch(diag);
	await t.juliet?.shot('failed').catch(diag);
	diag(t.world.mucd?.log().split('\n').slice(-20).join('\n') ?? '');
}

async function end(t) {
	for (const person of [t.romeo, t.juliet]) {
		person?.keepLog();
		t.complaints.push(...person?.complaints ?? []);
	}
	same(t.complaints.filter((text) => !KNOWN.some((known) => known.test(text))), [],
		'Converse complains of nothing');
	same([t.world.web?.missing.filter((name) => name !== '/favicon.ico'), t.world.web?.served.has('/emoji.json')],
		[[], true], 'and has all its files');
	same(await t.world.mucd?.stop(), 0, 'mucd ends well');
}

export async function run(kind, only) {
	const world = new World(kind);
	const t = { world, complaints: [], said: [] };
	const stop = (status) => world.close().finally(() => process.exit(status()));

	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
		process.once(signal, () => stop(() => 1));
	setTimeout(() => {
		ok(false, `not done after ${LIMIT_S} s`);
		stop(done);
	}, LIMIT_S * 1000).unref();
	try {
		await play(t, only).catch((e) => failed(t, e));
		await end(t);
	} finally {
		await world.close();
	}
	process.exitCode = done();
}
