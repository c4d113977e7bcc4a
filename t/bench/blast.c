/* SPDX-License-Identifier: ISC */
/*
 * blast.c - the limit of the machine: stanzas that are made before are sent, and nothing else is done
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"

/* As mucd writes a message of 100 bytes. */
static void
make(struct buf *b)
{
	char one[1024];

	for (unsigned no = 0; no < BLAST_WRAP; no++)
		for (unsigned user = 0; user < BLAST_USERS; user++) {
			snprintf(one, sizeof(one),
			    "<message from='r0@" ROOMS_DOMAIN "/n1' to='u%u@" USERS_DOMAIN
			    "/r' type='groupchat' id='m%u'><body>%0100u</body>"
			    "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='%032u'/>"
			    "<stanza-id xmlns='urn:xmpp:sid:0' by='r0@" ROOMS_DOMAIN
			    "' id='01234567-0123-0123-0123-0123456789ab'/></message>",
			    user, no, no, user);
			buf_adds(b, one);
		}
}

void
blast(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	static const char begin[] = "<stream:stream to='" ROOMS_DOMAIN "'>",
			  shake[] = "<handshake>0</handshake>";
	struct buf b = BUF_INIT;
	char answer[1024];
	ssize_t n;
	int fd;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	make(&b);
	if (fd == -1 || connect(fd, (struct sockaddr *)&a, sizeof(a)) == -1 ||
	    send(fd, begin, sizeof(begin) - 1, 0) == -1 ||
	    recv(fd, answer, sizeof(answer), 0) <= 0 ||
	    send(fd, shake, sizeof(shake) - 1, 0) == -1 || recv(fd, answer, sizeof(answer), 0) <= 0)
		exit(1);
	for (;;)
		for (size_t off = 0; off < b.len; off += (size_t)n)
			if ((n = send(fd, b.p + off, b.len - off, MSG_NOSIGNAL)) == -1)
				exit(0);
}
