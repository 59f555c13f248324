"""The functions that XPath rules may call under the prefix `h:` (docs/functions.md)."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

from ... import identifiers, timestamps
from ...labels import fold, same_label, same_product
from ...model import Environment, ValueSet
from ...ucum import is_ucum
from ..codes.forms import CodeForms, FormTable
from ..codes.keys import cip_key_is_wrong, loinc_key_is_wrong, sctid_key_is_wrong
from ..codes.labels import Published, PublishedLabels
from ..codes.measures import Measures, MeasureTable
from ..codes.slips import SystemSlips, SystemTable
from ..codes.units import converted, same_kind
from ..narrative.assertions import is_asserted
from ..narrative.codes import writes_another_code
from ..narrative.contraries import has_contrary, headed_otherwise, row_tells_contrary
from ..narrative.names import cites_another
from ..narrative.numbers import is_alone, told_otherwise
from ..narrative.others import names_another
from ..narrative.rows import entry_told
from ..narrative.substances import is_classed_elsewhere
from ..narrative.tables import cells_beside, cells_headed, words_of
from ..narrative.takes import taken_otherwise
from ..node import Node
from ..runtime import number, whole_match
from .civility import is_bare, names_are_bare
from .contents import claims_pdfa1, content_fault
from .internal_references import reference_fault
from .legibility import has_cell_of_software, is_legible, labels_are_legible, legible
from .moments import has_zone, moment, not_after, not_days_after, timestamp_fault
from .postcodes import fits_postcode
from .repeating import repeating, repeats_sibling
from .vaccination_ranks import ranks_in_order

_PASSAGES = frozenset(("content", "paragraph", "list", "item", "caption", "table", "tr", "th", "td", "footnote"))
_CLOCKS_DIFFER = timedelta(hours=1)
_DAYS_DIFFER = timedelta(hours=13)  # further: a day without an hour is that of its place, 14 hours from UTC at most

_FAULTS: Mapping[str, Callable[[str], identifiers.Fault | None]] = {
    **identifiers.FAULTS,
    "uuid": identifiers.uuid_fault,
    "sctid": lambda code: identifiers.Fault.KEY if sctid_key_is_wrong(code) else None,
    "loinc": lambda code: identifiers.Fault.KEY if loinc_key_is_wrong(code) else None,
    "cip": lambda code: identifiers.Fault.KEY if cip_key_is_wrong(code) else None,
}


OF_ALL: Mapping[str, Callable[[Sequence[Node]], Collection[Node]]] = {
    "h:is-legible": legible,
    "h:repeats-sibling": repeating,
}
"""Functions of one element that can be asked at once of all those of a context: of which are they true?"""


class Known(Published, MeasureTable, FormTable, SystemTable, Protocol):
    """What the library knows of codes, and of titles: the pattern of what those of a type of document are not, empty of none."""

    def titles_of_others(self, code: str) -> str: ...


class RuleFunctions:
    """The functions, and what they know beside their arguments: the clock, the environment, the document."""

    def __init__(self, value_sets: Callable[[str], ValueSet], known: Known, now: datetime) -> None:
        self._value_sets = value_sets
        self._labels = PublishedLabels(known)
        self._measures = Measures(known)
        self._titles_of_others = known.titles_of_others
        self._forms = CodeForms(known)
        self._slips = SystemSlips(known, self._forms.holds)
        self._soon = now + _CLOCKS_DIFFER
        self._environment = Environment.TEST
        self._root: Node | None = None
        self._ids: Counter[str] | None = None
        self._references: Counter[str] | None = None
        self._bearers: dict[str, Node] = {}

    def begin(self, root: Node, environment: Environment) -> None:
        """From here on the functions speak of this document."""
        self._root = root
        self._ids = None
        self._references = None
        self._bearers = {}
        self._environment = environment

    def end(self) -> None:
        self._root = None
        self._ids = None
        self._references = None
        self._bearers = {}

    def table(self) -> dict[str, Callable[..., object]]:
        """By name, prefix included. library/functions.json says which take texts, and which node lists."""
        truths: dict[str, Callable[..., bool]] = {
            "is-ins": _is_ins,
            "is-production-ins": identifiers.is_production_ins_oid,
            "under-ins-root": _under_ins_root,
            "ins-arc-exists": lambda root: identifiers.ins_arc(root) is not None,
            "ins-agrees-with-sex": identifiers.ins_agrees_with_sex,
            "ins-agrees-with-year": identifiers.ins_agrees_with_year,
            "ins-agrees-with-month": identifiers.ins_agrees_with_month,
            "ins-agrees-with-birthplace": identifiers.ins_agrees_with_birthplace,
            "has-zone": has_zone,
            "not-after": not_after,
            "not-days-after": not_days_after,
            "in-the-future": lru_cache(maxsize=2048)(self._in_the_future),
            "matches": lambda value, pattern: whole_match(pattern)(value) is not None,
            "is-ucum": is_ucum,
            "same-kind": same_kind,
            "is-bare": is_bare,
            "fits-postcode": fits_postcode,
            "is-legible": is_legible,
            "in-valueset": self._in_value_set,
            "label-matches": self._label_matches,
            "same-product": same_product,
            "resolves": self._resolves,
            "referenced": self._referenced,
            "cites-nothing": self._cites_nothing,
            "titled-otherwise": lru_cache(maxsize=2048)(self._titled_otherwise),
            "told-otherwise": self._told_otherwise,
            "told-contrary": self._told_contrary,
            "is-classed-elsewhere": is_classed_elsewhere,
            "headed-otherwise": self._headed_otherwise,
            "has-code-form": self._forms.holds,
            "unique": lambda identifier: self._all_ids()[identifier] == 1,
        }
        words: dict[str, Callable[..., str]] = {
            "environment": lambda: self._environment.value,
            "fault": _fault,
            "timestamp-fault": timestamp_fault,
            "fold": fold,
            "label-fault": self._labels.fault,
            "labels": self._labels.labels,
            "only-label": self._labels.only_label,
            "codes-labelled": self._labels.codes,
            "system-meant": self._slips.meant,
            "measure-fault": self._measures.fault,
            "measure-range": self._measures.range,
            "with-ins-key": identifiers.with_ins_key,
            "mended-time": timestamps.mended_time,
            "in-unit": _in_unit,
            "days-later": timestamps.days_later,
            "passage": lambda reference: "" if (told := self._passage(reference)) is None else " ".join(told.whole_text.split()),
            "row": lambda reference: "" if (told := self._passage(reference)) is None else " | ".join(cells_beside(told)[0]),
            "cell": self._cell,
        }
        return {
            **{f"h:{name}": function for name, function in {**truths, **words}.items()},
            "h:content-fault": content_fault,
            "h:claims-pdfa1": claims_pdfa1,
            "h:bears-text": lambda nodes: bool(nodes) and nodes[0].has_text,
            "h:repeats-sibling": repeats_sibling,
            "h:names-are-bare": lambda nodes: not nodes or names_are_bare(nodes[0]),
            "h:has-cell-of-software": lambda nodes: bool(nodes) and has_cell_of_software(nodes[0]),
            "h:labels-are-legible": lambda nodes: not nodes or labels_are_legible(nodes[0]),
            "h:entry-told": self._entry_told,
            "h:is-asserted": lambda entries: bool(entries) and is_asserted(entries[0], self._passage),
            "h:reference-fault": lambda acts: reference_fault(acts[0]) if acts else "",
            "h:ranks-in-order": ranks_in_order,
            "h:writes-another-code": lambda coded: bool(coded) and writes_another_code(coded[0], self._passage),
            "h:cites-another": self._cites_another,
            "h:names-another": lambda coded: bool(coded) and names_another(coded[0], self._passage, self._labels.bearers),
        }

    def _in_the_future(self, value: str) -> bool:
        when = moment(value)
        if when is None or not when.is_after(self._soon):
            return False
        return when.precision > timestamps.Precision.DAY or when.is_after(self._soon + _DAYS_DIFFER)

    def _resolves(self, reference: str) -> bool:
        return reference.startswith("#") and reference[1:] in self._all_ids()

    def _referenced(self, identifier: str) -> bool:
        return f"#{identifier}" in self._all_references()

    def _in_value_set(self, code: str, system: str, name: str) -> bool:
        concepts = self._value_sets(name).concepts
        return not concepts or (system, code) in concepts

    def _label_matches(self, code: str, system: str, label: str, name: str) -> bool:
        expected = self._value_sets(name).concepts.get((system, code))
        return not expected or same_label(label, expected)

    def _cites_nothing(self, reference: str) -> bool:
        """The passage has neither text nor picture; in `<td><content ID="x"/>words</td>` the words are read all the same."""
        passage = self._bearers.get(reference.removeprefix("#")) if self._all_ids() and reference.startswith("#") else None
        if passage is None or passage.tag not in _PASSAGES or passage.whole_text.strip():
            return False
        around = passage.parent if passage.parent is not None and passage.parent.tag in _PASSAGES else passage
        return not around.has_text and not passage.index.below(passage, "renderMultiMedia")

    def _titled_otherwise(self, title: str, code: str) -> bool:
        pattern = self._titles_of_others(code)
        return bool(pattern) and whole_match(pattern)(title) is not None

    def _told_otherwise(self, reference: str, value: str, unit: str) -> bool:
        """Of a passage that one reference alone cites: several may tell several things of it. A number alone may count tablets or
        flasks of what the entry measures."""
        passage = self._passage(reference)
        if passage is None or self._cited(reference) != 1:
            return False
        said = words_of(passage)
        if is_alone(said) and unit[:1] not in ("", "{", "1"):
            return False
        return told_otherwise(said, value, unit) or taken_otherwise(said, value, unit)

    def _cell(self, reference: str, heading: str) -> str:
        """Of the row of the passage, where one of its columns has such a heading."""
        passage = self._passage(reference)
        cells = cells_headed(passage, cells_beside(passage)[0], _compiled(heading)) if passage is not None else []
        return cells[0] if len(cells) == 1 else ""

    def _told_contrary(self, reference: str, label: str) -> bool:
        passage = self._passage(reference) if has_contrary(label) else None
        return passage is not None and row_tells_contrary(passage, label)

    def _headed_otherwise(self, reference: str, label: str) -> bool:
        passage = self._passage(reference) if has_contrary(label) else None
        return passage is not None and headed_otherwise(passage, label)

    def _cites_another(self, bearers: Sequence[Node]) -> bool:
        return bool(bearers) and cites_another(bearers[0], self._passage, self._labels.fault, self._labels.codes)

    def _entry_told(self, entries: Sequence[Node]) -> str:
        return entry_told(entries[0], self._passage, self._cited) if entries else ""

    def _cited(self, reference: str) -> int:
        """How many references say it."""
        return self._all_references()[reference]

    def _passage(self, reference: str) -> Node | None:
        """What the reference leads to, when it is one passage."""
        identifier = reference.removeprefix("#")
        return self._bearers[identifier] if self._all_ids()[identifier] == 1 else None

    def _all_references(self) -> Counter[str]:
        """What elements of entries say of the narrative, and links and pictures within it."""
        if self._references is None:
            bearing = [] if self._root is None else self._root.index.below(self._root, ("reference", "linkHtml"), or_self=True)
            self._references = Counter(node.attributes.get("value", node.attributes.get("href", "")) for node in bearing)
        return self._references

    def _all_ids(self) -> Counter[str]:
        if self._ids is None:
            bearing = [] if self._root is None else self._root.index.below(self._root, "@ID", or_self=True)
            ids = [node.attributes["ID"] for node in bearing]
            self._ids = Counter(ids)
            self._bearers = dict(zip(ids, bearing, strict=True))
        return self._ids


_compiled = lru_cache(maxsize=64)(re.compile)
_is_ins = lru_cache(maxsize=1024)(identifiers.is_ins_oid)
_under_ins_root = lru_cache(maxsize=1024)(identifiers.under_ins_root)


def _in_unit(value: str, unit: str, to: str) -> str:
    """Its digits beyond those that a conversion keeps are cut: a value that is a bound is that bound."""
    found = converted(number(value), unit, to)
    return "" if found is None or math.isnan(found) else f"{found:.9g}"


@lru_cache(maxsize=2048)
def _fault(kind: str, value: str) -> str:
    return _FAULTS[kind](value) or ""
