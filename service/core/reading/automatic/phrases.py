"""Wordings by which machines give themselves away, casefolded.

All are plain strings, looked for with `in` or `startswith`: no pattern here can be made slow by a hostile mail.
The wordings of delivery reports are those of Postfix, Exim, qmail, sendmail, Exchange (in the languages that reach a
Swedish mailbox), Domino, Gmail, Yahoo and the gateways in front of them.
"""

from __future__ import annotations


def _phrases(table: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for line in table.split("\n") for phrase in line.split("|") if phrase.strip())


# The subject of a delivery report begins with one of these.
BOUNCE_SUBJECTS = _phrases(
    """
    undeliverable | undelivered | undelivrable | delivery status | mail delivery status | notice: mail delivery
    delivery failure | delivery failed | delivery error | delivery has failed | delivery problem | delivery delayed
    delivery notification | delivery report | delivery unsuccessful | permanent delivery failure | failure notice
    failure delivery | failed mail | failed delivery | failure to deliver | non delivery | non-delivery
    nondeliverable | nondelivery | not delivered | mail delivery | mail failed | mail failure
    mail could not be delivered | mail not delivered | mail system error | mail undeliverable | message delivery
    message could not be delivered | message undeliverable | message status - undeliverable | email delivery
    e-mail delivery | email could not be delivered | [postmaster] email delivery | could not send message
    warning: could not send | warning: message | warning - delayed mail | delayed mail | delayed: | returned mail
    returned email | returned to sender | returned message | returning message to sender | return receipt
    rejected mail | rejected: | mail rejected | message rejected | mailbox full | mailbox unavailable
    there was an error sending your mail | error sending your mail | error: undeliverable | problem delivering
    unable to deliver | unknown user | user unknown | your message could not be delivered
    your message wasn't delivered | sorry, your message | message status - | nachricht nicht zustellbar
    e-mail konnte nicht zugestellt werden | bounce notification | bounced mail
    delivered: | relayed: | expanded: | levererat: | vidarebefordrat: | successful mail delivery report
    det går inte att leverera | det gick inte att leverera | kan inte leverera | kan inte levereras
    gick inte att leverera | går ej att leverera | olevererat | olevererbart | ej levererat | oleverbart
    leveransstatus | leveransmeddelande | leveransen misslyckades | misslyckad leverans
    meddelande om leveransstatus | felaktig leverans | försenat: | leveransen är försenad
    kan ikke leveres | kan ikke levere | ikke levert | ikke leveret | leveringsstatus | uleverbar | ei voi toimittaa
    ei voida toimittaa | ei toimitettu | toimitus epäonnistui | toimituksen tila | unzustellbar | nicht zustellbar
    benachrichtigung zum übermittlungsstatus | benachrichtung zum übermittlungsstatus | übermittlungsstatus
    zustellung fehlgeschlagen | fehlermeldung | onbestelbaar | non remis | échec de la remise | non distribué
    no se puede entregar | no entregado | não é possível entregar | mensagem não entregue | non recapitabile
    mancato recapito | niedostarczalne | nie można dostarczyć | ваше сообщение не доставлено | не удается доставить
    недоставлено | 配信不能 | 配信できません | メールエラー通知
    """
)

# What a gateway puts behind the subject of what was sent, in brackets or after a dash.
BOUNCE_ENDINGS = _phrases(
    """
    delivery failed | delivery failure | delivery error | undeliverable | undelivered | not delivered | ej levererat
    ej levererad | inte levererat | inte levererad | olevererat | inte levereras | ikke levert | ikke leveret
    nicht zugestellt | ei toimitettu
    """
)

# What a mailbox says that threw a letter away; a letter deleted unread was delivered.
REJECTIONS = _phrases(
    """
    rejected | refused | is full | over quota | quota | not accept | avvisad | avvisat | avvisas | avvisats | är full
    tar inte emot | togs inte emot | inte tas emot | abgelehnt | abgewiesen | verweigert | ist voll | afvist | avvist
    er fuld | er full | hylätty | täynnä
    """
)
DELETED_UNREAD = _phrases(
    """
    without being read | utan att ha lästs | utan att läsas | togs bort utan | ungelesen | ohne gelesen
    uten å bli lest | uden at blive læst | lukematta
    """
)

