"""Mistyped OIDs of code systems: an unknown OID that differs by one character from a known one, and which system was meant."""

from __future__ import annotations

from collections.abc import Callable

from ...library.tables import Tables
from ...remembered import latest_remembered
from .keys import loinc_key_is_wrong, sctid_key_is_wrong

_CIP = "34009"
_TELLING = 8  # digits: fewer are the form of codes of many systems
_SPEAKING = 5  # signs: shorter codes are those of many systems


class SystemSlips:
    """Remembers its latest answers: documents repeat the same codes."""

    def __init__(self, table: Tables, has_form: Callable[[str, str], bool]) -> None:
        self._table = table
        self._has_form = has_form

    @latest_remembered(4096)
    def meant(self, code: str, system: str) -> str:
        """Name and OID, ready for a message; nothing where the nearest one does not have the code: another system may stand a sign
        off it. Of a system that is known, only a code that value sets publish in the other and not in this one is told."""
        near = self._near(system)
        if not near or not code:
            return ""
        if self._is_published(code, system) or (self._table.code_form(system) and self._has_form(code, system)):
            return ""
        said = self._is_published_word if self._is_known(system) else self._may_be_of
        return next((f"{name} ({oid})" for oid, name in near if said(code, oid)), "")

    @latest_remembered(1024)
    def _near(self, system: str) -> list[tuple[str, str]]:
        """OID and name of the known systems that are one typing mistake away from this OID."""
        return [(oid, name) for oid, name in self._table.systems().values() if is_slip(system, oid)]

    def _is_known(self, system: str) -> bool:
        return any(oid == system for oid, _ in self._table.systems().values()) or bool(self._table.labels(system))

    def _is_published_word(self, code: str, system: str) -> bool:
        return not code.isdigit() and self._is_published(code, system)

    def _is_published(self, code: str, system: str) -> bool:
        return len(code) >= _SPEAKING and self._is_labelled(code, system)

    def _is_labelled(self, code: str, system: str) -> bool:
        return code in self._table.labels(system) or code in self._table.further_labels(system)

    def _may_be_of(self, code: str, system: str) -> bool:
        if self._is_labelled(code, system):
            return True
        if system not in self._table.telling_systems() or not self._has_form(code, system):
            return False
        if code.isdigit():
            return len(code) >= _TELLING and (code.startswith(_CIP) or not sctid_key_is_wrong(code))
        return "-" not in code or not code[0].isdigit() or not loinc_key_is_wrong(code)


def is_slip(written: str, known: str) -> bool:
    """Whether one character differs, is missing or too many, or two neighbours are swapped."""
    if written == known or abs(len(written) - len(known)) > 1:
        return False
    first = next((place for place, (one, other) in enumerate(zip(written, known, strict=False)) if one != other), None)
    if first is None:
        return True
    one, other = written[first:], known[first:]
    return one[1:] == other[1:] or one[1:] == other or one == other[1:] or (one[:2] == other[1::-1] and one[2:] == other[2:])
