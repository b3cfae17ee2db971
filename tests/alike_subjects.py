"""Subjects of made-up tickets in three languages, by what they ask: each block is one thing, as several people put it.

The last block of each language is of subjects that have nothing to do with each other, though they share words.
"""

from __future__ import annotations

ENGLISH = """
Import stops halfway
The import stops halfway
Import of contacts stops halfway
import stopped halfway through
Re: Import stops half way

Cannot log in after the update
Can't log in after update
Log in not possible since the update
After the update I cannot log in

Invoice shows the wrong VAT
Wrong VAT on invoice
VAT wrong on the invoice
The invoice shows a wrong VAT rate

Calendar does not sync with Outlook
Outlook calendar not syncing
Calendar sync with Outlook fails
Outlook calendar sync does not work

Export to Excel is empty
Excel export empty
Empty Excel export
The export to Excel gives an empty file

Email signature is not saved
Signature of email not saved
E-mail signature not saved
Email signature disappears, not saved

Search finds no contacts
Searching for contacts finds nothing
No contacts found by search
Search for contacts finds none

Report takes minutes to open
Reports take minutes to open
Opening a report takes minutes
Report opens very slowly, takes minutes

How do I merge two companies?
Merge two companies
How to merge two companies
Merging two companies, how?

Mobile app closes when taking a photo
App closes when I take a photo
Mobile app closes taking photo
The mobile app closes when a photo is taken

New user cannot see opportunities
New users cannot see the opportunities
A new user does not see opportunities
Opportunities not visible for new user

Reminder mails are sent twice
Reminders are sent twice
Reminder mail sent twice
Customers get reminder mails twice

---
How do I change my password?
How do I delete a contact?
How do I add a custom field to contacts?
Error on opening the dashboard
Printer prints blank pages
Wrong logo on quotations
Question about our contract
Question about the new licence prices
Page not found when I click a link in a mail
Contacts cannot be dialled by phone
The import of products asks for a key
Please add Danish as a language
The new menu is too small on my screen
Duplicates after moving a mailbox
Where can I see who changed an appointment?
Time zone of appointments is an hour off
"""

DUTCH = """
Import stopt halverwege
De import stopt halverwege
Import van relaties stopt halverwege
Importeren stopt halverwege

Kan niet inloggen na de update
Inloggen lukt niet na update
Na de update kan ik niet inloggen
Sinds de update niet meer inloggen mogelijk

Verkeerde btw op factuur
Factuur toont verkeerde btw
Btw verkeerd op de factuur
Op de factuur staat een verkeerd btw-tarief

Agenda synchroniseert niet met Outlook
Outlook agenda synchroniseert niet
Synchronisatie agenda met Outlook werkt niet
Agenda wordt niet gesynchroniseerd met Outlook

Export naar Excel is leeg
Excel export leeg
Lege export naar Excel
Exporteren naar Excel geeft leeg bestand

Handtekening e-mail wordt niet opgeslagen
E-mailhandtekening niet opgeslagen
Handtekening in mail wordt niet opgeslagen
Mijn handtekening wordt niet opgeslagen

Zoeken vindt geen relaties
Zoekfunctie vindt geen relaties
Geen relaties gevonden bij zoeken
Zoeken op relaties vindt niets

Rapport openen duurt minuten
Rapporten openen duurt minuten
Het openen van een rapport duurt minuten
Rapport duurt minuten voor het opent

Hoe voeg ik twee bedrijven samen?
Twee bedrijven samenvoegen
Samenvoegen van twee bedrijven
Hoe kan ik twee bedrijven samenvoegen

App sluit af bij foto maken
App sluit af als ik een foto maak
Mobiele app sluit af bij het maken van een foto
De app sluit bij foto maken

Herinneringen worden dubbel verstuurd
Herinnering wordt dubbel verstuurd
Herinneringsmails dubbel verstuurd
Dubbele herinneringen verstuurd

---
Hoe wijzig ik mijn wachtwoord?
Hoe verwijder ik een relatie?
Hoe voeg ik een veld toe aan relaties?
Fout bij openen dashboard
Printer print lege pagina's
Verkeerd logo op offerte
Vraag over ons contract
Vraag over de nieuwe licentieprijzen
Pagina niet gevonden bij klikken op link in mail
Relaties niet te bellen via telefoon
Import van artikelen vraagt om sleutel
Graag Deens als taal toevoegen
Het nieuwe menu is te klein op mijn scherm
Dubbele relaties na verhuizen mailbox
Waar zie ik wie een afspraak heeft gewijzigd?
Tijdzone van afspraken een uur verschoven
"""

