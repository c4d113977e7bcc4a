/* SPDX-License-Identifier: ISC */
/*
 * text_command.h - what ad-hoc commands say: TEXT(English, German, French, Spanish), as in text.h
 *
 * Names of commands, forms and fields, notes. What others say, too, is in text.h.
 */
TEXT("A copy of the database is being made; the statistics say when it is done",
    "Eine Kopie der Datenbank wird angelegt; die Statistik sagt, wann sie fertig ist",
    "Une copie de la base est en cours ; les statistiques diront quand elle est prête",
    "Se está haciendo una copia de la base de datos; las estadísticas dirán cuándo está lista")
TEXT("A copy of the database is being made; you are told when it is done",
    "Eine Kopie der Datenbank wird angelegt; Sie erfahren, wann sie fertig ist",
    "Une copie de la base est en cours ; vous saurez quand elle est prête",
    "Se está haciendo una copia de la base de datos; se te dirá cuándo está lista")
TEXT("About",
    "Über",
    "Au sujet de",
    "Sobre")
TEXT("Address",
    "Adresse",
    "Adresse",
    "Dirección")
TEXT("Address, domain or pattern",
    "Adresse, Domain oder Muster",
    "Adresse, domaine ou motif",
    "Dirección, dominio o patrón")
TEXT("Addresses, domains or patterns",
    "Adressen, Domains oder Muster",
    "Adresses, domaines ou motifs",
    "Direcciones, dominios o patrones")
TEXT("Admin",
    "Administrator",
    "Administrateur",
    "Administrador")
TEXT("Affiliation",
    "Zugehörigkeit",
    "Affiliation",
    "Afiliación")
TEXT("Affiliation of all of them",
    "Zugehörigkeit von allen",
    "Affiliation de tous",
    "Afiliación de todos ellos")
TEXT("After",
    "Nachher",
    "Après",
    "Después")
TEXT("All leave their rooms (else they are in again after a start)",
    "Alle verlassen ihre Räume (sonst sind sie nach einem Start wieder darin)",
    "Tous quittent leurs salons (sinon ils y sont encore après un démarrage)",
    "Todos salen de sus salas (si no, siguen en ellas tras un inicio)")
TEXT("All of them",
    "Alle davon",
    "Tous",
    "Todas ellas")
TEXT("All stays as it is: %s",
    "Alles bleibt, wie es ist: %s",
    "Tout reste en l'état : %s",
    "Todo queda como está: %s")
TEXT("And everything else",
    "Und alles andere",
    "Et tout le reste",
    "Y todo lo demás")
TEXT("And warnings",
    "Und Warnungen",
    "Et avertissements",
    "Y avisos")
TEXT("And what happens",
    "Und was geschieht",
    "Et ce qui se passe",
    "Y lo que ocurre")
TEXT("Announcement",
    "Ankündigung",
    "Annonce",
    "Anuncio")
TEXT("Announcements: listed, only those with voice may speak",
    "Ankündigungen: aufgelistet, nur wer Schreibrecht hat, darf schreiben",
    "Annonces : listé, seuls ceux qui ont la parole s'expriment",
    "Anuncios: en la lista, solo hablan quienes tienen voz")
TEXT("Another room to go to",
    "Ein anderer Raum, in den man gehen kann",
    "Un autre salon où aller",
    "Otra sala a la que ir")
TEXT("As the service makes rooms",
    "Wie der Dienst Räume anlegt",
    "Comme le service crée les salons",
    "Como el servicio crea las salas")
TEXT("Audit log",
    "Protokoll der Befehle",
    "Journal des commandes",
    "Registro de los comandos")
TEXT("Back up now",
    "Jetzt sichern",
    "Sauvegarder maintenant",
    "Hacer una copia de seguridad")
TEXT("Ban from the service",
    "Aus dem Dienst verbannen",
    "Bannir du service",
    "Prohibir el acceso al servicio")
