#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
prefix.t - prefixes that are declared nowhere

A client declares a prefix on its own stream header and uses it on elements and attributes of messages,
presences and IQs. ejabberd passes these on without the declaration: the sender gets bad-request, the
link stays up and the others chat on. Prosody declares it anew: there all of it is relayed as it was
meant. A link that mucd has to itself shows the same of stanzas that no server writes.
"""
import sys
sys.dont_write_bytecode = True
from muctest import *

ROOM = "prefix@" + DOMAIN
MESSAGES = (
    "<body>a</body><foo:x/>",
    "<body>a</body><x xmlns='urn:x' foo:from='romeo@localhost/r'/>",
    "<body>a</body><x xmlns='urn:x'><y><foo:z foo:a='1'>t</foo:z></y></x>",
    "<body foo:a='1'>a</body><foo:body>b</foo:body><x xmlns='urn:x' foo:b='2'/>",
    "<subject foo:x='1'>mine</subject><foo:x/>",
)


def talk(kind, romeo, juliet, text):
    romeo.say(ROOM, text)
    juliet.hear(ROOM, text)
    romeo.hear(ROOM, text)
    ok(True, "%s: the others chat on" % kind)


def ejabberd():
    server = Server("ejabberd", users=("romeo", "juliet", "mallory"))
    link = Proxy(server.ports[DOMAIN], record=True)
    mucd = Mucd(link.components())
    romeo, juliet = Client(server, "romeo"), Client(server, "juliet")
    mallory = Client(server, "mallory", header=" xmlns:foo='urn:foo' xmlns:b='jabber:client'")
    romeo.create(ROOM, "Romeo")
    juliet.join(ROOM, "Juliet")
    mallory.join(ROOM, "Mallory")
    for n, inner in enumerate(MESSAGES):
        mallory.send("<message type='groupchat' to='%s' id='m%d'>%s</message>" % (ROOM, n, inner))
        x = mallory.take(lambda x: x.get("id") == "m%d" % n, what="an answer to " + inner)
        same((local(x.tag), x.get("type"), condition(x), x.get("from")),
             ("message", "error", "bad-request", ROOM), "ejabberd: message %d is refused" % n)
    talk("ejabberd", romeo, juliet, "after messages")
    for to, inner in ((ROOM + "/Mallory", "<foo:x/>"),
                      (ROOM + "/Other", "<x xmlns='%s'/><foo:x/>" % NS["muc"]),
                      (ROOM + "/Mallory", "<status foo:x='1'>s</status><foo:y/>")):
        mallory.presence(to, inner)
        x = mallory.take(lambda x: local(x.tag) == "presence" and x.get("type") == "error",
                         what="an answer to " + inner)
        same((condition(x), x.get("from")), ("bad-request", to), "ejabberd: presence is refused")
    for kind, inner in (("get", "<foo:query/>"), ("set", "<query xmlns='%s' foo:x='1'/>" % NS["owner"]),
                        ("get", "<query xmlns='%s'><foo:item/></query>" % NS["admin"])):
        for to in (ROOM, DOMAIN, ROOM + "/Romeo"):
            x = mallory.iq(to, kind, inner)
            same((x.get("type"), condition(x), x.get("from")), ("error", "bad-request", to),
                 "ejabberd: an IQ to %s is refused" % to)
    # Nothing answers an error or a result, whatever is wrong with it.
    mallory.send("<iq type='result' id='r' to='%s'><foo:x/></iq>"
                 "<iq type='error' id='e' to='%s'><foo:x/></iq>"
                 "<message type='error' id='f' to='%s'><foo:x/></message>" % (ROOM, ROOM, ROOM))
    sync(mallory, romeo, juliet)
    same([x.get("id") for x in mallory.all() if x.get("id") in ("r", "e", "f")], [],
         "ejabberd: results and errors are not answered")
    juliet.all()
    mallory.send("<presence to='%s/Mallory' type='unavailable'><foo:x/></presence>" % ROOM)
    juliet.take(lambda x: nick_of(x) == "Mallory" and x.get("type") == "unavailable",
                what="Mallory's leaving")
    ok(True, "ejabberd: but who leaves so has left")
    talk("ejabberd", romeo, juliet, "after all of it")
    came, went = wire(link.came), wire(link.went)
    n = sum(not sound for x, sound in came)
    ok(n >= len(MESSAGES) + 3 + 9, "ejabberd: it did pass on undeclared prefixes: %d stanzas" % n)
    ok(all(sound for x, sound in went), "ejabberd: mucd never did")
    same(mucd.count("attached to"), 1, "ejabberd: the link stayed up")
    same(mucd.stop()[0], 0, "ejabberd: mucd ends well")


def prosody():
    server = Server("prosody", users=("romeo", "juliet", "mallory"))
    link = Proxy(server.ports[DOMAIN], record=True)
    mucd = Mucd(link.components())
    romeo, juliet = Client(server, "romeo"), Client(server, "juliet")
    mallory = Client(server, "mallory", header=" xmlns:foo='urn:foo'")
    romeo.create(ROOM, "Romeo", "changesubject=1")
    juliet.join(ROOM, "Juliet")
    mallory.join(ROOM, "Mallory")
    sync(romeo)
    for n, inner in enumerate(MESSAGES):
        mallory.send("<message type='groupchat' to='%s' id='m%d'>%s</message>" % (ROOM, n, inner))
        x = romeo.take(lambda x: x.get("id") == "m%d" % n, what="message " + inner)
        want = canon(ET.fromstring("<s xmlns='jabber:client' xmlns:foo='urn:foo'><message xml:lang='en' "
                                   "type='groupchat'>%s</message></s>" % inner)[0])
        same((x.get("from"), canon(x)), (ROOM + "/Mallory", want),
             "prosody: message %d is relayed as it was meant" % n)
    mallory.presence(ROOM + "/Mallory", "<status>s</status><foo:y foo:z='1'/>")
    x = romeo.take(lambda x: x.findtext("{jabber:client}status") == "s", what="the presence")
    y = x.find("{urn:foo}y")
    same(y.attrib if y is not None else None, {"{urn:foo}z": "1"}, "prosody: so is presence")
    x = mallory.iq(ROOM, "get", "<foo:query/>")
    same((x.get("type"), condition(x)), ("error", "service-unavailable"),
         "prosody: an IQ is only one that nobody knows")
    talk("prosody", romeo, juliet, "after all of it")
    ok(all(sound for x, sound in wire(link.came) + wire(link.went)),
       "prosody: nothing undeclared on the link, either way")
    same(mucd.count("attached to"), 1, "prosody: the link stayed up")
    same(mucd.stop()[0], 0, "prosody: mucd ends well")


def told(link, attrs, inner):
    """Says a groupchat message as the server would; what comes back, up to a ping's answer."""
    ident = "t%d" % time.monotonic_ns()
    link.send("<message type='groupchat' from='a@x.org/r' to='%s' id='%s'%s>%s</message>"
              "<iq type='get' from='b%s@x.org/r' to='%s' id='%s'><ping xmlns='urn:xmpp:ping'/></iq>" %
              (ROOM, ident, attrs, inner, ident, DOMAIN, ident + "p"))
    link.take(lambda x: x.get("id") == ident + "p", what="an answer after " + inner)
    return [x for x in link.all() if x.get("id") == ident]


