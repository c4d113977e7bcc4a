/* SPDX-License-Identifier: ISC */
/*
 * text.h - what mucd says to people: TEXT(English, German, French, Spanish)
 *
 * Sorted by the English text (as strcmp does), which is what the code says, error.h and config.h
 * included: say() finds the other three. "%s" stands where something is put in, once in each
 * language or in none. Words are those that clients use: Raum, salon, sala; Spitzname, pseudo,
 * apodo. Texts are plain, without a full stop; they say nothing of who is in the room.
 *
 * t/text.c holds the order and that nothing is empty, t/texts.t that all that is said is here and
 * all that is here is said.
 */
TEXT("A Web Page",
    "Eine Webseite",
    "Une page web",
    "Una página web")
TEXT("A message is retracted by whoever wrote it, or by a moderator",
    "Eine Nachricht zieht zurück, wer sie geschrieben hat, oder ein Moderator",
    "Un message est retiré par son auteur ou par un modérateur",
    "Un mensaje lo retira quien lo escribió o un moderador")
TEXT("A nickname is needed to enter a room",
    "Um einen Raum zu betreten, braucht es einen Spitznamen",
    "Il faut un pseudo pour entrer dans un salon",
    "Hace falta un apodo para entrar en una sala")
TEXT("A picture must be in the vCard itself, in base64",
    "Ein Bild muss in der vCard selbst stehen, in Base64",
    "Une image doit figurer dans la vCard elle-même, en base64",
    "Una imagen debe estar en la propia vCard, en base64")
TEXT("A room must keep at least one owner",
    "Ein Raum muss mindestens einen Besitzer behalten",
    "Un salon doit garder au moins un propriétaire",
    "Una sala debe conservar al menos un propietario")
TEXT("Admins of the room",
    "Administratoren des Raums",
    "Administrateurs du salon",
    "Administradores de la sala")
TEXT("After the message with this id",
    "Nach der Nachricht mit dieser Kennung",
    "Après le message portant cet identifiant",
    "Después del mensaje con este identificador")
TEXT("Allow this person to register with the room?",
    "Darf sich diese Person bei dem Raum registrieren?",
    "Autoriser cette personne à s'inscrire au salon ?",
    "¿Permitir que esta persona se registre en la sala?")
TEXT("Always",
    "Immer",
    "Toujours",
    "Siempre")
TEXT("Anyone",
    "Alle",
    "Tout le monde",
    "Cualquiera")
TEXT("Ask for a password",
    "Ein Passwort verlangen",
    "Demander un mot de passe",
    "Pedir una contraseña")
TEXT("Avatar hash",
    "Hash des Avatars",
    "Empreinte de l'avatar",
    "Hash del avatar")
TEXT("Before the message with this id",
    "Vor der Nachricht mit dieser Kennung",
    "Avant le message portant cet identifiant",
    "Antes del mensaje con este identificador")
TEXT("Chat rooms",
    "Chaträume",
    "Salons de discussion",
    "Salas de chat")
TEXT("Configuration of %s",
    "Einstellungen von %s",
    "Configuration de %s",
    "Configuración de %s")
TEXT("Days for which messages are kept (0: as long as the service keeps them)",
    "Tage, für die Nachrichten aufbewahrt werden (0: so lange wie der Dienst sie aufbewahrt)",
    "Jours pendant lesquels les messages sont conservés (0 : autant que le service les conserve)",
    "Días que se guardan los mensajes (0: tanto como los guarde el servicio)")
TEXT("Description",
    "Beschreibung",
    "Description",
    "Descripción")
TEXT("Description of the room",
    "Beschreibung des Raums",
    "Description du salon",
    "Descripción de la sala")
TEXT("Desired Nickname",
    "Gewünschter Spitzname",
    "Pseudo souhaité",
    "Apodo deseado")
TEXT("Email Address",
    "E-Mail-Adresse",
    "Adresse e-mail",
    "Correo electrónico")
TEXT("FAQ Entry",
    "Eintrag für häufige Fragen",
    "Entrée de FAQ",
    "Entrada de preguntas frecuentes")
TEXT("Family Name",
    "Nachname",
    "Nom de famille",
    "Apellidos")
TEXT("Fill in the form to register with this room",
    "Füllen Sie das Formular aus, um sich bei diesem Raum zu registrieren",
    "Remplissez le formulaire pour vous inscrire à ce salon",
    "Rellena el formulario para registrarte en esta sala")
