#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""
slixmpp.t - a client library that knows nothing of mucd: slixmpp, with its xep_0045 plugin

Debian's python3-slixmpp, so Debian's python3. Over a real Prosody and a real ejabberd a client finds the
service, creates a room, gets its form and submits it, a second one joins, they talk, the subject changes,
roles and affiliations are given and taken, one writes to the other alone and asks for her vCard, one sees
who is there on entering, and what was said, leaves; the room is destroyed.
"""
import sys
sys.dont_write_bytecode = True
import asyncio
import contextlib
import io
import logging

import slixmpp
from slixmpp.exceptions import IqError, PresenceError
from muctest import *

ROOM = slixmpp.JID("lounge@" + DOMAIN)
WAIT = PATIENCE


class Guest(slixmpp.ClientXMPP):
    """An ordinary bot: what it hears in rooms is in `heard`, presences in `seen`."""

    def __init__(self, server, user):
        super().__init__(user + "@localhost/bot", "password")
        for plugin in ("xep_0004", "xep_0030", "xep_0045", "xep_0054", "xep_0092", "xep_0199", "xep_0203"):
            self.register_plugin(plugin)
        self["feature_mechanisms"].unencrypted_plain = True
        self.heard, self.seen, self.subjects, self.private = [], [], [], []
        self.ready = asyncio.get_event_loop().create_future()
        self.add_event_handler("session_start", self.on_start)
        self.add_event_handler("groupchat_message", self.heard.append)
        self.add_event_handler("groupchat_presence", self.seen.append)
        self.add_event_handler("groupchat_subject", self.subjects.append)
        self.add_event_handler("message", lambda m: m["type"] == "chat" and self.private.append(m))
        self.connect(("127.0.0.1", server.port), force_starttls=False, disable_starttls=True)

    def on_start(self, event):
        self.send_presence()
        if not self.ready.done():
            self.ready.set_result(True)

    async def join(self, nick, **more):
        # 1.8.3 prints what it should not.
        with contextlib.redirect_stdout(io.StringIO()):
            return await asyncio.wait_for(
                self["xep_0045"].join_muc_wait(ROOM, nick, timeout=WAIT, **more), WAIT)


async def soon(what):
    """Waits until what() is true."""
    end = asyncio.get_event_loop().time() + WAIT
    while not what():
        if asyncio.get_event_loop().time() > end:
            return False
        await asyncio.sleep(0.01)
    return True


async def refused(awaitable, want, what):
    try:
        await awaitable
        ok(False, what)
    except (IqError, PresenceError) as e:
        stanza = e.iq if isinstance(e, IqError) else e.presence
        same(stanza["error"]["condition"], want, what)


async def story(kind, server):
    romeo, juliet = Guest(server, "romeo"), Guest(server, "juliet")
    await asyncio.wait_for(asyncio.gather(romeo.ready, juliet.ready), WAIT)
    muc, muc2 = romeo["xep_0045"], juliet["xep_0045"]

    info = await romeo["xep_0030"].get_info(DOMAIN, timeout=WAIT)
    ok(("conference", "text") in [i[:2] for i in info["disco_info"]["identities"]] and
       "http://jabber.org/protocol/muc" in info["disco_info"]["features"],
       "%s: the service is found" % kind)
    own, subject, others, history = await romeo.join("Romeo")
    ok({110, 201} <= own["muc"]["status_codes"] and own["muc"]["affiliation"] == "owner" and
       own["muc"]["role"] == "moderator", "%s: a room is created" % kind)
    await refused(juliet.join("Juliet"), "item-not-found", "%s: it is locked" % kind)

    form = await muc.get_room_config(ROOM, timeout=WAIT)
    fields = form.get_fields()
    ok("muc#roomconfig_roomname" in fields and form["type"] == "form",
       "%s: its form has %d fields" % (kind, len(fields)))
    form.reply()
    form["type"] = "submit"
    form.set_values({"muc#roomconfig_roomname": "The Lounge", "muc#roomconfig_persistentroom": True,
                     "muc#roomconfig_changesubject": True,
                     "muc#roomconfig_moderatedroom": True})
    await muc.set_room_config(ROOM, form, timeout=WAIT)
    form = await muc.get_room_config(ROOM, timeout=WAIT)
    values = form.get_values()
    same((values["muc#roomconfig_roomname"], values["muc#roomconfig_persistentroom"],
          values["muc#roomconfig_membersonly"]), ("The Lounge", True, False),
         "%s: it is configured" % kind)
    items = await juliet["xep_0030"].get_items(DOMAIN, timeout=WAIT)
    same([(str(i[0]), i[2]) for i in items["disco_items"]["items"]], [(str(ROOM), "The Lounge")],
         "%s: and listed" % kind)

    romeo.send_message(ROOM, "before you came", mtype="groupchat")
    ok(await soon(lambda: romeo.heard), "%s: it talks to itself" % kind)
    own, subject, others, history = await juliet.join("Juliet")
    ok(own["muc"]["affiliation"] == "none" and own["muc"]["role"] == "visitor" and
       str(own["from"]) == "%s/Juliet" % ROOM, "%s: another one joins" % kind)
    same([str(p["from"]) for p in others], ["%s/Romeo" % ROOM, "%s/Juliet" % ROOM],
         "%s: and sees who is there" % kind)
    same(([m["body"] for m in history], subject["subject"]), (["before you came"], ""),
         "%s: what was said before, no subject" % kind)
    ok(await soon(lambda: any(str(p["from"]) == "%s/Juliet" % ROOM for p in romeo.seen)),
       "%s: the first one sees it come" % kind)
    same(sorted(muc.get_roster(ROOM)), ["Juliet", "Romeo"], "%s: and has its address" % kind)
    same(muc.get_jid_property(ROOM, "Juliet", "jid"), juliet.boundjid, "%s: which is right" % kind)

    errors = []
    juliet.add_event_handler("groupchat_message_error", errors.append)
    juliet.send_message(ROOM, "hmm", mtype="groupchat")
    ok(await soon(lambda: errors), "%s: the room is moderated, she cannot talk" % kind)
    same([e["error"]["condition"] for e in errors], ["forbidden"], "%s: and knows why" % kind)
    await muc.set_role(ROOM, "Juliet", "participant", reason="speak", timeout=WAIT)
    ok(await soon(lambda: muc2.get_jid_property(ROOM, "Juliet", "role") == "participant"),
       "%s: she is given voice" % kind)

    for n in range(20):
        (romeo if n % 2 else juliet).send_message(ROOM, "line %d & <more>" % n, mtype="groupchat")
    ok(await soon(lambda: len(romeo.heard) == 21 and len(juliet.heard) == 21), "%s: they talk" % kind)
    for guest in (romeo, juliet):
        for nick, odd in (("Romeo", 1), ("Juliet", 0)):
            got = [m["body"] for m in guest.heard if m["mucnick"] == nick and "line" in m["body"]]
            same(got, ["line %d & <more>" % n for n in range(20) if n % 2 == odd],
                 "%s: %s hears %s" % (kind, guest.boundjid.user, nick))

    muc2.set_subject(ROOM, "Of love")
    ok(await soon(lambda: romeo.subjects and romeo.subjects[-1]["subject"] == "Of love"),
       "%s: the subject is changed" % kind)
    same(str(romeo.subjects[-1]["from"]), "%s/Juliet" % ROOM, "%s: by her" % kind)

    await refused(muc2.set_affiliation(ROOM, "owner", jid=juliet.boundjid.bare, timeout=WAIT),
                  "forbidden", "%s: she cannot make herself owner" % kind)
    await muc.set_affiliation(ROOM, "admin", jid=juliet.boundjid.bare, reason="why not", timeout=WAIT)
    ok(await soon(lambda: muc2.get_jid_property(ROOM, "Juliet", "affiliation") == "admin" and
                  muc2.get_jid_property(ROOM, "Juliet", "role") == "moderator"),
       "%s: she is made admin" % kind)
    await muc2.send_affiliation_list(ROOM, [("a@localhost", "member"), ("b@localhost", "member"),
                                            ("c@localhost", "outcast")], timeout=WAIT)
    same(sorted(map(str, await muc2.get_affiliation_list(ROOM, "member", timeout=WAIT))),
         ["a@localhost", "b@localhost"], "%s: she gives affiliations, several at once" % kind)
    same(list(map(str, await muc.get_affiliation_list(ROOM, "outcast", timeout=WAIT))),
         ["c@localhost"], "%s: and bans" % kind)
    same(sorted(await muc.get_roles_list(ROOM, "moderator", timeout=WAIT)), ["Juliet", "Romeo"],
         "%s: both are moderators" % kind)
    await juliet["xep_0199"].ping("%s/Juliet" % ROOM, timeout=WAIT)
    ok(True, "%s: a ping to oneself is answered" % kind)

    romeo.send_message("%s/Juliet" % ROOM, "to you alone", mtype="chat")
    ok(await soon(lambda: juliet.private) and juliet.private[0]["body"] == "to you alone" and
       str(juliet.private[0]["from"]) == "%s/Romeo" % ROOM, "%s: a private message" % kind)
    await romeo["xep_0199"].ping("%s/Juliet" % ROOM, timeout=WAIT)
    ok(True, "%s: one pings the other through the room" % kind)
    version = await romeo["xep_0092"].get_version("%s/Juliet" % ROOM, timeout=WAIT)
    same((version["software_version"]["name"], str(version["from"])), ("Slixmpp", "%s/Juliet" % ROOM),
         "%s: and asks for her version" % kind)
    card = juliet["xep_0054"].make_vcard()
    card["FN"] = "Juliet Capulet"
    await juliet["xep_0054"].publish_vcard(card, timeout=WAIT)
    card = await romeo["xep_0054"].get_vcard("%s/Juliet" % ROOM, cached=False, timeout=WAIT)
    same((card["vcard_temp"]["FN"], str(card["from"])), ("Juliet Capulet", "%s/Juliet" % ROOM),
         "%s: and for her vCard, which her server has" % kind)

    juliet.send_presence(pto="%s/Juliet" % ROOM, ptype="unavailable", pstatus="bye")
    ok(await soon(lambda: muc.get_roster(ROOM) == ["Romeo"]), "%s: she leaves" % kind)
    own, subject, others, history = await juliet.join("Giulietta")
    same((own["muc"]["affiliation"], subject["subject"]), ("admin", "Of love"),
         "%s: comes back with her affiliation, and the subject is told" % kind)
    same([m["body"] for m in history], [m["body"] for m in romeo.heard][1:],
         "%s: with what they said, in its order" % kind)
    gone = asyncio.get_event_loop().create_future()
    juliet.add_event_handler("muc::%s::got_offline" % ROOM,
                             lambda p: gone.done() or gone.set_result(p))
    await refused(muc2.destroy(ROOM, timeout=WAIT), "forbidden", "%s: an admin cannot destroy" % kind)
    await muc.destroy(ROOM, reason="over", altroom="other@" + DOMAIN, timeout=WAIT)
    p = await asyncio.wait_for(gone, WAIT)
    destroy = p.xml.find(".//{%s}destroy" % NS["user"])
    same((destroy.get("jid"), destroy.findtext("{%s}reason" % NS["user"])), ("other@" + DOMAIN, "over"),
         "%s: the room is destroyed, and says why" % kind)
    await refused(romeo["xep_0030"].get_info(ROOM, timeout=WAIT), "gone",
                  "%s: and is gone" % kind)
    await farewell(romeo, juliet)


def check(kind):
    server = Server(kind)
    mucd = Mucd(server.components)
    converse(story(kind, server), 60)
    same(mucd.count("attached to"), 1, "%s: the link stayed up" % kind)
    same(mucd.stop()[0], 0, "%s: mucd ends well" % kind)


logging.disable(logging.CRITICAL)
on_both(check, 300)
