"""Files that pass on: which of a mail's files may go to officers and citizens, under what name, what is asked first.

Nothing that can run on the reader's machine goes along, nor what may hide such a thing: it stays in the mailbox, and
the letter says so. What is refused is known by the last ending of the name and by the declared type, whichever is
worse, since a program opens a file by its ending, by first bytes that belong to a worse kind than either says, and by
what the reader of mails has found in a document that can run (`reading.mime.traces`).
A list of what is refused is shorter than one of what people send: drawings, sound, text documents of every kind. The
endings are those that common mail systems block (Exchange, Gmail).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from service.core.mail import Attachment
from service.core.people.personal import mask_personal_numbers
from service.core.reading.mime.traces import Trace
from service.core.speech import swedish

_LONGEST_NAME = 100
_WORD = re.compile(r"\S+")
_RUNS = frozenset(
    _WORD.findall("""
    accda accdb accde accdr accdt accdu accft action ade adp apk app appcontent-ms appimage appinstaller application
    appref-ms appx appxbundle asp aspx asx bas bat bgi bin btapp cer cgi chm class cmd cnt com command cpl crt csh csr
    deb der deskthemepack desktop diagcab diagcfg diagpack dll dmg docb docm dotm dqy drv elf exe fileloc flatpakref fxp
    gadget grp hlp hpj hta htc htm html img inetloc inf ins iqy iso isp its jar jnlp js jse ksh library-ms lnk mad maf
    mag mam maq mar mas mat mau mav maw mcf mda mdb mde mdt mdw mdz mht mhtml mjs mpkg msc msh msh1 msh2 mshxml msi msix
    msixbundle msp mst msu ocx odb odc one onepkg ops oqy osd pcd pif pkg pl plg potm ppa ppam ppkg ppsm pptm prf prg
    printerexport ps1 ps1xml ps2 ps2xml psc1 psc2 psd1 psdm1 psm1 pst py pyc pyo pyw pyz pyzw rdp reg rpm rqy run scf
    scpt scr sct search-ms searchconnector-ms service settingcontent-ms sh shb shs shtml sldm slk svg svgz swf sys
    terminal theme themepack tmp udl url vb vbe vbp vbs vhd vhdx vsmacros vsto vsw vxd webarchive webloc webpnp website
    wim wiz wll workflow ws wsb wsc wsf wsh xap xbap xht xhtml xla xlam xlb xld xll xlm xlsb xlsm xltm xml xnk xsl xslt
    """)
)
_PACKED = frozenset(
    _WORD.findall("""
    001 7z ace arc arj bz bz2 cab cpgz cpio egg gz lha lz lz4 lzh lzma r00 rar tar tbz tbz2 tgz tlz txz uue xz z z01 zip
    zipx zoo zst
    """)
)
_MAILS = frozenset({"eml", "msg", "emlx", "mbox", "oft", "mht"})
_RUN_TYPES = re.compile(
    r"text/(html|javascript|x-[\w-]*(script|sh|python|perl)|x-ms-(iqy|rqy|odc))|image/svg\+xml"
    r"|application/(xhtml\+xml|javascript|ecmascript|hta|java-archive|x-(ms-?download|msdos-program|dosexec|executable"
    r"|sh|csh|bat|msi|javascript|shockwave-flash|iso9660-image|ms-shortcut|java-applet)|vnd\.microsoft\.portable-executable"
    r"|vnd\.ms-[\w.-]*macroenabled[\w.-]*|vnd\.debian\.binary-package|vnd\.android\.package-archive)",
    re.IGNORECASE,
)
_PACKED_TYPES = re.compile(
    r"application/(zip|x-zip-compressed|gzip|x-gzip|x-tar|x-7z-compressed|vnd\.rar|x-rar(-compressed)?|x-bzip2?|x-xz"
    r"|x-compress(ed)?|vnd\.ms-cab-compressed|zstd)",
    re.IGNORECASE,
)
_MAIL_TYPES = re.compile(
    r"message/(rfc822|global|partial|external-body)|application/(vnd\.ms-outlook|ms-tnef|mbox)", re.IGNORECASE
)
_SEEN_FIRST = re.compile(
    r"\.(pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|txt|mp[34])[\s_\u2000-\u200f]*\.[^.]+\Z", re.IGNORECASE
)
_HARMLESS_SECOND = frozenset({"p7m", "p7s", "asc", "sig", "pgp", "gpg"})
_PLAIN = frozenset(_WORD.findall("pdf doc docx xls xlsx ppt pptx jpg jpeg png gif txt mp3 mp4"))


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that does not go along, by the name that may be shown, and why, in Swedish."""

    name: str
    why: str