TEXT("For a while only members may enter this room, and speak in it",
    "Eine Weile dürfen nur Mitglieder in diesen Raum eintreten und darin sprechen",
    "Pour un moment, seuls les membres peuvent entrer dans ce salon et y parler",
    "Por un tiempo solo los miembros pueden entrar en esta sala y hablar en ella")
TEXT("For a while only members may speak in this room",
    "Eine Weile dürfen in diesem Raum nur Mitglieder sprechen",
    "Pour un moment, seuls les membres peuvent parler dans ce salon",
    "Por un tiempo solo los miembros pueden hablar en esta sala")
TEXT("For a while this room takes no new members",
    "Eine Weile nimmt dieser Raum keine neuen Mitglieder auf",
    "Pour un moment, ce salon n'accepte pas de nouveaux membres",
    "Por un tiempo esta sala no admite nuevos miembros")
TEXT("Given Name",
    "Vorname",
    "Prénom",
    "Nombre")
TEXT("Grant voice to this person?",
    "Dieser Person Schreibrecht geben?",
    "Donner la parole à cette personne ?",
    "¿Dar voz a esta persona?")
TEXT("Greatest number of occupants (none: the service's limit)",
    "Höchstzahl der Anwesenden (none: Grenze des Dienstes)",
    "Nombre maximal d'occupants (none : la limite du service)",
    "Número máximo de ocupantes (none: el límite del servicio)")
TEXT("In this room one waits %s seconds between two messages",
    "In diesem Raum wartet man zwischen zwei Nachrichten %s Sekunden",
    "Dans ce salon, on attend %s secondes entre deux messages",
    "En esta sala se espera %s segundos entre dos mensajes")
TEXT("In this room you go by the nickname that is reserved for you",
    "In diesem Raum gilt der Spitzname, der für Sie reserviert ist",
    "Dans ce salon, vous portez le pseudo qui vous est réservé",
    "En esta sala usas el apodo que tienes reservado")
TEXT("Keep messages for those who come later",
    "Nachrichten für später Kommende aufbewahren",
    "Conserver les messages pour ceux qui viennent plus tard",
    "Guardar los mensajes para quienes lleguen más tarde")
TEXT("Keep the room when the last occupant leaves",
    "Den Raum behalten, wenn niemand mehr da ist",
    "Conserver le salon après le départ du dernier occupant",
    "Conservar la sala cuando salga el último ocupante")
TEXT("Language of the conversation",
    "Sprache der Unterhaltung",
    "Langue de la conversation",
    "Idioma de la conversación")
TEXT("List the room in public",
    "Den Raum öffentlich auflisten",
    "Afficher le salon dans la liste publique",
    "Mostrar la sala en la lista pública")
TEXT("Members may invite others to a members-only room",
    "Mitglieder dürfen in einen Raum nur für Mitglieder einladen",
    "Les membres peuvent inviter dans un salon réservé aux membres",
    "Los miembros pueden invitar a una sala solo para miembros")
TEXT("Messages shown on entering",
    "Nachrichten, die beim Betreten gezeigt werden",
    "Messages affichés à l'entrée",
    "Mensajes que se muestran al entrar")
TEXT("Moderators",
    "Moderatoren",
    "Modérateurs",
    "Moderadores")
TEXT("Name of the room",
    "Name des Raums",
    "Nom du salon",
    "Nombre de la sala")
TEXT("Never",
    "Nie",
    "Jamais",
    "Nunca")
TEXT("No moderator is in this room",
    "Kein Moderator ist in diesem Raum",
    "Aucun modérateur n'est dans ce salon",
    "No hay ningún moderador en esta sala")
TEXT("Nobody",
    "Niemand",
    "Personne",
    "Nadie")
TEXT("Nobody can ask for voice in this room",
    "In diesem Raum kann niemand um Schreibrecht bitten",
    "Personne ne peut demander la parole dans ce salon",
    "Nadie puede pedir voz en esta sala")
TEXT("Nobody goes by that nickname here, or has written under it: %s",
    "Niemand trägt hier diesen Spitznamen oder hat darunter geschrieben: %s",
    "Personne ici ne porte ce pseudo ni n'a écrit sous ce nom : %s",
    "Nadie usa aquí ese apodo ni ha escrito con él: %s")
