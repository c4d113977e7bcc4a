#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
confine.t - what mucd has given away before it reads a byte

Capabilities, set-user-ID programs, descriptors, calls of the system, core dumps: of mucd, of the process that
connects for it, after a start, after SIGUSR2, in the background. What it may not do ends it. The process that
connects has its own filter, no secret, ends with mucd however that ends, does not end by what ends mucd, and
when it is gone mucd says so. Names are looked for, and one that there is not is named. `seccomp` is what it says;
`user` becomes that user. In the filter of the unit for systemd it does all that. No secret stays in memory but where it is needed, and none is in the log at any level.
"""
import contextlib
import glob
import grp
import pwd
import sys
sys.dont_write_bytecode = True
from muctest import *

ASAN = has_sanitizer()
SYSCALL = {"x86_64": (41, 101)}.get(os.uname().machine)


def status(pid):
    """By name, as /proc/pid/status has it; {} if it is gone."""
    with contextlib.suppress(OSError), open("/proc/%d/status" % pid) as f:
        return dict(l.rstrip("\n").split(":\t", 1) for l in f if ":\t" in l)
    return {}


def children(pid):
    """Of all processes."""
    found = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path) as f:
                rest = f.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(rest[1]) == pid and rest[0] != "Z":
            found.append(int(path.split("/")[2]))
    return found


def connector(pid):
    found = [p for p in children(pid) if status(p).get("Name") == "mucd-connector"]
    return found[0] if len(found) == 1 else None


def descriptors(pid):
    """What they are, sorted; sockets and the like by their kind, files by their names."""
    found = []
    for fd in os.listdir("/proc/%d/fd" % pid):
        # One may be closed meanwhile.
        with contextlib.suppress(FileNotFoundError):
            if int(fd) > 2:
                to = os.readlink("/proc/%d/fd/%s" % (pid, fd))
                found.append(to.split(":")[0] if to.startswith("socket:") else to)
    return sorted(found)


def same_soon(what, want, how):
    """mucd may still be busy with what it was told last, and have more in its hands."""
    until(lambda: what() == want)
    same(what(), want, how)


def confined(pid, what, filters=1):
    s = status(pid)
    same([s["Cap" + c] for c in ("Inh", "Prm", "Eff", "Bnd", "Amb")], ["0" * 16] * 5,
         "%s: no capability, and none can come back" % what)
    same((s["NoNewPrivs"], s["Seccomp"], s.get("Seccomp_filters", str(filters))), ("1", "2", str(filters)),
         "%s: a filter is in force" % what)
    if not ASAN:
        same(os.stat("/proc/%d/fd" % pid).st_uid, 0, "%s: no core, no debugger" % what)


def of_mucd(mucd, control=True, links=1, goes_on=False):
    db = mucd.database
    return sorted([db, db + "/data.mdb", db + "/data.mdb", db + "/mucd.lock"] +
                  [db + "/lock.mdb"] * (1 if goes_on else 2) + ["anon_inode:[signalfd]"] +
                  ["socket"] * (1 + control + links))


def started():
    fake = Fake()
    mucd = Mucd(fake.components(), 'control = "%s/control"\n' % TOP, start=False)
    # What whoever starts it has left open is closed.
    extra = os.open("/etc/passwd", os.O_RDONLY)
    os.set_inheritable(extra, True)
    with open(mucd.logfile, "a") as log:
        mucd.proc = subprocess.Popen([MUCD, "-f", "-c", mucd.conf], stdin=subprocess.DEVNULL, stdout=log,
                                     stderr=log, preexec_fn=die_with_parent, close_fds=False)
    os.close(extra)
    link = fake.attach()
    ok(mucd.says("attached to"), "attached")
    pid = mucd.proc.pid
    other = connector(pid)
    confined(pid, "mucd")
    same_soon(lambda: descriptors(pid), of_mucd(mucd), "mucd: the descriptors that it needs")
    ok(other is not None and children(pid) == [other], "one other process, which connects")
    confined(other, "its connector")
    # It may not have run since it gave the other one away.
    ok(until(lambda: descriptors(other) == ["socket"]), "its connector: the descriptor that it needs")
    ok(until(lambda: children(other) == []), "its resolver has ended")
    for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR2):
        os.kill(other, sig)
    ok(mucd.hand_over(1), "another mucd goes on")
    confined(pid, "that one")
    same_soon(lambda: descriptors(pid), of_mucd(mucd, goes_on=True), "it has the same descriptors")
    ok(until(lambda: connector(pid) == other), "and the same connector, which does not mind signals")
    confined(other, "the connector after that", 1)
    link.close()
    fake.attach()
    ok(True, "which connects again")
    ok(until(lambda: descriptors(other) == ["socket"]), "and has the same descriptor")
    same(fake.end(mucd), 0, "mucd ends well")
    ok(until(lambda: not os.path.exists("/proc/%d" % other)), "and its connector with it")


def resolving():
    """Another mucd goes on while somebody connects for the one before it."""
    fake = Fake()
    # Nobody accepts there, and there is no room for one more who waits.
    full = socket.socket()
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    crowd = [socket.socket() for _ in range(8)]
    for sock in crowd:
        sock.setblocking(False)
        sock.connect_ex(full.getsockname())
    mucd = Mucd(fake.components() + [("full.localhost", full.getsockname()[1], SECRET)],
                "link_connect_ms = 600000\n", attach=False)
    fake.attach()
    other = connector(mucd.proc.pid)
    ok(until(lambda: len(children(other)) == 1), "somebody connects")
    old = children(other)[0]
    os.kill(old, signal.SIGSTOP)
    ok(mucd.hand_over(1) and until(lambda: len(children(other)) == 2),
       "another mucd goes on, for which somebody connects, too")
    os.kill(old, signal.SIGCONT)
    ok(until(lambda: old not in children(other)), "the one before has ended")
    for sock in crowd + [full]:
        sock.close()
    ok(mucd.says("full.localhost: .*Connection refused"), "connections are made, and fail")
    fake.link.close()
    fake.attach()
    ok(True, "or not")
    same(mucd.count("too many connections"), 0, "of which there are not too many")
    same(fake.end(mucd), 0, "mucd ends well")


def killed():
    fake = Fake()
    mucd = Mucd(fake.components(), attach=False)
    fake.attach()
    other = connector(mucd.proc.pid)
    mucd.kill()
    ok(until(lambda: not os.path.exists("/proc/%d" % other)), "kill -9: the connector ends, too")
    mucd.start(attach=False)
    fake.attach()
    other = connector(mucd.proc.pid)
    os.kill(other, signal.SIGKILL)
    ok(mucd.says(r"the process that connects was ended by signal 9: connections stay"),
       "a connector that dies is named")
    fake.link.send("<iq type='get' id='p' from='romeo@localhost/r' to='%s'><ping xmlns='urn:xmpp:ping'/></iq>" % DOMAIN)
    ok(fake.link.find(lambda x: x.get("id") == "p") is not None, "and the connections stay")
    fake.link.close()
    same(mucd.proc.wait(PATIENCE), 1, "until one is lost: mucd ends, to be started again")
    ok(mucd.says("this one ends, too, to be started again"), "and says why")


def forbidden():
    """Another process makes mucd do it: what an attacker would, who has found a way in."""
    if ASAN or SYSCALL is None or os.geteuid() != 0:
        diag("no debugger with that build or machine")
        return
    fake = Fake()
    mucd = Mucd(fake.components(), attach=False)
    fake.attach()
    for name, pid, nr, args, want in (
            ("the connector", connector(mucd.proc.pid), SYSCALL[1], (0, 1, 0), None),
            ("mucd", mucd.proc.pid, SYSCALL[0], (2, 1, 0), signal.SIGSYS)):
        ended = inject(pid, nr, args)
        if want is None:
            ok(until(lambda: status(pid)["State"][0] in "RS"), "%s: ptrace fails" % name)
        else:
            same(ended, want, "%s: a socket of AF_INET ends it" % name)


def inject(pid, nr, args):
    """Has a process make a system call in the midst of what it does (x86-64); the signal that ends it, or None."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    libc.ptrace.restype = ctypes.c_long

    def trace(request, addr=None, data=None):
        if libc.ptrace(request, pid, addr, data) == -1:
            raise Failure("ptrace %d: %s" % (request, os.strerror(ctypes.get_errno())))
    regs, saved = (ctypes.c_ulong * 27)(), (ctypes.c_ulong * 27)()

    def waits():
        trace(16)  # ATTACH
        os.waitpid(pid, 0x40000000)
        trace(12, None, ctypes.addressof(saved))  # GETREGS
        if ctypes.c_long(saved[15]).value >= 0:  # orig_rax
            return True
        trace(17)  # DETACH
        return False
    # When it waits in poll(2) it is just behind a syscall instruction: that one again, with another number.
    if not until(waits):
        raise Failure("%d never waits" % pid)
    ctypes.memmove(regs, saved, ctypes.sizeof(regs))
    regs[10] = nr  # rax
    regs[15] = 2 ** 64 - 1  # orig_rax: nothing is restarted
    regs[14], regs[13], regs[12] = args  # rdi, rsi, rdx
    regs[16] -= 2  # rip
    trace(13, None, ctypes.addressof(regs))
    trace(9)  # SINGLESTEP
    try:
        _, st = os.waitpid(pid, 0x40000000)
        if os.WIFSTOPPED(st) and os.WSTOPSIG(st) == signal.SIGTRAP:
            trace(13, None, ctypes.addressof(saved))
        if os.WIFSIGNALED(st):
            return os.WTERMSIG(st)
        trace(17)  # DETACH
    except ChildProcessError:
        pass
    return None


