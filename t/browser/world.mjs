// SPDX-License-Identifier: ISC
// world.mjs - what t/browser/run runs: a real server with a websocket, mucd, a web server for Converse's
// files, Chromium. All on free ports of 127.0.0.1, in one temporary directory, ended by process id.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';

import { until } from './tap.mjs';

export const BUILD = process.env.MUCD_BUILD ?? 'build';
export const DOMAIN = 'conference.localhost';
const HERE = 'build/browser';
const SECRET = 'component-secret';

async function freePort() {
	const s = net.createServer();

	await once(s.listen(0, '127.0.0.1'), 'listening');
	const { port } = s.address();
	s.close();
	await once(s, 'close');
	return port;
}

// What Converse wants of a server beside rooms, and its way in: a websocket.
const EXTRA = {
	prosody: (port) => `
		modules_enabled = { "roster", "saslauth", "disco", "ping", "vcard", "pep", "carbons", "mam",
		    "bookmarks", "blocklist", "smacks", "websocket", "private" }
		http_ports = { ${port} }
		http_interfaces = { "127.0.0.1" }
		https_ports = {}
		http_default_host = "localhost"
		http_paths = { websocket = "/ws" }
		consider_websocket_secure = true
		http_cors_override = { websocket = { enabled = true } }
		disco_items = { { "${DOMAIN}", "rooms" } }
		`,
	ejabberd: (port, dir) => {
		const listen = path.join(dir, 'listen.yml');

		// live has a list of listeners already; those of a file are added to it.
		fs.writeFileSync(listen, `listen:
  -
    port: ${port}
    ip: "127.0.0.1"
    module: ejabberd_http
    request_handlers:
      /ws: ejabberd_http_ws
`);
		return `
  mod_blocking: {}
  mod_caps: {}
  mod_carboncopy: {}
  mod_mam: {}
  mod_privacy: {}
  mod_private: {}
  mod_pubsub:
    plugins: [flat, pep]
  mod_stream_mgmt: {}
include_config_file:
  "${listen}": {}
`;
	},
};

function line(stream) {
	return new Promise((got) => {
		const lines = readline.createInterface(stream);
		lines.once('line', got);
		lines.once('close', () => got(''));
	});
}

// setpriv has the kernel kill a process whose parent is gone.
function start(argv, options) {
	return spawn('setpriv', ['--pdeathsig', 'KILL', ...argv], options);
}

async function end(child, signal) {
	if (child.exitCode === null && child.signalCode === null) {
		const gone = once(child, 'exit');
		child.kill(signal);
		await gone;
	}
}

class Server {
	async open(kind, dir, users) {
		const http = await freePort();
		const extra = path.join(dir, 'extra');
		const accounts = users.flatMap((u) => ['-a', `${u}:password`]);

		fs.writeFileSync(extra, EXTRA[kind](http, dir));
		this.child = spawn(path.join(BUILD, 'spec/live'),
		    ['serve', kind, ...accounts, '-C', `${DOMAIN}=${SECRET}`, '-e', extra],
		    { stdio: ['pipe', 'pipe', 'inherit'] });
		const said = await line(this.child.stdout);
		const values = Object.fromEntries(said.split(' ').map((p) => p.split('=')));
		if (!values.component_port)
			throw new Error(`${kind} does not start`);
		this.port = values.component_port;
		this.log = path.join(values.dir, `${kind}.log`);
		this.websocket = `ws://localhost:${http}/ws`;
	}

	// Its standard input ends, and so does it.
	async close() {
		if (this.child.exitCode === null) {
			this.child.stdin.end();
			await once(this.child, 'exit');
		}
	}
}

class Mucd {
	async open(dir, port) {
		this.conf = path.join(dir, 'mucd.conf');
		this.logfile = path.join(dir, 'mucd.log');
		fs.writeFileSync(this.conf, `database = "${dir}/db"
			admins = { "romeo@localhost" }
			retry_first_ms = 50
			retry_greatest_ms = 400
			component "${DOMAIN}" { server = "127.0.0.1" port = ${port} secret = "${SECRET}" }
			`, { mode: 0o600 });
		await this.start();
	}

	log() {
		return fs.existsSync(this.logfile) ? fs.readFileSync(this.logfile, 'utf8') : '';
	}

	async start() {
		const mark = this.log().length;
		const out = fs.openSync(this.logfile, 'a');

		this.child = start([path.join(BUILD, 'mucd'), '-f', '-c', this.conf],
		    { stdio: ['ignore', out, out] });
		fs.closeSync(out);
		if (!await until(() => this.log().slice(mark).includes('attached to'), 20000))
			throw new Error('mucd does not attach: ' + this.log().slice(mark));
	}

	// As a crash would.
	kill() {
		return end(this.child, 'SIGKILL');
	}

	// Returns its exit status.
	async stop() {
		await end(this.child, 'SIGTERM');
		return this.child.exitCode;
	}
}

const TYPES = { '.css': 'text/css', '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json',
	'.svg': 'image/svg+xml', '.wasm': 'application/wasm', '.woff2': 'font/woff2' };

// Serves what a browser asks for: the page, and the files of converse.js.
class Web {
	served = new Set();
	missing = [];

	async open(page) {
		const dist = path.join(HERE, 'node_modules/converse.js/dist');

		this.server = http.createServer((req, res) => {
			const name = path.normalize(new URL(req.url, 'http://localhost').pathname);
			const file = path.join(dist, name);
			if (name === '/') {
				res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
				return;
			}
			if (!fs.existsSync(file)) {
				this.missing.push(name);
				res.writeHead(404).end();
				return;
			}
			this.served.add(name);
			res.writeHead(200, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' });
			fs.createReadStream(file).pipe(res);
		});
		await once(this.server.listen(0, '127.0.0.1'), 'listening');
		this.url = `http://localhost:${this.server.address().port}/`;
	}

	async close() {
		this.server.closeAllConnections();
		this.server.close();
	}
}

const PAGE = `<!doctype html>
<meta charset="utf-8">
<title>Converse</title>
<link rel="stylesheet" href="/converse.min.css">
<script type="module" src="/converse.min.js"></script>
<body class="converse-fullscreen">
`;

// All of it. close() ends all of it, whatever has failed.
export class World {
	#open = [];

	constructor(kind) {
		this.kind = kind;
	}

	async open(users) {
		this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'mucd-browser-'));
		this.server = new Server();
		this.#open.push(() => this.server.close());
		await this.server.open(this.kind, this.dir, users);
		this.mucd = new Mucd();
		this.#open.push(() => this.mucd.child && this.mucd.kill());
		await this.mucd.open(this.dir, this.server.port);
		this.web = new Web();
		await this.web.open(PAGE);
		this.#open.push(() => this.web.close());
		const { chromium } = createRequire(path.resolve(HERE) + '/')('playwright-core');
		// run.mjs ends all when a signal comes.
		this.browser = await chromium.launch({ executablePath: '/usr/bin/chromium', handleSIGINT: false,
			handleSIGTERM: false, handleSIGHUP: false, args: process.getuid() === 0 ? ['--no-sandbox'] : [] });
		this.#open.push(() => this.browser.close());
	}

	async close() {
		while (this.#open.length)
			await this.#open.pop()();
		fs.rmSync(this.dir, { recursive: true, force: true });
	}
}
