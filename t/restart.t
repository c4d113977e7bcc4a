#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
restart.t - SIGUSR2: another mucd goes on, and nobody notices

Clients chat while mucd is replaced ten times: the process and its connection to the server stay, and
each message is heard once by each, in order; nothing comes back, nobody is told of any presence. A
program that does not run, one that does not like the configuration or could not have its files, and
one whose database is older are not gone over to. A stanza that is half there is whole afterwards. A
component whose server is another one now attaches to that. On Prosody and on ejabberd.
"""
import sys
sys.dont_write_bytecode = True
import resource
from muctest import *
import muctest

ROOM = "room@" + DOMAIN
RESTARTS = 10


def fds(mucd):
    return len(os.listdir("/proc/%d/fd" % mucd.proc.pid))


def chat(clients, n, number, seconds):
    """All talk; returns the next number."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for c in clients:
            c.say(ROOM, "number %d" % number, "n%d" % number)
            number += 1
        for c in clients:
            c.fill(0.002)
    return number


def conversation(kind):
    server = Server(kind)
    romeo, juliet = Client(server, "romeo"), Client(server, "juliet")
    mucd = Mucd(server.components, "rate_burst = 100000\nroom_messages_per_s = 1000000\n")
    romeo.create(ROOM, "Romeo", "persistentroom=1")
    juliet.join(ROOM, "Juliet")
    sync(romeo, juliet)
    romeo.all(), juliet.all()
    pid, before, number = mucd.proc.pid, 0, 0
    longest = 0
    for n in range(RESTARTS):
        number = chat((romeo, juliet), n, number, 0.2)
        began = time.monotonic()

        def talk():
            nonlocal number
            number = chat((romeo, juliet), n, number, 0.01)
        mucd.hand_over(n + 1, talk)
        longest = max(longest, time.monotonic() - began)
        if n == 0:
            sync(romeo)
            before = fds(mucd)
    number = chat((romeo, juliet), n, number, 0.2)
    sync(romeo, juliet)
    same(mucd.count("another mucd goes on here"), RESTARTS, "%s: replaced ten times" % kind)
    diag("%s: the longest took %.0f ms" % (kind, 1000 * longest))
    ok(mucd.runs() and mucd.proc.pid == pid, "%s: the process is the same" % kind)
    same(mucd.count("attached to"), 1, "%s: the connection, too" % kind)
    until(lambda: fds(mucd) == before)
    same(fds(mucd), before, "%s: no descriptors leak" % kind)
    for c in (romeo, juliet):
        got = c.all()
        said = [int(body(x).split()[1]) for x in got if x.get("type") == "groupchat" and body(x)]
        ok(sorted(said) == list(range(number)),
           "%s: %s hears %d of %d messages" % (kind, c.name, len(said), number))
        for of in (0, 1):
            ok([s for s in said if s % 2 == of] == list(range(of, number, 2)), "%s: in order" % kind)
        same([x for x in got if x.get("type") == "error"], [], "%s: nothing comes back" % kind)
        same([x for x in got if local(x.tag) == "presence"], [], "%s: nobody comes or goes" % kind)
    same(mucd.stop()[0], 0, "%s: mucd ends well" % kind)


def refused():
    """What is not good is not gone over to."""
    server = Server("prosody")
    program = TOP + "/mucd"
    shutil.copy(MUCD, program)
    muctest.MUCD, was = program, muctest.MUCD
    mucd = Mucd(server.components)
    muctest.MUCD = was
    romeo = Client(server, "romeo")
    romeo.create(ROOM, "Romeo")

    def install(text, mode=0o755):
        os.unlink(program)
        if text is None:
            shutil.copy(MUCD, program)
            return
        with open(program, "w") as f:
            f.write(text)
        os.chmod(program, mode)

    def stays(what, n):
        mucd.ask_to_hand_over(lambda: mucd.count("this one goes on") >= n)
        ok(mucd.count("this one goes on") == n and romeo.ping(ROOM).get("type"), what)
    install("#!/bin/sh\nexit 3\n")
    stays("a program that fails is not run", 1)
    install("no program at all")
    stays("what is no program is not run", 2)
    install("", 0o600)
    stays("what may not be run is not", 3)
    install("#!/bin/sh\nexec sleep 60\n")
    stays("a program that does not end is ended", 4)
    install("#!/bin/sh\nMUCD_SCHEMA=99 exec %s \"$@\"\n" % MUCD)
    stays("an older mucd, which cannot read the database, is not run", 5)
    install(None)
    mucd.write(server.components, "nonsense = 1\n")
    stays("with a bad configuration all stays as it is", 6)
    mucd.write(server.components, 'control = "%s/nowhere/control"\n' % TOP)
    stays("neither with a control that has no folder", 7)
    mucd.write(server.components, 'control = "%s"\n' % program)
    stays("nor in the place of something else", 8)
    ours, mucd.database = mucd.database, TOP + "/nowhere/db"
    mucd.write(server.components)
    stays("nor with a database that cannot be made", 9)
    mucd.database = ours
    mucd.write(server.components, 'control = "%s/control"\n' % mucd.dir)
    ok(mucd.hand_over(1), "what is good goes on")
    romeo.say(ROOM, "well")
    romeo.hear(ROOM, "well")
    ok(True, "and serves")
    same(mucd.stop()[0], 0, "mucd ends well")


