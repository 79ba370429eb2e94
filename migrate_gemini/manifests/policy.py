"""What becomes of the requirements of one manifest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from ..findings import Status
from ..sdk import releases
from ..sources.text import TextFile
from .slots import NEW, OLD, Slot


@dataclass(frozen=True, slots=True)
class Need:
    """What the code of a manifest needs.

    floor and asked: the oldest release that will do, and the range that is asked for. uses: whether it imports
    google-genai. interacts: whether it calls the Interactions API. old: why google-generativeai has to stay, '' where
    it need not. note: what a person has to know of the range, '' for nothing.
    """

    floor: str
    asked: str
    uses: bool
    interacts: bool
    old: str = ""
    note: str = ""


def settle(file: TextFile, slots: Iterable[Slot], need: Need) -> None:
    """Edits a manifest, and notes what is done and what cannot be."""
    groups: dict[str, list[Slot]] = {}
    for slot in slots:
        groups.setdefault(slot.group, []).append(slot)
    for group in groups.values():
        _raise(file, [slot for slot in group if slot.package == NEW], need)
        legacy = [slot for slot in group if slot.package == OLD]
        if not legacy:
            continue
        taken = {slot.marker for slot in group if slot.package == NEW}
        if not need.old:
            for slot in legacy:
                _replace(file, slot, taken, need)
        elif need.uses and not taken:
            for slot in {slot.marker: slot for slot in legacy}.values():
                _add(file, slot, need)


def left(file: TextFile, slots: Iterable[Slot], why: str) -> None:
    """Notes each requirement of google-generativeai that stays although nothing needs it."""
    for slot in slots:
        if slot.package == OLD:
            words = f"{slot.shown} is asked for, and no code here imports it any more: {why}"
            file.find(slot.start, "MG605", "manual", words)


def too_old(specifier: str, floor: str) -> bool:
    """Whether a specifier admits a release that is older than the floor. One that admits no known one does not."""
    try:
        wanted = SpecifierSet(specifier)
        named = [Version(item.version.removesuffix(".*")) for item in wanted if item.operator != "==="]
    except (InvalidSpecifier, InvalidVersion):
        return False
    known = [Version(f"{major}.{n}.0") for major, last in releases.MINOR.items() for n in range(last + 1)]
    return any(wanted.contains(version, prereleases=True) for version in [*named, *known] if version < Version(floor))


def _raise(file: TextFile, slots: Iterable[Slot], need: Need) -> None:
    for slot in slots:
        if need.interacts and not slot.frozen and slot.version is not None and too_old(slot.specifier, need.floor):
            file.edits += slot.ranged(need.asked)
            _changed(file, slot, f"{slot.shown} is raised to {NEW}{need.asked}", need)


def _replace(file: TextFile, slot: Slot, taken: set[str], need: Need) -> None:
    if slot.frozen:
        by_hand = f"ask for {NEW}{need.asked} in its place by hand"
        file.find(slot.start, "MG605", "manual", f"{slot.shown} {slot.frozen} and is left: {by_hand}")
    elif slot.marker in taken or "" in taken:
        if slot.entry is None:
            words = f"{slot.shown} is left, though {NEW} is asked for already: take it out by hand"
            file.find(slot.start, "MG605", "manual", words)
            return
        file.edits.append((*slot.entry, ""))
        _changed(file, slot, f"{slot.shown} goes, since {NEW} is asked for already", None)
    else:
        taken.add(slot.marker)
        file.edits += slot.renamed(need.asked)
        _changed(file, slot, f"{slot.shown} becomes {NEW}{need.asked if slot.version is not None else ''}", need)


def _add(file: TextFile, slot: Slot, need: Need) -> None:
    if slot.frozen or slot.beside is None:
        why = slot.frozen or "stands where nothing can be put beside it with certainty"
        words = f"{slot.shown} {why}: ask for {NEW}{need.asked} beside it by hand, which new code here imports"
        file.find(slot.start, "MG605", "manual", words)
        return
    file.edits += slot.beside(need.asked)
    _changed(file, slot, f"{NEW}{need.asked} comes beside {slot.shown}, which stays because {need.old}", need)


def _changed(file: TextFile, slot: Slot, message: str, need: Need | None) -> None:
    note = need.note if need is not None else ""
    status: Status = "needs_review" if note else "migrated"
    file.find(slot.start, "MG603", status, f"{message}; {note}" if note else message)
