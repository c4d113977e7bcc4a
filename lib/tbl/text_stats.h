/* SPDX-License-Identifier: ISC */
/*
 * text_stats.h - what the numbers of MUC_STATS are: TEXT(English, German, French, Spanish), as in text.h
 */
TEXT("1 while what is too old stays, for the database is being read",
    "1, solange Altes bleibt, weil die Datenbank gelesen wird",
    "1 tant que ce qui est trop vieux reste, car la base est lue",
    "1 mientras lo demasiado viejo se queda, porque se lee la base de datos")
TEXT("Bytes of all stanzas taken",
    "Bytes aller angenommenen Stanzas",
    "Octets de toutes les stanzas reçues",
    "Bytes de todas las stanzas recibidas")
TEXT("Bytes told",
    "Verschickte Bytes",
    "Octets envoyés",
    "Bytes enviados")
TEXT("Commits that found no room",
    "Schreibversuche ohne Platz",
    "Validations sans place",
    "Confirmaciones sin espacio")
TEXT("Durable commits",
    "Dauerhaft geschriebene Runden",
    "Validations durables",
    "Confirmaciones duraderas")
TEXT("Fences of somebody else",
    "Zäune von jemand anderem",
    "Barrières de quelqu'un d'autre",
    "Vallas de otro")
TEXT("Fences sent",
    "Gesandte Zäune",
    "Barrières envoyées",
    "Vallas enviadas")
TEXT("Fences that came back",
    "Zurückgekommene Zäune",
    "Barrières revenues",
    "Vallas que volvieron")
TEXT("Full JIDs in rooms",
    "Volle Adressen in Räumen",
    "Adresses complètes dans les salons",
    "Direcciones completas en las salas")
TEXT("IQs taken",
    "Angenommene IQs",
    "IQ reçus",
    "IQ recibidos")
TEXT("IQs told",
    "Verschickte IQs",
    "IQ envoyés",
    "IQ enviados")
TEXT("Messages taken",
    "Angenommene Nachrichten",
    "Messages reçus",
    "Mensajes recibidos")
TEXT("Messages told",
    "Verschickte Nachrichten",
    "Messages envoyés",
    "Mensajes enviados")
TEXT("Milliseconds that the last fence was on its way",
    "Millisekunden, die der letzte Zaun unterwegs war",
    "Millisecondes de trajet de la dernière barrière",
    "Milisegundos de trayecto de la última valla")
TEXT("Nicks in rooms",
    "Spitznamen in Räumen",
    "Pseudos dans les salons",
    "Apodos en las salas")
TEXT("Presences taken",
    "Angenommene Präsenzen",
    "Présences reçues",
    "Presencias recibidas")
TEXT("Presences told",
    "Verschickte Präsenzen",
    "Présences envoyées",
    "Presencias enviadas")
TEXT("Rooms in memory",
    "Räume im Arbeitsspeicher",
    "Salons en mémoire",
    "Salas en memoria")
TEXT("Rooms that exist",
    "Räume, die es gibt",
    "Salons existants",
    "Salas que existen")
TEXT("Sessions in doubt",
    "Sitzungen im Zweifel",
    "Sessions douteuses",
    "Sesiones en duda")
TEXT("Stanzas dropped as not well-formed",
    "Verworfene, nicht wohlgeformte Stanzas",
    "Stanzas mal formées, abandonnées",
    "Stanzas mal formadas, descartadas")
TEXT("Stanzas there was no room to keep",
    "Stanzas, für die kein Platz war",
    "Stanzas pour lesquelles il n'y avait pas de place",
    "Stanzas para las que no había sitio")
TEXT("Stanzas too long or too deep",
    "Zu lange oder zu tief verschachtelte Stanzas",
    "Stanzas trop longues ou trop imbriquées",
    "Stanzas demasiado largas o anidadas")
TEXT("Things told again after a crash",
    "Nach einem Absturz erneut Gesagtes",
    "Choses redites après un plantage",
    "Cosas dichas de nuevo tras una caída")
TEXT("Top-level elements of no known kind",
    "Elemente unbekannter Art",
    "Éléments d'un type inconnu",
    "Elementos de tipo desconocido")
TEXT("Turns that did something",
    "Runden, in denen etwas geschah",
    "Tours actifs",
    "Turnos con actividad")
