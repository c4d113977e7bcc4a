// SPDX-License-Identifier: ISC
// story.mjs - what two people do with Converse in the rooms of mucd; one part goes on where the last has stopped
import { becomes, diag, ok, same, soon, until } from './tap.mjs';
import { Person } from './person.mjs';
import { DOMAIN } from './world.mjs';

const LOUNGE = `lounge@${DOMAIN}`;
const OPEN = `open@${DOMAIN}`;
const OWNER = ['owner', 'moderator', 'romeo@localhost'];

// Both see who is there, and what they are; who is no moderator sees no addresses.
async function occupants(t, here, what) {
	await becomes(() => t.romeo.roster(LOUNGE), here, `${what}: Romeo sees who is there`);
	await becomes(() => t.juliet.roster(LOUNGE), Object.fromEntries(Object.entries(here).map(
		([nick, [affiliation, role, jid]]) =>
			[nick, [affiliation, role, jid === 'juliet@localhost' || t.julietSees ? jid : null]])),
	`${what}: so does Juliet`);
}

const both = (t) => [[t.romeo, 'Romeo'], [t.juliet, 'Juliet']];

async function create(t) {
	const { romeo } = t;

	await romeo.join(LOUNGE, 'Romeo');
	ok(await romeo.see('converse-muc-config-modal form input[name="muc#roomconfig_roomname"]'),
	    'a new room: Converse shows its form');
	const form = romeo.came.findLast((s) => s.includes("type='form'") && s.includes('muc#roomconfig'));
	const fields = [...form.matchAll(/<field [^>]*var='([^']+)'/g)].map((m) => m[1]);
	const shown = await romeo.page.$$eval('converse-muc-config-modal form [name]',
		(found) => found.map((e) => [e.getAttribute('name'), e.tagName.toLowerCase(), e.type]));
	same(fields.filter((f) => !shown.some(([name]) => name === f)), [], `all ${fields.length} fields are in it`);
	same(await romeo.page.$$eval('converse-muc-config-modal form [name]:not([type=hidden])',
		(found) => found.filter((e) => !e.closest('div').textContent.trim() && e.name.includes('#'))
			.map((e) => e.name)), [], 'and have labels');
	await romeo.shot('form');
	await romeo.page.fill('[name="muc#roomconfig_roomname"]', 'The Lounge');
	await romeo.page.fill('[name="muc#roomconfig_roomdesc"]', 'where one "waits" & <talks>');
	for (const name of ['persistentroom', 'membersonly', 'moderatedroom'])
		await romeo.page.check(`[name="muc#roomconfig_${name}"]`);
	await romeo.page.click('converse-muc-config-modal form [type=submit]');
	await becomes(() => romeo.texts('converse-muc-heading .chatbox-title__text'), ['The Lounge'],
		'it is configured');
	await romeo.$('converse-muc-config-modal').waitFor({ state: 'hidden' });
	await romeo.menu('show-muc-details-modal');
	ok(await romeo.see('converse-muc-details-modal .features-list'), 'its details are shown');
	const details = (await romeo.texts('converse-muc-details-modal .room-info')).join(' ');
	same(['where one "waits" & <talks>'].filter((s) => !details.includes(s)), [], 'with its description');
	same((await romeo.texts('converse-muc-details-modal .feature')).map((s) => s.split(' - ')[0]),
		['No password required', 'Members only', 'Persistent', 'Semi-anonymous', 'Moderated',
			'Message archiving'], 'and its features');
	await romeo.shot('details');
	await romeo.page.click('converse-muc-details-modal [data-bs-dismiss]');
}

