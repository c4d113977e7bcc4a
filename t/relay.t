#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
relay.t - what is said in a room arrives as it was meant

Payloads with namespaces, prefixes, xml:lang, mixed content, white space, CDATA, references, forwarded
stanzas, in messages, subjects and presences, between real clients on Prosody and on ejabberd. Behind
Prosody trees are compared from client to client. ejabberd gives children another order and drops some of
what it gets, so there what mucd said is compared with what mucd got, on the link between them; and
on Prosody too.
"""
import sys
sys.dont_write_bytecode = True
from muctest import *

ROOM = "relay@" + DOMAIN
LANG = ("{%s}lang" % NS["xml"], "en")

PAYLOADS = (
    "<body>plain</body>",
    "<body> white  space\n\t around </body>",
    "<body>   </body>",
    "<body/>",
    "<body>\u00e4\u00f6\u00fc \u20ac \U0001f600 \u202e\u0627\u200f</body>",
    "<body>&lt;b&gt; &amp;amp; &quot; &apos; ]]&gt; &#x41;&#66;</body>",
    "<body><![CDATA[<not a='tag'> & ]]]]><![CDATA[>]]></body>",
    "<body>a&#13;b&#13;&#10;c&#9;d</body>",
    "<body>one</body><body xml:lang='de'>eins</body><body xml:lang='fr'>un</body>",
    "<body>b</body><html xmlns='http://jabber.org/protocol/xhtml-im'><body "
    "xmlns='http://www.w3.org/1999/xhtml'><p style='color: red'>mixed <em>content</em>, <strong> and"
    " </strong>\n more</p></body></html>",
    "<body>b</body><x xmlns='urn:x'><y xmlns='urn:y'><z xmlns=''/></y><y/></x>",
    "<body>b</body><a:x xmlns:a='urn:a' a:k='1' k='2'><a:y/><b:y xmlns:b='urn:a' b:k='3'/></a:x>",
    "<body>b</body><x xmlns='urn:x' xmlns:a='urn:a' xmlns:b='urn:b' a:k='1' b:k='2' k='3'>"
    "<a:y b:k='4'><b:y a:k='5'/></a:y></x>",
    "<body>b</body><x xmlns='urn:x' a='&#9;&#10;&#13; &lt;&amp;&gt;&quot;&apos;'/>",
    "<body>b</body><x xmlns='urn:x' xml:lang='de' xml:space='preserve'> <y xml:lang=''/> </x>",
    "<body>b</body><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' "
    "stamp='2020-01-01T00:00:00Z'/><message xmlns='jabber:client' from='a@b/c' to='d@e' type='chat' "
    "xml:lang='it'><body>inner</body></message></forwarded>",
    "<body>b</body><encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'><key rid='2' "
    "prekey='true'>QUJD</key><iv>REVG</iv></header><payload>R0hJ</payload></encrypted>",
    "<body>b</body><x xmlns='jabber:x:data' type='form'><field var='v' type='list-multi'><option "
    "label='L'><value>1</value></option><value>1</value><value/></field></x>",
    "<body>b</body><reply xmlns='urn:xmpp:reply:0' to='%s/A' id='i'/><fallback "
    "xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='3'/></fallback>" % ROOM,
    "<thread parent='p'>t</thread><body>b</body><active xmlns='http://jabber.org/protocol/chatstates'/>",
    "<composing xmlns='http://jabber.org/protocol/chatstates'/>",
    "<body>b</body><message xmlns='urn:x' from='x' to='y'><iq type='set'/></message>",
    "<body>b</body>" + "<d xmlns='urn:d'>" + "<e>" * 40 + "deep" + "</e>" * 40 + "</d>",
    "<body>%s</body>" % ("long &amp; \n" * 20000),
    "<body>b</body><x xmlns='urn:x'>%s</x>" % ("<y z='1'/> t " * 3000),
)
# Top-level text: ejabberd drops it.
PAYLOADS += (" one <body>b</body> two <x xmlns='urn:x'>m<y/>n</x> three ",)

PRESENCES = (
    "<show>away</show><status>out</status><priority>5</priority>",
    "<status xml:lang='de'>weg</status><status>out</status>",
    "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='v'/>"
    "<x xmlns='vcard-temp:x:update'><photo/></x>",
    "<a:x xmlns:a='urn:a' a:k='1'><y xmlns='urn:y'> t <a:z/> </y></a:x>",
    "<idle xmlns='urn:xmpp:idle:1' since='2020-01-01T00:00:00Z'/>",
)


def message(n, inner, kind="groupchat"):
    return "<message type='%s' to='%s' id='p%d' xml:lang='en'>%s</message>" % (kind, ROOM, n, inner)


def without_user(x):
    """What a presence of the room shows of the occupant's own."""
    name, attrs, kids = canon(x)
    return name, attrs, tuple(k for k in kids if isinstance(k, str) or
                              not k[0].startswith("{%s}" % NS["user"]))