TEXT("Not after this time",
    "Nicht nach dieser Zeit",
    "Pas après cette date",
    "No después de este momento")
TEXT("Not before this time",
    "Nicht vor dieser Zeit",
    "Pas avant cette date",
    "No antes de este momento")
TEXT("Number of occupants",
    "Anzahl der Anwesenden",
    "Nombre d'occupants",
    "Número de ocupantes")
TEXT("Occupants may query one another's clients",
    "Anwesende dürfen die Programme der anderen abfragen",
    "Les occupants peuvent interroger les clients des autres",
    "Los ocupantes pueden consultar los clientes de los demás")
TEXT("Only members may enter",
    "Nur Mitglieder dürfen eintreten",
    "Seuls les membres peuvent entrer",
    "Solo pueden entrar los miembros")
TEXT("Only moderators may retract what others wrote",
    "Nur Moderatoren dürfen zurückziehen, was andere geschrieben haben",
    "Seuls les modérateurs peuvent retirer ce que d'autres ont écrit",
    "Solo los moderadores pueden retirar lo que otros escribieron")
TEXT("Only the configuration of the service can change that: %s",
    "Das kann nur die Konfiguration des Dienstes ändern: %s",
    "Seule la configuration du service peut changer cela : %s",
    "Solo la configuración del servicio puede cambiar eso: %s")
TEXT("Only the messages with these ids",
    "Nur die Nachrichten mit diesen Kennungen",
    "Seulement les messages portant ces identifiants",
    "Solo los mensajes con estos identificadores")
TEXT("Only those with voice may speak",
    "Nur wer Schreibrecht hat, darf schreiben",
    "Seuls ceux qui ont la parole peuvent s'exprimer",
    "Solo pueden hablar quienes tienen voz")
TEXT("Owners of the room",
    "Besitzer des Raums",
    "Propriétaires du salon",
    "Propietarios de la sala")
TEXT("Participants",
    "Teilnehmer",
    "Participants",
    "Participantes")
TEXT("Participants may change the subject",
    "Teilnehmer dürfen das Thema ändern",
    "Les participants peuvent changer le sujet",
    "Los participantes pueden cambiar el tema")
TEXT("Password",
    "Passwort",
    "Mot de passe",
    "Contraseña")
TEXT("Publish-subscribe node of the room",
    "Publish-Subscribe-Knoten des Raums",
    "Nœud publish-subscribe du salon",
    "Nodo publish-subscribe de la sala")
TEXT("Registration request",
    "Antrag auf Registrierung",
    "Demande d'inscription",
    "Solicitud de registro")
TEXT("Registration with %s",
    "Registrierung bei %s",
    "Inscription à %s",
    "Registro en %s")
TEXT("Registrations wait for an admin's approval",
    "Registrierungen warten auf die Zustimmung eines Admins",
    "Les inscriptions attendent l'accord d'un admin",
    "Los registros esperan la aprobación de un administrador")
TEXT("Requested role",
    "Gewünschte Rolle",
    "Rôle demandé",
    "Rol solicitado")
TEXT("Roles that may ask who the members are",
    "Rollen, die die Liste der Mitglieder abfragen dürfen",
    "Rôles qui peuvent demander la liste des membres",
    "Roles que pueden pedir la lista de miembros")
TEXT("Roles whose presence is shown to others",
    "Rollen, deren Anwesenheit den anderen gezeigt wird",
    "Rôles dont la présence est montrée aux autres",
    "Roles cuya presencia se muestra a los demás")
TEXT("Room Nickname",
    "Spitzname im Raum",
    "Pseudo dans le salon",
    "Apodo en la sala")
TEXT("Said by this address",
    "Von dieser Adresse gesagt",
    "Dit par cette adresse",
    "Dicho por esta dirección")
TEXT("Seconds to wait between two messages (0: none)",
    "Wartezeit zwischen zwei Nachrichten in Sekunden (0: keine)",
    "Secondes d'attente entre deux messages (0 : aucune)",
    "Segundos de espera entre dos mensajes (0: ninguno)")
TEXT("Subject",
    "Thema",
    "Sujet",
    "Tema")
TEXT("That command is no longer under way",
    "Dieser Befehl läuft nicht mehr",
    "Cette commande n'est plus en cours",
    "Ese comando ya no está en curso")
