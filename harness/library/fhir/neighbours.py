"""For an address that no definition has: the definition that was probably meant, and which package defines its neighbours."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable

from ...remembered import latest_remembered
from .addresses import folded
from .versions import order

_PAGE = re.compile(r"/structuredefinition-([^/]*)\.html")  # the page of a definition, which is not its address
_NUMBER = re.compile(r"[0-9]+")
_CLOSE, _EDITS = 0.8, 2  # of difflib; and letters that differ: a guide has names that are nearer to each other than slips are
_TELLING = 8  # letters of a name that two guides would hardly give by chance


class Neighbours:
    """Addresses with the package of each. What has been asked is remembered: a file repeats the same slip on every line."""

    def __init__(self, known: Iterable[tuple[str, str]]) -> None:
        self._names: dict[str, dict[str, str]] = {}  # by the address without its last name
        self._places: dict[str, set[str]] = {}  # by the last name
        self._packages: dict[str, Counter[str]] = {}  # by the place, how much of it each package has
        self._sizes: Counter[str] = Counter()
        for url, package in known:
            place, name = _parts(url)
            self._names.setdefault(place, {})[name] = url
            self._places.setdefault(name, set()).add(url)
            if package.strip("#"):
                self._packages.setdefault(place, Counter())[package] += 1
                self._sizes[package] += 1

    @latest_remembered(1024)
    def nearest(self, url: str) -> str | None:
        """The one at the same place whose name is close, else the only one of the same name elsewhere."""
        place, name = _parts(url)
        beside = self._names.get(place, {})
        for close in difflib.get_close_matches(name, beside, 3, _CLOSE):
            if edits(name, close) <= _EDITS:
                return beside[close]
        elsewhere = self._places.get(name, set())
        return next(iter(elsewhere)) if len(elsewhere) == 1 and len(name) >= _TELLING else None

    def slipped(self, url: str) -> str | None:
        """The nearest where it can hardly be but a slip: of a place that others name after as they like, nothing is told.

        A name that goes on where another ends (`TRE-R13-Commune`, `TRE-R13-CommuneOM`) or has another number is another's; the
        same name is a slip under another address of its owner only (`hl7.org/fhir/…`, `terminology.hl7.org/CodeSystem/…`).
        """
        place, name = _parts(url)
        beside = (one for one in self._places.get(name, ()) if _lacks_a_letter(place, _parts(one)[0]))
        near = self.nearest(url) or next(beside, None)
        if near is None:
            return None
        known_place, known = _parts(near)
        if place == known_place:
            other = name.startswith(known) or known.startswith(name) or _NUMBER.findall(name) != _NUMBER.findall(known)
            return None if other else near
        return near if _owner(place) == _owner(known_place) else None

    def packages(self, url: str) -> list[str]:
        """Those whose own place it is, as most of what they define stands there: others only bring copies of a few."""
        found = self._packages.get(_parts(url)[0], Counter[str]())
        own = [one for one, count in found.items() if 2 * count > self._sizes[one]]
        return sorted(own, key=lambda one: (one.partition("#")[0], order(one.partition("#")[2])))


def edits(written: str, known: str) -> int:
    """How many letters are others, too many or missing."""
    changed = difflib.SequenceMatcher(None, known, written, autojunk=False).get_opcodes()
    return sum(max(b - a, d - c) for kind, a, b, c, d in changed if kind != "equal")


def _lacks_a_letter(place: str, known: str) -> bool:
    """Whether a letter is missing or too many; different letters name another place (`fhir/us`, `fhir/uv`)."""
    return len(place) != len(known) and edits(place, known) == 1


def _owner(place: str) -> str:
    return ".".join(place.partition("/")[0].split(".")[-2:])


def _parts(url: str) -> tuple[str, str]:
    """The place, and the name in it: a place that repeats the name (`NOS/TRE_R38-X/FHIR/TRE-R38-X`) is that of other names too."""
    place, _, name = _PAGE.sub(r"/structuredefinition/\1", folded(url)).rpartition("/")
    return "/".join("*" if part == name else part for part in place.split("/")), name