def fault(file: Attachment, *, own: bool = False) -> str:
    """Why a file goes to nobody, in Swedish, to stand after "Filen ..."; empty where it may.

    own: a colleague sends it out, whose own templates lie on the municipality's servers.
    """
    ending = _ending(file.filename)
    if ending in _RUNS or _RUN_TYPES.fullmatch(_type(file)):
        return "är av ett slag som kan vara skadligt"
    if Trace.RUNS in file.traces:
        return "innehåller makron eller inbäddade program"
    if Trace.FETCHES in file.traces and not own:
        return "hämtar en mall eller något annat från internet när den öppnas"
    if Trace.UNSEEN in file.traces:
        return "är låst eller packad, så det går inte att se allt som den innehåller"
    if _turns(file.filename):
        return "har ett namn som är skrivet för att vilseleda"
    if _SEEN_FIRST.search(file.filename) and ending not in _HARMLESS_SECOND | _MAILS and not _is_plain(ending):
        return "har två ändelser, som skadliga filer brukar ha"
    if ending in _PACKED or _PACKED_TYPES.fullmatch(_type(file)):
        return "är packad, så det går inte att se vad den innehåller"
    return ""


def fault_of_content(file: Attachment, content: bytes) -> str:
    """What the file's first bytes show that its name and type hide, in Swedish like `fault`; empty where nothing."""
    ending = _ending(file.filename)
    if content.startswith((b"\x7fELF", _SHORTCUT)) or (content.startswith(b"MZ") and b"\0" in content[:64]):
        return "är ett program, fast namnet säger något annat"
    if content.startswith(_ARCHIVES) or (content.startswith(b"PK\x03\x04") and ending not in _PACKED_DOCUMENTS):
        return "är packad, så det går inte att se vad den innehåller"
    if content.startswith(_COMPOUND) and ending not in _COMPOUND_DOCUMENTS:
        return "är av ett annat slag än namnet säger"
    if ending in _OFFICE and _MARKUP.match(content):
        return "är en webbsida eller en lista med formler, fast namnet säger något annat"
    if is_mail(file) and not is_plain_mail(file) and not (content.startswith(_COMPOUND) and _ATTACHED not in content):
        return UNSEEN
    return ""


UNSEEN = "är ett mejl i en form där det inte går att se vad som följer med"
HARM_INSIDE = "är ett mejl med en fil som kan vara skadlig"
_OFFICE = frozenset(_WORD.findall("doc dot rtf xls xlt xlw ppt pps pot docx xlsx pptx csv"))
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s{0,100}(?:<[!?a-z]|mime-version:|id;p\w)"
    rb"|\xff\xfe(?:\s\0){0,100}<\0[!?a-z]|\xfe\xff(?:\0\s){0,100}\0<\0[!?a-z]",  # in two bytes a letter
    re.IGNORECASE,
)
_ATTACHED = "__attach_version1.0".encode("utf-16-le")  # MS-OXMSG 2.2.2
_SHORTCUT, _COMPOUND = b"L\0\0\0\x01\x14\x02\0", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ARCHIVES = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"MSCF\0\0\0\0")
_PACKED_DOCUMENTS = frozenset(
    _WORD.findall("""
    3mf docx dotx dwfx epub idml key kmz numbers odf odg odp ods odt otg otp ots ott pages potx ppsx pptx sldx vsdx
    vstx xltx xlsx
    """)
)
_COMPOUND_DOCUMENTS = frozenset(
    _WORD.findall("doc dot dwt max mpp msg oft pot pps ppt rvt rfa vsd vss vst wps xls xlt")
)


