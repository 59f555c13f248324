"""Who assigned an INS: the OIDs of its authorities, of production, of test, and those that are no INS."""

from __future__ import annotations

from enum import StrEnum

INS_ROOT = "1.2.250.1.213.1.4"


class InsArc(StrEnum):
    """Arcs of INS_ROOT that exist. Other numbers under it name nothing."""

    NIR = "8"  # INS, production
    NIA = "9"  # INS, production, for a time
    NIR_TEST = "10"  # INS, test
    NIR_DEMO = "11"  # INS, demonstration
    SI_SAMU = "12"
    SOCIAL_NIR = "13"  # social-security number, not an INS
    SOCIAL_NIA = "14"  # social-security number, not an INS
    CALCULATED = "2"  # INS-C, obsolete
    CALCULATED_TEST = "6"  # INS-C, obsolete
    CALCULATED_DEMO = "7"  # INS-C, obsolete

    @property
    def oid(self) -> str:
        return f"{INS_ROOT}.{self.value}"

    @property
    def is_production(self) -> bool:
        return self in (InsArc.NIR, InsArc.NIA)

    @property
    def is_test(self) -> bool:
        return self in (InsArc.NIR_TEST, InsArc.NIR_DEMO)

    @property
    def is_ins(self) -> bool:
        return self.is_production or self.is_test


_ARCS = {arc.oid: arc for arc in InsArc}
_INS = frozenset(arc.oid for arc in InsArc if arc.is_ins)
_PRODUCTION = frozenset(arc.oid for arc in InsArc if arc.is_production)


def ins_arc(oid: str) -> InsArc | None:
    """The authority an OID names, None when it is none of them. A leading `urn:oid:` is ignored."""
    return _ARCS.get(oid.removeprefix("urn:oid:"))


def under_ins_root(oid: str) -> bool:
    return oid.removeprefix("urn:oid:").startswith(INS_ROOT + ".")


def is_ins_oid(oid: str) -> bool:
    return oid.removeprefix("urn:oid:") in _INS


def is_production_ins_oid(oid: str) -> bool:
    return oid.removeprefix("urn:oid:") in _PRODUCTION