async function invite(t) {
	const { romeo, juliet } = t;

	await juliet.join(LOUNGE, 'Juliet');
	ok(await juliet.see('.disconnect-msg'), 'Juliet is no member');
	await becomes(() => juliet.texts('.disconnect-msg'),
		['You are not on the member list of this groupchat.',
			'The reason given is: "This room is for members only".'], 'and is told so');
	await juliet.shot('no-member');
	await juliet.page.evaluate(async (jid) => (await api.rooms.get(jid)).close(), LOUNGE);

	await romeo.page.click('.occupants-header .dropdown-toggle');
	await romeo.page.click('.open-invite-modal');
	await romeo.page.fill('converse-muc-invite-modal input[name=invitee_jids]', 'juliet@localhost');
	await romeo.page.fill('converse-muc-invite-modal [name=reason]', 'come in');
	await romeo.page.click('converse-muc-invite-modal form [type=submit]');
	ok(await juliet.see('converse-confirm-modal form'), 'she is invited');
	await juliet.shot('invited');
	const text = (await juliet.texts('converse-confirm-modal')).join();
	ok(text.includes(LOUNGE) && text.includes('come in'), 'and is told where, and why');
	// The room invites new members (XEP-0045 9.5), and so does Converse: two dialogs, the last in front.
	const dialogs = juliet.$('converse-confirm-modal.show');
	await until(async () => await dialogs.count() === 2);
	same(await dialogs.count(), 2, 'by the room and by Romeo');
	await dialogs.last().locator('[type=submit]').click();
	await until(async () => await dialogs.count() === 1);
	await dialogs.locator('input[data-bs-dismiss]').click();
	await juliet.nick('Juliet');
	await soon(() => juliet.entered(LOUNGE), 'she chooses a nickname and enters');
	await occupants(t, { Juliet: ['member', 'participant', 'juliet@localhost'], Romeo: OWNER }, 'invited');
	// Converse shows her as a member beside her as an occupant: it goes by the occupant-id alone.
	await becomes(() => romeo.occupants(), ['Romeo: O MO', 'Juliet: ME', 'juliet@localhost: ME'],
		'the list beside the messages: Romeo');
	await becomes(() => juliet.occupants(), ['Romeo: O MO', 'Juliet: ME'], 'the list beside the messages: Juliet');
	await romeo.shot('occupants');
	await juliet.shot('occupants');
}

async function chat(t) {
	const said = [];

	for (let n = 0; n < 6; n++) {
		const [who, nick] = both(t)[n % 2];
		await who.say(`line ${n} & <more>`);
		said.push(`${nick}: line ${n} & <more>`);
		for (const [person, name] of both(t))
			await becomes(async () => (await person.said()).slice(-n - 1), said,
				`${nick} says something, ${name} sees it once`);
	}
	t.said = said;
}


// What both see last is `lines`.
async function seen(t, lines, what) {
	for (const [person, name] of both(t))
		await becomes(async () => (await person.said()).slice(-lines.length), lines, `${what}: ${name} sees it`);
	t.said.splice(-lines.length, lines.length, ...lines);
}

async function says(t, who, text) {
	const [person, nick] = both(t)[who];

	await person.say(text);
	t.said.push('');
	await seen(t, [`${nick}: ${text}`], `${nick} says "${text}"`);
}

async function correct(t) {
	await says(t, 1, 'in teh room');
	await t.juliet.act('in teh room', 'edit');
	await t.juliet.say('in the room');
	await seen(t, [t.said.at(-2), 'Juliet: in the room'], 'corrected');
	ok(await t.romeo.see('.chat-msg__edit-modal'), 'and that it was');
}

// Converse names what it retracts by its own id; XEP-0424 5.1 asks for that of the room. So it is told that
// there is no such message, and nobody loses one. Told on with the room's id it would be worse: she would see it
// gone, and Romeo, whose Converse looks for hers, would still read it.
async function retract(t) {
	await says(t, 1, 'forget this');
	await t.juliet.act('forget this', 'retract');
	await t.juliet.page.click('converse-confirm-modal [type=submit]');
	await becomes(() => t.juliet.texts('.chat-msg__error'), ['Message delivery failed. ' +
		'Sorry, an error occurred while trying to retract your message.'], 'retracted by a wrong id: she is told');
	await seen(t, ['Juliet: forget this'], 'and it stays');
	await t.juliet.shot('retract');
}

