"""Files in a mail: their names, types and bytes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.core.mail import Attachment
from service.core.reading.mime import decoding, headers, traces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.core.reading.mime.parts import Part

_MAX_NAME = 150
_LONGEST_PATH = 4_000
_UNSAFE = re.compile(r'[\x00-\x1f\x7f"*<>|?]')
_LOGO_BYTES = 10_000

_WORDS = {"image": "bild", "audio": "ljud", "video": "film", "text": "text", "message": "mejl"}
_EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/pjpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "image/heif": ".heif",
    "image/webp": ".webp",
    "image/tiff": ".tif",
    "image/bmp": ".bmp",
    "image/svg+xml": ".svg",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/x-m4a": ".m4a",
    "audio/wav": ".wav",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "text/rtf": ".rtf",
    "application/rtf": ".rtf",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/ms-tnef": ".dat",
    "application/pgp-signature": ".asc",
    "application/pgp-encrypted": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
    "message/rfc822": ".eml",
    "message/global": ".eml",
}
_TECHNICAL = {
    "application/pgp-signature",
    "application/pgp-encrypted",  # holds a version number, no more
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
}


@dataclass(slots=True)
class File:
    """A file in the mail: a part of it, or bytes unpacked from one."""

    filename: str
    content_type: str
    part: Part | None = None
    data: bytes = b""
    technical: bool = False
    inline: bool = False

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes, about a megabyte at a time."""
        if self.part is None:
            yield self.data
        else:
            yield from self.part.pieces()

    def attachment(self) -> Attachment:
        """Return what is known of the file, without its bytes."""
        digest = hashlib.sha256()
        size = 0
        document = bytearray()
        for piece in self.pieces():
            digest.update(piece)
            if len(document) == size <= traces.LARGEST and (size or traces.may_have_traces(piece)):
                document += piece
            size += len(piece)
        whole = bytes(document) if len(document) == size <= traces.LARGEST else b""
        return Attachment(
            decoding.one_line(self.filename),
            self.content_type,
            size,
            digest.hexdigest(),
            self.inline,
            self.technical,
            traces.traces(whole),
        )

    def is_shown_in(self, html: str, referred: set[str]) -> bool:
        """Whether this is a picture within the text: the HTML refers to it, or it is as small as a logo.

        Phones send photos as `inline` without any reference; those are files.
        """
        part = self.part
        if part is None or part.main_type != "image":
            return False
        if part.content_id.lower() in referred and part.content_id:
            return True
        location = headers.first(part.fields, "content-location")
        if location and location in html:
            return True
        small = part.end - part.start < _LOGO_BYTES
        return (
            small and bool(part.content_id) and part.disposition != "attachment" and part.parent == "multipart/related"
        )


def file_of(part: Part, number: int) -> File:
    """Return the part as a file; `number` names those without a name."""
    name = safe_name(part.declared_name) or _own_name(part, number)
    return File(name, part.content_type, part, technical=part.content_type in _TECHNICAL)


def safe_name(name: str) -> str:
    """Return a file name without its path, what cannot be seen and what no file system takes; '' if nothing is left."""
    name = _UNSAFE.sub(
        "", decoding.plain_name(name, _LONGEST_PATH).replace("\\", "/").rstrip("/").rpartition("/")[2]
    ).strip()
    if not name.strip(". "):
        return ""
    if len(name) > _MAX_NAME:
        stem, dot, extension = name.rpartition(".")
        tail = dot + extension if stem and len(extension) < _MAX_NAME // 4 else ""
        name = name[: _MAX_NAME - len(tail)] + tail
    return name


def _own_name(part: Part, number: int) -> str:
    extension = _EXTENSIONS.get(part.content_type, ".bin" if part.main_type != "text" else ".txt")
    if extension == ".eml":
        fields, _, _ = headers.cut(part.content(headers.MAX_BLOCK), 0, headers.MAX_BLOCK)
        subject = safe_name(headers.unstructured(headers.first(fields, "subject")).replace("/", "-").replace(":", ""))
        if subject:
            return subject[: _MAX_NAME - 4] + extension
    return f"{_WORDS.get(part.main_type, 'fil')}-{number}{extension}"