def background():
    fake = Fake()
    mucd = Mucd(fake.components(), start=False)
    p = subprocess.Popen([MUCD, "-c", mucd.conf], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, preexec_fn=os.setpgrp)
    same((p.communicate(timeout=PATIENCE)[0].decode().count("error"), p.returncode), (0, 0),
         "in the background, and nobody has the output of who started it")
    fake.attach()
    with open(mucd.database + "/mucd.lock") as f:
        pid = int(f.read())
    try:
        confined(pid, "mucd in the background")
        other = connector(pid)
        same([os.readlink("/proc/%d/fd/%d" % (p, fd)) for p in (pid, other) for fd in range(3)],
             ["/dev/null"] * 6, "its standard descriptors are /dev/null")
    finally:
        os.kill(pid, signal.SIGKILL)
    ok(until(lambda: not os.path.exists("/proc/%d" % other)), "its connector has ended")


def names():
    fake = Fake()
    mucd = Mucd(fake.components(), attach=False)
    fake.attach()
    mucd.stop()
    text = open(mucd.conf).read().replace('"127.0.0.1"', '"localhost"')
    text += 'component "lost.localhost" { server = "name.invalid" port = 1 secret = "x" }\n'
    with open(mucd.conf, "w") as f:
        f.write(text)
    mucd.start(attach=False)
    fake.attach()
    ok(mucd.says(r"attached to localhost:%d \[127\.0\.0\.1\]" % fake.port), "a name that there is: localhost")
    ok(until(lambda: mucd.count(r"lost\.localhost: name\.invalid:1: cannot find its address: .+; "
                                r"trying again in") >= 2),
       "one that there is not is named, and looked for again")
    same(mucd.stop()[0] in (0, None), True, "mucd ends")


