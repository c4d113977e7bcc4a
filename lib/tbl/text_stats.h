/* SPDX-License-Identifier: ISC */
/*
 * text_stats.h - what the numbers of MUC_STATS are: TEXT(English, German, French, Spanish), as in text.h
 */
TEXT("IQs taken",
    "angenommene IQs",
    "IQ reçus",
    "IQ recibidos")
TEXT("IQs told",
    "verschickte IQs",
    "IQ envoyés",
    "IQ enviados")
TEXT("bytes of all stanzas taken",
    "Bytes aller angenommenen Stanzas",
    "octets de toutes les strophes reçues",
    "bytes de todas las estrofas recibidas")
TEXT("bytes of messages kept",
    "Bytes der aufbewahrten Nachrichten",
    "octets des messages conservés",
    "bytes de los mensajes guardados")
TEXT("bytes told",
    "verschickte Bytes",
    "octets envoyés",
    "bytes enviados")
TEXT("commits that found no room",
    "Schreibversuche ohne Platz",
    "validations sans place",
    "confirmaciones sin espacio")
TEXT("durable commits",
    "dauerhaft geschriebene Runden",
    "validations durables",
    "confirmaciones duraderas")
TEXT("full JIDs in rooms",
    "volle Adressen in Räumen",
    "adresses complètes dans les salons",
    "direcciones completas en las salas")
TEXT("messages kept",
    "aufbewahrte Nachrichten",
    "messages conservés",
    "mensajes guardados")
TEXT("messages taken",
    "angenommene Nachrichten",
    "messages reçus",
    "mensajes recibidos")
TEXT("messages told",
    "verschickte Nachrichten",
    "messages envoyés",
    "mensajes enviados")
TEXT("nicks in rooms",
    "Spitznamen in Räumen",
    "pseudos dans les salons",
    "apodos en las salas")
TEXT("presences taken",
    "angenommene Präsenzen",
    "présences reçues",
    "presencias recibidas")
TEXT("presences told",
    "verschickte Präsenzen",
    "présences envoyées",
    "presencias enviadas")
TEXT("rooms in memory",
    "Räume im Arbeitsspeicher",
    "salons en mémoire",
    "salas en memoria")
TEXT("rooms that exist",
    "Räume, die es gibt",
    "salons existants",
    "salas que existen")
TEXT("sessions in doubt",
    "Sitzungen im Zweifel",
    "sessions douteuses",
    "sesiones en duda")
TEXT("stanzas dropped as not well-formed",
    "verworfene, nicht wohlgeformte Stanzas",
    "strophes mal formées, abandonnées",
    "estrofas mal formadas, descartadas")
TEXT("stanzas there was no room to keep",
    "Stanzas, für die kein Platz war",
    "strophes pour lesquelles il n'y avait pas de place",
    "estrofas para las que no había sitio")
TEXT("stanzas too long or too deep",
    "zu lange oder zu tief verschachtelte Stanzas",
    "strophes trop longues ou trop imbriquées",
    "estrofas demasiado largas o anidadas")
TEXT("top-level elements of no known kind",
    "Elemente unbekannter Art",
    "éléments d'un type inconnu",
    "elementos de tipo desconocido")
TEXT("turns that did something",
    "Runden, in denen etwas geschah",
    "tours actifs",
    "turnos con actividad")