def _is_plain(ending: str) -> bool:
    """Whether it is an ending of what people send: `bild.jpg.jpeg` is a slip and no disguise."""
    return ending in _PLAIN


def is_mail(file: Attachment) -> bool:
    """Whether the file is a mail: it may hold a letter of ours, with what only its reader may know."""
    return _ending(file.filename) in _MAILS or bool(_MAIL_TYPES.fullmatch(_type(file)))


def is_plain_mail(file: Attachment) -> bool:
    """Whether the mail lies there as it was sent (RFC 5322), so that it can be read and seen what it holds."""
    return _type(file) in {"message/rfc822", "message/global"} or _ending(file.filename) == "eml"


def to_ask(files: Iterable[Attachment]) -> tuple[str, ...]:
    """The files of an officer's mail that no answer carries without a question first, by their shown names: mails."""
    return tuple(shown_name(f.filename) for f in files if not f.technical and is_mail(f))


def to_ask_for_traces(files: Iterable[Attachment]) -> list[str]:
    """A sentence for each file of an officer's mail that shows its reader more than was meant, perhaps."""
    seen = ((f, [_TRACES[t] for t in f.traces if t in _TRACES]) for f in files if not f.technical and not f.inline)
    return [f"Filen ”{shown_name(f.filename)}” har {swedish.join(said)}. JA skickar ändå." for f, said in seen if said]


_TRACES = {
    "changes": "spårade ändringar",
    "comments": "kommentarer",
    "hidden": "dolt innehåll",
    "notes": "talarens anteckningar",
}


def _type(file: Attachment) -> str:
    return file.content_type.partition(";")[0].strip().lower()


def _ending(name: str) -> str:
    """The last ending as the reader's system takes it: without blanks, dots and signs that are not seen."""
    plain = unicodedata.normalize("NFKC", "".join(c for c in name if unicodedata.category(c)[0] != "C"))
    plain = plain.strip().rstrip(". \t").lower()
    plain = plain.partition("::")[0].partition(":$")[0]  # streams of NTFS
    return re.sub(r"\s", "", plain.rpartition(".")[2]) if "." in plain else ""


def _turns(name: str) -> bool:
    """Whether signs in the name turn the direction of writing: `faktura\u202efdp.exe` looks like a PDF."""
    return any(unicodedata.bidirectional(c) in {"RLO", "LRO", "RLE", "LRE", "RLI", "LRI", "FSI"} for c in name)


def shown_name(name: str) -> str:
    """The name that a file has in our letters: no control or direction signs, no personal number, bounded."""
    seen = "".join(" " if c in "\t\r\n" else c for c in name if c in "\t\r\n" or unicodedata.category(c)[0] != "C")
    seen = " ".join(mask_personal_numbers(seen).split()) or "fil"
    if len(seen) <= _LONGEST_NAME:
        return seen
    stem, dot, ending = seen.rpartition(".")
    tail = dot + ending if stem and len(ending) <= 10 else ""  # noqa: PLR2004  # longer ones are no endings
    return seen[: _LONGEST_NAME - len(tail)].rstrip() + tail


_PICTURE_PLACE = re.compile(r"(?<![ \t])[ \t]*+(?:\[cid:[^\]\s]{1,250}\]|<cid:[^>\s]{1,250}>)", re.IGNORECASE)


def without_picture_places(text: str) -> str:
    """The text without the places of pictures that do not leave, as `[cid:image001.png@01DB...]` of a signature's."""
    if "cid:" not in text.lower():
        return text
    lines = [(line, _PICTURE_PLACE.sub("", line)) for line in text.split("\n")]
    kept = [bare for line, bare in lines if bare.strip() or not line.strip()]
    return "\n".join(kept).strip("\n")