TEXT("That has been changed since: %s",
    "Das hat sich inzwischen geändert: %s",
    "Cela a changé depuis : %s",
    "Eso ha cambiado desde entonces: %s")
TEXT("That is not the address of a user",
    "Das ist nicht die Adresse eines Benutzers",
    "Ce n'est pas l'adresse d'un utilisateur",
    "Esa no es la dirección de un usuario")
TEXT("That is not the password of this room",
    "Das ist nicht das Passwort dieses Raums",
    "Ce n'est pas le mot de passe de ce salon",
    "Esa no es la contraseña de esta sala")
TEXT("That nickname cannot be used",
    "Dieser Spitzname kann nicht verwendet werden",
    "Ce pseudo ne peut pas être utilisé",
    "Ese apodo no se puede usar")
TEXT("That nickname is already in use by another occupant",
    "Dieser Spitzname ist hier schon vergeben",
    "Ce pseudo est déjà utilisé par un autre occupant",
    "Otro ocupante ya usa ese apodo")
TEXT("That nickname is reserved for somebody else",
    "Dieser Spitzname ist für jemand anderen reserviert",
    "Ce pseudo est réservé à quelqu'un d'autre",
    "Ese apodo está reservado para otra persona")
TEXT("That nickname looks like that of a moderator",
    "Dieser Spitzname sieht aus wie der eines Moderators",
    "Ce pseudo ressemble à celui d'un modérateur",
    "Ese apodo se parece al de un moderador")
TEXT("That room has been destroyed",
    "Dieser Raum wurde aufgelöst",
    "Ce salon a été détruit",
    "Esa sala ha sido destruida")
TEXT("That room name cannot be used",
    "Dieser Raumname kann nicht verwendet werden",
    "Ce nom de salon ne peut pas être utilisé",
    "Ese nombre de sala no se puede usar")
TEXT("That room name is reserved",
    "Dieser Raumname ist vorbehalten",
    "Ce nom de salon est réservé",
    "Ese nombre de sala está reservado")
TEXT("That user has been invited too often",
    "Dieser Benutzer wurde zu oft eingeladen",
    "Cet utilisateur a été invité trop souvent",
    "Ese usuario ha sido invitado demasiadas veces")
TEXT("That user is banned from this room",
    "Dieser Benutzer ist aus diesem Raum verbannt",
    "Cet utilisateur est banni de ce salon",
    "Ese usuario tiene prohibida la entrada a esta sala")
TEXT("The answer cannot be relayed",
    "Die Antwort lässt sich nicht weitergeben",
    "La réponse ne peut pas être transmise",
    "La respuesta no se puede transmitir")
TEXT("The conversation is logged in public",
    "Die Unterhaltung wird öffentlich mitgeschrieben",
    "La conversation est archivée publiquement",
    "La conversación se registra públicamente")
TEXT("The occupant has not answered",
    "Der Anwesende hat nicht geantwortet",
    "L'occupant n'a pas répondu",
    "El ocupante no ha respondido")
TEXT("The occupant left before answering",
    "Der Anwesende ist gegangen, ohne zu antworten",
    "L'occupant est parti sans répondre",
    "El ocupante se fue sin responder")
TEXT("The room was not configured in time",
    "Der Raum wurde nicht rechtzeitig eingerichtet",
    "Le salon n'a pas été configuré à temps",
    "La sala no se configuró a tiempo")
TEXT("The service is being shut down",
    "Der Dienst wird beendet",
    "Le service est en cours d'arrêt",
    "El servicio se está cerrando")
TEXT("The service is running out of storage",
    "Dem Dienst geht der Speicherplatz aus",
    "Le service manque d'espace de stockage",
    "El servicio se está quedando sin espacio")
TEXT("There is no such ban: %s",
    "So eine Verbannung gibt es nicht: %s",
    "Ce bannissement n'existe pas : %s",
    "No existe esa prohibición: %s")
TEXT("There is no such room: %s",
    "Diesen Raum gibt es nicht: %s",
    "Ce salon n'existe pas : %s",
    "No existe esa sala: %s")
TEXT("There is such a room already: %s",
    "Diesen Raum gibt es schon: %s",
    "Ce salon existe déjà : %s",
    "Esa sala ya existe: %s")
TEXT("This does not suit: %s",
    "Das passt nicht: %s",
    "Ceci ne convient pas : %s",
    "Esto no es válido: %s")
