#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""
mam.t - a client library that knows nothing of mucd reads an archive: slixmpp, with its xep_0313 plugin

Over a real Prosody: 10,000 messages are said in a room, and a client that is not in it pages through all of
them, forth and back, and gets each exactly once and in order, under the id that was told live. It asks for
the form and for the ends of the archive, and searches by time, nickname and words; after
a kill both ends of it are the same.
"""
import sys
sys.dont_write_bytecode = True
import asyncio
import logging

import slixmpp
from slixmpp.exceptions import IqError
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import StanzaPath
from muctest import *

ROOM = "library@" + DOMAIN
COUNT = 10000
PAGE = 250
WAIT = PATIENCE
SID = "{urn:xmpp:sid:0}stanza-id"
# A crowd's worth of messages by one user.
FAST = "rate_burst = 1000000\nrate_bytes_burst = 1073741824\n"


def text(n):
    return "page %d of the book of %s" % (n, "love" if n % 1000 == 7 else "hours")


def fill(server):
    """Says it all; the ids, as they were told to who said it."""
    romeo = Client(server, "romeo")
    romeo.create(ROOM, "Romeo", "persistentroom=1")
    ids = {}
    for first in range(0, COUNT, 500):
        romeo.send("".join(
            "<message type='groupchat' to='%s' id='m%d'><body>%s</body></message>" % (ROOM, n, text(n))
            for n in range(first, first + 500)))
        romeo.take(lambda x: x.get("id") == "m%d" % (first + 499) and keep(ids, x), WAIT, "m%d" % first)
        for x in romeo.all():
            keep(ids, x)
    romeo.close()
    return [ids.get("m%d" % n) for n in range(COUNT)]


def keep(ids, x):
    sid = x.find(SID)
    if x.get("type") != "groupchat" or sid is None:
        return False
    ids[x.get("id")] = sid.get("id")
    return True


class Reader(slixmpp.ClientXMPP):
    def __init__(self, server):
        super().__init__("juliet@localhost/reader", "password")
        for plugin in ("xep_0030", "xep_0059", "xep_0313"):
            self.register_plugin(plugin)
        self["feature_mechanisms"].unencrypted_plain = True
        self.ready = asyncio.get_event_loop().create_future()
        self.add_event_handler("session_start", lambda e: self.ready.done() or self.ready.set_result(True))
        self.connect(("127.0.0.1", server.port), force_starttls=False, disable_starttls=True)

    async def pages(self, reverse=False, max=PAGE, **what):
        """The pages, each as (archive id, stanza) pairs."""
        told = []
        async for page in self["xep_0313"].retrieve(ROOM, iterator=True, reverse=reverse,
                                                    rsm={"max": max}, **what):
            told.append([(m["mam_result"]["id"], m["mam_result"]["forwarded"]["stanza"])
                         for m in page["mam"]["results"]])
        return told


async def story(server, ids):
    juliet = Reader(server)
    await asyncio.wait_for(juliet.ready, WAIT)
    mam = juliet["xep_0313"]
    info = await juliet["xep_0030"].get_info(ROOM, timeout=WAIT)
    ok({"urn:xmpp:mam:2", "urn:xmpp:mam:2#extended"} <= set(info["disco_info"]["features"]),
       "the room has an archive")

    for reverse, way in ((False, "forth"), (True, "back")):
        began = time.monotonic()
        pages = await juliet.pages(reverse)
        diag("%s: %d pages, %.1f s" % (way, len(pages), time.monotonic() - began))
        if reverse:
            pages.reverse()
        told = [x for page in pages for x in page]
        same((len(told), [x[0] for x in told] == ids), (COUNT, True),
             "%s: each of %d messages exactly once, in order" % (way, COUNT))
        ok(all(x["body"] == text(n) and str(x["from"]) == ROOM + "/Romeo" and x["id"] == "m%d" % n
               for n, (_, x) in enumerate(told)), "%s: as it was said" % way)
        same(sorted({len(page) for page in pages}), [PAGE], "%s: in whole pages" % way)

    fields = (await mam.get_fields(ROOM, timeout=WAIT)).get_fields()
    ok({"start", "end", "with", "before-id", "after-id", "ids"} <= set(fields), "the form of a search")
    ends = await mam.get_archive_metadata(ROOM, timeout=WAIT)
    same((ends["mam_metadata"]["start"]["id"], ends["mam_metadata"]["end"]["id"]), (ids[0], ids[-1]),
         "where the archive begins and ends")
    begins, ends = (ends["mam_metadata"][end]["timestamp"] for end in ("start", "end"))
    ok(begins <= ends, "in time, too")

    told = [x for page in await juliet.pages(start=ends) for x in page]
    ok(told and told[-1][0] == ids[-1] and [x[0] for x in told] == ids[-len(told):],
       "what was said in the last moment: %d" % len(told))
    same(await juliet.pages(with_jid=slixmpp.JID(ROOM + "/Juliet")), [], "she has said nothing")
    told = [x async for x in mam.iterate(ROOM, with_jid=slixmpp.JID(ROOM + "/Romeo"), total=20)]
    same([x["mam_result"]["id"] for x in told], ids[:20], "he has; the first ones")
    try:
        await mam.retrieve(ROOM, with_jid=slixmpp.JID("romeo@localhost"), timeout=WAIT)
        ok(False, "whose nickname it is cannot be searched for")
    except IqError as e:
        same(e.condition, "forbidden", "whose nickname it is cannot be searched for")

    iq = juliet.make_iq_set(ito=ROOM)
    iq["mam"].set_custom_field("{urn:xmpp:fulltext:0}fulltext", "LOVE book")
    found = []
    juliet.register_handler(Callback("found", StanzaPath("message/mam_result"),
                                     lambda m: found.append(m["mam_result"]["id"])))
    fin = await iq.send(timeout=WAIT)
    same(found, [ids[n] for n in range(7, COUNT, 1000)], "words are found in all of it, and then it ends")
    same(fin["mam_fin"]["rsm"]["count"], str(COUNT // 1000), "which says how many there were")
    await farewell(juliet)


def run(server, ids, what):
    converse(what(server, ids), 150)


async def again(server, ids):
    juliet = Reader(server)
    await asyncio.wait_for(juliet.ready, WAIT)
    for reverse, want in ((False, ids[:500]), (True, ids[:-501:-1])):
        told = juliet["xep_0313"].iterate(ROOM, reverse=reverse, rsm={"max": 100}, total=500)
        same([x["mam_result"]["id"] async for x in told], want, "after a kill it is the same")
    await farewell(juliet)


def prosody():
    server = Server("prosody")
    mucd = Mucd(server.components, FAST)
    began = time.monotonic()
    ids = fill(server)
    diag("%d messages said in %.1f s" % (COUNT, time.monotonic() - began))
    same((len(set(ids)), None in ids), (COUNT, False), "each message has an id of its own")
    run(server, ids, story)
    same(mucd.count("attached to"), 1, "the link stayed up")
    mucd.kill()
    mucd.start()
    run(server, ids, again)
    same(mucd.stop()[0], 0, "mucd ends well")


logging.disable(logging.CRITICAL)
main([prosody], 300)
