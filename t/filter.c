/* SPDX-License-Identifier: ISC */
/*
 * filter.c - component/filter.c: what each process may do, may not, and what happens then
 *
 * Each deed is done by a child inside a filter; what the parent sees is the kernel's answer.
 */
#include "../component/filter.h"

#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

static char file[] = "/tmp/mucd-filter-XXXXXX";

/* The deeds return -1 with errno when they are refused. */

static int
tcp_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int
tcp6_socket(void)
{
	return socket(AF_INET6, SOCK_STREAM, 0);
}

static int
packet_socket(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0);
}

static int
unix_socket(void)
{
	return socket(AF_UNIX, SOCK_DGRAM, 0);
}

/* To nobody: what fails later than at the filter has not been refused. */
static int
connect_to(void)
{
	const struct sockaddr_un sun = { .sun_family = AF_UNIX, .sun_path = "/nonexistent" };
	const int rc = connect(0, (const struct sockaddr *)&sun, sizeof sun);

	return rc == -1 && errno == EACCES ? -1 : 0;
}

static int
listen_on(void)
{
	return listen(0, 1) == -1 && errno == EPERM ? -1 : 0;
}

static int
look_for_address(void)
{
	struct addrinfo *list = NULL;

	return getaddrinfo("localhost", "1", NULL, &list) == 0 ? 0 : -1;
}

static int
fork_child(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid;
}

static int
run_program(void)
{
	return execl("/bin/true", "true", (char *)NULL);
}

static void *
nothing(void *arg)
{
	return arg;
}

static int
start_thread(void)
{
	pthread_t t;

	errno = pthread_create(&t, NULL, nothing, NULL);
	return errno != 0 ? -1 : pthread_join(t, NULL);
}

static int
read_file(void)
{
	return open(file, O_RDONLY | O_CLOEXEC);
}

static int
write_file(void)
{
	return open(file, O_WRONLY | O_CLOEXEC);
}

static int
make_file(void)
{
	return open("/tmp/mucd-filter-none/x", O_CREAT | O_RDONLY, 0600) == -1 && errno == EPERM
		   ? -1
		   : 0;
}

static int
remove_file(void)
{
	return unlink("/nonexistent") == -1 && errno == EPERM ? -1 : 0;
}

static int
map_code_to_write(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		   0) == MAP_FAILED
		   ? -1
		   : 0;
}

static int
map_code_of_nothing(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
		       MAP_FAILED
		   ? -1
		   : 0;
}

static int
map_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
		       MAP_FAILED
		   ? -1
		   : 0;
}

static int
stop_other(void)
{
	return kill(getppid(), SIGCONT);
}

static int
make_namespace(void)
{
	return (int)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);
}

static int
leave_namespace(void)
{
	return unshare(CLONE_NEWNS);
}

static int
mount_something(void)
{
	return mount("none", "/nonexistent", "tmpfs", 0, NULL) == -1 && errno == EPERM ? -1 : 0;
}

static int
become_nobody(void)
{
	return setuid(65534);
}

static int
set_clock(void)
{
	return (int)syscall(SYS_clock_settime, 99, NULL) == -1 && errno == EPERM ? -1 : 0;
}

static int
use_bpf(void)
{
	return (int)syscall(SYS_bpf, 0, NULL, 0) == -1 && errno == EPERM ? -1 : 0;
}

static int
use_io_uring(void)
{
	return (int)syscall(SYS_io_uring_setup, 0, NULL) == -1 && errno == EPERM ? -1 : 0;
}

#if !defined(__SANITIZE_ADDRESS__)
static int
make_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

