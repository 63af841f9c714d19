"""A municipality's own wording, tried before it is taken over.

Every letter that uses an own template is filled with sample facts, as the poorest and the richest case have them. A
file that fails is left out, so that the shipped one is used in its place, and the fault says file and line.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from service.core.cases import Case, Contact, Submitter
from service.core.effects import SendLetter
from service.core.rules.rulebook import RuleBook
from service.desk.writing import samplefacts, samples
from service.desk.writing.letters import Writer
from service.desk.writing.mailbytes import File
from service.desk.writing.stationery import Stationery, WordingError, WordingFault


def tried(stationery: Stationery, book: RuleBook, address: str) -> tuple[Stationery, tuple[WordingFault, ...]]:
    """The stationery without the own templates that fail, and what is wrong with each of those.

    address: the mailbox that the letters leave from.
    """
    faults = stationery.faults()
    for known in faults:
        stationery = stationery.without(known.template)
    while fault := _first_fault(stationery, book, address):
        faults.append(fault)
        stationery = stationery.without(fault.template)
    return stationery, tuple(sorted(faults, key=lambda fault: (fault.file, fault.line)))


def _first_fault(stationery: Stationery, book: RuleBook, address: str) -> WordingFault | None:
    if not stationery.own:
        return None
    writer = Writer(address, book, stationery, b"")
    for name in stationery.shipped_names():
        own = [each for each in stationery.versions(name) if stationery.own_used_by(each)]
        if name in samples.LETTERS and own and (fault := _fault(name, own, writer)):
            return fault
    return None


def _fault(name: str, versions: list[str], writer: Writer) -> WordingFault | None:
    """What is wrong with one of the versions of a letter."""
    for facts in _facts(name, writer):
        for version in versions:
            try:
                writer.stationery.attempt(version, facts)
            except WordingError as error:
                if writer.stationery.can_be_filled_as_shipped(name, facts):
                    return error.fault
    return None


def _facts(name: str, writer: Writer) -> Iterator[dict[str, Any]]:
    """What a letter may be filled with: rich and poor, open and secret, with files and without."""
    kind, full, least = samples.LETTERS[name]
    files = (File("bild på gungan.jpg", "image/jpeg", b""),)
    for case in _cases(name, writer.book):
        to = case.submitter.email if case and name in samples.TO_CITIZENS else samplefacts.OFFICER
        for added, enclosed in ((full, files), (least, ())):
            letter = SendLetter(kind, to, "", template=name, facts=added)
            yield writer.letter_facts(letter, case, enclosed, samplefacts.NOW)


def _cases(name: str, book: RuleBook) -> Iterator[Case | None]:
    if name in samples.WITHOUT_CASE:
        yield None
        return
    unit = next(iter(book.people.units), None)
    own = dataclasses.replace(
        samplefacts.CASE,
        unit=unit.id if unit else "",
        officer=unit.manager if unit else samplefacts.OFFICER,
        proposal=unit.manager if unit else "",
    )
    yield own
    yield dataclasses.replace(own, secrecy=True)
    yield dataclasses.replace(own, submitter=Submitter(contact=Contact.IMPOSSIBLE), anonymous=True, deadlines=())
    for contact in (Contact.LETTER, Contact.NONE):
        yield dataclasses.replace(own, submitter=dataclasses.replace(own.submitter, contact=contact))
    yield samplefacts.BARE
    yield dataclasses.replace(samplefacts.BARE, secrecy=False)