def by_hand():
    host = Fake()
    mucd = Mucd(host.components(), attach=False)
    link = host.attach()
    link.send("<presence from='a@x.org/r' to='%s/A'><x xmlns='%s'/></presence>" % (ROOM, NS["muc"]))
    link.take(lambda x: local(x.tag) == "message", what="the subject")
    link.all()
    refused = (
        ("", "<body>a</body><foo:x/>"),
        (" foo:x='1'", "<body>a</body>"),
        ("", "<body foo:x='1'>a</body>"),
        ("", "<foo:body>a</foo:body>"),
        ("", "<x xmlns='u' xmlns:a=''/>"),
        ("", "<x xmlns='u' xmlns:a='http://www.w3.org/XML/1998/namespace'/>"),
        ("", "<x xmlns='u' xmlns:xml='urn:x'/>"),
        ("", "<x xmlns='u' xmlns:a='http://www.w3.org/2000/xmlns/'/>"),
        ("", "<a:b:c xmlns:a='u'/>"),
        ("", "<x xmlns:a='u' a:b:c='1'/>"),
        ("", "<x xmlns:a='u' xmlns:b='u' a:k='1' b:k='2'/>"),
    )
    for attrs, inner in refused:
        got = told(link, attrs, inner)
        same([(x.get("type"), condition(x), x.get("to")) for x in got],
             [("error", "bad-request", "a@x.org/r")], "refused: %s %s" % (attrs, inner))
    taken = (
        "<x xmlns:a='urn:a' xmlns:b='urn:b' a:k='1' b:k='2' k='3'/>",
        "<x xmlns='urn:a' xmlns:a='urn:a' a:k='1' k='3'/>",
        "<x xmlns=''><y xmlns='jabber:client'/></x>",
        "<a:x xmlns:a='urn:a'><a:x xmlns:a='urn:b'><a:x a:y='1'/></a:x><a:x a:y='2'/></a:x>",
        "<x xmlns='u' xml:lang='de' xml:space='preserve'> <xml:y xml:id='i'/> </x>",
        "<message xmlns='http://etherx.jabber.org/streams' xmlns:stream='urn:s' stream:k='1'/>",
        "<x xmlns='not a URI' xmlns:a='1:2' a:k='1'/>",
    )
    for inner in taken:
        got = told(link, "", "<body>b</body>" + inner)
        want = canon(parse("<message type='groupchat'><body>b</body>%s</message>" % inner))
        same([canon(x) for x in got], [want], "relayed: " + inner)
    # A component's stream calls jabber:client by another name: these two attributes are one there.
    got = told(link, "", "<body>b</body><x xmlns:a='jabber:client' xmlns:b='jabber:component:accept' "
               "a:k='1' b:k='2'/>")
    same([(x.get("type"), condition(x)) for x in got], [("error", "bad-request")],
         "refused: one attribute under two names of the stream's namespace")
    same(mucd.count("attached to"), 1, "the link stayed up")
    same(host.end(mucd), 0, "mucd ends well")


main([by_hand, ejabberd, prosody], 300)