# What the report itself says; looked for in text whose white space is single blanks.
FAILURES = _phrases(
    """
    could not be delivered | couldn't be delivered | cannot be delivered | can not be delivered | can't be delivered
    could not be sent | was not delivered | wasn't delivered | not been delivered | not delivered to
    was undeliverable | undeliverable recipient | undeliverable message | undeliverable mail | mail has not been
    error delivering your mail | error delivering your message | had delivery problems | had delivery errors
    requested action not taken | does not exist | unknown host | host unknown | not a valid mailbox
    account is over | no valid recipients | is undeliverable | undeliverable to | undelivered message
    could not deliver | couldn't deliver | cannot deliver | not able to deliver | wasn't able to deliver
    unable to deliver | unable to send | trouble delivering | delivery problems | delivery errors
    error occurred while trying to deliver | error occurred while sending
    error was detected while processing the enclosed message | delivery to the following | delevery to the following
    delivery has failed | delivery failed | delivery failure | delivery of your message | deliver your message
    delivery attempts | failed to deliver | failed to reach | failed addresses follow | failure reasons
    failed recipient | did not reach | could not be reached | did not receive a copy | did not exactly match an
    following address failed | address(es) failed | permanent fatal error | permanent fatal delivery error
    permanent error | permanent failure | non-delivery report | message not delivered
    transcript of session follows | returned to sender | being returned to you | message is being returned
    has been returned | has been delayed | is delayed | still undelivered | not yet been delivered
    still being retried | unknown user | user unknown | no such user | unknown recipient | recipient unknown
    unrouteable | no mailbox here by that name | doesn't have a | invalid final delivery userid
    invalid user address | mailbox is full | mailbox full | mailbox unavailable | over quota | quota exceeded
    user not known | mailbox not found | address is wrong or no longer valid | recipient was rejected
    recipients was rejected | rejected recipient | account has been disabled | account is disabled | no longer valid
    not listed in
    inte levereras | inte leverera | inte levererats | inte att leverera | kunde inte nå | nådde inte
    leveransen misslyckades | leverans misslyckades | leverans till följande mottagare | har försenats | är försenad
    ikke leveres | ikke levere | ikke leveret | ikke levert | nådde ikke | levering til følgende
    ei voitu toimittaa | ei voi toimittaa | ei tavoittanut | toimitus epäonnistui | nicht zugestellt
    nicht zustellen | nicht übermittelt | übermittlung an folgende empfänger fehlgeschlagen | zustellung an
    nicht erreicht | konnte nicht zugestellt | nicht zugestellt werden | konnte nicht an | niet worden bezorgd
    niet bezorgd | n'a pas pu être remis | n'a pas pu être délivré | n'a pas été remis | échec de la remise
    no pudo ser entregado | no se pudo entregar | no se ha podido entregar | não pôde ser entregue
    nao pode ser enviada | non è stato possibile recapitare | nie można dostarczyć | nie mógł zostać dostarczony
    не может быть доставлено | не удалось доставить
    送信できませんでした | 送信できません | 配信できません | 届けることができません | 無法 | 退信
    """
)

# A report that does not name the failure in its first two lines begins with one of these.
REPORT_OPENINGS = _phrases(
    """
    your message | your mail | your e-mail | your email | this message | this is an automatically generated
    this is a delivery | this is the | the message | the following | the original message | the attached
    a message that you sent | a message sent by you | an error | sorry | we were unable | we were not able
    i'm afraid | hi. this is the | unable to | error | failed | delivery | message | undeliverable | unknown
    ditt meddelande | det gick inte | leveransen | din e-post | ihre nachricht | diese nachricht
    dies ist eine automatisch | beskeden | din besked | meldingen | viestisi
    """
)

# Delivery goes on: the report is a warning, not a failure.
DELAYS = _phrases(
    """
    warning message only | this is a warning only | warning only | do not need to resend | no need to resend
    please do not resend | (delay) | delayed mail | delayed: | has been delayed | is delayed | message delayed
    delivery delayed | will keep trying | will be retried | still being retried | will continue trying
    will continue to be made | will continue to try | will try again | not yet been delivered | still undelivered
    could not send message for past | har försenats | är försenad | försenat: | fortsätter att försöka
    noch nicht zugestellt | verzögert | er forsinket | viivästynyt
    """
)

