/* SPDX-License-Identifier: ISC */
/*
 * text_command_room.h - what ad-hoc commands to a room say: TEXT(English, German, French, Spanish)
 */
TEXT("Address, affiliation, \"nickname\", reason",
    "Adresse, Zugehörigkeit, \"Spitzname\", Grund",
    "Adresse, affiliation, \"pseudo\", motif",
    "Dirección, afiliación, \"apodo\", motivo")
TEXT("Affiliation: %s",
    "Zugehörigkeit: %s",
    "Affiliation : %s",
    "Afiliación: %s")
TEXT("Affiliations (none: all that you may see)",
    "Zugehörigkeiten (keine: alle, die Sie sehen dürfen)",
    "Affiliations (aucune : toutes celles que vous pouvez voir)",
    "Afiliaciones (ninguna: todas las que puedes ver)")
TEXT("Affiliations of %s",
    "Zugehörigkeiten in %s",
    "Affiliations dans %s",
    "Afiliaciones en %s")
TEXT("Affiliations that would change: %s",
    "Zugehörigkeiten, die sich ändern würden: %s",
    "Affiliations qui changeraient : %s",
    "Afiliaciones que cambiarían: %s")
TEXT("Allowed",
    "Erlaubt",
    "Permis",
    "Permitido")
TEXT("Also what was said",
    "Auch, was gesagt wurde",
    "Aussi ce qui a été dit",
    "También lo que se dijo")
TEXT("Ask what somebody may do",
    "Fragen, was jemand darf",
    "Demander ce que quelqu'un peut faire",
    "Preguntar qué puede hacer alguien")
TEXT("Ban",
    "Verbannen",
    "Bannir",
    "Prohibir la entrada")
TEXT("Being retracted: what %s wrote",
    "Wird zurückgezogen: was %s geschrieben hat",
    "En cours de retrait : ce que %s a écrit",
    "Se está retirando: lo que escribió %s")
TEXT("Change the subject",
    "Das Thema ändern",
    "Changer le sujet",
    "Cambiar el tema")
TEXT("Enter",
    "Eintreten",
    "Entrer",
    "Entrar")
TEXT("Error",
    "Fehler",
    "Erreur",
    "Error")
TEXT("Export of %s",
    "Export von %s",
    "Export de %s",
    "Exportación de %s")
TEXT("Export the room as text",
    "Den Raum als Text exportieren",
    "Exporter le salon en texte",
    "Exportar la sala como texto")
TEXT("Forget what was said",
    "Vergessen, was gesagt wurde",
    "Oublier ce qui a été dit",
    "Olvidar lo que se dijo")
TEXT("Give the room to another owner",
    "Den Raum einem anderen Besitzer geben",
    "Donner le salon à un autre propriétaire",
    "Dar la sala a otro propietario")
TEXT("I am sure",
    "Ich bin sicher",
    "J'en suis sûr",
    "Estoy seguro")
TEXT("Is in the room: %s",
    "Ist im Raum: %s",
    "Est dans le salon : %s",
    "Está en la sala: %s")
TEXT("Kick",
    "Hinauswerfen",
    "Éjecter",
    "Expulsar")
TEXT("Kick or ban",
    "Hinauswerfen oder verbannen",
    "Éjecter ou bannir",
    "Expulsar o prohibir la entrada")
TEXT("Lines of mucd-export(5)",
    "Zeilen von mucd-export(5)",
    "Lignes de mucd-export(5)",
    "Líneas de mucd-export(5)")
TEXT("Lock the room down for a while",
    "Den Raum eine Weile abriegeln",
    "Verrouiller le salon pour un moment",
    "Cerrar la sala por un tiempo")
TEXT("Locked down until %s",
    "Abgeriegelt bis %s",
    "Verrouillé jusqu'au %s",
    "Cerrada hasta %s")
TEXT("Minutes (0: it ends now)",
    "Minuten (0: es endet jetzt)",
    "Minutes (0 : cela prend fin maintenant)",
    "Minutos (0: termina ahora)")
TEXT("Neither",
    "Keines von beiden",
    "Ni l'un ni l'autre",
    "Ninguna de las dos cosas")
TEXT("New owner",
    "Neuer Besitzer",
    "Nouveau propriétaire",
    "Nuevo propietario")
TEXT("Nobody has to leave, but only members may enter and speak meanwhile",
    "Niemand muss gehen, aber nur Mitglieder dürfen inzwischen eintreten und sprechen",
    "Personne ne doit partir, mais seuls les membres peuvent entrer et parler pendant ce temps",
    "Nadie tiene que salir, pero mientras tanto solo los miembros pueden entrar y hablar")
TEXT("Nobody was kicked",
    "Niemand wurde hinausgeworfen",
    "Personne n'a été éjecté",
    "No se expulsó a nadie")
TEXT("Nothing was under way: %s",
    "Nichts war im Gange: %s",
    "Rien n'était en cours : %s",
    "No había nada en curso: %s")
