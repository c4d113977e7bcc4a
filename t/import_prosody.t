#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
import_prosody.t - rooms of a real Prosody, made by real clients, are the same rooms afterwards

Its own rooms, with its archive, in its internal storage. It is stopped, its files are imported, and mucd serves
them: forms, lists, registered nicknames, subject and what was said. What is not Lua data is refused.
"""
import sys
sys.dont_write_bytecode = True
from imported import *

EXTRA = ('plugin_paths = { "%s" }\nComponent "%s" "muc"\n\tmodules_enabled = { "muc_mam", "keep_vcards" }\n' %
         (TOP, THEIRS))
# Keeps vCards of rooms where and as mod_vcard_muc of the community's modules does.
KEEP_VCARDS = """
local st, split = require "util.stanza", require "util.jid".split;
local store = module:open_store("vcard_muc");
module:hook("iq-set/bare/vcard-temp:vCard", function (event)
	local stanza = event.stanza;
	store:set(split(stanza.attr.to), st.preserialize(stanza.tags[1]));
	event.origin.send(st.reply(stanza));
	return true;
end, 10);
"""


def story(server):
    """Makes the rooms; returns what is seen of them."""
    romeo, juliet = Client(server, "romeo"), Client(server, "juliet")
    lounge, closed, brief = ("%s@%s" % (n, THEIRS) for n in ("lounge", "closed.room", "brief"))
    romeo.join(lounge, "Romeo")
    submit(romeo, lounge, muc__roomconfig_roomname="The \"Lounge\" \u00e4", muc__roomconfig_roomdesc="What\nfor",
           muc__roomconfig_lang="de", muc__roomconfig_persistentroom="1", muc__roomconfig_publicroom="1",
           muc__roomconfig_changesubject="1", muc__roomconfig_whois="anyone", muc__roomconfig_moderatedroom="0",
           muc__roomconfig_presencebroadcast=["moderator", "participant"])
    affiliate(romeo, lounge, juliet="member", tybalt="outcast", nurse="admin", evil__example="outcast")
    juliet.join(lounge, "Juliet")
    got = juliet.iq(lounge, "set", "<query xmlns='%s'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
                    "<value>http://jabber.org/protocol/muc#register</value></field><field var='muc#register_roomnick'>"
                    "<value>Julie</value></field></x></query>" % REGISTER)
    same(got.get("type"), "result", "Juliet has registered a nickname")
    talk(romeo, juliet, lounge)
    dress(romeo, lounge)
    romeo.join(closed, "Romeo")
    submit(romeo, closed, muc__roomconfig_persistentroom="1", muc__roomconfig_roomsecret="p\u00e4ss",
           muc__roomconfig_membersonly="1", muc__roomconfig_moderatedroom="1", muc__roomconfig_publicroom="0",
           muc__roomconfig_enablearchiving="0")
    affiliate(romeo, closed, juliet="owner")
    romeo.join(brief, "Romeo")
    submit(romeo, brief, muc__roomconfig_persistentroom="0")
    rooms = {r: (fields_of(form_of(romeo, r)), lists_of(romeo, r)) for r in (lounge, closed)}
    romeo.presence(lounge + "/Romeo", kind="unavailable")
    sync(romeo, to=THEIRS)
    return rooms, entered(romeo, lounge, "Romeo")


def compare(was, now, room):
    both = sorted(set(was) & set(now))
    ok(len(both) >= 12, "%s: %d fields that both have" % (room, len(both)))
    same({v: now[v] for v in both}, {v: was[v] for v in both}, "%s: they have the same values" % room)


def test():
    with open(TOP + "/mod_keep_vcards.lua", "w") as f:
        f.write(KEEP_VCARDS)
    os.chmod(TOP, 0o755)
    server = Server("prosody", users=USERS, extra=EXTRA)
    rooms, said = story(server)
    ok(ended(server), "Prosody is stopped")
    data = server.dir + "/data"
    status, out, err = convert("prosody", data, "-p")
    ok(status == 0 and out.count("\nroom ") == 2, "two rooms stay")
    ok("brief@" + THEIRS + ": not a room that stays" in err or "brief" not in err,
       "one that does not is left out: " + err.strip())
    again = Server("prosody", users=USERS)
    mucd = fresh(again)
    status, out, err = convert("prosody", data, "-c", mucd.conf)
    ok(status == 2 and THEIRS + " is not served here" in err, "another domain has to be named")
    status, out, err = convert("prosody", data, "-c", mucd.conf, "-m", "%s=%s" % (THEIRS, DOMAIN))
    same((status, out), (0, "2 rooms\n"), "imported")
    check(mucd)
    host = data + "/" + [d for d in os.listdir(data) if d.startswith("muc")][0]
    same(convert("prosody", host, "-p")[1].count("\nroom "), 2, "the folder of a host alone does as well")
    mucd.start()
    romeo, juliet, tybalt = (Client(again, u) for u in USERS)
    for room, (form, lists) in rooms.items():
        here = room.replace(THEIRS, DOMAIN)
        compare(form, fields_of(form_of(romeo, here)), here)
        same(lists_of(romeo, here), lists, "%s: the lists are the same" % here)
    lounge = "lounge@" + DOMAIN
    got = entered(romeo, lounge, "Romeo")
    same(got[0], said[0], "what was said is told: who said it, what, and which it was")
    same(got[1], said[1], "and the subject")
    same(got[2], said[2], "and payloads are whole")
    is_dressed(romeo, lounge, [canon(parse(VCARD), False)])
    ok("Julie" in ET.tostring(juliet.iq(lounge, "get", "<query xmlns='%s'/>" % REGISTER), "unicode"),
       "Juliet is registered")
    for client, inner, what in ((tybalt, "", "an outcast"), (romeo, "<password>no</password>", "a wrong password")):
        room = lounge if client is tybalt else "closed.room@" + DOMAIN
        try:
            client.join(room, "X", inner)
            ok(False, "%s gets in" % what)
        except Failure as e:
            ok("may not enter" in str(e), "%s does not get in" % what)
    ok(entered(romeo, "closed.room@" + DOMAIN, "Romeo", "p\u00e4ss"), "with the password he does")
    same(mucd.stop()[0], 0, "stopped")
    check(mucd)
    spoil(host)


def spoil(host):
    """Files that are not what they should be."""
    element = '{ name = "%s"; attr = {}; %s }'
    for inner, kept, says in (
            (element % ("FN", '"x"'), "<FN>x</FN>", None),
            (element % ("FN", '"x"') + "; " + element % ("PHOTO", element % ("EXTVAL", '"http://x.example/"')),
             "<FN>x</FN></vCard>", "a picture in its vCard that cannot be one here"),
            (element % ("PHOTO", element % ("BINVAL", '"not in base64!"')), "", "a picture in its vCard"),
            (element % ("FN", '"%s"' % ("x" * 200000)), "", "its vCard is too large"),
            ("", "", None)):
        with open(host + "/vcard_muc/lounge.dat", "w") as f:
            f.write('return { name = "vCard"; attr = { xmlns = "vcard-temp" }; %s };' % inner)
        status, out, err = convert("prosody", host, "-p")
        found = re.findall("^vcard .*$", out, re.M)
        ok(status == 0 and len(found) == bool(kept) and kept in "".join(found) and
           (says in err if says else "vCard" not in err), "a vCard: %s" % (kept or says or "nothing in it"))
    with open(host + "/vcard_muc/lounge.dat", "w") as f:
        f.write("return nonsense")
    ok(convert("prosody", host, "-p")[0] == 2, "one that cannot be read is refused")
    os.unlink(host + "/vcard_muc/lounge.dat")
    path = host + "/config/lounge.dat"
    with open(path, encoding="latin-1") as f:
        text = f.read()
    for new, line, says in (
            (text[:len(text) // 2], 0, ""),
            ("os.execute('touch /tmp/no')\n" + text, 1, "something else than data"),
            (text.replace('"owner"', "f()", 1), 0, "not a value"),
            (text + "\nreturn 1", 0, "something behind")):
        with open(path, "w", encoding="latin-1") as f:
            f.write(new)
        status, out, err = convert("prosody", host, "-p")
        found = re.search(re.escape(path) + r":(\d+): ", err)
        ok(status == 2 and found and (not line or found.group(1) == str(line)) and says in err,
           "refused: %s" % err.strip())


main((test,), 180)