# A line, freed of dashes and the like, that begins so is followed by the returned mail.
RETURNED_COPY = _phrases(
    """
    below this line is a copy | original message | possibly truncated original | original mail | original headers
    this is a copy of | returned message | start of returned message | unsent message | message text follows
    message header | message contents follow | included is a copy | included below is a copy | here is a copy
    here are the headers | header of the original message | headers follow | non-delivered information
    header and top | a copy of the original message | a copy of your message | copy of the message
    copy of your message | attachment is a copy of | following is a copy | attached file contains
    attachment contains | a summary of the undelivered message | your message reads | your original message
    undelivered message | headers of the original message | ursprungliga meddelandehuvuden
    ursprungligt meddelandehuvud | ursprüngliche nachricht | kopie der nachricht | mensaje original
    mensagem original | message original
    """
)

# "Prove that you are human" answers: neither bounce nor person.
CHALLENGES = _phrases(
    """
    verify that you are a real | verify that you are human | requires that you verify | confirm that you are human
    prove that you are human | to confirm that your message | click the link below to confirm | challenge/response
    challenge-response | email verification required | requires verification
    """
)

# The subject of an automatic answer begins so; the word is followed by a colon, another mark or the end.
AUTO_REPLY_SUBJECTS = _phrases(
    """
    automatiskt svar | automatiskt mejlsvar | automatiskt e-postsvar | automatsvar | auto-svar | autosvar
    autoreply | auto reply | auto-reply | auto response | auto-response | autoresponse | autoresponder
    automatic reply | automatic response | automated reply | automated response | automated message
    automatisk svar | automatisk besvarelse | automaattinen vastaus | automaattivastaus | automatische antwort
    automatische rückantwort | autoantwort | automatisch antwoord | automatische beantwoording | réponse automatique
    reponse automatique | risposta automatica | respuesta automática | respuesta automatica | resposta automática
    automatyczna odpowiedź | odpowiedź automatyczna | autoodpowiedź | automatická odpověď | автоматический ответ
    автоответ | 自動返信 | 自动回复 | 自動應答
    vacation reply | vacation response | vacation message | frånvaromeddelande
    frånvaroavisering | frånvarobesked | frånvaroassistent | poissaoloviesti | poissaoloilmoitus | fraværsmelding
    fraværsbesked | fraværsassistent | abwesenheitsnotiz | abwesenheitsmeldung | abwesenheitsnachricht
    abwesenheitsassistent | automatische abwesenheitsnotiz | automatische abwesenheitsmeldung
    automatisk frånvaromeddelande | automatiskt frånvaromeddelande | automatiskt meddelande
    """
)

# Nobody but a machine begins or ends a subject with these words, whatever stands on their other side.
OFFICE_SUBJECTS = ("out of office", "out of the office", "out-of-office")
# Domino: "Anna Ek is out of the office (returning 7 January)".
OFFICE_MARK = "is out of the office ("

# What the assistants of older mail programs put before the subject, and people write as well.
ABSENCE_PREFIXES = _phrases(
    """
    frånvaro | frånvarande | inte på kontoret | ej på kontoret | inte på plats | ej på plats | away | poissa
    poissaolo | en ole paikalla | fravær | fraværende | ikke på kontoret | ikke til stede | abwesend | abwesenheit
    nicht im büro | nicht im haus | absence du bureau | absent | afwezig
    """
)

# Subjects of automatic answers and receipts that people write as well: a header or the text must say so besides.
ANSWER_SUBJECTS = (
    *AUTO_REPLY_SUBJECTS,
    *ABSENCE_PREFIXES,
    *_phrases(
        """
    auto | semester | semesterstängt | föräldraledig | tjänstledig | sjukskriven | jag är på semester | on leave
    on vacation | on holiday | annual leave | vacation | holiday | lomalla | loma | ferie | på ferie | urlaub
    im urlaub | bekräftelse | mottagningsbekräftelse | mottagningskvitto | kvittens | kvitto | vi har tagit emot
    vi har fått ditt | vi har fått din | vi har fått ert
    vi har mottagit | tack för ditt mejl | tack för ditt mail | tack för ditt e-postmeddelande
    tack för ditt meddelande | tack för din e-post | tack för att du kontaktar | tack för att du kontaktat
    thank you for your e-mail | thank you for your email | thank you for your message | thank you for contacting
    thanks for contacting | we have received your | we received your | kvittering | bekreftelse | bekræftelse
    vi har modtaget | eingangsbestätigung | empfangsbestätigung | vahvistus
    """
    ),
)