async function moderate(t) {
	await says(t, 1, 'buy spam');
	await t.romeo.act('buy spam', 'retract');
	await t.romeo.page.fill('converse-confirm-modal [name=reason]', 'no spam');
	await t.romeo.page.click('converse-confirm-modal [type=submit]');
	await seen(t, ['(Romeo has removed a message no spam)'], 'moderated');
	await t.juliet.shot('moderated');
}

// Replies (XEP-0461) and reactions (XEP-0444) go by the ids that the room gives.
async function answers(t) {
	const { romeo, juliet } = t;

	await says(t, 1, 'who is there');
	await romeo.act('who is there', 'reply');
	await romeo.say('only me');
	t.said.push('');
	await seen(t, ['Romeo: only me'], 'an answer');
	for (const [person, name] of both(t))
		await becomes(() => person.texts('converse-reply-context'), ['Juliet who is there'],
			`${name} sees to what`);
	await juliet.act('only me', 'reaction');
	await juliet.page.click('.reaction-item:not(.more)');
	for (const [person, name] of both(t))
		await becomes(() => person.texts('.chat-msg__reaction'), ['👍 1'], `a reaction: ${name} sees it`);
}

async function privately(t) {
	const sides = [['Juliet', t.romeo], ['Romeo', t.juliet]];
	const box = 'converse-muc-occupant .chat-textarea';

	// Converse says that such a message is from its nickname in the room; ejabberd ends the stream for that.
	if (t.world.kind === 'ejabberd')
		return;
	for (const [other, person] of sides) {
		await person.page.click(`.occupant-list .occupant:has-text("${other}") a`);
		await person.page.fill(box, `to ${other} alone`);
		await person.page.press(box, 'Enter');
	}
	for (const [other, person] of sides)
		await becomes(() => person.texts('converse-muc-occupant .chat-msg__text'),
			['to Juliet alone', 'to Romeo alone'], `between two: who writes to ${other} sees both`);
	await t.juliet.shot('private');
	for (const [, person] of sides)
		await person.page.evaluate(async (jid) => (await api.rooms.get(jid)).save({ sidebar_view: '' }), LOUNGE);
}

async function subject(t) {
	await t.romeo.say('/topic Of love & "hate"');
	for (const [person, name] of both(t))
		await becomes(() => person.texts('.chat-head__desc'), ['Of love & "hate"'], `the subject: ${name} sees it`);
}

async function nick(t) {
	await t.juliet.say('/nick Giulietta');
	await occupants(t, { Giulietta: ['member', 'participant', 'juliet@localhost'], Romeo: OWNER }, 'renamed');
	await t.juliet.say('/nick Romeo');
	// Converse asks for another one, as if she were not in the room.
	ok(await t.juliet.see('.muc-nickname-form .validation-message'), 'a nickname that is taken is refused');
	await t.juliet.shot('conflict');
	await t.juliet.nick('Juliet');
	await occupants(t, { Juliet: ['member', 'participant', 'juliet@localhost'], Romeo: OWNER }, 'and again');
}

async function roles(t) {
	await t.romeo.say('/mute Juliet');
	ok(await t.juliet.see('.muc-bottom-panel--muted'), 'muted: Juliet has nowhere to write');
	await occupants(t, { Juliet: ['member', 'visitor', 'juliet@localhost'], Romeo: OWNER }, 'muted');
	await t.romeo.say('/voice Juliet');
	ok(await t.juliet.see('.chatroom .chat-textarea'), 'and again, with voice');
	await occupants(t, { Juliet: ['member', 'participant', 'juliet@localhost'], Romeo: OWNER }, 'with voice');
	await says(t, 1, 'heard');
}