TEXT("Only of the last hours (0: all)",
    "Nur der letzten Stunden (0: alles)",
    "Seulement des dernières heures (0 : tout)",
    "Solo de las últimas horas (0: todo)")
TEXT("Only stop what is under way for them",
    "Nur beenden, was für sie im Gange ist",
    "Seulement arrêter ce qui est en cours pour cette personne",
    "Solo detener lo que está en curso para esa persona")
TEXT("Or address",
    "Oder Adresse",
    "Ou adresse",
    "O dirección")
TEXT("Read what was said",
    "Lesen, was gesagt wurde",
    "Lire ce qui a été dit",
    "Leer lo que se dijo")
TEXT("Refused by",
    "Abgelehnt von",
    "Refusé par",
    "Rechazado por")
TEXT("Retract all that somebody wrote",
    "Alles zurückziehen, was jemand geschrieben hat",
    "Retirer tout ce que quelqu'un a écrit",
    "Retirar todo lo que alguien escribió")
TEXT("Retracted messages, and then it was stopped: %s",
    "Zurückgezogene Nachrichten, dann wurde es beendet: %s",
    "Messages retirés, puis on a arrêté : %s",
    "Mensajes retirados, y luego se detuvo: %s")
TEXT("Retracted messages: %s",
    "Zurückgezogene Nachrichten: %s",
    "Messages retirés : %s",
    "Mensajes retirados: %s")
TEXT("See real addresses",
    "Echte Adressen sehen",
    "Voir les adresses réelles",
    "Ver las direcciones reales")
TEXT("Send private messages",
    "Private Nachrichten senden",
    "Envoyer des messages privés",
    "Enviar mensajes privados")
TEXT("Set affiliations by lines of text",
    "Zugehörigkeiten durch Textzeilen setzen",
    "Définir les affiliations par des lignes de texte",
    "Establecer afiliaciones con líneas de texto")
TEXT("Show affiliations as lines of text",
    "Zugehörigkeiten als Textzeilen zeigen",
    "Montrer les affiliations en lignes de texte",
    "Mostrar las afiliaciones como líneas de texto")
TEXT("Some messages have gone or were retracted meanwhile",
    "Einige Nachrichten sind inzwischen gelöscht oder zurückgezogen worden",
    "Des messages ont entre-temps disparu ou été retirés",
    "Entretanto han desaparecido o se han retirado algunos mensajes")
TEXT("Something cannot be read: see the log",
    "Etwas lässt sich nicht lesen: siehe das Protokoll",
    "Quelque chose ne peut être lu : voir le journal",
    "Algo no se puede leer: véase el registro")
TEXT("Speak",
    "Sprechen",
    "Parler",
    "Hablar")
TEXT("The room has forgotten what was said before",
    "Der Raum hat vergessen, was bisher gesagt wurde",
    "Le salon a oublié ce qui a été dit jusqu'ici",
    "La sala ha olvidado lo que se dijo antes")
TEXT("There is the room's password in it, and who said what",
    "Darin stehen das Passwort des Raums und wer was gesagt hat",
    "Il contient le mot de passe du salon et qui a dit quoi",
    "Contiene la contraseña de la sala y quién dijo qué")
TEXT("This room has been given to another owner",
    "Dieser Raum hat einen anderen Besitzer bekommen",
    "Ce salon a été donné à un autre propriétaire",
    "Esta sala se ha dado a otro propietario")
TEXT("What",
    "Was",
    "Quoi",
    "Qué")
TEXT("What %s may do in the room",
    "Was %s in dem Raum darf",
    "Ce que %s peut faire dans le salon",
    "Lo que %s puede hacer en la sala")
TEXT("What was said in the room is lost for good",
    "Was in dem Raum gesagt wurde, ist für immer verloren",
    "Ce qui a été dit dans le salon est perdu pour toujours",
    "Lo que se dijo en la sala se pierde para siempre")
TEXT("What was said is forgotten",
    "Was gesagt wurde, ist vergessen",
    "Ce qui a été dit est oublié",
    "Lo que se dijo queda olvidado")
TEXT("What was said since %s has been looked through",
    "Was seit %s gesagt wurde, ist durchgesehen",
    "Ce qui a été dit depuis %s a été parcouru",
    "Lo que se ha dicho desde %s está revisado")
TEXT("What was written until now is retracted, and cannot be restored",
    "Was bisher geschrieben wurde, wird zurückgezogen und lässt sich nicht wiederherstellen",
    "Ce qui a été écrit jusqu'ici est retiré et ne peut être rétabli",
    "Lo que se escribió hasta ahora se retira y no se puede recuperar")
TEXT("What you become",
    "Was Sie werden",
    "Ce que vous devenez",
    "Lo que pasas a ser")
TEXT("Whoever is not named stays what they are",
    "Wer nicht genannt wird, bleibt, was er ist",
    "Qui n'est pas nommé reste ce qu'il est",
    "Quien no se nombra sigue siendo lo que es")
TEXT("Would be in the room: %s",
    "Wäre im Raum: %s",
    "Serait dans le salon : %s",
    "Estaría en la sala: %s")