TEXT("Banned",
    "Verbannt",
    "Banni",
    "Vetado")
TEXT("Bans from the service",
    "Aus dem Dienst Verbannte",
    "Bannissements du service",
    "Accesos prohibidos al servicio")
TEXT("Bans lifted: %s",
    "Aufgehobene Verbannungen: %s",
    "Bannissements levés : %s",
    "Prohibiciones levantadas: %s")
TEXT("Bans set: %s",
    "Verhängte Verbannungen: %s",
    "Bannissements prononcés : %s",
    "Prohibiciones establecidas: %s")
TEXT("Before",
    "Vorher",
    "Avant",
    "Antes")
TEXT("Bytes of memory",
    "Bytes an Arbeitsspeicher",
    "Octets de mémoire",
    "Bytes de memoria")
TEXT("Bytes of messages kept",
    "Bytes der aufbewahrten Nachrichten",
    "Octets des messages conservés",
    "Bytes de los mensajes guardados")
TEXT("Bytes of the database",
    "Bytes der Datenbank",
    "Octets de la base de données",
    "Bytes de la base de datos")
TEXT("Bytes that wait to be sent",
    "Bytes, die auf das Senden warten",
    "Octets en attente d'envoi",
    "Bytes que esperan ser enviados")
TEXT("Changed affiliations: %s",
    "Geänderte Zugehörigkeiten: %s",
    "Affiliations modifiées : %s",
    "Afiliaciones cambiadas: %s")
TEXT("Changes of affiliations",
    "Änderungen von Zugehörigkeiten",
    "Changements d'affiliations",
    "Cambios de afiliaciones")
TEXT("Command",
    "Befehl",
    "Commande",
    "Comando")
TEXT("Commands",
    "Befehle",
    "Commandes",
    "Comandos")
TEXT("Commands under way",
    "Laufende Befehle",
    "Commandes en cours",
    "Comandos en curso")
TEXT("Configure a room",
    "Einen Raum einstellen",
    "Configurer un salon",
    "Configurar una sala")
TEXT("Configured: %s",
    "Eingestellt: %s",
    "Configuré : %s",
    "Configurada: %s")
TEXT("Create a room",
    "Einen Raum anlegen",
    "Créer un salon",
    "Crear una sala")
TEXT("Created",
    "Angelegt",
    "Créé",
    "Creada")
TEXT("Created by",
    "Angelegt von",
    "Créé par",
    "Creada por")
TEXT("Created: %s",
    "Angelegt: %s",
    "Créé : %s",
    "Creada: %s")
TEXT("Destroy rooms",
    "Räume auflösen",
    "Détruire des salons",
    "Destruir salas")
TEXT("Destroy unused rooms",
    "Unbenutzte Räume auflösen",
    "Détruire les salons inutilisés",
    "Destruir salas sin uso")
TEXT("Destroyed rooms",
    "Aufgelöste Räume",
    "Salons détruits",
    "Salas destruidas")
TEXT("Done by",
    "Getan von",
    "Fait par",
    "Hecho por")
TEXT("Edit the list of bans from the service",
    "Die Liste der aus dem Dienst Verbannten bearbeiten",
    "Modifier la liste des bannissements du service",
    "Editar la lista de accesos prohibidos al servicio")
TEXT("Errors",
    "Fehler",
    "Erreurs",
    "Errores")
TEXT("Give a room another owner",
    "Einem Raum einen anderen Besitzer geben",
    "Donner un autre propriétaire à un salon",
    "Dar otro propietario a una sala")
TEXT("Hours (0: for good)",
    "Stunden (0: für immer)",
    "Heures (0 : définitivement)",
    "Horas (0: para siempre)")
TEXT("Kind of room",
    "Art des Raums",
    "Type de salon",
    "Tipo de sala")
TEXT("Last copy of the database",
    "Letzte Kopie der Datenbank",
    "Dernière copie de la base",
    "Última copia de la base de datos")