TEXT("This is missing: %s",
    "Das fehlt: %s",
    "Ceci manque : %s",
    "Falta esto: %s")
TEXT("This room asks for a password",
    "Dieser Raum verlangt ein Passwort",
    "Ce salon demande un mot de passe",
    "Esta sala pide una contraseña")
TEXT("This room does not pass on requests between occupants",
    "Dieser Raum gibt keine Anfragen zwischen Anwesenden weiter",
    "Ce salon ne transmet pas de requêtes entre occupants",
    "Esta sala no transmite solicitudes entre ocupantes")
TEXT("This room is as open again as it was before",
    "Dieser Raum ist wieder so offen wie vorher",
    "Ce salon est de nouveau aussi ouvert qu'avant",
    "Esta sala vuelve a estar tan abierta como antes")
TEXT("This room is for members only",
    "Dieser Raum ist nur für Mitglieder",
    "Ce salon est réservé aux membres",
    "Esta sala es solo para miembros")
TEXT("This room is full",
    "Dieser Raum ist voll",
    "Ce salon est plein",
    "Esta sala está llena")
TEXT("This stanza is too large or too deeply nested",
    "Diese Nachricht ist zu groß oder zu tief verschachtelt",
    "Ce message est trop gros ou trop imbriqué",
    "Este mensaje es demasiado grande o tiene demasiados niveles")
TEXT("To approve this registration request, select the \"Allow this person to register "
    "with the room?\" checkbox and click OK. To skip this request, click the cancel "
    "button.",
    "Um dem Antrag zuzustimmen, wählen Sie „Darf sich diese Person bei dem Raum "
    "registrieren?“ aus und bestätigen Sie. Um ihn zu übergehen, brechen Sie ab.",
    "Pour accepter cette demande, cochez « Autoriser cette personne à s'inscrire au salon"
    " ? » et validez. Pour la passer, annulez.",
    "Para aprobar esta solicitud, marca «¿Permitir que esta persona se registre en la "
    "sala?» y acepta. Para omitirla, cancela.")
TEXT("To approve this request for voice, select the \"Grant voice to this person?\" "
    "checkbox and click OK. To skip this request, click the cancel button.",
    "Um der Bitte zuzustimmen, wählen Sie „Dieser Person Schreibrecht geben?“ aus und "
    "bestätigen Sie. Um sie zu übergehen, brechen Sie ab.",
    "Pour accepter cette demande, cochez « Donner la parole à cette personne ? » et "
    "validez. Pour la passer, annulez.",
    "Para aprobar esta petición, marca «¿Dar voz a esta persona?» y acepta. Para "
    "omitirla, cancela.")
TEXT("Too many are entering this room just now",
    "Gerade betreten zu viele diesen Raum",
    "Trop de personnes entrent dans ce salon en ce moment",
    "Demasiadas personas entran ahora en esta sala")
TEXT("Too much is asked of this service just now",
    "Von diesem Dienst wird gerade zu viel verlangt",
    "On demande trop à ce service en ce moment",
    "Ahora se pide demasiado a este servicio")
TEXT("Too much is said in this room just now",
    "In diesem Raum wird gerade zu viel gesagt",
    "On parle trop dans ce salon en ce moment",
    "Ahora se habla demasiado en esta sala")
TEXT("User",
    "Benutzer",
    "Utilisateur",
    "Usuario")
TEXT("User ID",
    "Adresse",
    "Adresse",
    "Dirección")
TEXT("Users may register with the room",
    "Benutzer dürfen sich bei dem Raum registrieren",
    "Les utilisateurs peuvent s'inscrire au salon",
    "Los usuarios pueden registrarse en la sala")
TEXT("Visitors",
    "Besucher",
    "Visiteurs",
    "Visitantes")
TEXT("Visitors may ask for voice",
    "Besucher dürfen um Schreibrecht bitten",
    "Les visiteurs peuvent demander la parole",
    "Los visitantes pueden pedir voz")
TEXT("Visitors may change their nickname",
    "Besucher dürfen ihren Spitznamen ändern",
    "Les visiteurs peuvent changer de pseudo",
    "Los visitantes pueden cambiar de apodo")
TEXT("Visitors' status texts are shown to others",
    "Statustexte von Besuchern werden den anderen gezeigt",
    "Les textes de statut des visiteurs sont montrés aux autres",
    "Los textos de estado de los visitantes se muestran a los demás")
