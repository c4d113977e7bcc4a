/* SPDX-License-Identifier: ISC */
/*
 * readers.c - who reads the database for too long is named
 */
#include "../component/readers.h"
#include "tap.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define MINUTE INT64_C(60000)

static char said[1024];
static int nsaid;

static void
say(void *arg, const char *line)
{
	(void)arg;
	nsaid++;
	snprintf(said, sizeof said, "%s", line);
}

static struct readers readers;
static MDB_env *env;

static int
look(int64_t minutes)
{
	nsaid = 0;
	readers_look(&readers, env, 1 + minutes * MINUTE, say, NULL);
	return nsaid;
}

static bool
pauses(int64_t minutes)
{
	return readers_pause(&readers, 1 + minutes * MINUTE);
}

static void
write_something(void)
{
	MDB_val k = { 1, (void *)(uintptr_t) "k" }, v = { 1, (void *)(uintptr_t) "v" };
	MDB_txn *txn;
	MDB_dbi dbi;

	if (mdb_txn_begin(env, NULL, 0, &txn) != 0 || mdb_dbi_open(txn, NULL, 0, &dbi) != 0 ||
	    mdb_put(txn, dbi, &k, &v, 0) != 0 || mdb_txn_commit(txn) != 0)
		printf("# nothing was written\n");
}

/* A process that begins to read and ends without a word. */
static void
die_reading(const char *path)
{
	MDB_env *own;
	MDB_txn *txn;
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (mdb_env_create(&own) != 0 || mdb_env_open(own, path, MDB_RDONLY, 0600) != 0 ||
		    mdb_txn_begin(own, NULL, MDB_RDONLY, &txn) != 0)
			_exit(1);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	ok(status == 0, "a process has read and died");
}

int
main(void)
{
	char path[] = "/tmp/mucd-readers-XXXXXX", command[64];
	char want[64];
	MDB_txn *txn;

	if (mkdtemp(path) == NULL || mdb_env_create(&env) != 0 ||
	    mdb_env_open(env, path, 0, 0600) != 0)
		return 1;
	die_reading(path);
	write_something();
	is_int(look(0), 0, "nobody reads");
	is_int(readers.n, 0, "the dead do not count");
	ok(!pauses(0), "what is too old goes");
	mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
	is_int(look(1), 0, "somebody begins");
	ok(pauses(1), "it stays from now on");
	is_int(look(5), 0, "four minutes are not long");
	is_int(look(6), 1, "five are");
	snprintf(want, sizeof want, "process %ld has been reading for 5 minutes", (long)getpid());
	ok(strstr(said, want) != NULL, "and who it is is said: %s", said);
	is_int(look(7), 0, "but not again a minute later");
	ok(look(60) == 0 && pauses(60), "it has stayed for an hour");
	ok(look(61) == 0 && !pauses(61), "and goes then, although somebody reads");
	is_int(look(66), 1, "who is named again an hour later");
	mdb_txn_reset(txn);
	write_something();
	mdb_txn_renew(txn);
	ok(look(67) == 0 && !pauses(67), "who begins something else without a pause is nobody new");
	mdb_txn_reset(txn);
	is_int(look(67), 0, "it rests");
	is_int(readers.n, 0, "and is forgotten");
	ok(!pauses(67), "nothing stays");
	write_something();
	mdb_txn_renew(txn);
	is_int(look(68), 0, "it begins with something else");
	ok(pauses(68), "now what is too old stays again");
	is_int(look(72), 0, "and that is not for long yet");
	mdb_txn_abort(txn);
	is_int(look(74), 0, "nobody reads");
	mdb_env_close(env);
	snprintf(command, sizeof command, "rm -r %s", path);
	return system(command) != 0 || tap_done();
}