TEXT("Last look through the database",
    "Letzte Durchsicht der Datenbank",
    "Dernier examen de la base",
    "Última revisión de la base de datos")
TEXT("Last use",
    "Zuletzt benutzt",
    "Dernière utilisation",
    "Último uso")
TEXT("Lift bans from the service",
    "Verbannte wieder zum Dienst zulassen",
    "Lever des bannissements du service",
    "Levantar prohibiciones de acceso al servicio")
TEXT("List rooms",
    "Räume auflisten",
    "Lister les salons",
    "Listar las salas")
TEXT("Make an announcement",
    "Etwas ankündigen",
    "Faire une annonce",
    "Hacer un anuncio")
TEXT("Member",
    "Mitglied",
    "Membre",
    "Miembro")
TEXT("Messages kept",
    "Aufbewahrte Nachrichten",
    "Messages conservés",
    "Mensajes guardados")
TEXT("New owner (empty: you)",
    "Neuer Besitzer (leer: Sie)",
    "Nouveau propriétaire (vide : vous)",
    "Nuevo propietario (vacío: tú)")
TEXT("Nickname",
    "Spitzname",
    "Pseudo",
    "Apodo")
TEXT("No copy is made: %s",
    "Es wird keine Kopie angelegt: %s",
    "Aucune copie n'est faite : %s",
    "No se hace ninguna copia: %s")
TEXT("No copy of the database was made; the log says why",
    "Es gibt keine Kopie der Datenbank; das Protokoll sagt, warum",
    "Aucune copie de la base n'a été faite ; le journal dit pourquoi",
    "No se ha hecho ninguna copia de la base de datos; el registro dice por qué")
TEXT("Nobody entered or said anything for so many days",
    "So viele Tage hat niemand den Raum betreten oder etwas gesagt",
    "Personne n'est entré ni n'a parlé depuis tant de jours",
    "Nadie ha entrado ni ha dicho nada en tantos días")
TEXT("Nobody leaves a room, and nothing is lost",
    "Niemand verlässt einen Raum, und nichts geht verloren",
    "Personne ne quitte de salon, et rien ne se perd",
    "Nadie sale de ninguna sala y nada se pierde")
TEXT("None",
    "Keine",
    "Aucune",
    "Ninguna")
TEXT("Not all was looked at: the rest came before number %s",
    "Nicht alles wurde angesehen: der Rest kam vor Nummer %s",
    "Tout n'a pas été examiné : le reste est venu avant le numéro %s",
    "No se ha mirado todo: el resto vino antes del número %s")
TEXT("Nothing was done",
    "Es wurde nichts getan",
    "Rien n'a été fait",
    "No se ha hecho nada")
TEXT("Number",
    "Nummer",
    "Numéro",
    "Número")
TEXT("Number of users in rooms",
    "Anzahl der Benutzer in Räumen",
    "Nombre d'utilisateurs dans les salons",
    "Número de usuarios en las salas")
TEXT("Occupants",
    "Anwesende",
    "Occupants",
    "Ocupantes")
TEXT("Only in these rooms",
    "Nur in diesen Räumen",
    "Seulement dans ces salons",
    "Solo en estas salas")
TEXT("Only say what would be done",
    "Nur sagen, was getan würde",
    "Dire seulement ce qui serait fait",
    "Decir solo lo que se haría")
TEXT("Only the first %s occupants are shown",
    "Nur die ersten %s Anwesenden werden gezeigt",
    "Seuls les %s premiers occupants sont montrés",
    "Solo se muestran los primeros %s ocupantes")
TEXT("Only the first %s owners are shown, export-affiliations has them all",
    "Nur die ersten %s Besitzer werden gezeigt, export-affiliations hat sie alle",
    "Seuls les %s premiers propriétaires sont montrés, export-affiliations les a tous",
    "Solo se muestran los primeros %s propietarios, export-affiliations los tiene todos")