static int
debug_parent(void)
{
	return (int)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static int
end_other(void)
{
	return kill(getppid(), 0);
}
#endif

#ifdef __x86_64__
/* getpid(2), as a program of 32 bits asks for it; if the kernel knows those at all. */
static int
other_numbers(void)
{
	int rc;

	__asm__ volatile("int $0x80" : "=a"(rc) : "a"(20) : "memory");
	return rc > 0 ? 0 : -1;
}
#endif

/* Of the daemon, the connector, the resolver: y it may, n it is refused, x it is ended. */
static const struct {
	const char *what;
	int (*deed)(void);
	const char *may;
} deeds[] = {
	{ "a socket of AF_INET", tcp_socket, "xyy" },
	{ "a socket of AF_INET6", tcp6_socket, "xyy" },
	{ "a socket of AF_PACKET", packet_socket, "xnn" },
	{ "a socket of AF_UNIX", unix_socket, "yyy" },
	{ "connect", connect_to, "nyy" },
	{ "listen", listen_on, "ynn" },
	{ "look for an address", look_for_address, "-yy" },
	{ "fork", fork_child, "yyn" },
	{ "run a program", run_program, "yyn" },
	{ "start a thread", start_thread, "yyy" },
	{ "read a file", read_file, "yyy" },
	{ "write a file", write_file, "ynn" },
	{ "make a file", make_file, "ynn" },
	{ "remove a file", remove_file, "ynn" },
	{ "get memory", map_memory, "yyy" },
	{ "get memory to write and to execute", map_code_to_write, "xnn" },
	{ "execute what comes from no file", map_code_of_nothing, "xnn" },
	{ "make a user namespace", make_namespace, "xnn" },
	{ "leave a namespace", leave_namespace, "xnn" },
	{ "mount", mount_something, "xnn" },
	{ "become another user", become_nobody, "xnn" },
	{ "set the clock", set_clock, "xnn" },
	{ "bpf", use_bpf, "xnn" },
	{ "io_uring", use_io_uring, "xnn" },
#if !defined(__SANITIZE_ADDRESS__)
	{ "execute what was written", make_code, "xnn" },
	{ "debug another process", debug_parent, "xnn" },
	{ "signal another process", stop_other, "xnn" },
	{ "ask for another process", end_other, "xnn" },
#else
	{ "signal another process", stop_other, "yyy" }, /* AddressSanitizer does */
#endif
#ifdef __x86_64__
	{ "system calls of another machine", other_numbers, "xxx" },
#endif
};

#define NDEEDS (sizeof deeds / sizeof deeds[0])

/* What becomes of the child: as above; ? for anything else. */
static char
outcome(int (*deed)(void), enum filter_of of, enum filter_mode mode)
{
	char why[200];
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		close(0);
		if (!filter_load(of, mode, why, sizeof why)) {
			printf("# %s\n", why);
			_exit(3);
		}
		_exit(deed() >= 0 ? 0 : errno == EPERM || errno == EACCES ? 1 : 2);
	}
	if (waitpid(pid, &status, 0) != pid)
		return '?';
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSYS ? 'x' : '?';
	return WEXITSTATUS(status) < 2 ? "yn"[WEXITSTATUS(status)] : '?';
}

static void
test_deeds(void)
{
	static const char *const names[] = { "daemon", "connector", "resolver" };

	for (size_t i = 0; i < NDEEDS; i++)
		for (int of = FILTER_DAEMON; of <= FILTER_RESOLVER; of++) {
			const char want = deeds[i].may[of];
			const char got = want != '-'
					     ? outcome(deeds[i].deed, (enum filter_of)of, FILTER_ON)
					     : '-';

			ok(got == want, "%s: %s: %c (%c)", names[of], deeds[i].what, got, want);
		}
}

static void
test_modes(void)
{
	ok(outcome(tcp_socket, FILTER_DAEMON, FILTER_LOG) == 'y', "log: nothing is refused");
	ok(outcome(tcp_socket, FILTER_DAEMON, FILTER_OFF) == 'y', "off: nothing is");
	ok(filter_mode_of("on") == FILTER_ON && filter_mode_of("log") == FILTER_LOG &&
		filter_mode_of("off") == FILTER_OFF && filter_mode_of("yes") == -1 &&
		filter_mode_of(NULL) == -1,
	    "the words for it");
}

/* A resolver's filter comes upon the connector's: it has no more than both permit. */
static int
resolver_within(void)
{
	char why[200];

	if (!filter_load(FILTER_RESOLVER, FILTER_ON, why, sizeof why))
		return -1;
	return look_for_address() == 0 && tcp_socket() >= 0 && fork_child() == -1 ? 0 : -1;
}

static int
daemon_again(void)
{
	char why[200];

	return filter_load(FILTER_DAEMON, FILTER_ON, why, sizeof why) ? read_file() : -1;
}

int
main(void)
{
	int fd = mkstemp(file);

	close(fd);
	test_deeds();
	test_modes();
	ok(outcome(resolver_within, FILTER_CONNECTOR, FILTER_ON) == 'y',
	    "a resolver in a connector");
	ok(outcome(daemon_again, FILTER_DAEMON, FILTER_ON) == 'y', "a filter upon a filter");
	unlink(file);
	return tap_done();
}
