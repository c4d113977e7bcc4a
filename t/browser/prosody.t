#!/usr/bin/env node
// SPDX-License-Identifier: ISC
// prosody.t - two people with Converse, over a real Prosody
import('./run.mjs').then(({ run }) => run('prosody', process.argv.slice(2)));
