# SPDX-License-Identifier: ISC
"""
imported.py - what t/import_prosody.t and t/import_ejabberd.t share: rooms made by clients with another
server's own rooms, and what is seen of them there and, after the import, here
"""
import base64
from muctest import *

MUCCTL = os.path.abspath(os.environ.get("MUCCTL", "build/mucctl"))
THEIRS = "muc.localhost"
USERS = ("romeo", "juliet", "tybalt")
CHAT = ("first \u00e4 <&> \"quoted\"", "line 1\nline 2", "\u0414\u0430 \U0001f600 \\ '")
REGISTER = "jabber:iq:register"


def fields_of(form):
    """var -> values, sorted; true and 1 are one, and so are no value of a boolean and 0."""
    got = {}
    for f in form.iter("{jabber:x:data}field"):
        values = [v.text or "" for v in f.findall("{jabber:x:data}value")]
        values = [{"true": "1", "false": "0"}.get(v, v) for v in values]
        if f.get("type") == "boolean" and not values:
            values = ["0"]
        got[f.get("var")] = sorted(v for v in values if v)
    got.pop("FORM_TYPE", None)
    return got


def form_of(client, room):
    return client.iq(room, "get", "<query xmlns='%s'/>" % NS["owner"])


def submit(client, room, **values):
    """Sets fields by their full names, with __ for #; a list is a list-multi."""
    text = ""
    for var, value in values.items():
        text += "<field var=%s>%s</field>" % (quoteattr(var.replace("__", "#")), "".join(
            "<value>%s</value>" % escape(v) for v in (value if isinstance(value, list) else [value])))
    got = client.iq(room, "set", "<query xmlns='%s'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
                    "<value>http://jabber.org/protocol/muc#roomconfig</value></field>%s</x></query>" %
                    (NS["owner"], text))
    if got.get("type") != "result":
        raise Failure("%s is not configured: %s" % (room, condition(got)))


def affiliate(client, room, **people):
    for who, affiliation in people.items():
        got = client.affiliate(room, who.replace("__", ".") if "__" in who else who + "@localhost", affiliation)
        if got.get("type") != "result":
            raise Failure("%s does not become %s: %s" % (who, affiliation, condition(got)))


def lists_of(client, room):
    return {a: client.listed(room, a) for a in ("owner", "admin", "member", "outcast")}


def talk(client, other, room):
    """Both are in. A subject, and messages in turn."""
    client.send("<message type='groupchat' to='%s' id='s'><subject>Talk of \"%s\"</subject></message>" %
                (room, "\u00fc"))
    sync(client, other, to=THEIRS)
    for i, text in enumerate(CHAT):
        (client, other)[i % 2].say(room, text, "said%d" % i)
        sync(client, other, to=THEIRS)
    client.send("<message type='groupchat' to='%s' id='more' xml:lang='de'><body>more</body>"
                "<x xmlns='urn:example:x' y='1'><z xmlns='urn:example:z'>text</z></x></message>" % room)
    sync(client, other, to=THEIRS)


# A picture, in lines as clients have it.
PICTURE = hashlib.sha256(b"x").digest() * 100
VCARD = ("<vCard xmlns='vcard-temp'><FN>The Lounge &amp; \u00e4</FN><PHOTO><TYPE>image/png</TYPE><BINVAL>\n%s</BINVAL>"
         "</PHOTO></vCard>" % base64.encodebytes(PICTURE).decode())


def dress(client, room):
    """Gives the room a vCard, as its owner."""
    got = client.iq(room, "set", VCARD)
    if got.get("type") != "result":
        raise Failure("%s gets no vCard: %s" % (room, condition(got)))


def dress_of(client, room):
    return [canon(c, False) for c in client.iq(room, "get", "<vCard xmlns='vcard-temp'/>")]


def is_dressed(client, room, was):
    same(dress_of(client, room), was, "%s: the vCard is the same" % room)
    info = ET.tostring(client.iq(room, "get", "<query xmlns='%s'/>" % NS["disco"]), "unicode")
    ok(hashlib.sha1(PICTURE).hexdigest() in info, "%s: the hash of its picture is known" % room)


def entered(client, room, nick, password=None):
    """(history as (nick, body, id), subject, payload of the last message)."""
    client.inbox.clear()
    told = client.join(room, nick, "<password>%s</password>" % password if password else "")
    client.presence(room + "/" + nick, kind="unavailable")
    history = [x for x in told if local(x.tag) == "message" and body(x) is not None]
    said = [(nick_of(x), body(x), x.get("id")) for x in history]
    last = [canon(c, False) for c in history[-1] if c.tag == "{urn:example:x}x"] if history else []
    return said, child(told[-1], "client", "subject").text, last


def convert(kind, path, *argv):
    p = subprocess.run([MUCCTL, "db", "import", "-f", kind, *argv, path], stdin=subprocess.DEVNULL,
                       capture_output=True, text=True, timeout=60, preexec_fn=die_with_parent)
    return p.returncode, p.stdout, p.stderr


def check(mucd):
    p = subprocess.run([MUCCTL, "db", "check", "-c", mucd.conf], stdin=subprocess.DEVNULL,
                       capture_output=True, text=True, timeout=60, preexec_fn=die_with_parent)
    if not ok(p.returncode == 0, "the database is sound"):
        diag(p.stdout + p.stderr)


def fresh(server):
    """A mucd that is not started, with an empty folder for its database."""
    mucd = Mucd(server.components, start=False)
    os.mkdir(mucd.database)
    return mucd


def ended(server):
    """Stops the server itself, with all its files left where they are."""
    os.kill(server.pid, signal.SIGTERM)
    return until(lambda: not os.path.exists("/proc/%d/exe" % server.pid) or
                 " Z " in open("/proc/%d/stat" % server.pid).read(), 30)
