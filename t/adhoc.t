#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""
adhoc.t - the commands by a client library that knows nothing of mucd: slixmpp, with its xep_0050 plugin

Over a real Prosody: an administrator finds the menu, lists rooms, sets affiliations by Prosody's own node,
destroys a room by the form it is shown, gets a backup from which another mucd starts, has a new
configuration read, and stops the service: who is in a room is told (332), and mucd ends.
"""
import sys
sys.dont_write_bytecode = True
import asyncio
import contextlib
import glob
import io
import logging
import os
import shutil

import slixmpp
from slixmpp.exceptions import IqError
from muctest import *

WAIT = PATIENCE
SHUTDOWN = "http://jabber.org/protocol/admin#shutdown"
PROSODY = "http://prosody.im/protocol/muc#set-affiliation"


class Guest(slixmpp.ClientXMPP):
    def __init__(self, server, user):
        super().__init__(user + "@localhost/bot", "password")
        for plugin in ("xep_0004", "xep_0030", "xep_0045", "xep_0050"):
            self.register_plugin(plugin)
        self["feature_mechanisms"].unencrypted_plain = True
        self.codes, self.heard, self.told = [], [], []
        self.ready = asyncio.get_event_loop().create_future()
        self.add_event_handler("session_start", self.on_start)
        self.add_event_handler("groupchat_presence", lambda p: self.codes.append(
            (str(p["from"]), p["type"], p["muc"]["status_codes"])))
        self.add_event_handler("message", lambda m: self.told.append(m["body"]))
        self.add_event_handler("groupchat_message", lambda m: self.heard.append(m["body"]))
        self.connect(("127.0.0.1", server.port), force_starttls=False, disable_starttls=True)

    def on_start(self, event):
        self.send_presence()
        if not self.ready.done():
            self.ready.set_result(True)

    async def create(self, room):
        with contextlib.redirect_stdout(io.StringIO()):
            await asyncio.wait_for(self["xep_0045"].join_muc_wait(room, "Juliet", timeout=WAIT), WAIT)
        form = await self["xep_0045"].get_room_config(room, timeout=WAIT)
        form.reply()
        form["type"] = "submit"
        form.set_values({"muc#roomconfig_persistentroom": True})
        await self["xep_0045"].set_room_config(room, form, timeout=WAIT)

    def form(self, **values):
        form = self["xep_0004"].make_form(ftype="submit")
        for var, value in values.items():
            form.add_field(var=var, value=value)
        return form

    async def at_once(self, node, **values):
        """The command with its form already filled in; what comes back."""
        iq = await self["xep_0050"].send_command(
            slixmpp.JID(DOMAIN), node, payload=self.form(**values), timeout=WAIT)
        return iq["command"]

    async def by_steps(self, node, answer):
        """The workflow of the plugin: answer(command) is the form for what is shown, or None."""
        done = asyncio.get_event_loop().create_future()

        def next_step(iq, session):
            if iq["command"]["status"] == "completed":
                done.set_result(iq["command"])
                return
            session["payload"] = answer(iq["command"])
            session["next"] = next_step
            self["xep_0050"].complete_command(session)

        def error(iq, session):
            done.set_exception(IqError(iq))

        self["xep_0050"].start_command(
            slixmpp.JID(DOMAIN), node, {"next": next_step, "error": error})
        return await asyncio.wait_for(done, WAIT)


def rows(command):
    return [{var: str(value) for var, value in item.items()} for item in command["form"]["items"]]


async def soon(what):
    end = asyncio.get_event_loop().time() + WAIT
    while not what() and asyncio.get_event_loop().time() < end:
        await asyncio.sleep(0.01)
    return bool(what())


async def menu(romeo, juliet):
    info = await juliet["xep_0030"].get_info(DOMAIN, timeout=WAIT)
    ok("http://jabber.org/protocol/commands" in info["disco_info"]["features"],
       "the service knows commands")
    items = await romeo["xep_0050"].get_commands(DOMAIN, timeout=WAIT)
    nodes = [i[1] for i in items["disco_items"]["items"]]
    ok({"list-rooms", "destroy-rooms", "set-affiliations", SHUTDOWN} <= set(nodes),
       "an administrator finds %d of them" % len(nodes))
    items = await juliet["xep_0050"].get_commands(DOMAIN, timeout=WAIT)
    same(list(items["disco_items"]["items"]), [], "others find none")
    info = await romeo["xep_0030"].get_info(DOMAIN, node="destroy-rooms", timeout=WAIT)
    ok(("automation", "command-node") in [i[:2] for i in info["disco_info"]["identities"]],
       "each is a node of its own")
    try:
        await juliet.at_once("list-rooms")
        ok(False, "nor may they run one")
    except IqError as e:
        same(e.iq["error"]["condition"], "forbidden", "nor may they run one")


async def rooms(romeo, juliet):
    for room in ("verona", "mantua"):
        await juliet.create(room + "@" + DOMAIN)
    command = await romeo.by_steps("list-rooms", lambda shown: romeo.form(filter="ver"))
    same([(r["room"], r["occupants"], r["owners"]) for r in rows(command)],
         [("verona@" + DOMAIN, "1", "juliet@localhost")], "rooms are listed, step by step")
    same([r["room"] for r in rows(await romeo.at_once("list-rooms", order="name"))],
         ["mantua@" + DOMAIN, "verona@" + DOMAIN], "and at once")

    command = await romeo.at_once(PROSODY, room="verona@" + DOMAIN, jid="tybalt@localhost",
                                  affiliation="outcast", reason="He draws")
    same(command["status"], "completed", "an affiliation is set by Prosody's node")
    same(list(map(str, await juliet["xep_0045"].get_affiliation_list(
        "verona@" + DOMAIN, "outcast", timeout=WAIT))), ["tybalt@localhost"], "and holds")
    try:
        await romeo.at_once("set-affiliations", room="verona", jid="juliet@localhost",
                            affiliation="none")
        ok(False, "the last owner stays one")
    except IqError as e:
        same(e.iq["error"]["condition"], "conflict", "the last owner stays one")

    def choose(shown):
        field = shown["form"].get_fields()["rooms"]
        same((field["type"], [o["value"] for o in field["options"]]),
             ("list-multi", ["mantua@" + DOMAIN, "verona@" + DOMAIN]), "rooms are offered to be destroyed")
        return romeo.form(rooms=["mantua@" + DOMAIN], reason="Plague")

    command = await romeo.by_steps("destroy-rooms", choose)
    same([r["room"] for r in rows(command)], ["mantua@" + DOMAIN], "one is destroyed")
    ok(await soon(lambda: any(c[0] == "mantua@%s/Juliet" % DOMAIN and c[1] == "unavailable"
                              for c in juliet.codes)), "and who was in it is told")


async def host(romeo, mucd, server, folder):
    command = await romeo.at_once("back-up")
    same([n[0] for n in command["notes"]], ["info"], "a backup is begun")
    ok(await soon(lambda: mucd.count("backup: .* is complete")), "and is complete")
    copies = glob.glob(folder + "/*")
    ok(await soon(lambda: any(os.path.basename(copies[0]) in text for text in romeo.told)),
       "which whoever wanted it is told, by its name")
    shown = (await romeo.at_once("statistics"))["form"].get_fields()
    same((shown["backup"]["value"], shown["retention_paused"]["value"]), ("done", "0"), "the statistics know it")
    ok(len(copies) == 1 and os.listdir(copies[0]) == ["data.mdb"], "in a folder of its own")
    same([n[0] for n in (await romeo.at_once("verify-database"))["notes"]], ["info"],
         "the database is looked through")
    ok(await soon(lambda: mucd.count("verify: [0-9]+ records of 1 rooms, 0 wrong")), "and is sound")
    ok(await soon(lambda: glob.glob(folder + "/*") == copies), "nothing is left of that")
    with open(mucd.conf, "a") as f:
        f.write("nonsense = 1\n")
    command = await romeo.at_once("reload-configuration")
    ok(command["notes"][0][0] == "error" and "nonsense" in command["notes"][0][1],
       "a configuration that is wrong is not taken, and the administrator is told why")
    mucd.write(server.components, 'admins = { "romeo@localhost" }')
    same((await romeo.at_once("reload-configuration"))["notes"][0][0], "info", "a good one is")
    ok(await soon(lambda: mucd.count("read again")), "the log says so")
    same((await romeo.at_once("back-up"))["notes"][0],
         ("error", "No copy is made: backup_dir is not configured"), "and it holds")
    return copies[0]


async def story(server, mucd, folder):
    romeo, juliet = Guest(server, "romeo"), Guest(server, "juliet")
    await asyncio.wait_for(asyncio.gather(romeo.ready, juliet.ready), WAIT)
    await menu(romeo, juliet)
    await rooms(romeo, juliet)
    copy = await host(romeo, mucd, server, folder)
    command = await romeo.at_once(SHUTDOWN, delay="1", announcement="Farewell")
    same(command["status"], "completed", "the service is told to stop")
    ok(await soon(lambda: "Farewell" in juliet.heard), "all are told that it will")
    ok(await soon(lambda: any(c[0] == "verona@%s/Juliet" % DOMAIN and 332 in c[2] for c in juliet.codes)),
       "and leave")
    ok(await soon(lambda: mucd.proc.poll() is not None) and mucd.proc.returncode == 0, "it ends well")
    await farewell(romeo, juliet)
    return copy


def prosody():
    server = Server("prosody")
    folder = server.dir + "/backups"
    os.mkdir(folder)
    mucd = Mucd(server.components, 'admins = { "romeo@localhost" }\nbackup_dir = "%s"' % folder)
    copy = converse(story(server, mucd, folder), 60)
    restored = Mucd(server.components, start=False)
    os.mkdir(restored.database, 0o700)
    shutil.copy(copy + "/data.mdb", restored.database)
    restored.start()
    c = Client(server, "juliet")
    same(c.listed("verona@" + DOMAIN, "outcast"), ["tybalt@localhost"], "another mucd starts from the backup")
    same(restored.stop()[0], 0, "and ends well")


logging.disable(logging.CRITICAL)
main([prosody], 120)