// The tools of moderators: who has an affiliation; gives somebody another one.
async function listed(person, affiliation) {
	if (!await person.$('converse-modtools-modal').isVisible())
		await person.menu('moderate-chatroom-button');
	await person.page.selectOption('converse-modtools-modal .query-affiliation [name=affiliation]', affiliation);
	await person.page.click('converse-modtools-modal .query-affiliation [type=submit]');
	await person.see('#affiliations-tabpanel .list-group--users > li');
	return person.texts('#affiliations-tabpanel .list-group--users > li > ul > li.active');
}

async function give(person, affiliation) {
	await person.page.click('#affiliations-tabpanel .toggle-form');
	await person.page.selectOption('.affiliation-form [name=affiliation]', affiliation);
	await person.page.fill('.affiliation-form [name=reason]', 'by hand');
	await person.page.click('.affiliation-form [type=submit]');
}

async function shut(person, modal) {
	await person.page.click(`${modal} .modal-header [data-bs-dismiss]`);
	await person.$(modal).waitFor({ state: 'hidden' });
}

async function modtools(t) {
	const { romeo } = t;

	await becomes(() => listed(romeo, 'member'), ['JID: juliet@localhost', 'JID: juliet@localhost'],
		'the members, in the tools of moderators');
	await romeo.shot('modtools');
	await give(romeo, 'admin');
	t.julietSees = true;
	await occupants(t, { Juliet: ['admin', 'moderator', 'juliet@localhost'], Romeo: OWNER }, 'made admin');
	await becomes(() => listed(romeo, 'admin'), ['JID: juliet@localhost'], 'now she is among the admins');
	await becomes(() => listed(t.juliet, 'owner'), ['JID: romeo@localhost'], 'she sees the owners');
	await shut(t.juliet, 'converse-modtools-modal');
	await shut(romeo, 'converse-modtools-modal');
	await romeo.say('/member Juliet');
	await occupants(t, { Juliet: ['member', 'participant', 'juliet@localhost'], Romeo: OWNER }, 'a member again');
}

async function mam(t) {
	const before = await t.juliet.said();

	await t.juliet.page.goto('about:blank');
	for (let n = 0; n < 3; n++) {
		await t.romeo.say(`missed ${n}`);
		t.said.push(`Romeo: missed ${n}`);
	}
	await until(async () => (await t.romeo.said()).at(-1) === 'Romeo: missed 2');
	await t.juliet.load();
	await becomes(() => t.juliet.said(), [...before, ...t.said.slice(-3)],
		'after a reload Juliet has what she missed, and all once', 15000);
	await t.juliet.shot('reloaded');
	await occupants(t, { Juliet: ['member', 'participant', 'juliet@localhost'], Romeo: OWNER }, 'reloaded');
	await says(t, 1, 'back again');
}

async function restart(t) {
	const marks = both(t).map(([person]) => [person.sent.length, person.came.length]);

	await t.world.mucd.kill();
	await t.romeo.say('into the void');
	await soon(async () => (await t.romeo.texts('.chat-msg__error')).length === 1,
		'the service is gone: who writes is told');
	await t.romeo.shot('void');
	await t.world.mucd.start();
	await says(t, 0, 'after the crash');
	await says(t, 1, 'nothing happened');
	await occupants(t, { Juliet: ['member', 'participant', 'juliet@localhost'], Romeo: OWNER }, 'after the crash');
	both(t).forEach(([person, name], i) => {
		same(person.sent.slice(marks[i][0]).filter((s) => s.startsWith('<presence')), [], `${name} has not entered again`);
		same(person.came.slice(marks[i][1]).filter((s) => s.startsWith('<presence')), [], `${name} was told of nobody`);
	});
}

// Into a room that Converse shows already.
const again = (person, room) => person.page.evaluate(async (jid) => (await api.rooms.get(jid)).rejoin(), room);

