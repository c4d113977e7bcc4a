#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
domains.t - one mucd, two component blocks on one server

Rooms of the same name in both domains are used by several clients at once. What one client says
in a room is heard in its order, all hear the same order, nothing is lost and nothing of one domain is
heard, listed or in force in the other. On ejabberd with a listener for each domain and
global_routes: false, without which it mixes their traffic; on Prosody with one port for both.
"""
import sys
sys.dont_write_bytecode = True
from muctest import *

DOMAINS = ("rooms.localhost", "chat.localhost")
USERS = ("romeo", "juliet", "tybalt", "nurse")
COUNT = 150  # messages of each client to each room


def check(kind):
    server = Server(kind, domains=DOMAINS, users=USERS)
    mucd = Mucd(server.components)
    clients = [Client(server, u) for u in USERS]
    rooms = ["hall@" + d for d in DOMAINS]
    for d, room in enumerate(rooms):
        # Each domain's room has another owner, and everybody another nick in it.
        clients[d].create(room, "%s-%d" % (USERS[d], d), "roomname=hall%d" % d)
        for c in clients:
            if c is not clients[d]:
                c.join(room, "%s-%d" % (c.name, d))
    for c in clients:
        sync(c, to=DOMAINS[0])
        sync(c, to=DOMAINS[1])
    for c in clients:
        c.all()
    for n in range(COUNT):
        for c in clients:
            for d, room in enumerate(rooms):
                c.send("<message type='groupchat' to='%s' id='%s-%d-%d'><body>%s %d %d</body>"
                       "</message>" % (room, c.name, d, n, c.name, d, n))
    for c in clients:
        for d in DOMAINS:
            sync(c, to=d)
    orders = {room: set() for room in rooms}
    bad = []
    for c in clients:
        for d in DOMAINS:
            sync(c, to=d)
        got = [x for x in c.all() if local(x.tag) == "message"]
        same({x.get("type") for x in got}, {"groupchat"}, "%s: %s gets no error" % (kind, c.name))
        for d, room in enumerate(rooms):
            here = [x for x in got if bare_of(x) == room]
            orders[room].add(tuple(body(x) for x in here))
            for u in USERS:
                said = [body(x) for x in here if nick_of(x) == "%s-%d" % (u, d)]
                if said != ["%s %d %d" % (u, d, n) for n in range(COUNT)]:
                    bad.append((c.name, room, u, len(said)))
            if len(here) != COUNT * len(USERS):
                bad.append((c.name, room, len(here)))
    same(bad, [], "%s: each hears all %d messages of each in both rooms, in order" % (kind, COUNT))
    same([len(o) for o in orders.values()], [1, 1], "%s: all hear the same order" % kind)
    for d, domain in enumerate(DOMAINS):
        x = clients[2].iq(domain, "get", "<query xmlns='http://jabber.org/protocol/disco#items'/>")
        same([(i.get("jid"), i.get("name")) for i in x[0]], [(rooms[d], "hall%d" % d)],
             "%s: %s lists its own room alone" % (kind, domain))
        # Whoever owns the room of the same name elsewhere has no rights here.
        x = clients[1 - d].affiliate(rooms[d], "tybalt@localhost", "outcast")
        same((condition(x), x.get("from")), ("forbidden", rooms[d]),
             "%s: another domain's owner has no right in %s" % (kind, rooms[d]))
    x = clients[0].affiliate(rooms[0], "tybalt@localhost", "outcast")
    same(x.get("type"), "result", "%s: a ban in one domain" % kind)
    clients[2].take(lambda x: "301" in codes(x) and bare_of(x) == rooms[0], what="the ban")
    clients[2].say(rooms[1], "still here")
    clients[3].hear(rooms[1], "still here")
    ok(True, "%s: is none in the other" % kind)
    x = clients[0].iq(rooms[0], "set", "<query xmlns='%s'><destroy/></query>" % NS["owner"])
    clients[3].say(rooms[1], "and the room, too")
    clients[2].hear(rooms[1], "and the room, too")
    x = clients[3].iq(rooms[0], "get", "<query xmlns='%s'/>" % NS["disco"])
    same(condition(x), "gone", "%s: nor is the end of its namesake a room's end" % kind)
    mucd.kill()
    mucd.start()
    for c in clients[1:]:
        x = c.iq(rooms[1] + "/%s-1" % c.name, "get", "<ping xmlns='urn:xmpp:ping'/>")
        same(x.get("type"), "result", "%s: %s is in after a crash" % (kind, c.name))
    same(mucd.count("attached to"), 2, "%s: both links are up" % kind)
    same(mucd.stop()[0], 0, "%s: mucd ends well" % kind)


def ejabberd():
    check("ejabberd")


def prosody():
    check("prosody")


main([ejabberd, prosody], 300)