def modes():
    fake = Fake()
    mucd = Mucd(fake.components(), 'seccomp = "off"\n', attach=False)
    fake.attach()
    pid = mucd.proc.pid
    other = connector(pid)
    same((status(pid)["Seccomp"], status(other)["Seccomp"], status(pid)["NoNewPrivs"]), ("0", "0", "1"),
         "seccomp = off: no filter")
    mucd.write(fake.components())
    mucd.proc.send_signal(signal.SIGHUP)
    ok(mucd.says("user, seccomp: they stay as they are"), "it is not for SIGHUP")
    ok(mucd.hand_over(1), "another mucd goes on")
    ok(until(lambda: (status(pid)["Seccomp"], status(other)["Seccomp"]) == ("2", "2")), "and filters, if it is to")
    same(fake.end(mucd), 0, "mucd ends well")


def for_all():
    """mucd where everybody may run it: who builds it in a home of his own may keep others out of that."""
    program = TOP + "/mucd"
    if not os.path.exists(program):
        shutil.copy(MUCD, program)
        os.chmod(program, 0o755)
        os.chmod(TOP, 0o711)
    return program


def users():
    if os.geteuid() != 0:
        diag("only root becomes somebody else")
        return
    fake = Fake()
    nobody = pwd.getpwnam("nobody")
    settings = 'user = "nobody"\ncontrol = "%s/run/control"\ncontrol_group = "%s"\n'
    mucd = Mucd(fake.components(), settings % (TOP, "games"), start=False)
    mucd.program = for_all()
    os.chmod(mucd.dir, 0o711)
    os.mkdir(TOP + "/run")
    os.chown(TOP + "/run", nobody.pw_uid, nobody.pw_gid)
    os.mkdir(mucd.database)
    os.chown(mucd.database, nobody.pw_uid, nobody.pw_gid)
    os.chown(mucd.conf, nobody.pw_uid, nobody.pw_gid)
    mucd.start(attach=False)
    fake.attach()
    for pid, what in ((mucd.proc.pid, "mucd"), (connector(mucd.proc.pid), "its connector")):
        s = status(pid)
        same((s["Uid"].split(), s["Gid"].split()), ([str(nobody.pw_uid)] * 4, [str(nobody.pw_gid)] * 4),
             "user: %s has become nobody" % what)
        confined(pid, what + " as nobody")
        same([g for g in s["Groups"].split() if g == "0"], [], "%s has no group of root's" % what)
    same(os.stat(mucd.database + "/data.mdb").st_uid, nobody.pw_uid, "the database is that user's")
    ok(mucd.hand_over(1), "SIGUSR2 goes well, too") or diag(mucd.tail())
    same(grp.getgrgid(os.stat(TOP + "/run/control").st_gid).gr_name, "games", "the control is that group's")
    mucd.write(fake.components(), settings % (TOP, "tape"))
    mucd.proc.send_signal(signal.SIGUSR2)
    ok(mucd.says("find .* good: it is not run, this one goes on"), "one that it is not in is not for SIGUSR2")
    same(fake.end(mucd), 0, "mucd ends well")
    for what, path in (("the lock", mucd.database + "/lock.mdb"), ("the folder", mucd.database)):
        os.chown(path, 0, 0)
        os.chmod(path, 0o700)
        mucd.write(fake.components(), 'user = "nobody"\n')
        mucd.start(attach=False)
        same(mucd.proc.wait(PATIENCE), 1, "%s is root's, who has begun it once" % what)
        ok(mucd.says("%s: the user nobody may not read and write it: chown -R nobody %s" %
                     (re.escape(path), re.escape(mucd.database))), "and what would help is said") or diag(mucd.tail())
    home, mucd.database = mucd.database, TOP + "/run/none/db"
    mucd.write(fake.components(), 'user = "nobody"\n')
    mucd.start(attach=False)
    same(mucd.proc.wait(PATIENCE), 1, "there is no such folder, nor that above it")
    ok(mucd.says("it can be made for the user nobody: install -d -o nobody -m 700 " + re.escape(mucd.database)),
       "and what would help is said")
    mucd.database = home
    mucd.write(fake.components(), 'user = "nonesuch"\n')
    mucd.start(attach=False)
    same(mucd.proc.wait(PATIENCE), 1, "a user that there is not")
    ok(mucd.says("user: there is no user nonesuch"), "is named")
    mucd.write(fake.components(), 'user = "root"\n')
    os.chown(mucd.conf, nobody.pw_uid, nobody.pw_gid)
    p = subprocess.run([for_all(), "-f", "-c", mucd.conf], user="nobody", group=nobody.pw_gid,
                       extra_groups=[], capture_output=True, text=True)
    ok(p.returncode == 1 and "user: only root can become root" in p.stderr, "others become nobody else")