async function kick(t) {
	const { romeo, juliet } = t;

	await romeo.say('/kick Juliet too loud');
	ok(await juliet.see('.chatroom .disconnect-msg'), 'kicked: Juliet is out');
	await juliet.shot('kicked');
	same(await juliet.texts('.chatroom .disconnect-msg'), ['You have been kicked from this groupchat',
		'This action was done by Romeo.', 'The reason given is: "too loud".'], 'and is told by whom, and why');
	await becomes(() => romeo.roster(LOUNGE), { Romeo: OWNER }, 'Romeo sees that she is');
	await again(juliet, LOUNGE);
	await occupants(t, { Juliet: ['member', 'participant', 'juliet@localhost'], Romeo: OWNER }, 'entered again');
	await says(t, 1, 'here I am');
	await romeo.say('/ban Juliet much too loud');
	await becomes(() => juliet.texts('.chatroom .disconnect-msg'), ['You have been banned from this groupchat',
		'This action was done by Romeo.', 'The reason given is: "much too loud".'],
	'banned: Juliet is out, and is told by whom, and why');
	await again(juliet, LOUNGE);
	await becomes(() => juliet.texts('.chatroom .disconnect-msg'), ['You have been banned from this groupchat',
		'The reason given is: "You are banned from this room".'], 'and stays out');
	await juliet.shot('banned');
	await becomes(() => listed(romeo, 'outcast'), ['JID: juliet@localhost'], 'she is on the list');
	await give(romeo, 'member');
	await soon(async () => (await listed(romeo, 'outcast')).length === 0, 'and taken off it');
	await shut(romeo, 'converse-modtools-modal');
	await again(juliet, LOUNGE);
	await occupants(t, { Juliet: ['member', 'participant', 'juliet@localhost'], Romeo: OWNER }, 'forgiven');
	await says(t, 1, 'sorry');
}


async function second(t) {
	const other = new Person(t.world, 'juliet', { i18n: 'de', jid: 'juliet@localhost/other' });
	const said = t.said.map((line) => line.replace('has removed a message', 'hat eine Nachricht entfernt'));

	await other.open();
	await other.join(LOUNGE, 'Juliet');
	await soon(() => other.entered(LOUNGE), 'another browser: Juliet enters by the same nickname');
	await becomes(() => other.said(), said, 'and has all that was said, corrected and moderated, from the archive');
	same(await other.page.getAttribute('.chatroom:not(.hidden) .chat-textarea', 'placeholder'), 'Nachricht',
		'in German');
	await other.shot('second');
	await other.say('two of me');
	t.said.push('');
	await seen(t, ['Juliet: two of me'], 'the other Juliet says something');
	await becomes(async () => (await other.said()).slice(-1), ['Juliet: two of me'], 'and sees it once');
	await other.page.evaluate(async (jid) => (await api.rooms.get(jid)).close(), LOUNGE);
	await other.close();
	await occupants(t, { Juliet: ['member', 'participant', 'juliet@localhost'], Romeo: OWNER }, 'gone again');
	t.complaints.push(...other.complaints);
}

const CONFIG = 'converse-muc-config-modal form';

// The form of the room that is shown, filled in.
async function configure(person, fill) {
	await person.see(CONFIG + ' [name="muc#roomconfig_roomname"]');
	await fill(person.page);
	await person.page.click(CONFIG + ' [type=submit]');
	await person.$('converse-muc-config-modal').waitFor({ state: 'hidden' });
}

async function conflict(t) {
	const { romeo, juliet } = t;

	await romeo.join(OPEN, 'Romeo');
	await configure(romeo, async (page) => {
		await page.fill('[name="muc#roomconfig_roomname"]', 'Open to all');
		await page.selectOption('[name="muc#roomconfig_whois"]', 'anyone');
	});
	await juliet.join(OPEN, 'Romeo');
	ok(await juliet.see('.muc-nickname-form .validation-message'), 'a nickname that is taken: Juliet is asked');
	await juliet.nick('Juliet');
	await soon(() => juliet.entered(OPEN), 'and enters by another one');
	ok(await juliet.see('.chatroom:not(.hidden) .chat-info:has-text("This groupchat is not anonymous")'),
		'she is told that she is seen');
	// Converse registers its nickname, which makes her a member.
	await becomes(() => juliet.roster(OPEN), { Juliet: ['member', 'participant', 'juliet@localhost'], Romeo: OWNER },
		'and sees addresses, too');
	await juliet.shot('open');
}