NORWEGIAN = """
Import stopper halvveis
Importen stopper halvveis
Import av kontakter stopper halvveis
Importen stoppet halvveis

Kan ikke logge inn etter oppdatering
Kan ikke logge inn etter oppdateringen
Etter oppdateringen kan jeg ikke logge inn
Innlogging går ikke etter oppdateringen

Feil mva på faktura
Faktura viser feil mva
Mva er feil på fakturaen
Fakturaen har feil mva-sats

Kalender synkroniserer ikke med Outlook
Outlook-kalender synkroniserer ikke
Synkronisering av kalender med Outlook virker ikke
Kalenderen synkroniseres ikke med Outlook

Eksport til Excel er tom
Excel-eksport tom
Tom eksport til Excel
Eksporten til Excel gir en tom fil

Signatur i e-post lagres ikke
E-postsignatur lagres ikke
Signaturen i e-post blir ikke lagret
Signatur e-post ikke lagret

Søk finner ingen kontakter
Søket finner ingen kontakter
Ingen kontakter funnet ved søk
Søk på kontakter finner ingenting

Rapport tar minutter å åpne
Rapporter tar minutter å åpne
Å åpne en rapport tar minutter
Det tar flere minutter å åpne rapporten

Hvordan slår jeg sammen to firmaer?
Slå sammen to firmaer
Sammenslåing av to firmaer
Hvordan slå sammen to firmaer

Appen lukkes når jeg tar bilde
Appen lukkes når jeg tar et bilde
Mobilappen lukkes når man tar bilde
App lukkes ved bilde

Påminnelser sendes to ganger
Påminnelse sendes to ganger
Påminnelser blir sendt to ganger
E-post med påminnelse sendt to ganger

---
Hvordan endrer jeg passordet mitt?
Hvordan sletter jeg en kontakt?
Hvordan legger jeg til et felt på kontakter?
Feil ved åpning av dashbord
Skriveren skriver tomme sider
Feil logo på tilbud
Spørsmål om avtalen vår
Spørsmål om nye lisenspriser
Siden finnes ikke når jeg klikker på lenke i e-post
Kan ikke ringe kontakter
Import av varer spør etter nøkkel
Ønsker dansk som språk
Den nye menyen er for liten på skjermen
Dubletter etter flytting av postboks
Hvor ser jeg hvem som endret en avtale?
Tidssone for avtaler er en time feil
"""


MORE_ENGLISH = """
Quotation prints without the price column
Price column missing on printed quotation
Printed quotation lacks the price column
Quotation without price column when printed

Attachment too large error when sending mail
Sending mail: attachment too large
Mail not sent, attachment too large
Error "attachment too large" on sending a mail

Phone number shown without country code
Country code missing in phone number
Phone numbers without country code
The phone number shows no country code

Dashboard stays empty on Monday
Empty dashboard on Mondays
Dashboard is empty on Monday
On Monday the dashboard is empty

Tasks vanish from the list
Tasks vanish from my list
Task vanishes from list
My tasks vanish out of the list

Two-factor code does not arrive
Code for two-factor never arrives
Two factor code not received
Two-factor code does not come in

---
How long are deleted mails kept?
Map shows our office in the wrong town
Licence expired although paid
Font of letters is too small
Mailing went to the wrong list
Cannot remove a colleague who left
Voice memo has no sound
Kanban columns are in the wrong order
"""

MORE_DUTCH = """
Offerte drukt af zonder prijskolom
Prijskolom ontbreekt op afgedrukte offerte
Afgedrukte offerte zonder prijskolom
Offerte zonder prijskolom bij afdrukken

Bijlage te groot bij versturen mail
Mail versturen: bijlage te groot
Mail niet verstuurd, bijlage te groot
Foutmelding bijlage te groot bij verzenden mail

Telefoonnummer zonder landcode
Landcode ontbreekt bij telefoonnummer
Telefoonnummers tonen geen landcode
Geen landcode bij telefoonnummers

Dashboard blijft leeg op maandag
Leeg dashboard op maandag
Dashboard is op maandag leeg
Op maandag is het dashboard leeg

Taken verdwijnen uit de lijst
Taken verdwijnen uit mijn lijst
Taak verdwijnt uit lijst
Mijn taken zijn uit de lijst verdwenen

Code voor tweestapsverificatie komt niet aan
Tweestapsverificatie code komt niet
Code tweestapsverificatie niet ontvangen
Geen code ontvangen voor tweestapsverificatie

---
Hoe lang worden verwijderde mails bewaard?
Kaart toont ons kantoor in de verkeerde plaats
Licentie verlopen terwijl er betaald is
Lettertype van brieven te klein
Mailing ging naar de verkeerde lijst
Collega die weg is kan niet worden verwijderd
Spraakmemo heeft geen geluid
Kolommen van kanban staan verkeerd om
"""

MORE_NORWEGIAN = """
Tilbud skrives ut uten priskolonne
Priskolonne mangler på utskrevet tilbud
Utskrevet tilbud uten priskolonne
Tilbudet mangler priskolonne ved utskrift

Vedlegg for stort ved sending av e-post
Sende e-post: vedlegg for stort
E-post ikke sendt, vedlegg for stort
Feilmelding vedlegg for stort når e-post sendes

Telefonnummer uten landskode
Landskode mangler i telefonnummer
Telefonnumre viser ikke landskode
Ingen landskode på telefonnummer

Dashbordet er tomt på mandag
Tomt dashbord på mandag
Dashbord tomt på mandager
På mandag er dashbordet tomt

Oppgaver forsvinner fra listen
Oppgaver forsvinner fra listen min
Oppgave forsvinner fra liste
Oppgavene mine forsvinner fra listen

Kode for tofaktor kommer ikke frem
Tofaktorkode kommer ikke
Tofaktor kode ikke mottatt
Koden for tofaktor kommer ikke

---
Hvor lenge beholdes slettede e-poster?
Kartet viser kontoret vårt på feil sted
Lisensen er utløpt selv om den er betalt
Skrifttypen i brev er for liten
Utsendelsen gikk til feil liste
Kollega som sluttet kan ikke fjernes
Talememo har ingen lyd
Kanban-kolonner står i feil rekkefølge
"""

FIRST = (ENGLISH, DUTCH, NORWEGIAN)
"""By these the threshold was chosen."""

SECOND = (MORE_ENGLISH, MORE_DUTCH, MORE_NORWEGIAN)
"""These were written after it was chosen, and it was not changed."""


def subjects(languages: tuple[str, ...] = FIRST) -> list[tuple[str, str]]:
	"""Each subject with what it asks; those that ask what no other does are each of their own kind."""
	found = []
	for language in languages:
		asked, alone = language.split("---\n")
		for block in asked.strip().split("\n\n"):
			lines = block.splitlines()
			found += [(line, lines[0]) for line in lines]
		found += [(line, line) for line in alone.strip().splitlines()]
	return found
