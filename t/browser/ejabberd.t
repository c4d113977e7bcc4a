#!/usr/bin/env node
// SPDX-License-Identifier: ISC
// ejabberd.t - two people with Converse, over a real ejabberd
import('./run.mjs').then(({ run }) => run('ejabberd', process.argv.slice(2)));