TEXT("Only the first %s rooms were looked at",
    "Nur die ersten %s Räume wurden angesehen",
    "Seuls les %s premiers salons ont été examinés",
    "Solo se han mirado las primeras %s salas")
TEXT("Only what came before this number",
    "Nur was vor dieser Nummer kam",
    "Seulement ce qui est venu avant ce numéro",
    "Solo lo que vino antes de este número")
TEXT("Options of the room",
    "Einstellungen des Raums",
    "Options du salon",
    "Opciones de la sala")
TEXT("Others, each in a line: address affiliation reason",
    "Andere, je Zeile: Adresse Zugehörigkeit Grund",
    "D'autres, un par ligne : adresse affiliation motif",
    "Otros, uno por línea: dirección afiliación motivo")
TEXT("Owner",
    "Besitzer",
    "Propriétaire",
    "Propietario")
TEXT("Owner (empty: you)",
    "Besitzer (leer: Sie)",
    "Propriétaire (vide : vous)",
    "Propietario (vacío: tú)")
TEXT("Part of a user, a room or a command",
    "Teil eines Benutzers, Raums oder Befehls",
    "Partie d'un utilisateur, d'un salon ou d'une commande",
    "Parte de un usuario, una sala o un comando")
TEXT("Part of the address or name",
    "Teil der Adresse oder des Namens",
    "Partie de l'adresse ou du nom",
    "Parte de la dirección o del nombre")
TEXT("Password of that room",
    "Passwort jenes Raums",
    "Mot de passe de ce salon",
    "Contraseña de esa sala")
TEXT("Per cent of the storage in use",
    "Belegter Speicherplatz in Prozent",
    "Stockage utilisé, en pourcentage",
    "Almacenamiento usado, en porcentaje")
TEXT("Private group: hidden, for members who see addresses",
    "Private Gruppe: verborgen, für Mitglieder, die Adressen sehen",
    "Groupe privé : caché, pour des membres qui voient les adresses",
    "Grupo privado: oculto, para miembros que ven las direcciones")
TEXT("Public: listed, open to all",
    "Öffentlich: aufgelistet, für alle offen",
    "Public : listé, ouvert à tous",
    "Pública: en la lista, abierta a todos")
TEXT("Read the configuration again",
    "Die Konfiguration neu lesen",
    "Relire la configuration",
    "Volver a leer la configuración")
TEXT("Reason",
    "Grund",
    "Motif",
    "Motivo")
TEXT("Refused: %s",
    "Abgelehnt: %s",
    "Refusé : %s",
    "Rechazado: %s")
TEXT("Restart the service",
    "Den Dienst neu starten",
    "Redémarrer le service",
    "Reiniciar el servicio")
TEXT("Role",
    "Rolle",
    "Rôle",
    "Rol")
TEXT("Room",
    "Raum",
    "Salon",
    "Sala")
TEXT("Rooms",
    "Räume",
    "Salons",
    "Salas")
TEXT("Rooms destroyed: %s",
    "Räume aufgelöst: %s",
    "Salons détruits : %s",
    "Salas destruidas: %s")
TEXT("Rooms in which it was said: %s",
    "Räume, in denen es gesagt wurde: %s",
    "Salons où cela a été dit : %s",
    "Salas en las que se ha dicho: %s")
TEXT("Rooms of %s",
    "Räume von %s",
    "Salons de %s",
    "Salas de %s")
TEXT("Rooms of a user",
    "Räume eines Benutzers",
    "Salons d'un utilisateur",
    "Salas de un usuario")
TEXT("Rows on a page",
    "Zeilen auf einer Seite",
    "Lignes par page",
    "Filas por página")
TEXT("Seconds since the start",
    "Sekunden seit dem Start",
    "Secondes depuis le démarrage",
    "Segundos desde el inicio")
