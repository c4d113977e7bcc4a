#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
import_ejabberd.t - rooms of a real ejabberd, made by real clients, are the same rooms afterwards

Its own rooms, with its archive, in mnesia. It is stopped, mnesia is dumped by ejabberd's own function, the dump
is imported, and mucd serves them: forms, lists, registered nicknames, subject and what was said.
"""
import sys
sys.dont_write_bytecode = True
import glob
from imported import *

EXTRA = """  mod_muc:
    host: "%s"
    default_room_options:
      mam: true
  mod_muc_admin: {}
  mod_mam:
    default: always
""" % THEIRS


def story(server):
    """Makes the rooms; returns what is seen of them."""
    romeo, juliet = Client(server, "romeo"), Client(server, "juliet")
    lounge, closed, brief = ("%s@%s" % (n, THEIRS) for n in ("lounge", "closed.room", "brief"))
    romeo.join(lounge, "Romeo")
    submit(romeo, lounge, muc__roomconfig_roomname="The \"Lounge\" \u00e4\u0414", muc__roomconfig_roomdesc="What\nfor",
           muc__roomconfig_lang="de", muc__roomconfig_persistentroom="1", muc__roomconfig_publicroom="1",
           muc__roomconfig_changesubject="1", muc__roomconfig_whois="anyone", muc__roomconfig_moderatedroom="1",
           members_by_default="0", muc__roomconfig_maxusers="50", allow_visitor_status="0",
           muc__roomconfig_presencebroadcast=["moderator", "participant"], allow_query_users="0")
    affiliate(romeo, lounge, juliet="member", tybalt="outcast", nurse="admin", evil__example="outcast")
    juliet.join(lounge, "Juliet")
    got = juliet.iq(THEIRS, "set", "<query xmlns='%s'><nick>Julie</nick></query>" % REGISTER)
    same(got.get("type"), "result", "Juliet has registered a nickname with the service")
    talk(romeo, juliet, lounge)
    dress(romeo, lounge)
    romeo.join(closed, "Romeo")
    submit(romeo, closed, muc__roomconfig_persistentroom="1", muc__roomconfig_passwordprotectedroom="1",
           muc__roomconfig_roomsecret="p\u00e4ss", muc__roomconfig_membersonly="1", muc__roomconfig_publicroom="0",
           mam="0", allow_voice_requests="0", muc__roomconfig_allowinvites="1")
    affiliate(romeo, closed, juliet="owner")
    romeo.join(brief, "Romeo")
    submit(romeo, brief, muc__roomconfig_persistentroom="0")
    rooms = {r: (fields_of(form_of(romeo, r)), lists_of(romeo, r)) for r in (lounge, closed)}
    romeo.presence(lounge + "/Romeo", kind="unavailable")
    sync(romeo, to=THEIRS)
    return rooms, entered(romeo, lounge, "Romeo"), dress_of(romeo, lounge)


def dump(mnesia, path):
    """ejabberdctl dump, without an ejabberd."""
    libs = os.path.dirname(glob.glob("/usr/lib/*/ejabberd-*")[0])
    code = ('mnesia:start(), ok = mnesia:wait_for_tables(mnesia:system_info(local_tables), 60000), '
            '{ok, []} = ejabberd_admin:dump_mnesia("%s"), halt(0).' % path)
    return subprocess.run(["erl", "-noshell", "-noinput", "-mnesia", "dir", '"%s"' % mnesia, "-eval", code],
                          env={**os.environ, "ERL_LIBS": libs, "HOME": TOP}, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=2 * PATIENCE, preexec_fn=die_with_parent).returncode


def compare(was, now, room, but=()):
    both = sorted(set(was) & set(now) - set(but))
    ok(len(both) >= 17, "%s: %d fields that both have" % (room, len(both)))
    same({v: now[v] for v in both}, {v: was[v] for v in both}, "%s: they have the same values" % room)


def test():
    server = Server("ejabberd", users=USERS, extra=EXTRA)
    rooms, said, dressed = story(server)
    ok("BINVAL" in str(dressed), "a room of ejabberd's has a picture")
    ok(ended(server), "ejabberd is stopped")
    path = TOP + "/dump"
    same(dump(server.dir + "/mnesia", path), 0, "and its tables are dumped")
    status, out, err = convert("ejabberd", path, "-p")
    ok(status == 0 and out.count("\nroom ") == 2, "two rooms stay: " + err.strip())
    again = Server("prosody", users=USERS)
    mucd = fresh(again)
    status, out, err = convert("ejabberd", path, "-c", mucd.conf, "-m", "%s=%s" % (THEIRS, DOMAIN))
    same((status, out), (0, "2 rooms\n"), "imported")
    check(mucd)
    mucd.start()
    romeo, juliet, tybalt = (Client(again, u) for u in USERS)
    for room, (form, lists) in rooms.items():
        here = room.replace(THEIRS, DOMAIN)
        # Where everybody has voice from the start a room is not moderated.
        compare(form, fields_of(form_of(romeo, here)), here,
                ("muc#roomconfig_moderatedroom",) if "closed" in here else ())
        same(lists_of(romeo, here), lists, "%s: the lists are the same" % here)
    lounge = "lounge@" + DOMAIN
    got = entered(romeo, lounge, "Romeo")
    same(got[0], [s for s in said[0]], "what was said is told: who said it, what, and which it was")
    same(got[1], said[1], "and the subject")
    same(got[2], said[2], "and payloads are whole")
    is_dressed(romeo, lounge, dressed)
    ok("Julie" in ET.tostring(juliet.iq(lounge, "get", "<query xmlns='%s'/>" % REGISTER), "unicode"),
       "Juliet is registered with the room")
    try:
        tybalt.join(lounge, "X")
        ok(False, "an outcast gets in")
    except Failure as e:
        ok("may not enter" in str(e), "an outcast does not get in")
    ok(entered(romeo, "closed.room@" + DOMAIN, "Romeo", "p\u00e4ss"), "with the password Romeo gets in")
    same(mucd.stop()[0], 0, "stopped")
    check(mucd)
    spoil(path)


def spoil(path):
    """Files that are not what they should be."""
    with open(path, encoding="latin-1") as f:
        text = f.read()
    at = text.index("\n{muc_room,") + 1
    for new, says in (
            (text[:at + 200], ""),
            (text[:at] + "{muc_room,{<<\"a\">>,f(x)},[]}.\n", "neither a comma"),
            (text[:at] + "{muc_room,{<<\"a\">>,#Ref<0.1>},[]}.\n", "not a term"),
            ("", "no room that stays"),
            ("junk", "without its end")):
        with open(path, "w", encoding="latin-1") as f:
            f.write(new)
        status, out, err = convert("ejabberd", path, "-p")
        ok(status == 2 and path in err and says in err, "refused: %s" % err.strip())


main((test,), 240)
