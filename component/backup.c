/* SPDX-License-Identifier: ISC */
/*
 * backup.c - a copy of the database while it is in use, to keep or to look through
 *
 * A child copies, by an environment of LMDB of its own: the loop goes on, and what mucd has mapped may
 * grow meanwhile, which a thread that reads here would not survive. The copy is the state of one moment.
 */
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "backup.h"
#include "log.h"
#include "store_look.h"

static struct {
	pid_t pid;     /* 0: there is none */
	char name[64]; /* of what it makes, or has made */
} child;

bool
backup_ready(const char *folder, char *why, size_t cap)
{
	if (folder == NULL)
		snprintf(why, cap, "backup_dir is not configured");
	else if (child.pid != 0)
		snprintf(why, cap, "one is being made already");
	else if (access(folder, W_OK | X_OK) == -1)
		snprintf(why, cap, "%s: %s", folder, strerror(errno));
	else
		return true;
	return false;
}

void
backup_look(const char *folder)
{
	if (folder != NULL && access(folder, W_OK | X_OK) == -1)
		log_warn("backup_dir: no copies can be made in %s", folder);
}

/* What is renamed must be there before its name is. */
static bool
sync_path(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);
	bool good = fd != -1 && fsync(fd) == 0;

	if (fd != -1)
		close(fd);
	if (!good)
		log_warn("backup: %s", path);
	return good;
}

static bool
copy(const char *database, const char *to)
{
	MDB_env *env = NULL;
	int rc = mdb_env_create(&env);

	if (rc == 0)
		rc = mdb_env_open(env, database, MDB_RDONLY, 0600);
	if (rc == 0)
		rc = mdb_env_copy2(env, to, MDB_CP_COMPACT);
	mdb_env_close(env);
	if (rc != 0)
		log_warnx("backup: %s: %s", to, mdb_strerror(rc));
	return rc == 0;
}

/* Of what is being made, in the child. */
static struct {
	char part[4096], data[4096], lock[4096], own[4096];
} made;

static void
name_made(const char *folder, const char *name, const char *suffix)
{
	snprintf(made.part, sizeof made.part, "%s/%s%s", folder, name, suffix);
	snprintf(made.data, sizeof made.data, "%s/%s%s/data.mdb", folder, name, suffix);
	snprintf(made.lock, sizeof made.lock, "%s/%s%s/lock.mdb", folder, name, suffix);
	snprintf(made.own, sizeof made.own, "%s/%s%s/mucd.lock", folder, name, suffix);
}

static void
discard(void)
{
	unlink(made.data);
	unlink(made.lock);
	unlink(made.own);
	rmdir(made.part);
}

/* mucd stops: nobody would ever look for it. */
static void
on_end(int signo)
{
	(void)signo;
	discard();
	_exit(1);
}

/* A copy in its folder, on the disk. */
static bool
copy_to(const char *database)
{
	if (mkdir(made.part, 0700) == -1) {
		log_warn("backup: %s", made.part);
		return false;
	}
	signal(SIGTERM, on_end);
	if (copy(database, made.part) && sync_path(made.data, O_RDONLY) &&
	    sync_path(made.part, O_RDONLY | O_DIRECTORY))
		return true;
	discard();
	return false;
}

/* In the child. */
static bool
make(const char *database, const char *folder, const char *name)
{
	char whole[4096];

	name_made(folder, name, ".part");
	snprintf(whole, sizeof whole, "%s/%s", folder, name);
	if (!copy_to(database))
		return false;
	if (rename(made.part, whole) == -1) {
		log_warn("backup: %s", whole);
		discard();
		return false;
	}
	if (!sync_path(folder, O_RDONLY | O_DIRECTORY))
		return false;
	log_info("backup: %s is complete", whole);
	return true;
}

/* In the child. */
static bool
check(const char *database, const char *folder, const char *name)
{
	bool good;

	name_made(folder, name, ".verify");
	good = copy_to(database) && store_look(made.part);
	discard();
	return good;
}

/* -- children -- */

static bool
start(const char *database, const char *folder,
    bool (*work)(const char *database, const char *folder, const char *name))
{
	time_t now = time(NULL);
	struct tm tm;
	sigset_t none;

	strftime(child.name, sizeof child.name, "mucd-%Y%m%dT%H%M%SZ", gmtime_r(&now, &tm));
	child.pid = fork();
	if (child.pid == -1) {
		log_warn("backup: fork");
		child.pid = 0;
		return false;
	}
	if (child.pid != 0)
		return true;
	/* Sockets are the parent's: what it closes must be closed. It ends with its parent, and when told to. */
	close_range(STDERR_FILENO + 1, ~0U, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	_exit(work(database, folder, child.name) ? 0 : 1);
}

bool
backup_start(const char *database, const char *folder)
{
	return start(database, folder, make);
}

bool
backup_check(const char *database, const char *folder)
{
	return start(database, folder, check);
}

bool
backup_runs(void)
{
	return child.pid != 0;
}

bool
backup_reap(bool *good)
{
	int status;

	if (child.pid == 0 || waitpid(child.pid, &status, WNOHANG) != child.pid)
		return false;
	child.pid = 0;
	*good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	if (WIFSIGNALED(status))
		log_warnx("backup: ended by signal %d", WTERMSIG(status));
	else if (!*good)
		log_warnx("backup: it failed");
	return true;
}

const char *
backup_name(void)
{
	return child.name;
}