# The sender says outright that nobody wrote this.
AUTOMATIC_STATEMENTS = _phrases(
    """
    detta är ett automatiskt | det här är ett automatiskt | det här är ett autosvar | detta är ett autosvar
    detta är en automatisk | det här är en automatisk | detta meddelande är automatiskt | detta mejl är automatiskt
    detta mail är automatiskt | detta e-postmeddelande är automatiskt | detta svar är automatiskt
    detta svar skickas automatiskt | detta svar har skickats automatiskt | detta meddelande har skickats automatiskt
    detta meddelande skickas automatiskt | du får detta automatiska | this is an automatic | this is an automated
    this is an auto- | this is an autoreply | this message was automatically generated
    this message is automatically generated | this message has been automatically generated
    this message was created automatically | this email was automatically generated
    this e-mail was automatically generated | this email is automatically generated | this is a system generated
    this is a system-generated | this reply was generated automatically | dette er et automatisk
    dette er en automatisk | denne meldingen er automatisk | denne mail er automatisk | denne e-mail er automatisk
    dette er et autosvar | tämä on automaattinen | tämä on automaattivastaus | dies ist eine automatisch
    das ist eine automatisch | diese nachricht wurde automatisch | diese e-mail wurde automatisch
    ceci est une réponse automatique | ceci est un message automatique | este es un mensaje automático
    dit is een automatisch | to jest automatyczna | questo è un messaggio automatico
    """
)

# First-person absence: together with another sign an out-of-office answer, alone an ordinary sentence.
ABSENCE_SENTENCES = _phrases(
    """
    jag är på semester | jag har semester | jag är inte på kontoret | jag är inte på plats | jag är inte i tjänst
    jag är ej på kontoret | jag är frånvarande | jag är för närvarande | jag är ledig | jag är föräldraledig
    jag är tjänstledig | jag är sjukskriven | jag är bortrest | jag är på tjänsteresa | jag är på resande fot
    er ikke til stede | jag är åter | jag är tillbaka | är inte på kontoret | är åter på kontoret | åter i tjänst
    begränsad tillgång till e-post | begränsad tillgång till mail | läser inte min e-post | läser inte min mail
    läser inte mejl | har slutat | out of the office | out of office | away from the office | away from my desk
    currently away | i am away | i'm away | on annual leave | on vacation | on holiday | on leave
    on parental leave | i will be traveling | i will be travelling | limited access to email
    limited access to e-mail | limited access to my email | respond to your message upon my return | when i return
    upon my return | no longer works | no longer with | jeg er på ferie | jeg har ferie | jeg holder ferie
    jeg er ikke på kontoret | jeg er ikke til stede | jeg er fraværende | jeg er ute av kontoret | jeg er tilbage
    jeg er tilbake | er ikke på kontoret | olen lomalla | olen poissa | olen vapaalla | en ole paikalla
    en ole tavoitettavissa | lomalla | ich bin nicht im büro | ich bin im urlaub | ich bin derzeit | ich bin zurzeit
    ich bin momentan | ich bin abwesend | nicht im büro | nicht im haus | außer haus | ausser haus
    wieder erreichbar | wieder im büro | im urlaub
    """
)

# Receipts for something sent in, and what people write as well at the head of an answer.
RECEIPT_SENTENCES = _phrases(
    """
    tack för att du hör av dig | tack för att du hörde av dig | tack för att ni hör av er | tack för att du kontakta
    vi har tagit emot ditt | vi har tagit emot din | vi har mottagit ditt | vi har mottagit din | tack för ditt mejl
    tack för ditt mail | tack för ditt e-post | tack för ditt meddelande | tack för din e-post | tack för ert mejl
    tack för ert mail | tack för er förfrågan | tack för din förfrågan | svarar inom | återkommer inom
    thank you for your e-mail | thank you for your email | thank you for your message | thank you for contacting
    thanks for contacting | thanks for reaching out | tak for din | takk for din | kiitos viestistäsi
    wir haben ihre | vielen dank für ihre
    """
)

# What only the receipt of a system says: that something has been received, registered, numbered.
RECEIPT_STATEMENTS = _phrases(
    """
    vi har fått ditt | vi har fått din | vi har fått ert | vi har fått er förfrågan | mejl har kommit fram
    har kommit in till oss | har tagits emot | har mottagits
    har registrerats | har blivit registrerat | är registrerat under | är mottaget
    ärende har skapats | ärendet har skapats | ett ärende har skapats | har fått ärendenummer | har fått nummer
    har tilldelats nummer | din e-post har kommit in | ditt meddelande har kommit in | ditt ärende har nummer
    ditt ärendenummer | ert ärendenummer | ärendenummer är | vi bekräftar mottagandet | vi bekräftar att vi har
    we have received your | we received your | we got your | got your request | has been received | has been created
    has been opened | has been logged | has been registered | your request has been | your ticket
    your case number | a ticket has been | in response to the creation of | vi har modtaget din
    vi har mottatt din | er modtaget | er mottatt | er registrert | olemme vastaanottaneet | on vastaanotettu
    wir haben ihre anfrage erhalten | ist bei uns eingegangen | wurde erfasst
    """
)