async function password(t) {
	const { romeo, juliet } = t;

	await romeo.menu('configure-chatroom-button');
	await configure(romeo, async (page) => {
		await page.check('[name="muc#roomconfig_passwordprotectedroom"]');
		await page.fill('[name="muc#roomconfig_roomsecret"]', 'open sesame');
	});
	await becomes(() => juliet.page.evaluate(async (jid) =>
		(await api.rooms.get(jid)).features.get('passwordprotected'), OPEN), true,
	'a password: who is in is told');
	await juliet.page.evaluate(async (jid) => (await api.rooms.get(jid)).close(), OPEN);
	await juliet.join(OPEN, 'Juliet');
	ok(await juliet.see('converse-muc-password-form [name=password]'), 'who comes is asked for it');
	for (const [given, want] of [['open barley', 'That is not the password of this room'], ['open sesame', '']]) {
		await juliet.password(given);
		if (want !== '') {
			await becomes(() => juliet.texts('converse-muc-password-form .validation-message'), [want],
				'a wrong one is refused');
			await juliet.shot('password');
		}
	}
	await soon(() => juliet.entered(OPEN), 'the right one is taken');
}

// A red square.
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mP4z8CAFTEMLQkAKP8/' +
	'wc53yE8AAAAASUVORK5CYII=', 'base64');

const pictures = (person) => person.page.$$eval('converse-muc-heading converse-avatar image, ' +
	'converse-muc-heading converse-avatar img', (found) => found.map((e) =>
	(e.getAttribute('href') ?? e.getAttribute('src') ?? '').slice(0, 22)));

async function avatar(t) {
	const { romeo } = t;

	await romeo.menu('configure-chatroom-button');
	await configure(romeo, (page) => page.setInputFiles(`${CONFIG} [name=avatar_image]`,
		{ name: 'red.png', mimeType: 'image/png', buffer: PNG }));
	await becomes(() => pictures(romeo), ['data:image/png;base64,'], 'a picture for the room: Romeo sees it');
	// Converse asks for it when it first sees a room, and not when it changes.
	const other = new Person(t.world, 'juliet', { jid: 'juliet@localhost/third' });

	await other.open();
	await other.join(OPEN, 'Juliet');
	await other.password('open sesame');
	await soon(() => other.entered(OPEN), 'Juliet comes with another browser');
	await becomes(() => pictures(other), ['data:image/png;base64,'], 'and sees it, too');
	await other.shot('avatar');
	await other.close();
	t.complaints.push(...other.complaints);
}

// Of one command: the names of what can be filled in, and the titles of the buttons.
const TAB = '#commands-tabpanel';

async function choose(person, node) {
	await person.page.click(`${TAB} [data-command-node="${node}"]`);
	await person.see(`${TAB} li form`, 5000);
	return person.page.$$eval(`${TAB} li form [name]:not([type=hidden])`, (found) => found.map((e) => e.name));
}

const push = (person, action) => person.page.click(`${TAB} li form [data-action=${action}]`);

