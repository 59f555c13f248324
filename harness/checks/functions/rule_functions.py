"""The functions that XPath rules may call under the prefix `h:` (docs/functions.md)."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from operator import attrgetter

from ... import identifiers, timestamps
from ...errors import UsageError
from ...labels import fold, same_product
from ...library import Library
from ...library.functions import FUNCTIONS
from ...model import Environment, Text
from ...remembered import latest_remembered
from ...ucum import is_ucum, unit_meant
from ..codes.forms import CodeForms
from ..codes.keys import cip_key_is_wrong, is_of_no_concept, loinc_key_is_wrong, sctid_key_is_wrong
from ..codes.labels import PublishedLabels
from ..codes.rule_tables import RuleTables
from ..codes.slips import SystemSlips
from ..codes.units import converted, same_kind
from ..narrative.substances import is_another_substance, is_classed_elsewhere
from ..node import Node
from ..runtime import number, whole_match
from .contents import claims_pdfa1, content_fault
from .internal_references import reference_fault
from .legibility import has_cell_of_software, is_legible, labels_are_legible, legible
from .moments import has_zone, moment, not_after, not_days_after, timestamp_fault
from .narrative_functions import NarrativeFunctions, of_first
from .people import is_bare, mailbox_of_another, names_are_bare, tells_another_patient, told_as_another
from .postcodes import fits_postcode
from .relabelled import label_elsewhere
from .repeating import repeating, repeats_sibling
from .vaccination_ranks import ranks_in_order

_CLOCKS_DIFFER = timedelta(hours=1)
_DAYS_DIFFER = timedelta(hours=13)  # further: a day without an hour is that of its place, 14 hours from UTC at most


def _sctid_fault(code: str) -> identifiers.Fault | None:
    if sctid_key_is_wrong(code):
        return identifiers.Fault.KEY
    return identifiers.Fault.KIND if is_of_no_concept(code) else None


_FAULTS: Mapping[str, Callable[[str], identifiers.Fault | None]] = {
    **identifiers.FAULTS,
    "uuid": identifiers.uuid_fault,
    "sctid": _sctid_fault,
    "loinc": lambda code: identifiers.Fault.KEY if loinc_key_is_wrong(code) else None,
    "cip": lambda code: identifiers.Fault.KEY if cip_key_is_wrong(code) else None,
}


OF_ALL: Mapping[str, Callable[[Sequence[Node]], Collection[Node]]] = {
    "h:is-legible": legible,
    "h:repeats-sibling": repeating,
}
"""Functions of one element that can be asked at once of all those of a context: of which are they true?"""


class RuleFunctions:
    """The functions, and what they know beside their arguments: the clock, the environment, the document."""

    def __init__(self, library: Library, now: datetime) -> None:
        self._value_set = library.value_set
        self._labels = PublishedLabels(library)
        self._tables = RuleTables(library)
        self._forms = CodeForms(library)
        self._slips = SystemSlips(library, self._forms.holds)
        self._soon = now + _CLOCKS_DIFFER
        self._narrative = NarrativeFunctions(self._labels)
        self._environment = Environment.TEST

    def begin(self, root: Node, environment: Environment) -> None:
        """From here on the functions speak of this document."""
        self._environment = environment
        self._narrative.about(root)

    def end(self) -> None:
        self._narrative.about(None)

    def table(self) -> dict[str, Callable[..., object]]:
        """By name, prefix included. Raises UsageError where library/functions.py, which says what each takes, has others."""
        tables = (self._of_texts(), _OF_ELEMENTS, self._narrative.table())
        written = {f"h:{name}": call for table in tables for name, call in table.items()}
        if apart := sorted(FUNCTIONS.keys() ^ written.keys()):
            where = "harness/library/functions.py, harness/checks/functions/"
            message = Text(f"fonction écrite à moitié : {apart[0]}", f"function half written: {apart[0]}")
            raise UsageError(message, Text(f"L'écrire des deux côtés : {where}.", f"Write it on both sides: {where}."))
        return written

    def _of_texts(self) -> dict[str, Callable[..., bool | str]]:
        return {
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
            "in-the-future": self._in_the_future,
            "matches": lambda value, pattern: whole_match(pattern)(value) is not None,
            "is-ucum": is_ucum,
            "same-kind": same_kind,
            "is-bare": is_bare,
            "fits-postcode": fits_postcode,
            "is-legible": is_legible,
            "in-valueset": self._in_value_set,
            "same-product": same_product,
            "titled-otherwise": self._tables.titled_otherwise,
            "is-classed-elsewhere": is_classed_elsewhere,
            "is-another-substance": is_another_substance,
            "has-code-form": self._forms.holds,
            "environment": lambda: self._environment.value,
            "fault": _fault,
            "timestamp-fault": timestamp_fault,
            "fold": fold,
            "unit-meant": unit_meant,
            "label-fault": self._labels.fault,
            "labels": self._labels.labels,
            "only-label": self._labels.only_label,
            "codes-labelled": self._labels.codes,
            "system-meant": self._slips.meant,
            "measure-fault": self._tables.measures.fault,
            "measure-range": self._tables.measures.range,
            "with-ins-key": identifiers.with_ins_key,
            "mended-time": timestamps.mended_time,
            "in-unit": _in_unit,
            "days-later": timestamps.days_later,
        }

    @latest_remembered(2048)
    def _in_the_future(self, value: str) -> bool:
        when = moment(value)
        if when is None or not when.is_after(self._soon):
            return False
        return when.precision > timestamps.Precision.DAY or when.is_after(self._soon + _DAYS_DIFFER)

    def _in_value_set(self, code: str, system: str, name: str) -> bool:
        concepts = self._value_set(name).concepts
        return not concepts or (system, code) in concepts


_OF_ELEMENTS: Mapping[str, Callable[..., object]] = {
    **of_first({"content-fault": content_fault}, of_none="empty"),
    **of_first({"reference-fault": reference_fault, "label-elsewhere": label_elsewhere}, of_none=""),
    **of_first(
        {
            "claims-pdfa1": claims_pdfa1,
            "names-are-bare": names_are_bare,
            "labels-are-legible": labels_are_legible,
            "ranks-in-order": ranks_in_order,
        },
        of_none=True,
    ),
    **of_first(
        {
            "bears-text": attrgetter("has_text"),
            "repeats-sibling": repeats_sibling,
            "mailbox-of-another": mailbox_of_another,
            "has-cell-of-software": has_cell_of_software,
            "told-as-another": told_as_another,
            "tells-another-patient": tells_another_patient,
        },
        of_none=False,
    ),
}
_is_ins = lru_cache(maxsize=1024)(identifiers.is_ins_oid)
_under_ins_root = lru_cache(maxsize=1024)(identifiers.under_ins_root)


def _in_unit(value: str, unit: str, to: str) -> str:
    """Its digits beyond those that a conversion keeps are cut: a value that is a bound is that bound."""
    found = converted(number(value), unit, to)
    return "" if found is None or math.isnan(found) else f"{found:.9g}"


@lru_cache(maxsize=2048)
def _fault(kind: str, value: str) -> str:
    return _FAULTS[kind](value) or ""