TEXT("Seconds that the link of %s is up (-1: it is down)",
    "Sekunden, die die Verbindung von %s steht (-1: sie steht nicht)",
    "Secondes depuis que la liaison de %s est établie (-1 : elle ne l'est pas)",
    "Segundos que lleva establecido el enlace de %s (-1: no lo está)")
TEXT("Seconds to wait before",
    "Sekunden, die vorher gewartet wird",
    "Secondes d'attente avant",
    "Segundos de espera antes")
TEXT("Seconds until the service stops: %s",
    "Sekunden, bis der Dienst beendet wird: %s",
    "Secondes avant l'arrêt du service : %s",
    "Segundos hasta que se cierre el servicio: %s")
TEXT("Set affiliations",
    "Zugehörigkeiten setzen",
    "Définir les affiliations",
    "Definir afiliaciones")
TEXT("Set by",
    "Gesetzt von",
    "Défini par",
    "Establecida por")
TEXT("Set what is logged",
    "Einstellen, was protokolliert wird",
    "Régler ce qui est journalisé",
    "Definir qué se registra")
TEXT("Show a room",
    "Einen Raum zeigen",
    "Afficher un salon",
    "Mostrar una sala")
TEXT("Show the room",
    "Den Raum zeigen",
    "Afficher le salon",
    "Mostrar la sala")
TEXT("Shut down the service",
    "Den Dienst beenden",
    "Arrêter le service",
    "Cerrar el servicio")
TEXT("Since",
    "Seit",
    "Depuis",
    "Desde")
TEXT("Sorted by",
    "Sortiert nach",
    "Trié par",
    "Ordenado por")
TEXT("Statistics",
    "Statistik",
    "Statistiques",
    "Estadísticas")
TEXT("Stored affiliations",
    "Gespeicherte Zugehörigkeiten",
    "Affiliations enregistrées",
    "Afiliaciones guardadas")
TEXT("The configuration is read again",
    "Die Konfiguration wird neu gelesen",
    "La configuration est relue",
    "Se vuelve a leer la configuración")
TEXT("The configuration stays as it was: %s",
    "Die Konfiguration bleibt, wie sie war: %s",
    "La configuration reste inchangée : %s",
    "La configuración queda como estaba: %s")
TEXT("The copy of the database is complete: %s",
    "Die Kopie der Datenbank ist fertig: %s",
    "La copie de la base est terminée : %s",
    "La copia de la base de datos está lista: %s")
TEXT("The database is being looked through; the statistics say when that is done",
    "Die Datenbank wird durchgesehen; die Statistik sagt, wann das fertig ist",
    "La base est en cours d'examen ; les statistiques diront quand c'est fait",
    "Se está revisando la base de datos; las estadísticas dirán cuándo termina")
TEXT("The database is being looked through; you are told when that is done",
    "Die Datenbank wird durchgesehen; Sie erfahren, wann das fertig ist",
    "La base est en cours d'examen ; vous saurez quand c'est fait",
    "Se está revisando la base de datos; se te dirá cuándo termina")
TEXT("The database is not looked through: %s",
    "Die Datenbank wird nicht durchgesehen: %s",
    "La base n'est pas examinée : %s",
    "La base de datos no se revisa: %s")
TEXT("The database was looked through: all of it is sound",
    "Die Datenbank wurde durchgesehen: sie ist in Ordnung",
    "La base a été examinée : elle est saine",
    "Se ha revisado la base de datos: está bien")
TEXT("The database was looked through; the log says what is wrong",
    "Die Datenbank wurde durchgesehen; das Protokoll sagt, was nicht stimmt",
    "La base a été examinée ; le journal dit ce qui ne va pas",
    "Se ha revisado la base de datos; el registro dice qué está mal")
TEXT("The log is kept so from now on",
    "So wird ab jetzt protokolliert",
    "Le journal est tenu ainsi désormais",
    "El registro se lleva así desde ahora")
