#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
archive_crash.t - a kill -9 loses no message that anybody has got

Three clients talk into a room as fast as they can, and mucd is killed at a random moment, again and
again, each time in another room. After each restart somebody else reads the archive (XEP-0313): every
message that one of the three has got is in it, once, with the same body, nickname and id (stanza-id), in
the order in which it was got. And while all that somebody wrote is being retracted mucd is killed again and
again: each message becomes a tombstone with one retraction. Over a real Prosody.
"""
import random
import sys
sys.dont_write_bytecode = True
from muctest import *

ROUNDS = 20
MANY = 3000     # messages are retracted
LEAST = 20      # messages are heard in a round, however slow the machine is
SEED = int(os.environ.get("SEED") or 1)
SETTINGS = """
rate_per_s = 1000000
rate_burst = 1000000
rate_bytes_per_s = 1G
rate_bytes_burst = 1G
"""
SID = "{urn:xmpp:sid:0}stanza-id"
MAM = "urn:xmpp:mam:2"
RSM = "http://jabber.org/protocol/rsm"


def messages(stanzas, room):
    """(stanza-id, nickname, body) of what was said in the room."""
    got = []
    for x in stanzas:
        if x.get("type") == "groupchat" and bare_of(x) == room and body(x) and nick_of(x):
            got.append((x.find(SID).get("id"), nick_of(x), body(x)))
    return got


def archived(c, room):
    """The same of all that the archive of the room has, page by page."""
    got, after = [], ""
    while True:
        fin = c.iq(room, "set", "<query xmlns='%s'><set xmlns='%s'>%s</set></query>" %
                   (MAM, RSM, after))
        if fin.get("type") != "result":
            raise Failure("the archive of %s cannot be read: %s" % (room, condition(fin)))
        for x in c.all():
            result = x.find("{%s}result" % MAM)
            if result is not None:
                m = result.find(".//{jabber:client}message")
                got.append((result.get("id"), nick_of(m), body(m)))
        if fin.find("{%s}fin" % MAM).get("complete") == "true":
            return got
        after = "<after>%s</after>" % fin.find(".//{%s}last" % RSM).text


def talk(rng, clients, room, seconds):
    """
    They say what nobody has said before, in bursts, until the time is over and some of it is heard; returns how much.
    The last words are not waited for.
    """
    end = time.monotonic() + seconds
    n = 0
    while True:
        is_last = time.monotonic() >= end and len(messages(clients[0].inbox, room)) > LEAST
        for c in clients:
            burst = []
            for _ in range(rng.randint(1, 6)):
                n += 1
                burst.append("<message type='groupchat' to='%s' id='m%d'><body>%d %s</body></message>" %
                             (room, n, n, "x" * rng.choice((0, 10, 100, 5000))))
            c.send("".join(burst))
        if is_last:
            return n
        for c in clients:
            c.fill(0.01)


def one_round(number, rng, mucd, clients, late):
    room = "round%d@%s" % (number, DOMAIN)
    clients[0].create(room, "nick0")
    for i, c in enumerate(clients[1:]):
        c.join(room, "nick%d" % (i + 1))
    said = talk(rng, clients, room, rng.uniform(0.02, 0.5))
    mucd.kill()
    # What the server still holds for them was told by mucd: it counts.
    heard = []
    for c in clients:
        c.iq(None, "get", "<query xmlns='jabber:iq:roster'/>")
        heard.append(messages(c.all(), room))
    mucd.start()
    kept = archived(late, room)
    missing = set().union(*heard) - set(kept)
    same(sorted(missing)[:3], [], "round %d: of %d said, %s heard, %d kept: none is missing" % (
        number, said, "/".join(str(len(h)) for h in heard), len(kept)))
    ids = [m[0] for m in kept]
    good = ids == sorted(set(ids)) and all(h == [m for m in kept if m in set(h)] for h in heard)
    ok(good, "round %d: all are in the order in which they were heard, once" % number)
    for c in clients:
        c.presence(room + "/x", kind="unavailable")
    sync(*clients)
    for c in clients + [late]:
        c.all()
    return max(len(h) for h in heard), said


def crashes():
    rng = random.Random(SEED)
    diag("SEED=%d" % SEED)
    server = Server("prosody", users=("romeo", "juliet", "tybalt", "late"))
    clients = [Client(server, user) for user in ("romeo", "juliet", "tybalt")]
    late = Client(server, "late")
    mucd = Mucd(server.components, SETTINGS)
    cut = 0
    total = 0
    for number in range(1, ROUNDS + 1):
        heard, said = one_round(number, rng, mucd, clients, late)
        total += heard
        cut += heard < said
    ok(total > LEAST * ROUNDS, "%d messages were heard" % total)
    ok(cut > ROUNDS // 4, "in %d of %d rounds mucd was killed before it had told all" % (cut, ROUNDS))
    same(mucd.stop()[0], 0, "mucd ends well")


def retracted(rng, mucd, romeo, tybalt, room):
    """
    All of somebody's messages are retracted, through a kill after a random time, until it is done. How much was when
    mucd was killed first.
    """
    romeo.create(room, "Romeo")
    tybalt.join(room, "Tybalt")
    for i in range(0, MANY, 100):
        tybalt.send("".join("<message type='groupchat' to='%s' id='m%d'><body>%d</body></message>" % (room, k, k)
                            for k in range(i, i + 100)))
        romeo.say(room, "Peace")
        sync(romeo, tybalt)
        romeo.all(), tybalt.all()
    romeo.iq(room, "set", "<command xmlns='http://jabber.org/protocol/commands' node='retract-all'>"
             "<x xmlns='jabber:x:data' type='submit'><field var='nick'><value>Tybalt</value></field></x></command>")
    kills, told, ends = 0, {}, []

    def hear():
        for x in romeo.all():
            retract = x.find("{urn:xmpp:message-retract:1}retract")
            if retract is not None:
                told.setdefault(x.find(SID).get("id"), retract.get("id"))
            if x.get("type") == "headline":
                ends.append(body(x))

    def export():
        return subprocess.run([os.environ.get("MUCCTL", "build/mucctl"), "db", "export", "-c", mucd.conf, room],
                              capture_output=True, text=True).stdout

    def is_done():
        return export().count("kind=retracted") >= MANY
    # The headline at the end is not kept: a kill right behind the last commit can swallow it.
    while not ends and kills < 60 and (kills % 5 or not is_done()):
        if kills == 0:
            until(lambda: told or romeo.fill(0.1) and hear(), step=0)
        else:
            time.sleep(rng.uniform(0, 0.4))
        mucd.kill()
        kills += 1
        if kills == 1:
            first = export().count("kind=retracted")
        mucd.start()
        romeo.iq(None, "get", "<query xmlns='jabber:iq:roster'/>")
        hear()
    # A machine that does something else has not come far until each of them.
    until(is_done, step=0.5)
    # What the last one has still to tell again comes before its answer.
    sync(romeo)
    hear()
    finally_said = "Retracted messages: %d (tybalt@localhost)" % MANY
    same(set(ends) or {finally_said}, {finally_said}, "killed %d times, it has come to its end" % kills)
    same((len(told), len(set(told.values()))), (MANY // 3, MANY // 3), "who is in was told of as many as are told")
    text = export()
    those = re.findall(r'\nmessage id=(\S+) kind=retracted nick="Tybalt"', text)
    by = re.findall(r"\nmessage id=\S+ kind=retraction [^\n]*?<retract xmlns='urn:xmpp:message-retract:1' id='(\S+?)'", text)
    same((len(those), text.count("kind=message"), sorted(by) == sorted(those)), (MANY, MANY // 100, True),
         "each is a tombstone, and has one retraction")
    return first


def retracting():
    rng = random.Random(SEED)
    server = Server("prosody", users=("romeo", "tybalt"))
    romeo, tybalt = Client(server, "romeo"), Client(server, "tybalt")
    mucd = Mucd(server.components, SETTINGS + "retractions_told = %d\n" % (MANY // 3))
    # All may be done before this test gets to the kill.
    for n in range(5):
        first = retracted(rng, mucd, romeo, tybalt, "retracted%d@%s" % (n, DOMAIN))
        if first < MANY:
            break
    ok(0 < first < MANY, "it was killed in the midst of it: %d are retracted" % first)
    same(mucd.stop()[0], 0, "mucd ends well")


main([crashes, retracting], 150)
