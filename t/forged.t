#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
forged.t - who sent a stanza is what the server says, whatever attributes are called

A client behind Prosody and one behind ejabberd send 30 messages with attributes named from, to, type and
id in other namespaces: on the stanza, on its children, deeper; declared there or further out; under
prefixes that look like ours. None is taken for somebody else's, none goes elsewhere, and what the
room relays means what was sent. The same with requests that only an owner may make, and with presence.
"""
import sys
sys.dont_write_bytecode = True
from muctest import *

ROOM = "forge@" + DOMAIN
ELSE = "else@" + DOMAIN
OWNER = "romeo@localhost/r"

PREFIXES = ("e", "from", "to", "type", "id", "xmlns1", "xmlx", "xm", "XML1", "_", "a-b.c", "x",
            "stream", "\u00e9", "client")
SPACES = ("urn:e", "jabber:client", "jabber:component:accept", "jabber:server", "from", "urn:x:from",
          "http://etherx.jabber.org/streams", "http://jabber.org/protocol/muc#user")
LIES = (("from", OWNER), ("to", ELSE), ("type", "error"), ("id", "forged"), ("from", ROOM),
        ("from", ROOM + "/Romeo"), ("from", DOMAIN))


def variants():
    """33 of (attributes of the stanza, its children)."""
    found = []
    for n in range(30):
        p = PREFIXES[n % len(PREFIXES)]
        ns = SPACES[n % len(SPACES)]
        declare = " xmlns:%s='%s'" % (p, ns)
        lies = [LIES[n % len(LIES)], LIES[(n + 1) % len(LIES)]]
        if lies[0][0] == lies[1][0]:
            lies.pop()
        lie = "".join(" %s:%s='%s'" % (p, name, value) for name, value in lies)
        text = "<body>text %d</body>" % n
        where = n % 6
        if where == 0:
            found.append((declare + lie, text))
        elif where == 1:
            found.append(("", "<body%s%s>text %d</body>" % (declare, lie, n)))
        elif where == 2:
            found.append((declare, text + "<x xmlns='urn:y'><y%s>z</y></x>" % lie))
        elif where == 3:
            found.append((declare + lie, "<body%s>text %d</body><x xmlns='urn:y'%s%s/>" %
                          (lie, n, declare, lie)))
        elif where == 4:
            found.append(("", text + "<message xmlns='urn:y' from='%s'%s><message%s/></message>" %
                          (OWNER, declare, lie)))
        else:
            found.append((declare + lie, text + "<%s:message from='%s'%s%s><%s:body>b</%s:body>"
                          "</%s:message>" % (p, OWNER, declare, lie, p, p, p)))
    for n, (name, value) in enumerate((("from", OWNER), ("to", ELSE), ("type", "error"))):
        found.append((" xml:%s='%s'" % (name, value), "<body>text %d</body>" % (30 + n)))
    return found


def check_messages(kind, link, romeo, mallory):
    sent = variants()
    sync(mallory, romeo)
    for c in (romeo, mallory):
        c.all()
    came, went = len(wire(link.came)), len(wire(link.went))
    for n, (attrs, inner) in enumerate(sent):
        mallory.send("<message type='groupchat' to='%s' id='real%d'%s>%s</message>" %
                     (ROOM, n, attrs, inner))
    sync(mallory, romeo)
    came, went = wire(link.came)[came:], wire(link.went)[went:]
    came = [(x, sound) for x, sound in came if local(x.tag) == "message"]
    went = [(x, sound) for x, sound in went if local(x.tag) == "message"]
    same(len(came), len(sent), "%s passes on all %d messages" % (kind, len(sent)))
    good = [x for x, sound in came if sound]
    bad = [x for x, sound in came if not sound]
    diag("%s: %d have sound namespaces as mucd gets them" % (kind, len(good)))
    ok(len(good) > len(sent) / 3, "%s: many of them can be relayed" % kind)
    same([x.get("id") for x, sound in went if condition(x) == "bad-request" and
          x.get("to") == mallory.jid], [x.get("id") for x in bad],
         "%s: what came with broken namespaces is refused, to whoever sent it" % kind)
    ok(all(sound for x, sound in went), "%s: what mucd says is sound" % kind)
    for c in (romeo, mallory):
        told = [x for x, sound in went if x.get("to") == c.jid and x.get("type") != "error"]
        same([x.get("id") for x in told], [x.get("id") for x in good],
             "%s: %s is told all others in order" % (kind, c.name))
        same([canon(x) for x in told], [relayed(x) for x in good],
             "%s: all mean what mucd got" % kind)
        got = [x for x in c.all() if x.tag == "{jabber:client}message" and
               x.get("type") != "error"]
        same([x.get("id") for x in got], [x.get("id") for x in good], "%s: %s hears them" %
             (kind, c.name))
        same({(x.get("from"), x.get("type")) for x in got}, {(ROOM + "/Mallory", "groupchat")},
             "%s: all from whoever sent them" % kind)


def check_requests(kind, romeo, mallory):
    """What only the owner may do."""
    got = []
    for p, ns in (("e", "urn:e"), ("from", "jabber:client"), ("client", "jabber:component:accept")):
        for payload in ("<query xmlns='%s'><item jid='%s' affiliation='owner'/></query>" %
                        (NS["admin"], mallory.bare),
                        "<query xmlns='%s'><destroy/></query>" % NS["owner"],
                        "<query xmlns='%s'/>" % NS["owner"]):
            ident = mallory.fresh()
            mallory.send("<iq type='%s' to='%s' id='%s' xmlns:%s='%s' %s:from='%s' %s:id='x' "
                         "%s:type='get'>%s</iq>" % ("get" if payload.endswith("'/>") else "set", ROOM,
                                                    ident, p, ns, p, OWNER, p, p, payload))
            x = mallory.take(lambda x: x.get("id") == ident, what="an answer")
            got.append((x.get("type"), condition(x), x.get("from")))
    same(set(got), {("error", "forbidden", ROOM)},
         "%s: nine requests in the owner's name are forbidden, and the sender is told" % kind)
    mallory.send("<message type='groupchat' to='%s' id='s' xmlns:e='urn:e' e:from='%s'>"
                 "<subject e:from='%s'>mine</subject></message>" % (ROOM, OWNER, OWNER))
    x = mallory.take(lambda x: x.get("id") == "s", what="an answer to the subject")
    same((x.get("type"), condition(x)), ("error", "forbidden"), "%s: nor the subject" % kind)
    mallory.send("<presence to='%s/Mallory' xmlns:e='urn:e' e:from='%s' e:to='%s/New' "
                 "e:type='unavailable'><status>here</status></presence>" % (ROOM, OWNER, ROOM))
    sync(mallory, romeo)
    got = [x for x in romeo.all() if x.tag == "{jabber:client}presence" and bare_of(x) == ROOM]
    same([(x.get("from"), x.get("type"), x.findtext("{jabber:client}status")) for x in got],
         [(ROOM + "/Mallory", None, "here")], "%s: presence is its sender's, too" % kind)
    sync(mallory, romeo)
    same(romeo.all() + mallory.find_errors(), [], "%s: nobody is told anything else" % kind)


class Mallory(Client):
    def find_errors(self):
        return [x for x in self.all() if x.get("type") == "error"]


def check(kind):
    server = Server(kind, users=("romeo", "mallory"))
    link = Proxy(server.ports[DOMAIN], record=True)
    mucd = Mucd(link.components())
    romeo, mallory = Client(server, "romeo"), Mallory(server, "mallory")
    romeo.create(ROOM, "Romeo")
    romeo.create(ELSE, "Romeo")
    mallory.join(ROOM, "Mallory")
    romeo.all()
    check_messages(kind, link, romeo, mallory)
    check_requests(kind, romeo, mallory)
    same(mucd.count("attached to"), 1, "%s: the link was never lost" % kind)
    same(mucd.stop()[0], 0, "%s: mucd ends well" % kind)


on_both(check, 300)
