/* SPDX-License-Identifier: ISC */
/*
 * pass_fd.c - a message, and a descriptor with it, over a socket of AF_UNIX
 */
#include "pass_fd.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdint.h>
#include <string.h>

union control {
	struct cmsghdr head;
	char space[CMSG_SPACE(sizeof(int))];
};

bool
pass_fd(int sock, const void *p, size_t n, int fd)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)p, .iov_len = n };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	union control c;
	struct cmsghdr *h;
	ssize_t rc;

	memset(&c, 0, sizeof c);
	if (fd != -1) {
		m.msg_control = &c;
		m.msg_controllen = sizeof c;
		h = CMSG_FIRSTHDR(&m);
		h->cmsg_level = SOL_SOCKET;
		h->cmsg_type = SCM_RIGHTS;
		h->cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(h), &fd, sizeof fd);
	}
	do
		rc = sendmsg(sock, &m, MSG_NOSIGNAL);
	while (rc == -1 && errno == EINTR);
	return rc == (ssize_t)n;
}

ssize_t
take_fd(int sock, void *p, size_t cap, int *fd)
{
	struct iovec iov = { .iov_base = p, .iov_len = cap };
	union control c;
	struct msghdr m = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &c,
		.msg_controllen = sizeof c,
	};
	struct cmsghdr *h;
	ssize_t n;

	*fd = -1;
	do
		n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	while (n == -1 && errno == EINTR);
	h = n != -1 ? CMSG_FIRSTHDR(&m) : NULL;
	if (h != NULL && h->cmsg_level == SOL_SOCKET && h->cmsg_type == SCM_RIGHTS &&
	    h->cmsg_len == CMSG_LEN(sizeof *fd))
		memcpy(fd, CMSG_DATA(h), sizeof *fd);
	return n;
}
