/* SPDX-License-Identifier: ISC */
/*
 * confine.c - what a process does not need is given away
 */
#include "confine.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libgen.h>
#include <limits.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "why.h"

void
confine_descriptors(void)
{
	/* Whoever has none of the standard ones would have a file of ours for it. */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", O_RDWR) != fd)
			fatal("/dev/null");
	close_range(STDERR_FILENO + 1, ~0U, 0);
}

void
confine_memory(void)
{
	/* LeakSanitizer looks at its own process as a debugger does. */
#if !defined(__SANITIZE_ADDRESS__)
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		log_warn("prctl PR_SET_DUMPABLE");
#endif
}

/* Nothing that is started could bring them back. False with errno. */
static bool
drop_bounding_set(void)
{
	for (int c = 0; prctl(PR_CAPBSET_READ, c, 0, 0, 0) >= 0; c++)
		if (prctl(PR_CAPBSET_DROP, c, 0, 0, 0) == -1)
			return false;
	return true;
}

static bool
enter_group(const char *name, char *why, size_t cap)
{
	const struct group *gr = name != NULL ? getgrnam(name) : NULL;
	gid_t groups[NGROUPS_MAX];
	int n = getgroups(NGROUPS_MAX - 1, groups);

	/* One that there is not is complained of where it is needed. */
	if (gr == NULL || geteuid() != 0)
		return true;
	if (n == -1)
		return why_not(why, cap, "groups: %s", strerror(errno));
	groups[n++] = gr->gr_gid;
	if (setgroups((size_t)n, groups) == -1)
		return why_not(why, cap, "cannot enter the group %s: %s", name, strerror(errno));
	return true;
}

bool
confine_in_group(const char *name)
{
	const struct group *gr = getgrnam(name);
	gid_t groups[NGROUPS_MAX];
	const int n = getgroups(NGROUPS_MAX, groups);

	if (gr != NULL && gr->gr_gid == getegid())
		return true;
	for (int i = 0; gr != NULL && i < n; i++)
		if (groups[i] == gr->gr_gid)
			return true;
	return false;
}

bool
confine_user(const char *name, const char *group, char *why, size_t cap)
{
	const struct passwd *pw;

	if (name == NULL)
		return enter_group(group, why, cap);
	pw = getpwnam(name);
	if (pw == NULL)
		return why_not(why, cap, "user: there is no user %s", name);
	if (pw->pw_uid == getuid() && pw->pw_uid == geteuid())
		return enter_group(group, why, cap);
	if (geteuid() != 0)
		return why_not(why, cap, "user: only root can become %s", name);
	if (initgroups(name, pw->pw_gid) == -1)
		return why_not(why, cap, "user: the groups of %s: %s", name, strerror(errno));
	if (!enter_group(group, why, cap))
		return false;
	if (!drop_bounding_set() || setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) == -1 ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) == -1)
		return why_not(why, cap, "user: cannot become %s: %s", name, strerror(errno));
	return true;
}

/* A filter around us (that of the unit) may not let give away what is not there. False with errno. */
static bool
drop_capabilities(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct has[_LINUX_CAPABILITY_U32S_3], none[_LINUX_CAPABILITY_U32S_3];

	memset(none, 0, sizeof none);
	if (syscall(SYS_capget, &head, has) == -1)
		return false;
	return memcmp(has, none, sizeof none) == 0 || syscall(SYS_capset, &head, none) == 0;
}

bool
confine_capabilities(char *why, size_t cap)
{
	/* Who may not do it has none; and by NO_NEW_PRIVS none come. */
	if (!drop_bounding_set() && errno != EPERM)
		return why_not(why, cap, "capabilities: %s", strerror(errno));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == -1 && errno != EINVAL) ||
	    !drop_capabilities())
		return why_not(why, cap, "capabilities cannot be given away: %s", strerror(errno));
	return true;
}

bool
confine_may_make(const char *path)
{
	char folder[PATH_MAX];

	snprintf(folder, sizeof folder, "%s", path);
	return access(dirname(folder), W_OK | X_OK) == 0;
}

bool
confine_look(const char *folder, const char *const *files)
{
	const struct passwd *pw = getpwuid(geteuid());
	const char *name = pw != NULL ? pw->pw_name : "that mucd runs as";
	char path[PATH_MAX];
	struct stat st;

	if (stat(folder, &st) == -1 && errno == ENOENT) {
		if (confine_may_make(folder))
			return true;
		log_warnx("%s: it can be made for the user %s: install -d -o %s -m 700 %s", folder,
		    name, name, folder);
		return false;
	}
	for (; *files != NULL; files++) {
		snprintf(path, sizeof path, "%s%s%s", folder, **files != '\0' ? "/" : "", *files);
		if (access(path, R_OK | W_OK) == 0 || errno != EACCES)
			continue;
		log_warnx("%s: the user %s may not read and write it: chown -R %s %s", path, name,
		    name, folder);
		return false;
	}
	return true;
}