TEXT("Voice request",
    "Bitte um Schreibrecht",
    "Demande de parole",
    "Petición de voz")
TEXT("Where membership matters",
    "Wo es auf Mitgliedschaft ankommt",
    "Là où l'adhésion compte",
    "Donde importa ser miembro")
TEXT("Who has reserved a nickname goes by that one",
    "Wer einen Spitznamen reserviert hat, trägt diesen",
    "Qui a réservé un pseudo le porte",
    "Quien ha reservado un apodo usa ese")
TEXT("Who is behind a nickname is not told in this room",
    "Wer hinter einem Spitznamen steht, wird in diesem Raum nicht gesagt",
    "Ce salon ne dit pas qui se cache derrière un pseudo",
    "Esta sala no dice quién está detrás de un apodo")
TEXT("Who may see real addresses",
    "Wer die echten Adressen sehen darf",
    "Qui peut voir les adresses réelles",
    "Quién puede ver las direcciones reales")
TEXT("Who may send private messages",
    "Wer private Nachrichten senden darf",
    "Qui peut envoyer des messages privés",
    "Quién puede enviar mensajes privados")
TEXT("With these words",
    "Mit diesen Wörtern",
    "Avec ces mots",
    "Con estas palabras")
TEXT("You are banned from this room",
    "Sie sind aus diesem Raum verbannt",
    "Vous êtes banni de ce salon",
    "Tienes prohibida la entrada a esta sala")
TEXT("You are banned from this service",
    "Sie sind aus diesem Dienst verbannt",
    "Vous êtes banni de ce service",
    "Tienes prohibido el acceso a este servicio")
TEXT("You are not in this room",
    "Sie sind nicht in diesem Raum",
    "Vous n'êtes pas dans ce salon",
    "No estás en esta sala")
TEXT("You are not registered with this room",
    "Sie sind bei diesem Raum nicht registriert",
    "Vous n'êtes pas inscrit à ce salon",
    "No estás registrado en esta sala")
TEXT("You are sending too fast",
    "Sie senden zu schnell",
    "Vous envoyez trop vite",
    "Estás enviando demasiado rápido")
TEXT("You asked for voice a short while ago",
    "Sie haben erst vor Kurzem um Schreibrecht gebeten",
    "Vous avez demandé la parole il y a peu",
    "Pediste voz hace poco")
TEXT("You cannot register with this room",
    "Bei diesem Raum können Sie sich nicht registrieren",
    "Vous ne pouvez pas vous inscrire à ce salon",
    "No puedes registrarte en esta sala")
TEXT("You have created as many rooms as you may",
    "Sie haben so viele Räume angelegt, wie Sie dürfen",
    "Vous avez créé autant de salons que permis",
    "Has creado tantas salas como se permite")
TEXT("You have no voice in this room",
    "Sie haben in diesem Raum kein Schreibrecht",
    "Vous n'avez pas la parole dans ce salon",
    "No tienes voz en esta sala")
TEXT("You have voice already",
    "Sie haben schon Schreibrecht",
    "Vous avez déjà la parole",
    "Ya tienes voz")
TEXT("You may not create rooms here",
    "Sie dürfen hier keine Räume anlegen",
    "Vous ne pouvez pas créer de salons ici",
    "No puedes crear salas aquí")
TEXT("You may not run that command",
    "Sie dürfen diesen Befehl nicht ausführen",
    "Vous ne pouvez pas exécuter cette commande",
    "No puedes ejecutar ese comando")
TEXT("You may not send private messages in this room",
    "In diesem Raum dürfen Sie keine privaten Nachrichten senden",
    "Vous ne pouvez pas envoyer de messages privés dans ce salon",
    "No puedes enviar mensajes privados en esta sala")
TEXT("Your request to register with this room was denied",
    "Ihr Antrag auf Registrierung bei diesem Raum wurde abgelehnt",
    "Votre demande d'inscription à ce salon a été refusée",
    "Tu solicitud de registro en esta sala ha sido rechazada")
TEXT("Your request waits for an admin's approval",
    "Ihr Antrag wartet auf die Zustimmung eines Admins",
    "Votre demande attend l'accord d'un admin",
    "Tu solicitud espera la aprobación de un administrador")