def calls_of(name):
    """The system calls of a set of systemd's."""
    if not name.startswith("@"):
        return {name}
    text = subprocess.run(["systemd-analyze", "--no-pager", "syscall-filter", name], check=True,
                          capture_output=True, text=True).stdout
    words = [l.strip() for l in text.splitlines()[1:]]
    return set().union(*(calls_of(w) for w in words if w and not w.startswith("#")))


def unit_calls():
    """What the unit lets mucd call."""
    allowed = set()
    with open("component/mucd.service") as f:
        for line in re.findall(r"^SystemCallFilter=(.*)", f.read(), re.M):
            for name in line.lstrip("~").split():
                allowed = allowed - calls_of(name) if line.startswith("~") else allowed | calls_of(name)
    # What systemd permits to start the program at all.
    return allowed | calls_of("@default")


def under_unit():
    """As the unit has it: an ordinary user, without capabilities, in systemd's filter."""
    if os.geteuid() != 0 or ASAN:
        diag("only root becomes somebody else; and AddressSanitizer does more")
        return
    allowed = sorted(unit_calls())
    seccomp = ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    seccomp.seccomp_rule_add_array.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint,
                                               ctypes.c_void_p]
    seccomp.seccomp_load.argtypes = [ctypes.c_void_p]
    ctx = seccomp.seccomp_init(0x00050000 | 1)  # EPERM
    for name in allowed:
        nr = seccomp.seccomp_syscall_resolve_name(name.encode())
        if nr != -1:
            seccomp.seccomp_rule_add_array(ctx, 0x7fff0000, nr, 0, None)
    fake = Fake()
    nobody = pwd.getpwnam("nobody")
    mucd = Mucd(fake.components(), 'control = "%s/unit/control"\ncontrol_group = "games"\nbackup_dir = '
                '"%s/unit"\n' % (TOP, TOP), start=False)
    program = for_all()
    os.chmod(mucd.dir, 0o711)
    for d in (mucd.database, TOP + "/unit"):
        os.mkdir(d)
        os.chown(d, nobody.pw_uid, nobody.pw_gid)
    os.chown(mucd.conf, nobody.pw_uid, nobody.pw_gid)
    with open(mucd.logfile, "a") as log:
        mucd.proc = subprocess.Popen(
            [program, "-f", "-c", mucd.conf], stdin=subprocess.DEVNULL, stdout=log, stderr=log, user=nobody.pw_uid,
            group=nobody.pw_gid, extra_groups=[grp.getgrnam("games").gr_gid],
            preexec_fn=lambda: seccomp.seccomp_load(ctx) == 0 or os._exit(9))
    fake.attach()
    ok(mucd.says("attached to"), "in the filter of the unit: it attaches")
    other = connector(mucd.proc.pid)
    same((status(mucd.proc.pid)["Seccomp_filters"], status(other)["Seccomp_filters"]), ("2", "2"),
         "that filter and its own are in force")
    ok(mucd.hand_over(1), "another mucd goes on")
    mucd.proc.send_signal(signal.SIGHUP)
    ok(mucd.says("read again"), "it reads its configuration again")
    subprocess.run([os.environ.get("MUCCTL", "build/mucctl"), "-S", TOP + "/unit/control", "back-up"],
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True, timeout=PATIENCE)
    ok(mucd.says("backup: .* is complete"), "it makes a backup")
    fake.link.close()
    fake.attach()
    same(fake.end(mucd), 0, "and ends well")


