"""Values that may stand in a resource of nobody: people of the test campaign, codes of no system, times of one consultation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from .....library import folders
from .....library.reading import read

WORDS = "Spécimen"
SYSTEM, CODE = "urn:oid:2.999.2", "specimen"  # 2.999 is the arc of examples
INS = frozenset(f"urn:oid:1.2.250.1.213.1.4.{arc}" for arc in (8, 9, 10, 11))
URI_SYSTEM = "urn:ietf:rfc:3986"
MATRICULE = "279035121518989"  # of the public test person of the ANS


@cache
def _samples() -> Mapping[str, Mapping[str, Any]]:
    path = folders.packaged() / "fixtures" / "fhir" / "samples.yaml"
    found: Mapping[str, Mapping[str, Any]] = read(path.read_bytes(), str(path))
    return found


def primitives() -> Mapping[str, Any]:
    """A value of each primitive type, by its name."""
    return _samples()["primitives"]


def data_types() -> Mapping[str, dict[str, Any]]:
    """A value of each data type, by its name."""
    return _samples()["types"]


def known_codes() -> Mapping[str, str]:
    """A code of each system that no package holds, right by its form."""
    return _samples()["codes"]