def link_check(kind, link, romeo, mark):
    """What was said to romeo, against what came, over mucd's link."""
    came = [x for x, sound in wire(link.came)[mark[0]:] if local(x.tag) == "message" and
            x.get("type") == "groupchat"]
    went = [x for x, sound in wire(link.went)[mark[1]:] if local(x.tag) == "message" and
            x.get("type") == "groupchat" and x.get("to") == romeo.jid]
    same(len(came), len(PAYLOADS), "%s: mucd gets %d messages" % (kind, len(came)))
    same([canon(x) for x in went] == [relayed(x) for x in came], True,
         "%s: what it says means what it got" % kind)
    for a, b in zip(went, came):
        if canon(a) != relayed(b):
            diag("got  %s" % (str(canon(a))[:1000],))
            diag("want %s" % (str(relayed(b))[:1000],))
            break
    ok(all(sound for x, sound in wire(link.went)), "%s: and is sound" % kind)


def check(kind):
    server = Server(kind)
    link = Proxy(server.ports[DOMAIN], record=True)
    mucd = Mucd(link.components())
    romeo, juliet = Client(server, "romeo"), Client(server, "juliet")
    romeo.create(ROOM, "Romeo", "changesubject=1")
    juliet.join(ROOM, "Juliet")
    sync(romeo, juliet)
    romeo.all(), juliet.all()
    mark = len(wire(link.came)), len(wire(link.went))
    bad = 0
    for n, inner in enumerate(PAYLOADS):
        juliet.send(message(n, inner))
    sync(juliet, romeo)
    link_check(kind, link, romeo, mark)
    # Servers write white space as it is: what was a reference is a line feed in text, a blank in
    # an attribute to whoever reads it.
    want = [canon(parse(message(n, inner).replace("'&#9;&#10;&#13;", "'   ")
                        .replace("&#13;&#10;", "\n").replace("&#13;", "\n")))
            for n, inner in enumerate(PAYLOADS)]
    for c in (romeo, juliet):
        got = [x for x in c.all() if local(x.tag) == "message"]
        same([x.get("id") for x in got], ["p%d" % n for n in range(len(PAYLOADS))],
             "%s: %s gets all of them, in order" % (kind, c.name))
        if kind == "ejabberd":
            got = [sorted(k[2] for k in canon(x)[2] if k[0] == "{jabber:client}body") for x in got]
            bodies = [sorted(k[2] for k in w[2] if k[0] == "{jabber:client}body") for w in want]
            same(got, bodies, "%s: their bodies at least are what was said" % kind)
            continue
        for x, w in zip(got, want):
            if canon(x) != w:
                bad += 1
                diag("got  %s" % (str(canon(x))[:1000],))
                diag("want %s" % (str(w)[:1000],))
        same(bad, 0, "%s: each means what was said, from client to client" % kind)
    subject = "<subject>of <![CDATA[<love>]]></subject><subject xml:lang='de'>\u00fcber Liebe</subject>"
    juliet.send(message(99, subject))
    x = romeo.take(lambda x: x.get("id") == "p99", what="the subject")
    texts = {(s.get(LANG[0]), s.text) for s in x.iter("{jabber:client}subject")}
    same(texts, {(None, "of <love>"), ("de", "\u00fcber Liebe")}, "%s: a subject in two languages" % kind)
    late = Client(server, "romeo", "late")
    x = late.join(ROOM, "Late")[-1]
    same({(s.get(LANG[0]), s.text) for s in x.iter("{jabber:client}subject")}, texts,
         "%s: is told so to who comes later" % kind)
    sync(romeo)
    romeo.all()
    for n, inner in enumerate(PRESENCES):
        juliet.presence(ROOM + "/Juliet", inner)
        x = romeo.take(lambda x: local(x.tag) == "presence" and nick_of(x) == "Juliet",
                       what="a presence")
        w = canon(parse("<presence xml:lang='en'>%s</presence>" % inner))
        got = without_user(x)
        if kind == "ejabberd":
            got, w = (y[:2] + (sorted(y[2], key=repr),) for y in (got, w))
        same(got, w, "%s: presence %d is shown as it was sent" % (kind, n))
    other = Client(server, "juliet", "other")
    told = other.join(ROOM, "Other")
    x = [x for x in told if nick_of(x) == "Juliet" and local(x.tag) == "presence"]
    got = [child(y, "urn:xmpp:idle:1", "idle") is not None for y in x]
    same(got, [True], "%s: and to who comes later" % kind)
    same(mucd.count("attached to"), 1, "%s: the link stayed up" % kind)
    same(mucd.stop()[0], 0, "%s: mucd ends well" % kind)


on_both(check, 300)
