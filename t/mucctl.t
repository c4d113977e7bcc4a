#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
mucctl.t - the operator's command line, over both ways in, and with a service that is not mucd

Over TLS to a real Prosody, as administrator and as somebody else; over mucd's socket; wrong passwords and
certificates; tables, JSON, help, completion by a real bash; questions at a terminal. A service made up here has
commands of several steps, of long work, and answers that a terminal must not obey.
"""
import sys
sys.dont_write_bytecode = True
from muctest import *
import fcntl
import json
import pty
import struct
import termios
import threading

ROOM = "hall@" + DOMAIN
ADMIN, OTHER = "romeo@localhost", "juliet@localhost"
NS_COMMANDS = "http://jabber.org/protocol/commands"
ENV = {k: v for k, v in os.environ.items() if not k.startswith(("MUCCTL_", "LC_", "LANG"))}


class Ran:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def json(self):
        return json.loads(self.out)


def run(*args, env={}):
    """Without a terminal."""
    p = subprocess.run([MUCCTL, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                       env={**ENV, **env}, timeout=60)
    return Ran(p.returncode, p.stdout, p.stderr)


def at_terminal(args, answers, env={}, timeout=PATIENCE, columns=0):
    """answers: (what the question ends in, what is typed) each. All that is shown, and how it ended."""
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        os.execve(MUCCTL, [MUCCTL, *args], {**ENV, **env})
    shown, at, answers = "", 0, list(answers)
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if answers and re.search(answers[0][0] + r"\s*$", shown[at:]):
            at = len(shown)
            os.write(fd, answers.pop(0)[1].encode())
            continue
        if not select.select([fd], [], [], 0.5)[0]:
            continue
        try:
            data = os.read(fd, 65536)
        except OSError:
            break
        if not data:
            break
        shown += data.decode(errors="replace").replace("\r", "")
    else:
        os.kill(pid, signal.SIGKILL)
    os.close(fd)
    status = os.waitpid(pid, 0)[1]
    if answers:
        diag("never asked: %s" % (answers,))
    return Ran(os.waitstatus_to_exitcode(status), shown, "")


def is_ran(ran, status, pattern, what, where="both"):
    text = {"both": ran.out + ran.err, "out": ran.out, "err": ran.err}[where]
    good = ran.status == status and re.search(pattern, text)
    if not ok(good, what):
        diag("status %s, want %s and /%s/\n%s\n%s" % (ran.status, status, pattern, ran.out, ran.err))
    return good


def cert(name):
    path = "%s/%s" % (TOP, name)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-keyout", path + ".key", "-out", path + ".crt", "-subj", "/CN=" + name,
                    "-addext", "subjectAltName=DNS:" + name], check=True, capture_output=True)
    return path


def prosody(certificate=None):
    extra = 'admins = { "%s" }\n' % ADMIN
    if certificate:
        extra += ('modules_enabled = { "roster", "saslauth", "disco", "ping", "tls", "adhoc", '
                  '"admin_adhoc", "uptime" }\nc2s_require_encryption = true\n'
                  'allow_unencrypted_plain_auth = false\n'
                  'ssl = { certificate = "%s.crt", key = "%s.key" }\n' % (certificate, certificate))
    return Server("prosody", extra=extra)


def password_file(text="password\n", mode=0o600):
    path = "%s/password-%d" % (TOP, time.monotonic_ns())
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, mode), "w") as f:
        f.write(text)
    os.chmod(path, mode)
    return path


def client():
    here = cert("localhost")
    server = prosody(here)
    mucd = Mucd(server.components, 'admins = { "%s" }\n' % ADMIN)
    good = {"MUCCTL_PASSWORD": "password"}
    way = ["-H", "127.0.0.1:%d" % server.port, "-c", here + ".crt"]
    me = ["-a", ADMIN, *way, "-d", DOMAIN]
    is_ran(run(*me, "help", env=good), 0, r"(?m)^  list-rooms  +List rooms$", "help lists commands")
    is_ran(run(*me, "-p", password_file(), "statistics"), 0, r"(?m)^Rooms that exist: 0$",
           "the password is in a file")
    is_ran(run(*me, "statistics", env=good), 0, r"(?m)^Bytes of memory: [1-9]\d{5,}\n.*localhost is up \(.*\): \d+$",
           "statistics tell memory and link")
    is_ran(run(*me, "statistics", env={**good, "MUCCTL_SERVICE": "x", "LANG": "de_DE.UTF-8"}), 0,
           r"(?m)^Version: ", "options go before the environment")
    is_ran(run(*way, "statistics", env={**good, "MUCCTL_ACCOUNT": ADMIN, "MUCCTL_SERVICE": DOMAIN}), 0,
           r"(?m)^Version: ", "account and service are in the environment")
    is_ran(run(*way, "-a", ADMIN, "-d", DOMAIN.upper(), "statistics", env=good), 0, "Version",
           "an address in other letters is the same one")
    for what, args, env, pattern in (
            ("a wrong password", me, {"MUCCTL_PASSWORD": "wrong"}, "refuses the password"),
            ("no password", me, {}, "no password for romeo@localhost"),
            ("a password file that everybody may read", me + ["-p", password_file(mode=0o644)], {},
             "everybody may read it"),
            ("an empty one", me + ["-p", password_file("\n")], {}, "no password in its first line"),
            ("one that is not there", me + ["-p", TOP + "/none"], {}, "No such file"),
            ("a certificate that nobody has signed", ["-a", ADMIN, *way[:2], "-d", DOMAIN], good,
             "certificate is not to be trusted"),
            ("one that somebody else has", me + ["-c", cert("elsewhere") + ".crt"], good,
             "certificate is not to be trusted"),
            ("no certificates to trust", me + ["-c", "/dev/null"], good, "no certificate in it"),
            ("a file of them that is not there", me + ["-c", TOP + "/none"], good, "No such file"),
            ("a closed port", me + ["-H", "127.0.0.1:1"], good, "cannot connect"),
            ("a server that does not know the domain", ["-a", "romeo@example.invalid", *way], good,
             "does not serve|closed|certificate"),
            ("an account that is no address", ["-a", "localhost", *way], good, "is not an address")):
        is_ran(run(*args, "statistics", env=env), 2, pattern, what, "err")
    for what, args, pattern in (
            ("no service", ["-a", ADMIN, *way, "statistics"], "which service"),
            ("a service that is a room", [*me, "-d", ROOM, "statistics"], "not an address of a service"),
            ("an unknown command", [*me, "destroy-world"], "no such command"),
            ("an unknown field", [*me, "room-details", "colour=blue"], "no field colour, but: room"),
            ("a missing field", [*me, "room-details"], "room= is missing"),
            ("no name=value", [*me, "room-details", "room"], "not name=value"),
            ("an option behind the command", [*me, "room-details", "-j"], "before the command"),
            ("a value that is none", [*me, "list-rooms", "order=colour"], "is none of: "),
            ("a number that is none", [*me, "list-rooms", "max=many"], "is not a number"),
            ("a field twice", [*me, "list-rooms", "max=1", "max=2"], "max= is there twice"),
            ("an unknown option", ["--colour"], "no such option"),
            ("an option without its value", ["-a"], "needs a value"),
            ("nothing at all", [], "which command")):
        is_ran(run(*args, env=good), 64, pattern, what, "err")
    is_ran(run(*me, "-n", "unused-rooms", env=good), 1,
           "This is missing: Rooms; `mucctl help unused-rooms` tells what it is given", "one of several fields",
           "err")
    him = ["-a", OTHER, *way, "-d", DOMAIN]
    is_ran(run(*him, "statistics", env=good), 1, "has no commands for juliet@localhost",
           "who is no administrator")
    is_ran(run(*me, "create-room", "room=own", "owner=" + OTHER, env=good), 0, "own@", "a room of hers")
    got = run(*him, "-w", "-r", "own", "export-room", env=good)
    is_ran(got, 0, r'\nroom jid="own@[^\n]*\n[^\0]*\nend \d+\n$', "who owns a room exports it")
    ok(" secret=" not in got.out, "without its secret")
    is_ran(run(*me[:2], *him[2:], "-r", "own", "-w", "export-room", env=good), 0, " secret=",
           "an administrator gets that, too")
    is_ran(run(*him, "-w", "-r", "own", "destroy-rooms", env=good), 64, "no such command",
           "what is no command of a room", "err")
    is_ran(run(*me, "-d", "localhost", "uptime", env=good), 0, "running for",
           "Prosody's own commands are the same to it")
    got = run(*me, "-d", "localhost", "-j", "user-stats", "accountjid=nobody@localhost", env=good)
    is_ran(got, 1, '"status":"completed","notes":\\[\\{"type":"error"', "and its answers in JSON")
    is_ran(run(*me, "-d", "nowhere.localhost", "help", env=good), 1, "nowhere.localhost: ",
           "a service that is not there")
    romeo_at(me, good, server)
    same(mucd.stop()[0], 0, "mucd ends well")


def romeo_at(me, good, server):
    """The password is asked for at a terminal, and does not show."""
    got = at_terminal([*me, "statistics"], [("Password of romeo@localhost:", "password\n")])
    is_ran(got, 0, "Rooms that exist", "the password is asked for")
    ok("password" not in got.out.replace("Password of", ""), "and does not show")
    got = at_terminal([*me, "-n", "statistics"], [])
    is_ran(got, 2, "no password for", "with -n it is not asked for")
    got = at_terminal([*me, "room-details"], [(r"Room \(required\):", ROOM + "\n"),
                                              (r"Room \[hall@.*\]:", "\x04")], env=good)
    is_ran(got, 130, "no such room", "what is missing is asked for, until it is good or given up")


def no_tls():
    server = prosody()
    got = run("-a", ADMIN, "-H", "127.0.0.1:%d" % server.port, "-d", DOMAIN, "help",
              env={"MUCCTL_PASSWORD": "password"})
    is_ran(got, 2, "mucctl: romeo@localhost: ", "a server without TLS is not logged in to", "err")


def columns(text):
    """A table as rows of cells: columns are at least two blanks apart."""
    return [re.split(r" {2,}", line.strip()) for line in text.splitlines()]


def complete(words, env={}):
    """What a real bash makes of the line, typed to its end."""
    line = "mucctl " + words
    script = ('PATH=%s:$PATH; . component/ctl/mucctl.bash; COMP_LINE=%s COMP_POINT=%d _mucctl;'
              ' printf "%%s\\n" "${COMPREPLY[@]}"' % (os.path.dirname(MUCCTL),
                                                    "'" + line + "'", len(line)))
    p = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env={**ENV, **env},
                       timeout=60)
    return sorted(line for line in p.stdout.split("\n") if line)


def socket_way():
    path = TOP + "/control"
    server = Server("prosody")
    mucd = Mucd(server.components, 'control = "%s"\n' % path)
    romeo = Client(server, "romeo")
    romeo.create(ROOM, "Romeo", "persistentroom=1 roomname=Great\u202e\u009b31mHall")
    here = ["-S", path]
    is_ran(run("-S", TOP + "/none", "help"), 2, "mucd does not run here", "no socket", "err")
    is_ran(run("-s", "help", env={"MUCCTL_ACCOUNT": ADMIN}), 2, "/run/mucd/control: ", "an account, but not with -s",
           "err")
    is_ran(run(*here, "help"), 0, r"(?m)^  destroy-rooms  +Destroy rooms$", "help lists commands")
    is_ran(run(*here, "help", "destroy-rooms"), 0, r"(?m)^  rooms=CHOICE, again for more \(required\)$",
           "help of a command has its fields")
    is_ran(run(*here, "help", "destroy-rooms"), 0, r"(?m)^  dry_run=yes\|no\n.* \[no\]$", "with what holds if they are not given")
    is_ran(run(*here, "help", "create-room"), 0, r"(?m)^  owner=ADDRESS \(required\)\n +Owner$",
           "nobody at a console owns a room")
    is_ran(run(*here, "help", "statistics"), 0, "It has no fields", "of one that has none, too")
    is_ran(run(*here, "help", "help"), 0, "what can be done", "and of mucctl's own")
    got = run(*here, "-j", "help").json()
    ok("list-rooms" in [c["command"] for c in got["commands"]], "help in JSON")
    got = run(*here, "-j", "help", "list-rooms").json()
    order = [f for f in got["fields"] if f["name"] == "order"]
    ok(order and order[0]["type"] == "list-single" and "used" in order[0]["choices"],
       "help of a command in JSON")
    got = run(*here, "list-rooms")
    rows = columns(got.out)
    same([r[0] for r in rows], ["Room", ROOM], "a table has a head and rows")
    ok("Great\\xe2\\x80\\xae\\xc2\\x9b31mHall" in got.out and "\u202e" not in got.out and
       "\u009b" not in got.out, "what a terminal would obey is made visible")
    wide = at_terminal([*here, "-n", "list-rooms"], [], columns=len(got.out.split("\n")[0]) + 1)
    same(wide.out, got.out, "at a terminal that is wide enough, too")
    got = at_terminal([*here, "-n", "list-rooms"], [], columns=80)
    is_ran(got, 0, r"(?m)\ARoom: hall@.*\nName of the room: Great.*\nNumber of occupants: 1$",
           "at one that is not each row is shown by itself")
    got = run(*here, "-j", "list-rooms")
    ok("\\u202e\\u009b31m" in got.out and "\u202e" not in got.out, "in JSON, too")
    got = got.json()
    same((got["command"], got["status"], got["notes"], got["fields"], "error" in got),
         ("list-rooms", "completed", [], {}, False), "JSON has its shape")
    same([(i["room"], i["name"], i["occupants"]) for i in got["items"]],
         [(ROOM, "Great\u202e\u009b31mHall", "1")], "and the rows of the table")
    got = run(*here, "-j", "room-details", "room=none@" + DOMAIN)
    same((got.status, got.json()["status"], got.json()["error"]["type"]), (1, "refused", "modify"),
         "a refusal in JSON")
    is_ran(run(*here, "-r", "hall", "room-details"), 0, r"(?m)^Room: hall@", "a command of a room")
    is_ran(run(*here, "-r", ROOM, "room-details"), 0, r"(?m)^Room: hall@", "by its whole address")
    is_ran(run(*here, "-r", "none", "room-details"), 1, r"none@.*: there is nothing of that name \(item-not-found\)",
           "of a room that is not there")
    # Completion.
    same(complete("-S %s de" % path), ["destroy-rooms"], "bash completes commands")
    same(complete("-S %s help list" % path), ["list-rooms"], "behind help, too")
    ok({"rooms=", "reason="} <= set(complete("-S %s destroy-rooms " % path)), "fields")
    same(complete("-S %s destroy-rooms rooms=h" % path), ["hall@" + DOMAIN],
         "choices, without what bash keeps")
    same(complete("-S %s destroy-rooms rooms=hall@conf" % path), [DOMAIN], "up to the last break")
    same(complete("-S %s destroy-rooms dry_run=" % path), ["no", "yes"], "yes and no")
    for quoted in ('reason="it is"', r"reason=it\ is", 'reason="$(touch %s/done)"' % TOP):
        same(complete("-S %s destroy-rooms %s rooms=h" % (path, quoted)), ["hall@" + DOMAIN],
             "behind what is quoted: " + quoted.replace(TOP, ""))
    ok(not os.path.exists(TOP + "/done"), "of which nothing is run")
    same(complete("-S %s destroy-rooms dry_run=yes dry" % path), [], "but not what is there")
    ok("--service" in complete("--s"), "options")
    same(complete("-S %s/none de" % TOP), [], "and nothing where there is no service")
    ok("maxusers=" in complete("-S %s configure-room room=hall " % path), "fields of the next form")
    ok("maxusers=" not in complete("-S %s configure-room room=none " % path),
       "if what was typed leads there")
    same(complete("db ex"), ["export"], "what is done to a database")
    is_ran(run(*here, "help", "configure-room"), 0, "Another form follows", "help tells of another form")
    got = run(*here, "help", "configure-room", "room=hall")
    is_ran(got, 0, r"(?s)\n  room=.*\n  maxusers=", "and shows it when it can be reached")
    is_ran(run(*here, "help", "configure-room", "room"), 64, "not name=value", "by what is typed")
    # At a terminal.
    got = at_terminal([*here, "destroy-rooms"],
                      [(r"Which ones, .*\[none\]:", "2\n"), (r"Which ones, .*\[none\]:", "1\n"),
                       (r"Reason:", "enough\n"), (r"go to:", "\n"), (r"that room:", "\n"),
                       (r"\[y/N\]:", "maybe\n"), (r"\[y/N\]:", "yes\n")])
    is_ran(got, 0, "hall@", "a form is filled in at a terminal")
    ok("there is no number 2" in got.out and "neither yes nor no" in got.out,
       "what is no answer is asked again")
    got = at_terminal([*here, "destroy-rooms"], [(r"\[none\]:", "\x03")])
    is_ran(got, 130, "", "an interrupt ends it")
    got = at_terminal([*here, "destroy-rooms"], [(r"\[none\]:", "\x04")])
    is_ran(got, 130, "", "and the end of input")
    is_ran(run(*here, "statistics"), 0, r"(?m)^Commands under way: 0$", "both were canceled")
    got = at_terminal([*here, "destroy-rooms", "rooms=" + ROOM, "dry_run=yes"], [])
    is_ran(got, 0, "hall@", "with arguments nothing is asked that is not required")
    # More rooms than stand on a page.
    for i in range(105):
        romeo.presence("r%03d@%s/R" % (i, DOMAIN), "<x xmlns='%s'/>" % NS["muc"])
    romeo.ping()
    until(lambda: len(run(*here, "-j", "list-rooms").json()["items"]) == 106)
    got = run(*here, "list-rooms")
    same(len(got.out.splitlines()), 107, "all pages of a table, with one head")
    got = at_terminal([*here, "-n", "list-rooms", "max=50"], [])
    is_ran(got, 0, r"page 2\x1b?.*Room ", "at a terminal it shows the page it is at")
    same(len(re.findall("(?m)^.*@" + DOMAIN, got.out)), 106, "before the table as it is")
    got = run(*here, "-j", "destroy-rooms", "rooms=r001@" + DOMAIN, "rooms=r104@" + DOMAIN)
    same((got.status, sorted(i["room"] for i in got.json()["items"])),
         (0, ["r001@" + DOMAIN, "r104@" + DOMAIN]), "choices of several pages")
    got = at_terminal([*here, "destroy-rooms", "rooms=r103@" + DOMAIN], [])
    is_ran(got, 0, "r103@", "a choice of the second page alone, at a terminal")
    got = run(*here, "-j", "destroy-rooms", "rooms=r003", "rooms=r102")
    same((got.status, sorted(i["room"] for i in got.json()["items"])),
         (0, ["r003@" + DOMAIN, "r102@" + DOMAIN]), "without their domain, too")
    is_ran(run(*here, "destroy-rooms", "rooms=r00"), 1, "There is no such room: r00@", "but by the whole of the name")
    got = run(*here, "destroy-rooms", "rooms=r002@" + DOMAIN, "rooms=no@" + DOMAIN)
    is_ran(got, 1, "There is no such room: no@", "one that is on no page")
    same(len(run(*here, "-j", "list-rooms").json()["items"]), 101, "and nothing was done")
    ok(not [x for x in romeo.all() if "console" in ET.tostring(x).decode()],
       "occupants are told of no console")
    exported(server, mucd, romeo, here)
    is_ran(run(*here, "help", "restart"), 0, "Restart the service", "to ask what restarting is")
    same(mucd.count("another mucd goes on here"), 0, "restarts nothing")
    is_ran(run(*here, "restart"), 0, "What is installed now goes on", "a restart")
    ok(until(lambda: mucd.count(r"serves \d+ domain") == 2, 15), "another mucd goes on")
    same(len(run(*here, "-j", "list-rooms").json()["items"]), 101, "with the same rooms, at the same socket")
    mucd.kill()
    is_ran(run(*here, "help"), 2, "mucd does not run here", "a socket that is stale", "err")


def exported(server, mucd, romeo, here):
    """A room as its command exports it is what the database holds, and can be imported."""
    for i in range(60):
        romeo.say(ROOM, "<%d> \u20ac\n" % i + "&" * 3000)
    romeo.ping()
    got = run(*here, "-w", "-r", "hall", "export-room")
    whole = run("db", "export", "-c", mucd.conf, ROOM)
    is_ran(got, 0, r"\nmessage [^\n]*\nend \d+\n$", "a room is exported: %d bytes" % len(got.out))
    ok(len(got.out) > 500000 and got.out == whole.out, "of several pages, as the database has it")
    same(got.err, "", "and nothing is said of it")
    fields = run(*here, "-j", "-r", "hall", "export-room").json()["fields"]
    ok("".join(line + "\n" for line in fields["lines"]) == whole.out, "in JSON it is one list")
    other = Mucd(server.components, start=False)
    os.mkdir(other.database)
    with open(other.dir + "/file", "w", encoding="utf-8") as f:
        f.write(got.out)
    is_ran(run("db", "import", "-c", other.conf, other.dir + "/file"), 0, "", "it is imported elsewhere")
    same(run("db", "export", "-c", other.conf).out, whole.out, "and is the same room there")
    got = run(*here, "-w", "-r", "hall", "export-room", "messages=no")
    is_ran(got, 0, r"\Amucd-export 1\nroom [^\n]* secret=[^\n]*\n(config|affil|spoke)[^\0]*\nend \d+\n$",
           "without what was said")
    ok("\nmessage " not in got.out, "nothing of it")
    is_ran(run(*here, "-w", "-j", "list-rooms"), 64, "-j or -w", "it is not JSON, too", "err")
    is_ran(run(*here, "-w", "-r", "none", "export-room"), 1, "none@", "of a room that is not there")
    ok("mucctl -r ROOM help" in run(*here, "help").out and "-r ROOM" not in run(*here, "-r", "hall", "help").out,
       "that rooms have commands is told where it is not known")
    is_ran(run(*here, "-r", "hall", "help"), 0, r"(?m)^  export-room  +Export the room as text$",
           "help of a room has it")
    is_ran(run(*here, "-r", "hall", "help", "retract-all"), 0, r"(?s)\n  nick=.*\n  jid=.*\n  action=.*\n  hours=",
           "help of a room's command")


class Service(threading.Thread):
    """mucd's socket, with commands made up here: answer(command, nth) gives what is in the <iq/>."""

    def __init__(self, answer):
        super().__init__(daemon=True)
        self.path = "%s/service-%d" % (TOP, time.monotonic_ns())
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(8)
        self.answer = answer
        self.info = ""
        self.seen = []
        self.start()

    def run(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.serve(Stream(sock))

    def serve(self, st):
        st.send("<stream:stream xmlns='jabber:component:accept' xmlns:stream='%s'><stream:features>"
                "<domain xmlns='mucd:control'>x.example</domain></stream:features>" % STREAMS)
        nth = 0
        while not st.ended:
            x = st.find(lambda x: True, 5)
            if x is None:
                continue
            inner, kind = "", "result"
            if x[0].tag == "{%s}query" % NS["disco"]:
                inner = "<query xmlns='%s'>%s</query>" % (NS["disco"], self.info)
            elif x[0].tag.endswith("query"):
                inner = ("<query xmlns='http://jabber.org/protocol/disco#items'>"
                         "<item jid='x.example' node='urn:x#work' name='Work'/>"
                         "<item jid='evil.example' node='urn:x#evil' name='Evil'/></query>")
            else:
                self.seen.append(x[0])
                nth += 1
                got = self.answer(x[0], nth)
                kind = "error" if got.startswith("<error") else "result"
                inner = got
            try:
                st.send("<iq type='%s' id='%s' from='x.example' to='me'>%s</iq>" % (
                    kind, x.get("id"), inner))
            except OSError:
                return
        st.close()

    def actions(self):
        return [x.get("action") for x in self.seen]

    def values(self, i):
        return {f.get("var"): [v.text or "" for v in f] for f in
                self.seen[i].iter("{jabber:x:data}field")}


def command(status, inner=""):
    return "<command xmlns='%s' node='urn:x#work' sessionid='s' status='%s'>%s</command>" % (
        NS_COMMANDS, status, inner)


def form(*fields, actions=""):
    return actions + "<x xmlns='jabber:x:data' type='form'>%s</x>" % "".join(fields)


def field(var, kind="text-single", inner=""):
    return "<field var='%s' type='%s' label='%s'>%s</field>" % (var, kind, var.upper(), inner)


NEXT = "<actions execute='next'><next/></actions>"
LAST = "<actions execute='complete'><prev/><complete/></actions>"
DONE = command("completed", "<note>done</note>")


def steps():
    """A form, another one, done."""
    def answer(x, n):
        if x.get("action") == "cancel":
            return command("canceled")
        if x.get("action") in ("execute", "prev"):
            return command("executing", form(field("a"), actions=NEXT))
        if x.get("action") == "next":
            return command("executing", form(field("b", inner="<required/>"), actions=LAST))
        return DONE
    s = Service(answer)
    is_ran(run("-S", s.path, "help"), 0, r"(?m)^  work  Work$", "the short name of a command")
    ok("evil" not in run("-S", s.path, "help").out, "what is not the service's own is not listed")
    got = run("-S", s.path, "work", "b=2", "a=1")
    is_ran(got, 0, "^done$", "arguments go into the step that has them")
    same((s.actions(), s.values(1), s.values(2)),
         (["execute", "next", "complete"], {"a": ["1"]}, {"b": ["2"]}), "each into its own")
    s.seen.clear()
    is_ran(run("-S", s.path, "help", "work", "a=1"), 0, r"(?s)  a=.*  b=", "help shows both forms")
    same(s.actions(), ["execute", "next", "cancel"], "and does nothing")
    s.seen.clear()
    is_ran(run("-S", s.path, "work", "a=1"), 64, "b= is missing", "one is missing in the second")
    same(s.actions(), ["execute", "next", "cancel"], "which is canceled")
    s.seen.clear()
    is_ran(run("-S", s.path, "work", "a=1", "b=2", "c=3"), 64, "no field c", "one is of no step")
    same(s.actions(), ["execute", "next", "cancel"], "which is canceled, too")
    s.seen.clear()
    got = at_terminal(["-S", s.path, "work"], [("A:", "1\n"), (r"B \(required\):", "<\n"),
                                              ("A:", "3\n"), (r"B \(required\):", "\n"),
                                              (r"B \(required\):", "4\n")])
    is_ran(got, 0, "done", "at a terminal one can go back")
    same((s.actions(), s.values(3), s.values(4)),
         (["execute", "next", "prev", "next", "complete"], {"a": ["3"]}, {"b": ["4"]}), "and on again")


def paged():
    """A list in pages, from which nothing else can be chosen; what came of the first one stays with the service."""
    def answer(x, n):
        if x.get("action") == "cancel":
            return command("canceled")
        page = sum(a in ("execute", "next") for a in s.actions())
        if x.get("action") in ("execute", "next") and page <= 2:
            options = "".join("<option><value>%s</value></option>" % v for v in ("ab", "c")[page - 1])
            return command("executing", form(
                field("some", "list-multi", options + "<required/>"),
                field("max", inner="<value>5</value><validate xmlns='http://jabber.org/protocol/xdata-validate' "
                      "datatype='xs:integer'><range min='1' max='90'/></validate>"),
                actions="<actions execute='complete'>%s<complete/></actions>" % ("<next/>" if page == 1 else "")))
        return DONE
    s = Service(answer)
    is_ran(run("-S", s.path, "work", "some=a", "some=c"), 0, "done", "a choice of the next page is found there")
    same((s.actions(), s.values(1)["some"], s.values(2)["some"]),
         (["execute", "next", "complete"], ["a"], ["c"]), "each is chosen where it stands")
    same(s.values(1)["max"], ["90"], "pages are as large as they may be")
    s.seen.clear()
    is_ran(run("-S", s.path, "work", "some=b", "max=7"), 0, "done", "one page is enough")
    same((s.actions(), s.values(1)["max"]), (["execute", "complete"], ["7"]), "pages are as large as one says")
    s.seen.clear()
    is_ran(run("-S", s.path, "work", "some=d"), 64, '"d" is none of: c', "one that is on no page")
    same(s.actions(), ["execute", "next", "cancel"], "and nothing was done")


def formless():
    """What has no form would be done by asking for it: help and completion ask the node."""
    s = Service(lambda x, n: DONE)
    for steps, does in (("0", False), ("1", True), (None, True)):
        s.info = "" if steps is None else (
            "<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>mucd:command</value>"
            "</field><field var='steps'><value>%s</value></field></x>" % steps)
        for argv in (("help", "work"), ("complete", "work", "")):
            s.seen.clear()
            got = run("-S", s.path, *argv)
            ok(got.status == 0 and bool(s.seen) == does, "%s, %s steps: it is %sbegun" % (
                argv[0], steps, "" if does else "not "))
            if not does and argv[0] == "help":
                is_ran(got, 0, "It has no fields", "which is said")
    is_ran(run("-S", s.path, "work"), 0, "^done$", "it can be done")


def types():
    def answer(x, n):
        options = "".join("<option label='L%d'><value>%d</value></option>" % (i, i) for i in range(3))
        if x.get("action") == "execute":
            return command("executing", form(
                "<field type='fixed'><value>read this</value></field>",
                field("FORM_TYPE", "hidden", "<value>t</value>"), field("h", "hidden", "<value>x</value>"),
                field("x#room_text", inner="<value>old</value>"), field("many", "text-multi"),
                field("flag", "boolean", "<value>1</value>"), field("one", "list-single", options),
                field("some", "list-multi", options + "<value>1</value>"), field("who", "jid-multi"),
                field("key", "text-private"),
                field("n", inner="<validate xmlns='http://jabber.org/protocol/xdata-validate' "
                      "datatype='xs:integer'><range min='1' max='9'/></validate>")))
        return DONE
    s = Service(answer)
    is_ran(run("-S", s.path, "work"), 0, "done", "without arguments what is proposed is taken")
    same(s.values(1), {"FORM_TYPE": ["t"], "h": ["x"], "x#room_text": ["old"], "many": [],
                       "flag": ["1"], "one": [], "some": ["1"], "who": [], "key": [], "n": []},
         "all fields but fixed ones are sent")
    same(s.actions(), ["execute", "complete"], "to execute without actions is to complete")
    s.seen.clear()
    is_ran(run("-S", s.path, "work", "text=new=er", "many=a\nb", "flag=no", "one=L2", "some=0", "some=L1",
               "who=a@b", "who=c@d", "n=9", "key="), 0, "done", "arguments of all types")
    same(s.values(1), {"FORM_TYPE": ["t"], "h": ["x"], "x#room_text": ["new=er"], "many": ["a", "b"],
                       "flag": ["0"], "one": ["2"], "some": ["0", "1"], "who": ["a@b", "c@d"],
                       "key": [], "n": ["9"]}, "are sent as the types want it")
    for arg, pattern in (("n=10", "more than 9"), ("n=0", "less than 1"), ("n=1.5", "not a number"),
                         ("flag=perhaps", "neither yes nor no"), ("one=7", "is none of: 0, 1, 2"),
                         ("text=a\nb", "one line only"), ("h=1", "no field h")):
        s.seen.clear()
        is_ran(run("-S", s.path, "work", arg), 64, pattern, arg.replace("\n", " "))
    s.seen.clear()
    got = at_terminal(["-S", s.path, "work"], [
        (r"X#ROOM_TEXT \[old\]:", "-\n"), ("MANY.*:", "l1\n"), ("", "l2\n"), ("", "\n"),
        (r"FLAG \[Y/n\]:", "n\n"), (r"Which one:", "L0\n"), (r"\[those with \*\]:", "1, 3\n"),
        ("WHO.*:", "\n"), ("KEY:", "s3cret\n"), ("N:", "99\n"), ("N:", "3\n")])
    is_ran(got, 0, "(?s)read this.*done", "all types at a terminal")
    ok("s3cret" not in got.out, "a private text does not show")
    same(s.values(-1), {"FORM_TYPE": ["t"], "h": ["x"], "x#room_text": [], "many": ["l1", "l2"],
                        "flag": ["0"], "one": ["0"], "some": ["0", "2"], "who": [], "key": ["s3cret"],
                        "n": ["3"]}, "and are sent so")


def answers():
    """What comes back: notes, failures, long work, pages, what is no command."""
    result = "<x xmlns='jabber:x:data' type='result'>%s</x>"
    table = ("<reported><field var='a' label='Name'/><field var='b' label='N'/><field var='c' label='None'/>"
             "<field var='d' label='End'/></reported>"
             "<item><field var='a'><value>x\u4e2d\u6587</value></field><field var='b'><value>5</value>"
             "</field></item><item><field var='a'><value>long name</value></field><field var='b'>"
             "<value>1000</value></field></item>")
    cases = {
        "one": command("completed", "<note type='warn'>beware</note><note>two\nlines</note>"),
        "failed": command("completed", "<note type='error'>it broke\u009b</note>"),
        "canceled": command("canceled"),
        "refused": "<error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
        "odd": "<nothing xmlns='x'/>",
        "fields": command("completed", result % (
            field("flag", "boolean", "<value>true</value>") + field("m", "text-multi", "<value>1</value>"
            "<value>2</value>") + field("e") + field("s", inner="<value>\"q\"\\</value>"))),
        "table": command("completed", result % table),
    }
    now = ["one"]
    s = Service(lambda x, n: cases[now[0]])

    def ask(which, *args):
        now[0] = which
        return run("-S", s.path, *args, "work")
    got = ask("one")
    same((got.status, got.out, got.err), (0, "two\nlines\n", "mucctl: work: warning: beware\n"),
         "remarks and warnings")
    got = ask("failed")
    same((got.status, got.out, got.err), (1, "", "mucctl: work: it broke\\xc2\\x9b\n"),
         "a command that has failed")
    same(ask("failed", "-j").json()["notes"], [{"type": "error", "text": "it broke\u009b"}], "in JSON")
    is_ran(ask("canceled"), 1, "has canceled it", "one that is canceled")
    is_ran(ask("refused"), 1, "work: you may not do that \\(forbidden\\)", "one that is refused")
    same(ask("refused", "-j").json()["error"], {"type": "auth", "condition": "forbidden", "text": None},
         "in JSON")
    is_ran(ask("odd"), 2, "what is no command", "an answer that is none")
    same(ask("fields").out, "FLAG: yes\nM:\n  1\n  2\nE:\nS: \"q\"\\\\\n", "fields")
    same(ask("fields", "-j").json()["fields"], {"flag": True, "m": ["1", "2"], "e": None, "s": "\"q\"\\"},
         "in JSON")
    same(ask("table").out, "Name          N  None  End\nx\u4e2d\u6587         5  -     -\n"
         "long name  1000  -     -\n", "a table: wide characters, numbers at the right")
    same(ask("table", "-j").json()["items"],
         [{"a": "x\u4e2d\u6587", "b": "5", "c": None, "d": None},
          {"a": "long name", "b": "1000", "c": None, "d": None}], "in JSON")

    def work(x, n):
        return command("executing", "<note>%d of 3</note>" % n + NEXT) if n < 4 else DONE
    s = Service(work)
    got = run("-S", s.path, "work")
    same((got.status, got.out, got.err), (0, "done\n", ""), "long work, in silence")
    is_ran(at_terminal(["-S", s.path, "work"], []), 0, "(?s)1 of 3.*3 of 3.*done", "and at a terminal")
    s = Service(lambda x, n: command("executing", NEXT + result % table) if n < 3 else DONE)
    got = run("-S", s.path, "work")
    same(len(got.out.splitlines()), 6, "pages of a table")

    def picky(x, n):
        if x.get("action") == "cancel":
            return command("canceled")
        given = [v.text for v in x.iter("{jabber:x:data}value")]
        if not given:
            return command("executing", form(field("a", inner="<required/>")))
        return DONE if given == ["good"] else (
            "<error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text "
            "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>not that</text></error>")
    s = Service(picky)
    is_ran(run("-S", s.path, "work", "a=bad"), 1, "not that", "a form that is refused")
    got = at_terminal(["-S", s.path, "work"], [(r"A \(required\):", "bad\n"), (r"A \[bad\]:", "good\n")])
    is_ran(got, 0, "(?s)not that.*done", "is asked for again at a terminal")
    s = Service(lambda x, n: command("executing", form("<field type='fixed'><value>Sure?</value></field>"))
                if x.get("action") == "execute" else DONE)
    is_ran(at_terminal(["-S", s.path, "work"], [(r"Go on: yes or no\? \[yes\]:", "no\n")]), 130, "Sure",
           "a form without fields is agreed to, or not")
    is_ran(at_terminal(["-S", s.path, "work"], [(r"Go on: yes or no\? \[yes\]:", "\n")]), 0, "done", "or is")
    # A service that says nothing, and one that goes.
    s = Service(lambda x, n: threading.Event().wait() and DONE)
    is_ran(run("-S", s.path, "-t", "1", "work"), 2, "has not answered within 1 s", "no answer", "err")

    def gone(x, n):
        raise OSError
    threading.excepthook = lambda args: None
    s = Service(gone)
    got = run("-S", s.path, "-t", "5", "work")
    is_ran(got, 2, "x.example has not answered|closed", "a service that breaks", "err")


main([client, no_tls, socket_way, steps, paged, formless, types, answers], 280)
