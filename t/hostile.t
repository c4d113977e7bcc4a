#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
hostile.t - stanzas that a server should not have passed on, and some that no server would

Plays the server. Stanzas of the greatest size and depth and beyond; CDATA, entities, references; a
stanza split at every byte; no sender, no addressee, foreign domains; broken XML of all kinds; what ends a
stream (comments, DOCTYPE, processing instructions); a few hundred random changes to sound ones. After
each mucd answers, on that link or on the next, all that it says is sound, and who was in the room is.
"""
import random
import sys
sys.dont_write_bytecode = True
from muctest import *

ROOM = "zoo@" + DOMAIN
ME = "a@x.org/r"
# This server returns no fences: what it has taken would be told again.
FAST = ("fence_bytes = 0\nrate_per_s = 1000000\nrate_burst = 1000000\nrate_bytes_per_s = 1073741824\n"
        "rate_bytes_burst = 1073741824\nretry_first_ms = 10\nretry_greatest_ms = 10\n")


class Host(Fake):
    def __init__(self, settings=""):
        super().__init__()
        self.mucd = Mucd(self.components(), FAST + settings, attach=False)
        self.attach()
        self.serial = 0
        for who in (ME, "b@x.org/r"):
            self.link.send("<presence from='%s' to='%s/%s'><x xmlns='%s'/></presence>" %
                           (who, ROOM, who[0], NS["muc"]))
            if who == ME:
                self.link.send("<iq type='set' id='c' from='%s' to='%s'><query xmlns='%s'><x type='submit' "
                               "xmlns='jabber:x:data'/></query></iq>" % (ME, ROOM, NS["owner"]))
        self.settle()

    def settle(self, timeout=15):
        """What mucd says up to the answer of a ping."""
        self.serial += 1
        ident = "settle%d" % self.serial
        self.link.send("<iq type='get' id='%s' from='p@x.org/r' to='%s'><ping xmlns='urn:xmpp:ping'/>"
                       "</iq>" % (ident, DOMAIN))
        self.link.take(lambda x: x.get("id") == ident, timeout, "the answer to a ping")
        return self.link.all()

    def lives(self):
        """Is the link, or else the next one, of use, with the occupants still in? True, or why not."""
        try:
            got = self.settle()
        except (Failure, OSError):
            self.link.close()
            self.attach()
            got = self.settle()
        self.link.send("<iq type='get' id='self' from='%s' to='%s/a'><ping xmlns='urn:xmpp:ping'/>"
                       "</iq>" % (ME, ROOM))
        answers = [x for x in self.settle() if x.get("id") == "self"]
        return got, len(answers) == 1 and answers[0].get("type") == "result"

    def tell(self, inner, attrs=""):
        self.serial += 1
        ident = "t%d" % self.serial
        self.link.send("<message type='groupchat' from='%s' to='%s' id='%s'%s>%s</message>" %
                       (ME, ROOM, ident, attrs, inner))
        return ident

    def told(self, inner, attrs=""):
        """What a groupchat message leads to."""
        ident = self.tell(inner, attrs)
        return [x for x in self.settle() if x.get("id") == ident]


def outcome(got):
    return sorted({(x.get("to"), x.get("type"), condition(x)) for x in got})


RELAYED = [(ME, "groupchat", None), ("b@x.org/r", "groupchat", None)]
TOO_LARGE = [(ME, "error", "policy-violation")]


def sizes():
    host = Host("stanza_bytes = 100000\nstanza_depth = 20\n")
    empty = len("<message type='groupchat' from='%s' to='%s' id='t10'><body></body></message>" % (ME, ROOM))
    host.serial = 9
    for size, want in ((99999, RELAYED), (100000, RELAYED), (100001, TOO_LARGE), (5000000, TOO_LARGE)):
        host.serial = 9
        got = host.told("<body>%s</body>" % ("z" * (size - empty)))
        same(outcome(got), want, "a stanza of %d bytes, of at most 100000" % size)
    for depth, want in ((20, RELAYED), (21, TOO_LARGE), (100000, TOO_LARGE)):
        # The message is the first.
        inner = "<x xmlns='urn:x'>" + "<y>" * (depth - 2) + "</y>" * (depth - 2) + "</x>"
        same(outcome(host.told(inner)), want, "%d elements in one another, of at most 20" % depth)
    inner = "<body>b</body><x xmlns='urn:x'>" + "<y/>" * 5000 + "</x>"
    same(outcome(host.told(inner)), RELAYED, "5000 beside one another")
    began = time.monotonic()
    inner = "<body>" + "\n" * 90000 + "</body>"
    same(outcome(host.told(inner)), RELAYED, "a body of 90000 lines")
    inner = "<x xmlns='urn:x' " + " ".join("a%d='1'" % n for n in range(9000)) + "/>"
    got = host.told("<body>b</body>" + inner)
    ok(host.lives()[1], "9000 attributes do no harm")
    inner = "<x xmlns='urn:x' " + " ".join("xmlns:a%d='1'" % n for n in range(5000)) + "/>"
    got = host.told("<body>b</body>" + inner)
    ok(host.lives()[1], "nor 5000 declarations")
    inner = "".join("<a%d xmlns:p%d='u%d'>" % (n, n, n) for n in range(18))
    inner += "".join("</a%d>" % n for n in range(17, -1, -1))
    same(outcome(host.told(inner)), RELAYED, "nor one on each level")
    ok(time.monotonic() - began < 30, "all that in %.1f s" % (time.monotonic() - began))
    host.link.send("<presence from='c@x.org/r' to='%s/c'><x xmlns='%s'/></presence><presence "
                   "type='unavailable' from='c@x.org/r' to='%s/c'><status>%s</status></presence>" %
                   (ROOM, NS["muc"], ROOM, "z" * 200000))
    got = [x for x in host.settle() if nick_of(x) == "c" and x.get("type") == "unavailable"]
    same(len(got), 3, "who leaves with too many words has left")
    # A start tag without an end: only its beginning is kept.
    host.link.send("<message from='%s' to='%s' id='%s'/>" % (ME, ROOM, "i" * 3000000))
    host.link.send("<message from='%s' to='%s' id='deep'><x>" % (ME, ROOM) + "<x>" * 300 +
                   "</x>" * 301 + "</message>")
    got = [x for x in host.settle() if x.get("id") == "deep"]
    same(outcome(got), TOO_LARGE, "a start tag of 3 MB is skipped, the next is answered")
    # What may come in may still be more than may go out.
    host.end(host.mucd)
    host.close()
    host = Host()
    same(outcome(host.told("<body>%s</body>" % ("z" * 450000))), RELAYED, "450 kB go out")
    same(outcome(host.told("<body>%s</body>" % ("z" * 600000))), TOO_LARGE, "600 kB do not")
    same(outcome(host.told("<body>%s</body>" % ("&#122;" * 450000))), RELAYED,
         "but six times as many bytes that mean as much do")
    same(host.mucd.count("attached to"), 1, "the link stayed up")
    same(host.end(host.mucd), 0, "mucd ends well")


MEANINGS = (
    "<body><![CDATA[<a>&amp;</message>]]></body>",
    "<body><![CDATA[]]]]><![CDATA[>]]>]]&gt;</body>",
    "<body>&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;\u20ac\U0001f600</body>",
    "<body>a&#13;b&#10;c&#9;d</body>",
    "<body> \n\t </body><x xmlns='urn:x' a='&#10;&#9;&#13;\"&apos;&lt;&gt;&amp;'> </x>",
    " one <body>b</body> two <x xmlns='urn:x'>m<y/>i<z>x</z>ed</x> three ",
    "<body xml:lang='de'>b</body><body xml:lang=''>c</body><x xmlns='' xml:space='preserve'> </x>",
    "<x xmlns='urn:x' xmlns:a='urn:a' a:k='1'><a:y xmlns:a='urn:b' a:k='2'/><a:z a:k='3'/></x>",
    "<x xmlns=\"urn:'x'\" a=\"it's\"/>",
    "<thread parent='p'>t</thread><x   xmlns = 'urn:x'\n\ta = '>' b='/>'  / ><y xmlns='urn:y' />".replace(
        "/ >", "/>"),
    "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='q' to='r'>"
    "<body>b</body></message></forwarded>",
)


def meanings():
    host = Host()
    for inner in MEANINGS:
        want = canon(parse("<message type='groupchat' xml:lang='en'>%s</message>" % inner))
        got = host.told(inner, " xml:lang='en'")
        same([canon(x) for x in got], [want, want], "means the same: " + inner[:60].replace("\n", " "))
    text = ("<message from='%s' to='%s' id='split' type='groupchat'><body>\u00e4\u20ac\U0001f600&amp;&#x41;"
            "</body><a:x xmlns:a='urn:a' a:k='>'><![CDATA[]]</a:x>]]></a:x></message>" % (ME, ROOM))
    want = canon(parse(text))
    data = text.encode()
    good = 0
    for at in range(len(data)):
        host.link.send(data[:at])
        time.sleep(0.0005)
        host.link.send(data[at:])
        got = [canon(x) for x in host.settle() if x.get("id") == "split"]
        good += got == [want, want]
    same(good, len(data), "a stanza split in two at every byte")
    for at in range(len(data)):
        host.link.send(data[at:at + 1])
        if at % 8 == 0:
            time.sleep(0.0005)
    same([canon(x) for x in host.settle() if x.get("id") == "split"], [want, want], "and byte by byte")
    same(host.mucd.count("attached to"), 1, "the link stayed up")
    same(host.end(host.mucd), 0, "mucd ends well")


def addresses():
    host = Host()
    ask = "<iq type='get' id='q'%s><ping xmlns='urn:xmpp:ping'/></iq>"
    silent = (" to='%s'" % DOMAIN, " from='%s'" % ME, "", " from='' to='%s'" % DOMAIN,
              " from='@' to='%s'" % DOMAIN, " from='%s' to=''" % ME,
              " from='%s/x' to='%s'" % (DOMAIN, DOMAIN), " from='a@%s' to='%s'" % (DOMAIN, DOMAIN))
    for attrs in silent:
        host.link.send(ask % attrs)
        got = [x for x in host.settle() if x.get("id") == "q"]
        same(len(got), 0, "nothing is said to <iq%s>" % attrs)
    for to, want in (("other.org", "item-not-found"), ("a@other.org/b", "item-not-found"),
                     ("x." + DOMAIN, "item-not-found"), ("none@" + DOMAIN, "item-not-found")):
        host.link.send(ask % (" from='%s' to='%s'" % (ME, to)))
        got = [(x.get("from"), x.get("to"), condition(x)) for x in host.settle() if x.get("id") == "q"]
        same(got, [(to, ME, want)], "to %s: %s" % (to, want))
    for text in ("<message/>", "<presence/>", "<iq/>", "<foo/>", "<foo xmlns='urn:x' from='%s' to='%s'/>" %
                 (ME, DOMAIN), "<message xmlns='urn:x' from='%s' to='%s' id='q' type='groupchat'/>" %
                 (ME, ROOM), "<handshake/>", "<iq type='get' from='%s' to='%s'/>" % (ME, DOMAIN),
                 "<iq type='nonsense' id='n' from='%s' to='%s'/>" % (ME, DOMAIN),
                 "<presence type='nonsense' from='%s' to='%s/a'/>" % (ME, ROOM),
                 "<stream:features xmlns:stream='urn:x'/>"):
        host.link.send(text)
        ok(host.lives()[1], "no harm: " + text[:70])
    same(host.mucd.count("attached to"), 1, "the link stayed up")
    same(host.end(host.mucd), 0, "mucd ends well")


def broken():
    host = Host()
    head = "<message type='groupchat' from='%s' to='%s' id='bad'" % (ME, ROOM)
    dropped = (
        head + "><a></b></message>",
        head + "><a></message></a>",
        head + " a='1' a='2'><body>b</body></message>",
        head + "><body>&unknown;</body></message>",
        head + "><body>&#0;</body></message>",
        head + "><body>a & b</body></message>",
        head + "><body>]]></body></message>",
        head + "><body>\x01</body></message>",
        head + "><body>\ufffe</body></message>",
        head + " a='<'><body>b</body></message>",
        head + "a='1'><body>b</body></message>",
        head + "><1/></message>",
        head.encode() + b"><body>\xff\xc3(</body></message>",
        head.encode() + b"><body>\xc0\xbc</body></message>",
        head.encode() + b"><body>\xed\xa0\x80</body></message>",
        head.encode() + b"><body>a\0b</body></message>",
        head + "><body>b</body></massage>",
        "<message><body></message></body>",
    )
    lost = 0
    for text in dropped:
        before = host.mucd.count("attached to")
        host.link.send(text)
        got, inside = host.lives()
        lost += host.mucd.count("attached to") - before
        same(([x for x in got if x.get("id") == "bad" and x.get("type") == "groupchat"], inside),
             ([], True), "dropped: %r" % (text[60:] if len(text) > 80 else text))
    diag("%d of %d cost the link" % (lost, len(dropped)))
    ok(lost <= 4, "most of them do not cost the link")
    ends = (
        "<!-- comment -->", "<?xml version='1.0'?>", "<?pi x?>", "<!DOCTYPE x>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]>", head + "><!-- x --></message>",
        head + "><?x y?></message>", head + "><!DOCTYPE x></message>",
        head + "><!ENTITY a 'b'></message>", "text", "<![CDATA[x]]>", "</message>", "</stream:stream>",
        "<stream:error><internal-server-error xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
        "</stream:error></stream:stream>", "<<", "< message/>", "<message//>", "<>",
        "<message a='1'b='2'/></message>",
    )
    for text in ends:
        before = host.mucd.count("attached to")
        host.link.send(text)
        ended = until(lambda: host.link.ended or not host.link.fill(0.05) and host.link.ended)
        host.link.close()
        host.attach()
        same((bool(ended), host.lives()[1], host.mucd.count("attached to")), (True, True, before + 1),
             "ends the link, the next one is good: " + text[-40:])
    # A stanza that its link did not live to end is none on the next.
    host.link.send(head + "><body>half")
    host.link.close()
    host.attach()
    got, inside = host.lives()
    same((len(got), inside), (0, True), "half a stanza is forgotten with its link")
    ok(host.mucd.says("comment|not XMPP"), "the log says what the server did")
    same(host.end(host.mucd), 0, "mucd ends well")


def fuzz():
    seed = int(os.environ.get("SEED") or 1)
    diag("SEED=%d" % seed)
    rng = random.Random(seed)
    host = Host("doubt_wait_s = 86400\n")
    sound = [("<message type='groupchat' from='%s' to='%s' id='z'>%s</message>" %
              (ME, ROOM, inner)).encode() for inner in MEANINGS]
    sound += [("<iq type='%s' from='%s' to='%s' id='z'>%s</iq>" % (kind, ME, ROOM, inner)).encode()
              for kind, inner in (
                  ("get", "<query xmlns='%s'/>" % NS["disco"]), ("get", "<query xmlns='%s'/>" % NS["owner"]),
                  ("set", "<query xmlns='%s'><item nick='b' role='visitor'><reason>x</reason></item>"
                   "</query>" % NS["admin"]),
                  ("set", "<query xmlns='%s'><item jid='c@x' affiliation='member'/></query>" %
                   NS["admin"]))]
    sound.append(("<presence from='%s' to='%s/a'><show>away</show><priority>5</priority></presence>" %
                  (ME, ROOM)).encode())
    pieces = [b"<", b">", b"/", b"'", b'"', b"=", b"&", b";", b"<!", b"]]>", b"<![CDATA[", b"xmlns", b":",
              b" ", b"\0", b"\xff", b"\xf0\x9f\x98\x80", b"<x>", b"</x>", b"<x/>", b"&#", b"xml:", b"-"]
    count, lost = 250, 0
    for n in range(count):
        data = bytearray(rng.choice(sound))
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(data))
            how = rng.randrange(4)
            if how == 0:
                data[at:at + rng.randint(1, 6)] = b""
            elif how == 1:
                data[at:at] = rng.choice(pieces)
            elif how == 2:
                data[at] = rng.randrange(256)
            else:
                other = rng.choice(sound)
                data[at:at + rng.randint(0, 9)] = other[rng.randrange(len(other)):][:rng.randint(1, 20)]
        try:
            host.link.send(bytes(data))
            host.settle(0.15)
        except (Failure, OSError):
            pass
        except ET.ParseError as e:
            ok(False, "after %r mucd says what is not XML: %s" % (bytes(data), e))
            return
        else:
            continue
        # Lost, or a stanza that has not ended swallows all: a new link in either case.
        lost += 1
        host.link.close()
        host.attach()
    diag("%d of %d changed stanzas cost the link" % (lost, count))
    ok(host.mucd.runs(), "%d stanzas changed at random, mucd still runs" % count)
    host.settle()
    ok(True, "and answers")
    same(host.end(host.mucd), 0, "mucd ends well")


main([sizes, meanings, addresses, broken, fuzz], 300)
