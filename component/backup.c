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

static void
discard(const char *part, const char *data)
{
	unlink(data);
	rmdir(part);
}

/* A copy in a folder of that name, on the disk. */
static bool
copy_to(const char *database, const char *part, const char *data)
{
	if (mkdir(part, 0700) == -1) {
		log_warn("backup: %s", part);
		return false;
	}
	if (copy(database, part) && sync_path(data, O_RDONLY) &&
	    sync_path(part, O_RDONLY | O_DIRECTORY))
		return true;
	discard(part, data);
	return false;
}

/* In the child. */
static bool
make(const char *database, const char *folder, const char *name)
{
	char part[4096], data[4096], whole[4096];

	snprintf(part, sizeof part, "%s/%s.part", folder, name);
	snprintf(data, sizeof data, "%s/%s.part/data.mdb", folder, name);
	snprintf(whole, sizeof whole, "%s/%s", folder, name);
	if (!copy_to(database, part, data))
		return false;
	if (rename(part, whole) == -1) {
		log_warn("backup: %s", whole);
		discard(part, data);
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
	static const char *const files[] = { "mucd.lock", "lock.mdb", "data.mdb" };
	char part[4096], file[4096];
	bool good;

	snprintf(part, sizeof part, "%s/%s.verify", folder, name);
	snprintf(file, sizeof file, "%s/%s.verify/data.mdb", folder, name);
	good = copy_to(database, part, file) && store_look(part);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		snprintf(file, sizeof file, "%s/%s.verify/%s", folder, name, files[i]);
		unlink(file);
	}
	rmdir(part);
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
