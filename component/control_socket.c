/* SPDX-License-Identifier: ISC */
/*
 * control_socket.c - where the control is: a file, and who may open it
 */
#include "control_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "confine.h"
#include "why.h"

/*
 * Is there a process that has that socket? 0: yes; ECONNREFUSED: no; or another error. A socket of another type
 * is not let in where there is one, which tells the same as connect(2), which is not ours to call (filter.c).
 */
static int
find_owner(const struct sockaddr_un *sun)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error = 0;

	if (fd == -1)
		return errno;
	if (sendto(fd, "", 0, MSG_NOSIGNAL, (const struct sockaddr *)sun, sizeof *sun) == -1)
		error = errno;
	close(fd);
	return error == EPROTOTYPE || error == EAGAIN ? 0 : error;
}

/* Takes away a socket that nobody has any more. */
static bool
make_room(const char *path, const struct sockaddr_un *sun, char *why, size_t cap)
{
	struct stat st;
	int error;

	if (lstat(path, &st) == -1)
		return errno == ENOENT || why_not(why, cap, "%s: %s", path, strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return why_not(why, cap, "%s: it is there, and no socket", path);
	error = find_owner(sun);
	if (error == 0)
		return why_not(why, cap, "%s: another process listens there", path);
	if (error != ECONNREFUSED || unlink(path) == -1)
		return why_not(why, cap, "%s: %s", path, strerror(errno));
	return true;
}

/* Until it is listened on nobody gets in, whatever its mode is. */
static bool
set_access(struct control_socket *c, const char *group, char *why, size_t cap)
{
	const struct group *gr = NULL;
	struct stat st;

	if (group != NULL && (gr = getgrnam(group)) == NULL)
		return why_not(why, cap, "control_group: there is no group %s", group);
	if (gr != NULL && chown(c->path, (uid_t)-1, gr->gr_gid) == -1)
		return why_not(why, cap, "%s cannot be given to the group %s: %s", c->path, group,
		    strerror(errno));
	if (chmod(c->path, 0660) == -1 || stat(c->path, &st) == -1 || listen(c->fd, 8) == -1)
		return why_not(why, cap, "%s: %s", c->path, strerror(errno));
	c->dev = st.st_dev;
	c->ino = st.st_ino;
	c->group = st.st_gid;
	return true;
}

/* systemd makes the folder for mucd; elsewhere somebody has to. */
static bool
cannot_bind(const char *path, char *why, size_t cap)
{
	const char *slash = strrchr(path, '/');

	if (errno != ENOENT && errno != EACCES)
		return why_not(why, cap, "%s: %s", path, strerror(errno));
	return why_not(why, cap,
	    "control: %s: %s: the folder %.*s has to be there, and mucd must be able to write in "
	    "it",
	    path, strerror(errno), slash != NULL ? (int)(slash - path) : 1,
	    slash != NULL ? path : ".");
}

bool
control_socket_may(const char *path, char *why, size_t cap)
{
	struct stat st;

	if (!confine_may_make(path))
		return cannot_bind(path, why, cap);
	if (lstat(path, &st) == 0 && !S_ISSOCK(st.st_mode))
		return why_not(why, cap, "%s: it is there, and no socket", path);
	return true;
}

bool
control_socket_open(
    struct control_socket *c, const char *path, const char *group, char *why, size_t cap)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	*c = (struct control_socket){ .path = mem_strdup(path), .fd = -1 };
	if (strlen(path) >= sizeof sun.sun_path)
		return why_not(why, cap, "%s: that is too long for a socket", path);
	memcpy(sun.sun_path, path, strlen(path) + 1);
	if (!make_room(path, &sun, why, cap))
		return false;
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd == -1 || bind(c->fd, (struct sockaddr *)&sun, sizeof sun) == -1)
		return cannot_bind(path, why, cap);
	if (set_access(c, group, why, cap))
		return true;
	unlink(path);
	return false;
}

void
control_socket_close(struct control_socket *c)
{
	struct stat st;

	if (c->ino != 0 && lstat(c->path, &st) == 0 && st.st_dev == c->dev && st.st_ino == c->ino)
		unlink(c->path);
	if (c->fd != -1)
		close(c->fd);
	free(c->path);
}
