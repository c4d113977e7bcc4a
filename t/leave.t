#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
leave.t - mucd --leave: the service is stopped for good

On a real Prosody: all are told 332 and are out, the command returns 0 when mucd has ended, and when it is started
again nobody is in. It is a failure when none runs, when mucd is killed meanwhile, and when a server takes nothing
or is away while somebody is in, and whoever else has the database is left alone; a mucd that was to go on elsewhere (SIGUSR2) stays, to leave.
"""
import sys
sys.dont_write_bytecode = True
from muctest import *

ROOM = "room@" + DOMAIN


def leave(mucd):
    return subprocess.Popen([MUCD, "--leave", "-c", mucd.conf], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            preexec_fn=die_with_parent)


def outcome(p):
    said = p.communicate(timeout=PATIENCE)[0]
    return p.returncode, said


def waits(pid, sig):
    """Has the process been sent a signal that it has not taken yet?"""
    with open("/proc/%d/status" % pid) as f:
        return int(re.search(r"^ShdPnd:\s*(\w+)", f.read(), re.M).group(1), 16) >> sig - 1 & 1


def told():
    server = Server("prosody")
    mucd = Mucd(server.components)
    romeo, juliet = Client(server, "romeo"), Client(server, "juliet")
    romeo.create(ROOM, "Romeo", "persistentroom=1")
    juliet.join(ROOM, "Juliet")
    sync(romeo, juliet)
    romeo.all(), juliet.all()
    mucd.proc.send_signal(signal.SIGUSR2)
    same(outcome(leave(mucd)), (0, ""), "it returns when it is done, without a word, whatever else was wanted")
    same(mucd.proc.wait(PATIENCE), 0, "mucd has ended, and well")
    for c, nick in ((romeo, "Romeo"), (juliet, "Juliet")):
        x = c.take(lambda x: x.get("from") == "%s/%s" % (ROOM, nick), what="the last presence")
        same((x.get("type"), sorted(codes(x))), ("unavailable", ["110", "332"]), "%s: 332" % nick)
    ok(mucd.count("stopping for good") == 1 and mucd.count("stopped") == 1, "its log says so")
    code, said = outcome(leave(mucd))
    ok(code == 1 and "none runs" in said, "there is none: " + said.strip())
    mucd.start()
    x = romeo.iq(ROOM + "/Romeo", "get", "<ping xmlns='urn:xmpp:ping'/>")
    same(condition(x), "not-acceptable", "when it is back nobody is in")
    juliet.join(ROOM, "Juliet")
    ok(True, "and the room is there")
    same(mucd.stop()[0], 0, "mucd ends well")


def stat(pid):
    """Its state, and what follows that."""
    with open("/proc/%d/stat" % pid) as f:
        return f.read().rpartition(")")[2].split()


def ticks(pid):
    return sum(int(n) for n in stat(pid)[11:13])


def both():
    """It is stopped at the same time, and the server does not end its stream."""
    fake = Fake()
    mucd = Mucd(fake.components(), attach=False)
    fake.attach()
    mucd.proc.send_signal(signal.SIGSTOP)
    until(lambda: stat(mucd.proc.pid)[0] == "T")
    for sig in (signal.SIGUSR1, signal.SIGTERM, signal.SIGCONT):
        mucd.proc.send_signal(sig)
    ok(mucd.says(r"info: stopping\n"), "SIGTERM at the same time")
    before = ticks(mucd.proc.pid)
    time.sleep(1)
    spent = ticks(mucd.proc.pid) - before
    ok(spent < os.sysconf("SC_CLK_TCK") / 5, "it sleeps while it waits: %d ticks" % spent)
    same(mucd.proc.wait(PATIENCE), 0, "and ends well")


def enter(link, nick="Romeo"):
    link.send("<presence from='romeo@localhost/r' to='%s/%s'><x xmlns='%s'/></presence>" %
              (ROOM, nick, NS["muc"]))
    link.take(lambda x: child(x, "component", "subject") is not None, what="the subject")


def not_told():
    fake = Fake()
    mucd = Mucd(fake.components(), attach=False)
    link = fake.attach()
    p = leave(mucd)
    ok(until(lambda: mucd.count("stopping") > 0), "nobody is in")
    link.close()
    same(outcome(p), (0, ""), "then there is nobody to tell")
    mucd.start(attach=False)
    link = fake.attach()
    enter(link)
    mucd.proc.send_signal(signal.SIGSTOP)
    p = leave(mucd)
    ok(until(lambda: waits(mucd.proc.pid, signal.SIGUSR1)), "one that is stopped is asked")
    mucd.proc.terminate()
    mucd.proc.send_signal(signal.SIGCONT)
    code, said = outcome(p)
    ok(code == 1 and "stopped otherwise" in said, "told to stop as it is at the same time")
    mucd.proc.wait(PATIENCE)
    mucd.start(attach=False)
    link = fake.attach()
    link.send("<iq type='get' id='p' from='romeo@localhost/r' to='%s/Romeo'><ping xmlns='urn:xmpp:ping'/></iq>" %
              ROOM)
    same(link.take(lambda x: x.get("id") == "p", what="pong").get("type"), "result", "its occupants stay")
    # It ends by itself some seconds later, and this test may have stood still for so long.
    for _ in range(5):
        p = leave(mucd)
        link.take(lambda x: "332" in codes(x), what="332")
        mucd.kill()
        code, said = outcome(p)
        if code != 0:
            break
        mucd.start(attach=False)
        link = fake.attach()
        enter(link)
    ok(code == 1 and "stopped otherwise" in said, "killed meanwhile: " + said.strip())
    mucd.start(attach=False)
    link = fake.attach()
    enter(link)
    link.close()
    fake.listener.close()
    ok(mucd.says("trying again in"), "the server is away")
    code, said = outcome(leave(mucd))
    ok(code == 1 and "not all were told" in said, "and not all can be told: " + said.strip())


def not_ours():
    mucd = Mucd(Fake().components(), start=False)
    os.mkdir(mucd.database)
    mucctl = os.path.abspath(os.environ.get("MUCCTL", "build/mucctl"))
    p = subprocess.Popen([mucctl, "db", "import", "-c", mucd.conf, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         text=True, preexec_fn=die_with_parent)
    p.stdin.write("mucd-export 1\nroom jid=\"%s\"\n" % ROOM)
    p.stdin.flush()
    code, said = until(lambda: [x for x in [outcome(leave(mucd))] if "none runs" not in x[1]])[0]
    ok(code == 1 and "mucctl, perhaps" in said, "mucctl has the database: " + said.strip())
    same(p.communicate("end\n", timeout=PATIENCE)[0].split(), ["1", "room"], "and goes on with it")


main([told, both, not_told, not_ours], 120)
