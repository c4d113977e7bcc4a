/* SPDX-License-Identifier: ISC */
/*
 * ns.h - the namespaces that mucd knows: NS(name, uri), sorted by uri
 */
NS(NONE, "")
NS(STREAM, "http://etherx.jabber.org/streams")
NS(DISCO_INFO, "http://jabber.org/protocol/disco#info")
NS(DISCO_ITEMS, "http://jabber.org/protocol/disco#items")
NS(MUC, "http://jabber.org/protocol/muc")
NS(MUC_ADMIN, "http://jabber.org/protocol/muc#admin")
NS(MUC_OWNER, "http://jabber.org/protocol/muc#owner")
NS(MUC_USER, "http://jabber.org/protocol/muc#user")
NS(XML, "http://www.w3.org/XML/1998/namespace")
NS(STANZA, "jabber:client")
NS(DATA, "jabber:x:data")
NS(STANZA_ERRORS, "urn:ietf:params:xml:ns:xmpp-stanzas")
NS(STREAM_ERRORS, "urn:ietf:params:xml:ns:xmpp-streams")
NS(DELAY, "urn:xmpp:delay")
NS(HATS, "urn:xmpp:hats:0")
NS(MAV, "urn:xmpp:muc:affiliations:1")
NS(OCCUPANT_ID, "urn:xmpp:occupant-id:0")
NS(PING, "urn:xmpp:ping")
NS(SID, "urn:xmpp:sid:0")
