#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
attach.t - mucd and a server that does not want it, or is away

On a real Prosody and a real ejabberd: a wrong secret, a component that the server does not know, a port
that nobody listens on, on Prosody a second mucd as the same component: each is told the operator in
one clear line, and tried again. The server goes away and another one comes back in its place: mucd waits between its
tries, longer and longer, attaches by itself, and the occupants are still in.
"""
import sys
sys.dont_write_bytecode = True
from muctest import *

ROOM = "stay@" + DOMAIN


def told(kind, mucd, pattern, what):
    good = mucd.says(pattern)
    if not ok(good, "%s: %s" % (kind, what)):
        diag(mucd.tail())
    line = [l for l in mucd.log().splitlines() if re.search(pattern, l)]
    for l in line[:1]:
        diag(l.split(" ", 2)[-1])


def refusals(kind, server):
    port = server.ports[DOMAIN]
    name = re.escape(DOMAIN)
    # ejabberd does not tell a wrong secret and an unknown component apart.
    mucd = Mucd([(DOMAIN, port, "wrong")], attach=False)
    told(kind, mucd, name + r": 127\.0\.0\.1:%d: the server refused the secret of %s "
         r"\(not-authorized\).*trying again in" % (port, name), "a wrong secret is named")
    mucd.write(server.components)
    mucd.proc.send_signal(signal.SIGHUP)
    ok(mucd.says("attached to"), "%s: with the right one, after SIGHUP, it attaches" % kind)
    ok("wrong" not in mucd.log() and SECRET not in mucd.log(), "%s: no secret in the log" % kind)
    same(mucd.stop()[0], 0, "%s: and ends well" % kind)
    mucd = Mucd([("unknown.localhost", port, SECRET)], attach=False)
    told(kind, mucd, r"unknown\.localhost: .*(does not know the component|refused the secret of) "
         r"unknown\.localhost \((host-unknown|not-authorized)\).*trying again in",
         "a component that the server does not know")
    same(mucd.stop()[0], 0, "%s: SIGTERM ends it while it waits" % kind)
    if kind == "ejabberd":
        diag("ejabberd lets a second one in without a word")
        return
    first = Mucd(server.components)
    second = Mucd(server.components, attach=False)
    says = r"%s: .*another component is attached.*\(conflict\)" % name
    until(lambda: re.search(says, first.log() + second.log()))
    told(kind, first if re.search(says, first.log()) else second, says,
         "a second mucd as the same component")
    same((first.stop()[0], second.stop()[0]), (0, 0), "%s: both end well" % kind)


def closed(kind, server):
    port = closed_port()
    mucd = Mucd([(DOMAIN, port, SECRET)], attach=False)
    told(kind, mucd, r"127\.0\.0\.1:%d: cannot connect: Connection refused; trying again in" % port,
         "a closed port")
    same(mucd.stop()[0], 0, "%s: and ends well" % kind)


def comes_back(kind, server):
    users = ("romeo", "juliet")
    way = Proxy(server.ports[DOMAIN])
    mucd = Mucd(way.components(), "retry_first_ms = 100\nretry_greatest_ms = 800\ncontrol = \"%s/%s\"\n" % (TOP, kind))
    romeo, juliet = Client(server, "romeo"), Client(server, "juliet")
    romeo.create(ROOM, "Romeo", "persistentroom=1")
    juliet.join(ROOM, "Juliet")
    sync(romeo, juliet)
    romeo.all(), juliet.all()
    # The link alone: the server stays. What mucd does not know to have arrived it would tell again.
    mucd.fenced(TOP + "/" + kind)
    way.cut()
    ok(mucd.says("trying again in"), "%s: the link is lost" % kind)
    time.sleep(0.3)
    way.open(server.ports[DOMAIN])
    ok(until(lambda: mucd.count("attached to") == 2), "%s: and is there again" % kind)
    romeo.say(ROOM, "again")
    juliet.hear(ROOM, "again")
    ok(True, "%s: nobody had to enter again" % kind)
    same([codes(x) for x in romeo.all() + juliet.all() if local(x.tag) == "presence"], [],
         "%s: nobody was told anything" % kind)
    # The server itself.
    way.cut()
    server.close()
    mark, began = len(mucd.log()), time.monotonic()

    def waits():
        return [float(w) for w in re.findall(r"cannot connect.*trying again in ([0-9.]+) s", mucd.log()[mark:])]
    until(lambda: len(waits()) >= 8 and max(waits()) > 0.1)
    had = waits()
    took = time.monotonic() - began
    ok(8 <= len(had) <= 40 / 3 * took, "%s: %d tries in %.1f s without a server" % (kind, len(had), took))
    ok(had and 0.1 < max(had) <= 0.8, "%s: the waits grow up to their limit: %s" % (kind, had))
    server = Server(kind, users=users)
    way.open(server.ports[DOMAIN])
    ok(until(lambda: mucd.count("attached to") == 3), "%s: a server comes back" % kind)
    romeo, juliet = Client(server, "romeo"), Client(server, "juliet")
    for c, nick in ((romeo, "Romeo"), (juliet, "Juliet")):
        x = c.iq("%s/%s" % (ROOM, nick), "get", "<ping xmlns='urn:xmpp:ping'/>")
        same(x.get("type"), "result", "%s: %s is still in" % (kind, nick))
    juliet.say(ROOM, "all well")
    romeo.hear(ROOM, "all well")
    ok(True, "%s: and heard" % kind)
    ok(mucd.runs(), "%s: mucd was there all the time" % kind)
    same(mucd.stop()[0], 0, "%s: and ends well" % kind)


def check(kind):
    server = Server(kind)
    refusals(kind, server)
    closed(kind, server)
    comes_back(kind, server)


on_both(check, 300)
