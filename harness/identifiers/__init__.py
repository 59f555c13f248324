"""Identifiers of French health care: pure functions that judge them and, from a `random.Random`, make them.

Judging: `x_fault(text)` says the first thing wrong, or None when the identifier is good; `is_x(text)`, of some, is its shorthand.
Any text may be given: nothing is raised, only the ASCII digits are digits, and what is far too long is refused before it is read.
Making (`harness.identifiers.making`, loaded by who asks for it): `make_x(rng, ...)` gives one that its judge finds good.

Only `Fault.KEY` says that a control key is wrong; every other fault is one of form, which no environment excuses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .faults import Fault
from .ins_authorities import INS_ROOT, InsArc, ins_arc, is_ins_oid, is_production_ins_oid, under_ins_root
from .masking import carries_production_ins, mask_ins, masked
from .matricules import (
    ins_agrees_with_birthplace,
    ins_agrees_with_month,
    ins_agrees_with_sex,
    ins_agrees_with_year,
    ins_fault,
    ins_form_fault,
    ins_key,
    is_ins,
    matricule_fault,
    with_ins_key,
)
from .national import (
    LA_POSTE,
    adeli_fault,
    finess_fault,
    idnps_fault,
    idnst_fault,
    is_finess,
    is_rpps,
    rpps_fault,
    siren_fault,
    siret_fault,
)
from .places import cog_fault, is_cog
from .universal import is_oid, oid_fault, uuid_fault

__all__ = [
    "FAULTS",
    "INS_ROOT",
    "LA_POSTE",
    "Fault",
    "InsArc",
    "adeli_fault",
    "carries_production_ins",
    "cog_fault",
    "finess_fault",
    "idnps_fault",
    "idnst_fault",
    "ins_agrees_with_birthplace",
    "ins_agrees_with_month",
    "ins_agrees_with_sex",
    "ins_agrees_with_year",
    "ins_arc",
    "ins_fault",
    "ins_form_fault",
    "ins_key",
    "is_cog",
    "is_finess",
    "is_ins",
    "is_ins_oid",
    "is_oid",
    "is_production_ins_oid",
    "is_rpps",
    "mask_ins",
    "masked",
    "matricule_fault",
    "oid_fault",
    "rpps_fault",
    "siren_fault",
    "siret_fault",
    "under_ins_root",
    "uuid_fault",
    "with_ins_key",
]


# What judges each kind of identifier, by the name that rules call it.
FAULTS: Mapping[str, Callable[[str], Fault | None]] = {
    "ins": ins_fault,
    "ins-form": ins_form_fault,
    "rpps": rpps_fault,
    "adeli": adeli_fault,
    "finess": finess_fault,
    "siren": siren_fault,
    "siret": siret_fault,
    "idnps": idnps_fault,
    "idnst": idnst_fault,
    "cog": cog_fault,
    "oid": oid_fault,
}
