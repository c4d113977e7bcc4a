#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
options.t - mucd's command line, its configuration file, its signals

-n tells good files from bad ones, by file and line, and touches nothing; secrets that everybody may read
are refused; -V, -h and what is no option. SIGHUP takes what can be taken, and what it says is so; it follows
links anew. SIGTERM and SIGINT end it with status 0 within two seconds, and its occupants are in when it is
back. Two of them cannot have one database. It needs no rights: as an ordinary user it does all that, too.
"""
import sys
sys.dont_write_bytecode = True
from muctest import *

GOOD = '''database = "%(dir)s/db"
admins = { "admin@example.org", "Other@Example.org" }
log_level = "debug"
stanza_bytes = 1M
rate_per_s = 10
room_defaults {
	persistentroom = "1"
	whois = "anyone"
	maxusers = "50"
}
component "a.example.org" {
	server = "127.0.0.1"
	port = 5347
	secret = "s3cret"
}
component "b.example.org" {
	secret_file = "%(dir)s/secret"
}
'''
# (what is replaced, by what, the line that is named or 0, what is said)
BAD = (
    ('log_level = "debug"', "nonsense = 1", 3, "nonsense"),
    ('log_level = "debug"', 'log_level = "loud"', 3, "loud"),
    ('log_level = "debug"', 'seccomp = "maybe"', 3, "not on, log or off"),
    ('log_level = "debug"', 'user = "nonesuch"', 0, "there is no user nonesuch"),
    ('log_level = "debug"', 'control_group = "nonesuch"', 0, "there is no group nonesuch"),
    ("stanza_bytes = 1M", "stanza_bytes = 1X", 4, "1X"),
    ("stanza_bytes = 1M", "stanza_bytes = 1", 4, "1 is not from"),
    ("stanza_bytes = 1M", "stanza_bytes = 99999999999999999999", 4, "stanza_bytes"),
    ("stanza_bytes = 1M", "stanza_bytes = -5", 4, "stanza_bytes"),
    ("rate_per_s = 10", "rate_per_s = 0", 5, "rate_per_s"),
    ('"Other@Example.org"', '"nobody"', 2, "nobody"),
    ('"Other@Example.org"', '"a@b/c"', 2, "a@b/c"),
    ("port = 5347", "port = 0", 13, "port"),
    ("port = 5347", "port = 70000", 13, "70000"),
    ("port = 5347", "colour = 1", 13, "colour"),
    ('server = "127.0.0.1"', 'server = ""', 12, "server"),
    ('component "b.example.org"', 'component "A.Example.ORG"', 18, "there is one already"),
    ('component "b.example.org"', 'component "x@b.example.org"', 18, "not a domain"),
    ('	secret = "s3cret"\n', "", 14, "needs a secret"),
    ('secret = "s3cret"', 'secret = ""', 15, "empty"),
    ('secret_file = "%(dir)s/secret"', 'secret_file = "%(dir)s/secret" secret = "x"', 18, "not both"),
    ('secret_file = "%(dir)s/secret"', 'secret_file = "%(dir)s/none"', 18, "No such file"),
    ('secret_file = "%(dir)s/secret"', 'secret_file = "secret"', 17, "absolute"),
    ('secret_file = "%(dir)s/secret"', 'secret_file = "%(dir)s/open"', 18, "everybody may read it"),
    ('secret_file = "%(dir)s/secret"', 'secret_file = "%(dir)s/empty"', 18, "empty"),
    ('secret_file = "%(dir)s/secret"', 'secret_file = "%(dir)s"', 18, "not a file"),
    ('database = "%(dir)s/db"', 'database = "db"', 1, "absolute"),
    ('persistentroom = "1"', 'persistentroom = "maybe"', 10, "maybe"),
    ('persistentroom = "1"', 'persistantroom = "1"', 10, "persistantroom"),
    ('log_level = "debug"', 'log_level = "debug', 0, ""),
)


def run(*argv):
    return subprocess.run([MUCD, *argv], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=PATIENCE)


def put(path, text, mode=0o600):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as f:
        f.write(text)
    os.chmod(path, mode)


def files():
    d = tempfile.mkdtemp(dir=TOP)
    put(d + "/secret", "topsecret\n")
    put(d + "/open", "topsecret\n", 0o644)
    put(d + "/empty", "\n")
    put(d + "/mucd.conf", GOOD % {"dir": d})
    return d


def checks():
    d = files()
    conf = d + "/mucd.conf"
    p = run("-n", "-c", conf)
    same((p.returncode, p.stdout, p.stderr), (0, conf + ": good\n", ""), "-n: a good file")
    ok(not os.path.exists(d + "/db"), "-n makes no database")
    for old, new, line, says in BAD:
        text = (GOOD.replace(old, new) if old in GOOD else "") % {"dir": d}
        put(conf, text)
        p = run("-n", "-c", conf)
        first = p.stderr.splitlines()[0] if p.stderr else ""
        found = re.match(re.escape(conf) + r"(?::(\d+))?: (.*)", first)
        good = text and p.returncode == 1 and found and says in p.stderr and p.stdout == "" and \
            (line == 0 or found.group(1) in (str(line), str(line - 1), str(line + 1)))
        if not ok(good, "-n: %s" % (new.strip() % {"dir": "..."} if new else "no secret")[:60]):
            diag("status %d, said: %s" % (p.returncode, p.stderr))
        elif line and found.group(1) != str(line):
            diag("line %s, not %d" % (found.group(1), line))
        if "s3cret" in p.stderr or "topsecret" in p.stderr:
            ok(False, "a secret was said: " + p.stderr)
    text = GOOD % {"dir": d}
    put(conf, text, 0o644)
    p = run("-n", "-c", conf)
    ok(p.returncode == 1 and "everybody may read it" in p.stderr and "chmod" in p.stderr,
       "-n: a file that everybody may read, with a secret in it")
    put(conf, text, 0o640)
    same(run("-n", "-c", conf).returncode, 0, "-n: one that a group may read is good")
    put(conf, text.replace('secret = "s3cret"', 'secret_file = "%s/secret"' % d), 0o644)
    same(run("-n", "-c", conf).returncode, 0, "-n: and one that everybody may read without a secret")
    put(conf, 'database = "%s/db"\n' % d)
    p = run("-n", "-c", conf)
    ok(p.returncode == 1 and "no component" in p.stderr, "-n: no component")
    put(conf, "")
    same(run("-n", "-c", conf).returncode, 1, "-n: an empty file")
    p = run("-n", "-c", d + "/none")
    ok(p.returncode == 1 and d + "/none: No such file or directory" in p.stderr, "-n: no file")
    p = run("-n", "-c", d)
    ok(p.returncode == 1 and "not a file" in p.stderr, "-n: a directory")
    put(conf, "\0\xff" * 500)
    same(run("-n", "-c", conf).returncode, 1, "-n: garbage")
    p = run("-f", "-c", d + "/none")
    same(p.returncode, 1, "without -n a bad file is a failure, too")


def options():
    p = run("-V")
    ok(p.returncode == 0 and re.fullmatch(r"mucd \d+\.\d+\.\d+\n", p.stdout), "-V: " + p.stdout.strip())
    p = run("-h")
    ok(p.returncode == 0 and p.stdout.startswith("usage: mucd") and p.stderr == "" and
       all(o in p.stdout for o in ("-c", "-f", "-n", "-h", "-V", "--leave")), "-h names all options")
    ok(run("--help").stdout == p.stdout and run("--version").stdout == run("-V").stdout, "by their long names, too")
    for argv in (("-x",), ("-c",), ("file",), ("-n", "file"), ("--leave", "-n"), ("--leave", "-f"), ("--lead",)):
        p = run(*argv)
        ok(p.returncode == 1 and p.stderr != "" and "usage" in p.stderr and p.stdout == "",
           "mucd %s: told how to use it" % " ".join(argv))


def form_of(link, room):
    """Creates a room; the values of its form."""
    link.send("<presence from='a@x.org/r' to='%s/A'><x xmlns='%s'/></presence>"
              "<iq type='get' id='f' from='a@x.org/r' to='%s'><query xmlns='%s'/></iq>" %
              (room, NS["muc"], room, NS["owner"]))
    x = link.take(lambda x: x.get("id") == "f", what="the form")
    return {f.get("var"): f.findtext("{jabber:x:data}value") for f in x.iter("{jabber:x:data}field")}


def reload():
    host = Fake()
    mucd = Mucd(host.components(), attach=False)
    link = host.attach()
    key = "muc#roomconfig_membersonly"
    same(form_of(link, "one@" + DOMAIN)[key], "0", "a room as it is without a word in the file")

    def hup():
        mucd.mark = len(mucd.log())
        mucd.proc.send_signal(signal.SIGHUP)
    mucd.write(host.components(), 'room_defaults { membersonly = "1" }')
    hup()
    ok(mucd.says(r"mucd\.conf: read again"), "SIGHUP: it is read again")
    same(form_of(link, "two@" + DOMAIN)[key], "1", "and a new room is made after it")
    mucd.write(host.components(), 'room_defaults { membersonly = "2" }')
    hup()
    ok(mucd.says(r"mucd\.conf:\d+: .*membersonly") and mucd.says("stays as it was"),
       "SIGHUP: a bad file is named")
    same(form_of(link, "three@" + DOMAIN)[key], "1", "and not taken")
    mucd.write([(DOMAIN, host.port, "new"), ("more.example.org", host.port, SECRET)],
               'room_defaults { membersonly = "0" }')
    hup()
    ok(mucd.says("more.example.org: not served until mucd is restarted") and
       mucd.says("the new secret will be used from the next connection on"),
       "SIGHUP: it says what it cannot do, and what later")
    same(form_of(link, "four@" + DOMAIN)[key], "0", "and does the rest")
    ok("new" not in [w for l in mucd.log().splitlines() for w in re.findall(r'"(\w+)"', l)] and
       SECRET not in mucd.log(), "and says no secret")
    same(mucd.count("attached|lost"), 0, "the link was not touched")
    mucd.write(host.components(), 'backup_dir = "%s/none"' % mucd.dir)
    hup()
    ok(mucd.says(r"warn: backup_dir: no copies can be made in .*/none: No such file") and
       mucd.says("read again"), "SIGHUP: a folder for backups that is not there is named, no more")
    os.unlink(mucd.conf)
    hup()
    ok(mucd.says("No such file or directory") and mucd.says("stays as it was"), "SIGHUP: no file")
    for _ in range(50):
        mucd.proc.send_signal(signal.SIGHUP)
    form_of(link, "five@" + DOMAIN)
    ok(mucd.runs(), "many SIGHUPs do no harm")
    same(host.end(mucd), 0, "mucd ends well")


def link():
    """The file is another one when a link on the way to it is, as in a volume of Kubernetes."""
    host = Fake()
    mucd = Mucd(host.components(), start=False)
    versions = [mucd.dir + "/" + v for v in ("one", "two", "three")]
    for n, folder in enumerate(versions):
        os.mkdir(folder)
        mucd.write(host.components(), 'backup_dir = "%s/none-%d"\n' % (mucd.dir, n))
        os.rename(mucd.conf, folder + "/mucd.conf")

    def lead_to(version):
        os.symlink(versions[version], mucd.dir + "/new")
        os.rename(mucd.dir + "/new", mucd.dir + "/current")
        if version > 0:
            shutil.rmtree(versions[version - 1])
    lead_to(0)
    os.symlink("current/mucd.conf", mucd.conf)
    mucd.start(attach=False)
    host.attach()
    lead_to(1)
    mucd.proc.send_signal(signal.SIGHUP)
    ok(mucd.says("none-1: No such file") and mucd.says("mucd.conf: read again"), "SIGHUP: a link leads elsewhere")
    lead_to(2)
    ok(mucd.hand_over(1) and mucd.says("none-2: No such file"), "SIGUSR2: again")
    host.link.close()
    host.attach()
    same(host.end(mucd), 0, "it connects, and ends well")


def ends():
    server = Server("prosody")
    mucd = Mucd(server.components)
    romeo, juliet = Client(server, "romeo"), Client(server, "juliet")
    room = "ends@" + DOMAIN
    romeo.create(room, "Romeo")
    juliet.join(room, "Juliet")
    sync(romeo, juliet)
    romeo.all(), juliet.all()
    for sig in (signal.SIGTERM, signal.SIGINT):
        # One that waits for what does not come waits each time; this machine may have stood still.
        for _ in range(5):
            began = time.monotonic()
            mucd.proc.send_signal(sig)
            status = mucd.proc.wait(PATIENCE)
            took = time.monotonic() - began
            mucd.start()
            if took < 2:
                break
        same(status, 0, "%s: status 0" % sig.name)
        ok(took < 2, "%s: after %.3f s" % (sig.name, took))
        for c, nick in ((romeo, "Romeo"), (juliet, "Juliet")):
            x = c.iq("%s/%s" % (room, nick), "get", "<ping xmlns='urn:xmpp:ping'/>")
            same(x.get("type"), "result", "%s: %s is still in" % (sig.name, nick))
        juliet.say(room, "after %s" % sig.name)
        romeo.hear(room, "after %s" % sig.name)
        same([codes(x) for x in romeo.all() + juliet.all() if local(x.tag) == "presence"], [],
             "%s: nobody was told of it" % sig.name)
    # SIGTERM in the middle of it all; what comes while it is away the server sends back.
    for n in range(300):
        romeo.say(room, "n%d" % n)
    status, took = mucd.stop()
    ok(status == 0 and not mucd.count("with output that a server does not take"),
       "under load: status %s after %.3f s" % (status, took))
    mucd.start()
    sync(romeo, juliet)
    for c in (romeo, juliet):
        got = [int(body(x)[1:]) for x in c.all() if x.get("type") == "groupchat" and
               re.match(r"n\d", body(x) or "")]
        same(got, sorted(set(got)), "%s was told %d of 300, in order" % (c.name, len(got)))


def two():
    host = Fake()
    mucd = Mucd(host.components(), attach=False)
    host.attach()
    p = run("-f", "-c", mucd.conf)
    ok(p.returncode == 1 and re.search(r"another mucd, process %d, has it" % mucd.proc.pid, p.stderr),
       "a second mucd on one database is told who has it")
    ok(mucd.runs(), "the first one does not mind")
    same(host.end(mucd), 0, "and ends well")
    mucd.start(attach=False)
    host.attach()
    mucd.kill()
    mucd.start(attach=False)
    host.attach()
    ok(True, "kill -9 leaves no lock behind")
    same(host.end(mucd), 0, "mucd ends well")
    put(mucd.dir + "/file", "x")
    text = open(mucd.conf).read().replace(mucd.database, mucd.dir + "/file")
    put(mucd.conf, text)
    p = run("-f", "-c", mucd.conf)
    ok(p.returncode == 1 and mucd.dir + "/file" in p.stderr, "a database that is a file: " +
       p.stderr.strip()[-80:])


def ordinary_user():
    if os.geteuid() != 0:
        ok(True, "this is an ordinary user")
        return
    import pwd
    who = pwd.getpwnam("nobody")
    os.chmod(TOP, 0o711)
    d = tempfile.mkdtemp(dir=TOP)
    program = d + "/mucd"
    shutil.copy(MUCD, program)
    host = Fake()
    put(d + "/mucd.conf", 'database = "%s/db"\ncomponent "%s" { port = %d secret = "%s" }\n' %
        (d, DOMAIN, host.port, SECRET))
    for path in (d, d + "/mucd.conf", program):
        os.chown(path, who.pw_uid, who.pw_gid)

    def become():
        os.setgroups([])
        os.setgid(who.pw_gid)
        os.setuid(who.pw_uid)
        die_with_parent()
    proc = subprocess.Popen([program, "-f", "-c", d + "/mucd.conf"], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=become,
                            cwd="/")
    try:
        link = host.attach()
        form_of(link, "room@" + DOMAIN)
        ok(True, "nobody can run it")
        modes = sorted("%o" % (os.stat(os.path.join(base, n)).st_mode & 0o77)
                       for base, dirs, names in os.walk(d + "/db") for n in dirs + names)
        same((set(modes), os.stat(d + "/db").st_mode & 0o77), ({"0"}, 0), "its database is its own")
        proc.terminate()
        link.close()
        same(proc.wait(PATIENCE), 0, "and it ends well")
    finally:
        proc.kill()
        proc.wait()
        proc.stderr.close()


main([checks, options, reload, link, ends, two, ordinary_user], 300)