def pieces():
    """Half a stanza has been read; and there is no server."""
    fake = Fake()
    mucd = Mucd(fake.components(), attach=False)
    link = fake.attach()
    ping = ("<iq type='get' id='%s' from='romeo@localhost/r' to='" + DOMAIN +
            "'><ping xmlns='urn:xmpp:ping'/></iq>")
    link.send(ping % "a" + (ping % "b")[:40])
    link.take(lambda x: x.get("id") == "a", what="the answer")
    ok(mucd.hand_over(1), "replaced within a stanza")
    link.send((ping % "b")[40:])
    link.take(lambda x: x.get("id") == "b", what="the answer")
    ok(True, "which is whole then")
    link.close()
    fake.listener.close()
    ok(mucd.says("trying again"), "the server is gone")
    ok(mucd.hand_over(2), "replaced without a connection")
    same(mucd.stop()[0], 0, "mucd ends well")


def children(mucd):
    with open("/proc/%d/task/%d/children" % (mucd.proc.pid, mucd.proc.pid)) as f:
        return set(f.read().split())


def stopped_backup(mucd, control, known, folder=None):
    """The process that makes one, stopped in the midst of it: when there is something of it in that folder."""
    asked = subprocess.Popen([MUCCTL, "-n", "-S", control, "back-up"], stdout=subprocess.DEVNULL)
    child = int(until(lambda: children(mucd) - known, 10, 0).pop())
    if folder is not None:
        until(lambda: any(".part" in f for f in os.listdir(folder)), 5, 0)
    os.kill(child, signal.SIGSTOP)
    asked.wait()
    return child


def busy():
    """A backup is begun while the server is waited for to take what it is told."""
    fake = Fake(rcvbuf=4096)
    folder = tempfile.mkdtemp(dir=TOP)
    control = TOP + "/busy"
    mucd = Mucd(fake.components(), 'control = "%s"\nbackup_dir = "%s"\nrate_burst = 100000\n' % (control, folder),
                attach=False)
    link = fake.attach()
    known = children(mucd)
    info = ("<iq type='get' id='i' from='romeo@localhost/r' to='" + DOMAIN + "'><query xmlns='" + NS["disco"] +
            "'/></iq>")
    for _ in range(50):
        link.send(info * 100)
    time.sleep(1)
    mucd.proc.send_signal(signal.SIGUSR2)
    time.sleep(0.2)
    child = stopped_backup(mucd, control, known)
    link.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    said = until(lambda: not link.fill(0) and mucd.says("handing over: not|another mucd goes on", 0), PATIENCE, 0)
    ok(said and said.group(0).startswith("handing"), "it waits for that")
    os.kill(child, signal.SIGCONT)
    ok(mucd.says("is complete") and until(lambda: children(mucd) == known), "which is made, and its process is gone")
    ok(mucd.hand_over(1, lambda: link.fill(0)), "then another one goes on")
    child = stopped_backup(mucd, control, known, folder)
    same(fake.end(mucd), 0, "mucd ends well in the midst of a backup")
    os.kill(child, signal.SIGCONT)
    ok(until(lambda: not any(".part" in f for f in os.listdir(folder))), "of which no part is left")


def many():
    """A connection for each of very many components; each goes on with its own."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if most < 4096:
        diag("no more than %d descriptors here" % most)
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    fake = Fake()
    fake.listener.listen(1000)
    domains = ["d%d.localhost" % n for n in range(1002)]
    mucd = Mucd([(d, fake.port, SECRET) for d in domains], attach=False)
    links = {}
    for _ in domains:
        link = fake.attach()
        links[link.root.get("to")] = link
    same(len(links), len(domains), "each has one")
    ok(mucd.hand_over(1), "another mucd goes on")
    same(mucd.count("going on with the connection"), len(domains), "with all connections")
    wrong = []
    for d, link in links.items():
        link.send("<iq type='get' id='a' from='romeo@localhost/r' to='%s'><ping xmlns='urn:xmpp:ping'/></iq>" % d)
        x = link.find(lambda x: x.get("id") == "a", 5 if not wrong else 0)
        if x is None or x.get("from") != d:
            wrong.append(d)
    same(wrong, [], "each of which is its component's")
    mucd.kill()


def moved():
    """The configuration names another server by then."""
    before, after = Fake(), Fake()
    mucd = Mucd(before.components(), attach=False)
    link = before.attach()
    link.send("<presence from='romeo@localhost/r' to='%s/Romeo'><x xmlns='%s'/></presence>" % (ROOM, NS["muc"]))
    link.take(lambda x: child(x, "component", "subject") is not None, what="the subject")
    mucd.write(after.components())
    ok(mucd.hand_over(1), "replaced, and the server is another one")
    link = after.attach()
    ok(mucd.says("127.0.0.1:%d: the configuration names another server now" % before.port), "the log says why")
    link.send("<iq type='get' id='a' from='romeo@localhost/r' to='%s'><ping xmlns='urn:xmpp:ping'/></iq>" % ROOM)
    same(link.take(lambda x: x.get("id") == "a", what="the answer").get("type"), "result", "Romeo is in the room there")
    ok(mucd.hand_over(2) and mucd.says("going on with the connection to 127.0.0.1:%d" % after.port),
       "with that one another goes on")
    same(after.end(mucd), 0, "mucd ends well")


def prosody():
    conversation("prosody")


def ejabberd():
    conversation("ejabberd")


main([pieces, moved, busy, many, refused, prosody, ejabberd], 600)
