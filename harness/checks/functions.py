"""The functions that XPath rules may call under the prefix `h:` (docs/functions.md)."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from lxml import etree

from .. import identifiers
from ..model import Environment, ValueSet
from ..timestamps import parse_timestamp, timestamp_fault
from .comparing import same_label
from .ucum import is_ucum

NAMESPACE = "urn:cisis-harness:functions"
_CLOCKS_DIFFER = timedelta(hours=1)

_FAULTS: Mapping[str, Callable[[str], identifiers.Fault | None]] = {
    "ins": identifiers.ins_fault,
    "ins-form": identifiers.ins_form_fault,
    "rpps": identifiers.rpps_fault,
    "adeli": identifiers.adeli_fault,
    "finess": identifiers.finess_fault,
    "siren": identifiers.siren_fault,
    "siret": identifiers.siret_fault,
    "idnps": identifiers.idnps_fault,
    "idnst": identifiers.idnst_fault,
    "cog": identifiers.cog_fault,
    "oid": identifiers.oid_fault,
    "uuid": identifiers.uuid_fault,
}


class RuleFunctions:
    """The functions as lxml calls them. What they know beside their arguments: the clock, the environment, the document."""

    def __init__(self, value_sets: Callable[[str], ValueSet], now: datetime) -> None:
        self._value_sets = value_sets
        self._soon = now + _CLOCKS_DIFFER
        self._environment = Environment.TEST
        self._root: etree._Element | None = None
        self._ids: Counter[str] | None = None

    def begin(self, root: etree._Element, environment: Environment) -> None:
        """From here on the functions speak of this document."""
        self._root = root
        self._ids = None
        self._environment = environment

    def extensions(self) -> dict[tuple[str, str], Callable[..., Any]]:
        """What `etree.XPath(extensions=...)` takes: an argument that is a node set becomes the text of its first node."""
        named: dict[str, Callable[..., Any]] = {
            "environment": lambda: self._environment.value,
            "is-ins": identifiers.is_ins_oid,
            "is-production-ins": identifiers.is_production_ins_oid,
            "under-ins-root": identifiers.under_ins_root,
            "ins-arc-exists": lambda root: identifiers.ins_arc(root) is not None,
            "ins-agrees-with-sex": identifiers.ins_agrees_with_sex,
            "ins-agrees-with-year": identifiers.ins_agrees_with_year,
            "ins-agrees-with-month": identifiers.ins_agrees_with_month,
            "ins-agrees-with-birthplace": identifiers.ins_agrees_with_birthplace,
            "fault": _fault,
            "timestamp-fault": lambda value: timestamp_fault(value) or "",
            "has-zone": _has_zone,
            "not-after": _not_after,
            "in-the-future": self._in_the_future,
            "fold": fold,
            "matches": lambda value, pattern: _pattern(pattern).fullmatch(value) is not None,
            "is-ucum": is_ucum,
            "in-valueset": self._in_value_set,
            "label-matches": self._label_matches,
            "resolves": lambda reference: reference.startswith("#") and reference[1:] in self._all_ids(),
            "unique": lambda identifier: self._all_ids()[identifier] == 1,
        }
        found: dict[tuple[str, str], Callable[..., Any]] = {
            (NAMESPACE, name): _with_texts(function) for name, function in named.items()
        }
        found[NAMESPACE, "repeats-sibling"] = lambda _context, nodes: bool(nodes) and _repeats_sibling(nodes[0])
        return found

    def _in_the_future(self, value: str) -> bool:
        moment = parse_timestamp(value)
        return moment is not None and moment.is_after(self._soon)

    def _in_value_set(self, code: str, system: str, name: str) -> bool:
        concepts = self._value_sets(name).concepts
        return not concepts or (system, code) in concepts

    def _label_matches(self, code: str, system: str, label: str, name: str) -> bool:
        expected = self._value_sets(name).concepts.get((system, code))
        return not expected or same_label(label, expected)

    def _all_ids(self) -> Counter[str]:
        if self._ids is None:
            values = [] if self._root is None else self._root.xpath("//@ID")
            self._ids = Counter(str(value) for value in values) if isinstance(values, list) else Counter()
        return self._ids


def _with_texts(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(_context: Any, *arguments: Any) -> Any:
        return function(*[_text(argument) for argument in arguments])

    return call


def _text(value: Any) -> str:
    if type(value) is list:
        if not value:
            return ""
        value = value[0]
    if isinstance(value, str):
        return value
    if isinstance(value, etree._Element):
        return "".join(str(part) for part in value.itertext())
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return str(value).lower()  # true, false


def _fault(kind: str, value: str) -> str:
    return _FAULTS[kind](value) or ""


def _has_zone(value: str) -> bool:
    moment = parse_timestamp(value)
    return moment is not None and moment.has_zone


def _not_after(first: str, second: str) -> bool:
    one, other = parse_timestamp(first), parse_timestamp(second)
    return one is None or other is None or not one.is_after(other)


def fold(text: str) -> str:
    """Lower case, without accents, every run of signs and spaces as one space."""
    spelled = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("æ", "ae"))
    plain = "".join(character for character in spelled if not unicodedata.combining(character))
    return " ".join(re.findall(r"[^\W_]+", plain))


@lru_cache(maxsize=256)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _repeats_sibling(element: etree._Element) -> bool:
    said = _said(element)
    return said is not None and any(_said(sibling) == said for sibling in element.itersiblings(element.tag, preceding=True))


def _said(element: etree._Element) -> tuple[str, ...] | None:
    """What makes two siblings say the same; None for one that is not compared."""
    name = etree.QName(element).localname
    use = element.get("use", "")
    if name == "telecom":
        return (use, element.get("value", "")) if use else None
    if name in ("addr", "name"):
        return (use, " ".join("".join(str(part) for part in element.itertext()).split()))
    return (element.get("root", ""), element.get("extension", ""))
