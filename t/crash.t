#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
crash.t - kill -9, and what is there afterwards

Right after a result has been read: the room, its configuration, the affiliation are there. In the middle
of a conversation, several times at random moments: after each restart the occupants are still in without
entering again, a self-ping is answered, messages go on in order, every affiliation that was acknowledged
is there, and nobody is told of his own presence a second time. What one has heard all have heard, and
once, or with the same stanza-id again. Who went away meanwhile is found out. On Prosody and on ejabberd.
"""
import random
import sys
sys.dont_write_bytecode = True
from muctest import *

ROUNDS = 5
LEAST = 5       # of each one's messages are heard in a round, however slow the machine is
CONTROL = TOP + "/control"
SEED = int(os.environ.get("SEED") or 1)


def again(mucd):
    mucd.kill()
    mucd.start()


def after_result(kind, server, mucd, romeo, juliet):
    for n in range(ROUNDS):
        room = "acked%d@%s" % (n, DOMAIN)
        romeo.join(room, "Romeo")
        x = romeo.configure(room, "roomname=name%d persistentroom=1 membersonly=%d" % (n, n % 2))
        again(mucd)
        same(x.get("type"), "result", "%s: a room is configured, and mucd killed" % kind)
        x = juliet.iq(room, "get", "<query xmlns='%s'/>" % NS["disco"])
        found = x.find(".//{%s}identity" % NS["disco"])
        features = [f.get("var") for f in x.iter("{%s}feature" % NS["disco"])]
        same((found.get("name") if found is not None else condition(x), "muc_persistent" in features,
              "muc_membersonly" in features), ("name%d" % n, True, n % 2 == 1),
             "%s: it is there as it was configured" % kind)
        x = romeo.affiliate(room, juliet.bare, "member")
        again(mucd)
        same(x.get("type"), "result", "%s: an affiliation is set, and mucd killed" % kind)
        same(romeo.listed(room, "member"), [juliet.bare], "%s: it is there" % kind)
        x = romeo.iq(room + "/Romeo", "get", "<ping xmlns='urn:xmpp:ping'/>")
        same(x.get("type"), "result", "%s: and its creator is in" % kind)
        juliet.join(room, "Juliet")
        romeo.send("<message type='groupchat' to='%s' id='s%d'><subject>subject %d</subject></message>" %
                   (room, n, n))
        romeo.take(lambda x: x.get("id") == "s%d" % n, what="the subject")
        again(mucd)
        tybalt = Client(server, "tybalt", "r%d" % n)
        if n % 2:
            romeo.affiliate(room, tybalt.bare, "member")
        told = tybalt.join(room, "Tybalt")
        same((told[-1].findtext("{jabber:client}subject"), sorted(nick_of(x) for x in told[:-1])),
             ("subject %d" % n, ["Juliet", "Romeo", "Tybalt"]),
             "%s: the subject and the occupants are there" % kind)
        x = romeo.iq(room, "set", "<query xmlns='%s'><destroy/></query>" % NS["owner"])
        again(mucd)
        same(x.get("type"), "result", "%s: the room is destroyed, and mucd killed" % kind)
        x = juliet.iq(room, "get", "<query xmlns='%s'/>" % NS["disco"])
        same(condition(x), "gone", "%s: it is gone" % kind)
        tybalt.close()


def stanza_id(x):
    return [i.get("id") for i in x.iter("{urn:xmpp:sid:0}stanza-id")][0]


def numbers(got, room, nick):
    """What was said under that nick, in the order in which it was heard first, by stanza-ids."""
    seen = {}
    for x in got:
        if x.get("type") == "groupchat" and x.get("from") == "%s/%s" % (room, nick) and body(x):
            seen.setdefault(stanza_id(x), int(body(x).split()[1]))
    return list(seen.values())


def conversation(kind, server, mucd, romeo, juliet):
    room = "talk@" + DOMAIN
    romeo.create(room, "Romeo", "persistentroom=1")
    juliet.join(room, "Juliet")
    sync(romeo, juliet)
    mucd.fenced(CONTROL)
    romeo.all(), juliet.all()
    rng = random.Random(SEED)
    diag("SEED=%d" % SEED)
    number = 0
    heard = {romeo: [], juliet: []}
    members, asked = set(), {}

    def goes_on():
        """Until enough is heard, and affiliations are acknowledged."""
        got = romeo.inbox
        return (any(len(numbers(got, room, nick)) < LEAST for nick in ("Romeo", "Juliet")) or
                len([x for x in got if x.get("id") in asked]) < 2)
    for n in range(ROUNDS):
        end = time.monotonic() + rng.uniform(0.05, 0.6)
        while time.monotonic() < end or goes_on():
            for c in (romeo, juliet):
                number += 1
                c.send("<message type='groupchat' to='%s' id='n%d'><body>number %d</body></message>" %
                       (room, number, number))
            if number % 6 == 0:
                jid = "member%d@localhost" % number
                ident = "a%d" % number
                asked[ident] = jid
                romeo.send("<iq type='set' id='%s' to='%s'><query xmlns='%s'><item jid='%s' "
                           "affiliation='member'/></query></iq>" % (ident, room, NS["admin"], jid))
            for c in (romeo, juliet):
                c.fill(0.001)
        mucd.kill()
        # What was still on its way to the clients counts, and so does what the server says itself.
        time.sleep(0.1)
        mucd.start()
        sync(romeo, juliet)
        for c, nick in ((romeo, "Romeo"), (juliet, "Juliet")):
            got = c.all()
            heard[c] += got
            for x in got:
                if x.get("id") in asked and x.get("type") == "result":
                    members.add(asked[x.get("id")])
            x = c.iq("%s/%s" % (room, nick), "get", "<ping xmlns='urn:xmpp:ping'/>")
            same(x.get("type"), "result", "%s: %s is in after kill %d" % (kind, nick, n + 1))
        for c in (romeo, juliet):
            number += 1
            c.say(room, "number %d" % number)
            for other in (romeo, juliet):
                heard[other].append(other.hear(room, "number %d" % number))
        ok(True, "%s: and both talk on" % kind)
    ok(len(members) > 5, "%s: %d affiliations were acknowledged" % (kind, len(members)))
    lost = members - set(romeo.listed(room, "member"))
    same(lost, set(), "%s: all of them are there" % kind)
    sync(romeo, juliet)
    for c in (romeo, juliet):
        heard[c] += c.all()
        again_told = [x for x in heard[c] if local(x.tag) == "presence" and "110" in codes(x)]
        same(len(again_told), 0, "%s: %s is told of no presence of its own again" % (kind, c.name))
        left = [x for x in heard[c] if local(x.tag) == "presence" and x.get("type") == "unavailable"]
        same(len(left), 0, "%s: nor that anybody left" % kind)
        for nick in ("Romeo", "Juliet"):
            said = numbers(heard[c], room, nick)
            same(said, sorted(said), "%s: %s hears %s in order" % (kind, c.name, nick))
            ok(len(said) > 20, "%s: %d of up to %d messages" % (kind, len(said), number // 2))
            same(len(said), len(set(said)), "%s: each by one stanza-id" % kind)
    for nick in ("Romeo", "Juliet"):
        same(numbers(heard[romeo], room, nick), numbers(heard[juliet], room, nick),
             "%s: %s is heard by both alike" % (kind, nick))


def answer_questions(c, seconds, stop):
    """As a client that is there does, for so long; returns when stop(stanza) is true of one that it gets."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        x = c.find(lambda x: (local(x.tag) == "iq" and x.get("type") == "get") or stop(x), 0.5)
        if x is None:
            continue
        if stop(x):
            return x
        c.send("<iq type='result' id='%s' to='%s'>%s</iq>" % (
            x.get("id"), x.get("from"), "" if local(x[0].tag) == "ping" else
            "<query xmlns='%s'/>" % NS["disco"]))
    return None