async function commands(t) {
	const { romeo } = t;

	await romeo.page.click('.show-client-info');
	await romeo.page.click('converse-user-settings-modal #commands-tab');
	await romeo.page.fill(`${TAB} input[name=jid]`, DOMAIN);
	await romeo.page.click(`${TAB} form [type=submit]`);
	ok(await romeo.see(`${TAB} .available-room`), 'the service has commands for its administrator');
	const nodes = await romeo.page.$$eval(`${TAB} .available-room`, (found) =>
		found.map((e) => [e.dataset.commandNode, e.textContent.trim()]));
	await romeo.shot('commands');
	// Converse begins each and cancels none.
	for (const [node, name] of nodes) {
		const mark = romeo.came.length;
		await choose(romeo, node);
		const answer = romeo.came.slice(mark).find((s) => s.includes('jabber:iq:')
			|| s.includes('http://jabber.org/protocol/commands')) ?? '';
		const vars = [...answer.matchAll(/<field [^>]*>/g)].map((m) => m[0])
			.filter((m) => !m.includes("type='hidden'") && m.includes("type='"))
			.map((m) => /var='([^']*)'/.exec(m)[1]);
		const shown = await romeo.page.$$eval(`${TAB} li form [name]`, (found) => found.map((e) => e.name));
		ok(!answer.includes("type='error'") && answer.includes('sessionid'), `"${name}" begins`);
		if (answer.includes("type='form'"))
			same(vars.filter((v) => !shown.includes(v)), [], `and all of ${vars.join(', ')} is in its form`);
		await romeo.page.click(`${TAB} [data-command-node="${node}"]`);
		await romeo.$(`${TAB} li form`).waitFor({ state: 'detached' });
	}

	// Of what a form is answered with Converse shows fields, no table.
	await choose(romeo, 'list-rooms');
	await romeo.page.selectOption(`${TAB} [name=order]`, 'occupants');
	await romeo.shot('command');
	await push(romeo, 'complete');
	await becomes(() => romeo.texts(`${TAB} > converse-adhoc-commands > .alert`), ['Completed'], 'rooms are listed');
	const table = romeo.came.findLast((s) => s.includes("status='completed'")) ?? '';
	same([...table.matchAll(/<field var='room'><value>([^<]*)/g)].map((m) => m[1]), [LOUNGE, OPEN], 'both of them');
	await choose(romeo, 'room-details');
	await romeo.page.fill(`${TAB} [name=room]`, LOUNGE);
	await push(romeo, 'complete');
	await becomes(() => romeo.page.$$eval(`${TAB} li form [name=name], ${TAB} li form [name=owners]`,
		(found) => found.map((e) => e.value)), ['The Lounge', 'romeo@localhost'], 'a room is shown');
	await romeo.shot('command-result');
	await shut(romeo, 'converse-user-settings-modal');
}

async function destroy(t) {
	const { romeo, juliet } = t;

	for (const person of [romeo, juliet])
		await person.page.evaluate((jid) => api.rooms.open(jid, {}, true), LOUNGE);
	await romeo.menu('destroy-chatroom-button');
	await romeo.page.fill('converse-confirm-modal [name=challenge]', LOUNGE);
	await romeo.page.fill('converse-confirm-modal [name=reason]', 'too many of us');
	await romeo.page.fill('converse-confirm-modal [name=newjid]', OPEN);
	await romeo.page.click('converse-confirm-modal [type=submit]');
	await soon(() => juliet.came.some((s) => s.includes(`<destroy jid='${OPEN}'`)), 'destroyed: Juliet is told');
	// Converse does not take <destroy/> for an end; who comes again is sent on.
	await again(juliet, LOUNGE);
	ok(await juliet.see('converse-muc-destroyed'), 'coming again she sees it');
	await juliet.shot('destroyed');
	same(await juliet.texts('converse-muc-destroyed .switch-chat'), [OPEN], 'and where to go');
	await juliet.page.click('converse-muc-destroyed .switch-chat');
	await becomes(() => juliet.texts('.chatroom:not(.hidden) .chatbox-title__text'), ['Open to all'], 'she goes there');
}

export const PARTS = { create, invite, chat, correct, moderate, answers, privately, subject, nick, roles, modtools,
	mam, restart, kick, retract, second, conflict, password, avatar, commands, destroy };
