// SPDX-License-Identifier: ISC
// person.mjs - somebody with Converse in a browser of their own
import fs from 'node:fs';

import { DOMAIN } from './world.mjs';
import { until } from './tap.mjs';

const WAIT = 15000;

export class Person {
	// Of the browser: warnings and errors of Converse. Of the websocket: both directions.
	complaints = [];
	sent = [];
	came = [];
	log = [];

	// The resource is fixed: resuming a session (XEP-0198) from a page that is loaded again, Converse speaks
	// as the resource that it would have had, and ejabberd ends the stream.
	constructor(world, user, settings = {}) {
		Object.assign(this, { world, user });
		this.settings = {
			authentication: 'login',
			auto_login: true,
			jid: `${user}@localhost/browser`,
			password: 'password',
			websocket_url: world.server.websocket,
			discover_connection_methods: false,
			view_mode: 'fullscreen',
			assets_path: '/',
			muc_domain: DOMAIN,
			muc_instant_rooms: false,
			loglevel: 'warn',
			i18n: 'en',
			clear_cache_on_logout: false,
			...settings,
		};
	}

	async open() {
		this.context = await this.world.browser.newContext({ viewport: { width: 1300, height: 900 },
			locale: this.settings.i18n });
		this.page = await this.context.newPage();
		this.page.setDefaultTimeout(WAIT);
		// Converse's page has pictures from elsewhere.
		await this.context.route((url) => url.hostname !== 'localhost', (route) => route.fulfill({ status: 204 }));
		this.page.on('console', (m) => ['warning', 'error'].includes(m.type()) && this.#complain(m.text()));
		this.page.on('pageerror', (e) => this.#complain(`uncaught: ${e.name} ${e.message} ${e.stack}`));
		this.page.on('requestfailed', (r) => this.#complain(`${r.url()}: ${r.failure().errorText}`));
		this.page.on('websocket', (socket) => {
			socket.on('framesent', (f) => this.#note('>', this.sent, f.payload));
			socket.on('framereceived', (f) => this.#note('<', this.came, f.payload));
		});
		await this.load();
	}

	#complain(text) {
		this.#note('!', this.complaints, text);
	}

	#note(sign, list, text) {
		list.push(String(text));
		this.log.push(`${sign} ${text}`);
	}

	// Opens the page, again if it is open.
	async load() {
		await this.page.goto(this.world.web.url);
		await this.page.evaluate((settings) => {
			converse.plugins.add('test', {
				initialize() {
					globalThis.api = this._converse.api;
					globalThis.state = this._converse.state;
				},
			});
			return converse.initialize({ ...settings, whitelisted_plugins: ['test'] });
		}, this.settings);
		await this.page.evaluate(() => api.waitUntil('chatBoxesFetched'));
	}

	close() {
		return this.context.close();
	}

	async shot(name) {
		await this.page.screenshot({ path: `build/browser/${this.world.kind}-${name}-${this.user}.png` });
	}

	// -- what there is to see: in the DOM --

	$(selector) {
		return this.page.locator(selector);
	}

	see(selector, ms = WAIT) {
		return this.$(selector).first().waitFor({ timeout: ms }).then(() => true, () => false);
	}

	texts(selector) {
		return this.page.$$eval(selector, (found) =>
			found.map((e) => e.textContent.replace(/\s+/g, ' ').trim()));
	}

	// The messages of the room that is shown: "nick: text", one that was retracted "(text shown instead)".
	said() {
		return this.page.$$eval('.chatroom:not(.hidden) .chat-msg', (found) => {
			let author = '';

			return found.map((e) => {
				author = e.querySelector('.chat-msg__author')?.textContent.trim() ?? author;
				if (e.classList.contains('chat-msg--retracted'))
					return `(${e.querySelector('.retraction')?.textContent
						.replace(/\s+/g, ' ').trim()})`;
				return `${author}: ${e.querySelector('.chat-msg__text').textContent.trim()}`;
			});
		});
	}

	// Who is there, by the sidebar: "nick affiliation role".
	occupants() {
		return this.page.$$eval('.chatroom:not(.hidden) .occupant-list .occupant', (found) =>
			found.map((e) => e.querySelector('.occupant-nick').textContent.trim() + ': ' +
				[...e.querySelectorAll('.badge')].map((b) => b.textContent.trim()).join(' ')));
	}

	// What Converse keeps of the occupants, as {nick: [affiliation, role, jid]}.
	roster(room) {
		return this.page.evaluate(async (jid) => Object.fromEntries((await api.rooms.get(jid)).occupants
			.filter((o) => o.get('presence') === 'online')
			.map((o) => [o.get('nick'), [o.get('affiliation'), o.get('role'), o.get('jid') ?? null]])
			.sort((a, b) => a[0].localeCompare(b[0]))), room);
	}

	// -- what somebody does --

	async join(room, nick) {
		await this.page.evaluate(([jid, nick]) => {
			api.rooms.open(jid, { nick }, true);
		}, [room, nick]);
	}

	entered(room, ms = WAIT) {
		return until(() => this.page.evaluate(async (jid) =>
			(await api.rooms.get(jid))?.session?.get('connection_status') === converse.ROOMSTATUS.ENTERED,
		room), ms);
	}

	// Answers when asked for a nickname.
	async nick(nick) {
		await this.page.fill('.muc-nickname-form [name=nick]', nick);
		await this.page.click('.muc-nickname-form [type=submit]');
	}

	// Answers when asked for a password.
	async password(word) {
		await this.page.fill('converse-muc-password-form [name=password]', word);
		await this.page.click('converse-muc-password-form [type=submit]');
	}

	async say(text) {
		const box = this.$('.chatroom:not(.hidden) .chat-textarea');

		await box.fill(text);
		await box.press('Enter');
	}

	// What the heading of the room offers.
	async menu(name) {
		const head = '.chatroom:not(.hidden) converse-muc-heading';

		await this.page.click(`${head} .btn--standalone, ${head} .dropdown-toggle`);
		await this.page.click(`${head} .${name}`);
	}

	// What a message offers.
	async act(text, name) {
		const msg = this.$('.chatroom:not(.hidden) .chat-msg', ).filter({ hasText: text }).last();

		await msg.hover();
		await msg.locator('converse-message-actions .dropdown-toggle').click();
		await msg.locator(`.chat-msg__action-${name}`).click();
	}

	// Its log: what was said on the websocket, `>` sent, `<` received, and what Converse complained of.
	keepLog() {
		fs.writeFileSync(`build/browser/${this.world.kind}-${this.user}.log`, this.log.join('\n') + '\n');
	}
}