def gone_meanwhile(kind, server, mucd, romeo, juliet):
    room = "doubt@" + DOMAIN
    romeo.create(room, "Romeo", "persistentroom=1")
    juliet.join(room, "Juliet")
    ghost = Client(server, "tybalt", "ghost")
    ghost.join(room, "Ghost")
    sync(romeo, juliet)
    mucd.kill()
    # Whose server knows that it is gone: mucd is not told of it later.
    ghost.send("</stream:stream>")
    until(lambda: ghost.ended or not ghost.fill(1) and ghost.ended)
    ghost.close()
    until(lambda: condition(romeo.iq(ghost.jid, "get", "<ping xmlns='urn:xmpp:ping'/>")) == "service-unavailable")
    romeo.all(), juliet.all()
    mucd.start()
    x = answer_questions(romeo, PATIENCE, lambda x: x.get("from") == room + "/Ghost" and
                         x.get("type") == "unavailable")
    ok(x is not None and "333" in codes(x), "%s: who went away meanwhile is found out" % kind)
    answer_questions(juliet, 2, lambda x: False)
    romeo.say(room, "are you there")
    juliet.hear(room, "are you there")
    ok(True, "%s: who is there stays" % kind)


def check(kind):
    server = Server(kind, users=("romeo", "juliet", "tybalt"))
    romeo, juliet = Client(server, "romeo"), Client(server, "juliet")
    mucd = Mucd(server.components, "rate_burst = 100000\ncontrol = \"%s\"\n" % CONTROL)
    after_result(kind, server, mucd, romeo, juliet)
    conversation(kind, server, mucd, romeo, juliet)
    same(mucd.stop()[0], 0, "%s: mucd ends well" % kind)
    mucd.write(server.components, "doubt_wait_s = 1\n")
    mucd.start()
    gone_meanwhile(kind, server, mucd, romeo, juliet)
    same(mucd.stop()[0], 0, "%s: mucd ends well" % kind)


on_both(check, 300)