TEXT("The log stays as it was: %s",
    "Das Protokoll bleibt, wie es war: %s",
    "Le journal reste inchangé : %s",
    "El registro queda como estaba: %s")
TEXT("The present owners stay owners",
    "Die jetzigen Besitzer bleiben es",
    "Les propriétaires actuels le restent",
    "Los propietarios actuales lo siguen siendo")
TEXT("The room %s",
    "Der Raum %s",
    "Le salon %s",
    "La sala %s")
TEXT("The service has changed who owns this room",
    "Der Dienst hat geändert, wem dieser Raum gehört",
    "Le service a changé les propriétaires de ce salon",
    "El servicio ha cambiado de quién es esta sala")
TEXT("Their bytes",
    "Deren Bytes",
    "Leurs octets",
    "Sus bytes")
TEXT("Their owners can create them again for some days",
    "Ihre Besitzer können sie einige Tage lang neu anlegen",
    "Leurs propriétaires peuvent les recréer pendant quelques jours",
    "Sus propietarios pueden volver a crearlas durante unos días")
TEXT("There are more of them",
    "Es gibt noch mehr davon",
    "Il y en a d'autres",
    "Hay más")
TEXT("These rooms would be destroyed",
    "Diese Räume würden aufgelöst",
    "Ces salons seraient détruits",
    "Se destruirían estas salas")
TEXT("Time",
    "Zeit",
    "Heure",
    "Hora")
TEXT("Undo changes of affiliations",
    "Änderungen von Zugehörigkeiten zurücknehmen",
    "Annuler des changements d'affiliations",
    "Deshacer cambios de afiliaciones")
TEXT("Until",
    "Bis",
    "Jusqu'à",
    "Hasta")
TEXT("Until the configuration is read again",
    "Bis die Konfiguration neu gelesen wird",
    "Jusqu'à la prochaine lecture de la configuration",
    "Hasta que se vuelva a leer la configuración")
TEXT("User or domain",
    "Benutzer oder Domain",
    "Utilisateur ou domaine",
    "Usuario o dominio")
TEXT("Users in rooms",
    "Benutzer in Räumen",
    "Utilisateurs dans les salons",
    "Usuarios en las salas")
TEXT("Users or domains",
    "Benutzer oder Domains",
    "Utilisateurs ou domaines",
    "Usuarios o dominios")
TEXT("Verify the database",
    "Die Datenbank prüfen",
    "Vérifier la base de données",
    "Verificar la base de datos")
TEXT("Version",
    "Version",
    "Version",
    "Versión")
TEXT("What is chosen is made as it was before, if it has not changed since",
    "Was ausgewählt ist, wird wie vorher, wenn es sich nicht inzwischen geändert hat",
    "Ce qui est choisi redevient comme avant, si rien n'a changé depuis",
    "Lo elegido vuelve a ser como antes, si no ha cambiado desde entonces")
TEXT("What is installed now goes on",
    "Was jetzt installiert ist, macht weiter",
    "Ce qui est installé maintenant prend la suite",
    "Lo que hay instalado ahora continúa")
TEXT("What is logged",
    "Was protokolliert wird",
    "Ce qui est journalisé",
    "Qué se registra")
TEXT("When that began or ended",
    "Wann das begann oder endete",
    "Quand cela a commencé ou fini",
    "Cuándo empezó o terminó")
TEXT("Whoever is in the rooms leaves them, what was said in them is lost",
    "Alle verlassen die Räume, und was darin gesagt wurde, geht verloren",
    "Tous quittent les salons et ce qui y a été dit est perdu",
    "Todos salen de las salas y se pierde lo que se dijo en ellas")
TEXT("Whom they name leaves all rooms, and gets into none",
    "Wen sie nennen, der verlässt alle Räume und kommt in keinen mehr hinein",
    "Ceux qu'ils nomment quittent tous les salons et n'entrent dans aucun",
    "A quienes nombren salen de todas las salas y no entran en ninguna")