# How a receipt goes on; with thanks before it nobody has answered yet.
PROMISES = _phrases(
    """
    så fort vi kan | så snart vi kan | så snart som möjligt | så fort som möjligt | inom ett dygn | inom 24 timmar
    svarar inom | svarar så snart | svarar så fort | återkommer så snart | återkommer så fort | återkommer inom
    återkommer till dig | återkopplar | hanteras inom | handläggs inom | kontaktar dig så snart | get back to you
    reply as soon as | respond within | respond as soon | be in touch | vender tilbage | kommer tilbake
    vastaamme | palaamme | melden uns | antworten
    """
)

# An address that nobody reads says so.
UNANSWERABLE = _phrases(
    """
    går inte att besvara | går inte att svara på | kan inte besvaras | kan inte besvara det här | svara inte på det
    svara ej på det | inte svara på detta | do not reply to this | please do not reply | cannot be replied
    ikke svare på denne | kan ikke besvares | nicht auf diese | älä vastaa
    """
)

# What stands in an absence besides the absence itself: when it ends, and whom to ask meanwhile.
REFERRALS = _phrases(
    """
    kontakta | brådskande | bråttom | akut | åter | tillbaka | läser inte | svarar när | ring | vänd dig | contact
    urgent | return | back | reach me | limited access | kontakt | tilbage | tilbake | kiire | yhteyttä
    dringend | zurück
    """
)

# The whole subject of a responder that puts nothing of its own into the header.
ABSENCE_TITLES = _phrases(
    """
    semester | på semester | jag är på semester | semesterstängt | semesterledig | ledig | frånvaro | frånvarande
    bortrest | föräldraledig | tjänstledig | sjukskriven | inte på kontoret | ej på kontoret | out of office
    out of the office | away | on vacation | vacation | on holiday | holiday | annual leave | on leave | lomalla
    poissa | ferie | på ferie | fraværende | ikke på kontoret | urlaub | im urlaub | abwesend
    """
)

# A person who speaks of what a machine wrote: "så skrev ni i augusti", "fick jag till svar".
COMMENTS = _phrases(
    """
    skrev ni | så skriver ni | svarade ni | varför svarar | lovade ni | sa ni | säger ni | fick jag | får jag
    jag fick bara | jag fick detta | jag fick följande | jag fick ett | jag får bara | jag har bara fått | bara fått
    står det | stod det | skrev du | ni svarar aldrig | ni svarar inte | ingen svarar | ingen har svarat
    ingen har hört | ert automatiska | era automatiska | ert autosvar | era autosvar | ett autosvar | automatiska svar
    bara autosvar | fått autosvar | på mina mejl | mitt ärende | mina ärenden | you wrote | i got this | i only get
    i keep getting | you never | your automatic | your auto | no one has | nobody has
    """
)

READ_RECEIPT_SUBJECTS = _phrases(
    """
    läst: | oläst: | inte läst: | ej läst: | läskvitto | read: | not read: | unread: | read receipt | return receipt
    gelesen: | ungelesen: | nicht gelesen: | lesebestätigung | lest: | ikke lest: | læst: | ikke læst: | luettu:
    ei luettu: | lu : | lu: | leído: | letto: | gelezen:
    """
)

# Meeting invitations and the answers to them; another sign is needed.
MEETING_SUBJECTS = _phrases(
    """
    accepterat: | accepterad: | avböjt: | avböjd: | preliminärt: | preliminärt accepterat: | inställt: | inställd:
    avbokat: | inbjudan: | uppdaterad inbjudan | accepted: | declined: | tentative: | tentatively accepted:
    canceled: | cancelled: | invitation: | updated invitation | canceled event | cancelled event
    new time proposed: | akseptert: | godtatt: | avslått: | accepteret: | afvist: | hyväksytty: | hylätty:
    zugesagt: | abgesagt: | abgelehnt: | mit vorbehalt:
    """
)
