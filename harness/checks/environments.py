"""Whether a document is of production or of test, which softens some rules."""

from __future__ import annotations

from collections.abc import Iterable

from .. import identifiers
from ..model import Environment


def environment_told_by(authorities: Iterable[str], asked: Environment) -> Environment:
    """The one that was asked for; else production when one of the assigning authorities (OID or URI) is that of a real INS."""
    if asked is not Environment.AUTO:
        return asked
    real = any(map(identifiers.is_production_ins_oid, authorities))
    return Environment.PRODUCTION if real else Environment.TEST