def copies(pid, secret):
    """How often it is in the memory of a process."""
    n = 0
    with open("/proc/%d/maps" % pid) as maps, open("/proc/%d/mem" % pid, "rb", 0) as mem:
        for line in maps:
            span, perm, *_, name = line.split(" ")
            lo, hi = (int(x, 16) for x in span.split("-"))
            if perm[0] != "r" or "[vvar]" in line or "[vsyscall]" in line:
                continue
            try:
                mem.seek(lo)
                n += mem.read(hi - lo).count(secret)
            except (OSError, OverflowError):
                continue
    return n


def secrets():
    if ASAN or os.geteuid() != 0:
        diag("no debugger with that build")
        return
    import muctest
    fake = Fake()
    port = fake.port
    mucd = Mucd([(DOMAIN, port, SECRET), ("closed.localhost", 1, "x")], 'log_level = "debug"\nroom_forced { passwordprotectedroom = "1" '
                'roomsecret = "Forced-Room-Secret" }\n', attach=False)
    fake.attach()
    pid = mucd.proc.pid
    other = connector(pid)
    old = SECRET.encode()
    same_soon(lambda: copies(pid, old), 2, "the secret is where the configuration and the link have it, and nowhere else")
    same((copies(other, old), copies(other, b"Forced-Room-Secret")), (0, 0), "the connector has none, nor of rooms")
    new = "Another-Secret-Than-Before"
    path = mucd.dir + "/secret"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
        f.write(new + "\n")
    text = open(mucd.conf).read().replace('secret = "%s"' % SECRET, 'secret_file = "%s"' % path)
    with open(mucd.conf, "w") as f:
        f.write(text)
    mucd.proc.send_signal(signal.SIGHUP)
    ok(mucd.says("the new secret will be used"), "another secret, in a file of its own, by SIGHUP")
    ok(mucd.says("read again"), "read again")
    same_soon(lambda: (copies(pid, old), copies(pid, new.encode())), (0, 2), "the old one is gone, the new one is there")
    ok(mucd.hand_over(1), "another mucd goes on")
    muctest.SECRET = new
    try:
        fake.link.close()
        fake.attach()
    finally:
        muctest.SECRET = SECRET
    same_soon(lambda: (copies(pid, new.encode()), copies(other, new.encode())), (2, 0), "the same in that one")
    same([s for s in (SECRET, new, "Forced-Room-Secret") if s in mucd.log()], [],
         "no secret is in the log, whatever is logged")
    ok(mucd.count("debug: ") > 0, "which is at level debug")
    same(fake.end(mucd), 0, "mucd ends well")


def environment():
    """What mucctl is given there is not to be read from outside for as long as it runs."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE)
        p = subprocess.Popen([os.environ.get("MUCCTL", "build/mucctl"), "-a", "romeo@localhost", "-H",
                              "127.0.0.1:%d" % server.getsockname()[1], "-d", DOMAIN, "list-rooms"],
                             env=dict(os.environ, MUCCTL_PASSWORD="Password-Of-Romeo"), stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)
        try:
            link = server.accept()[0]
            with open("/proc/%d/environ" % p.pid, "rb") as f:
                got = [v for v in f.read().split(b"\0") if v.startswith(b"MUCCTL_PASSWORD")]
            link.close()
        finally:
            p.kill()
            p.wait()
    same(got, [b"MUCCTL_PASSWORD="], "mucctl: a password from the environment is wiped there")


main([started, resolving, killed, forbidden, background, names, modes, users, under_unit, secrets, environment], 120)
