"""What a pack says of its definitions without reading any: the blob named INDEX, {sort: {url: [row]}}."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

INDEX, PROGRAMS = "index", "programs"
STRUCTURES, VALUE_SETS, CODE_SYSTEMS, QUESTIONNAIRES, MEASURES, SEARCH_PARAMETERS = (
    "structures",
    "value_sets",
    "code_systems",
    "questionnaires",
    "measures",
    "search_parameters",
)

Row = tuple[str, str, str, str, str, str, str, bool]
"""url, version, blob, name, type, kind, derivation, and whether it can judge: False for a StructureDefinition without snapshot.
Of a CodeSystem, the type is the canonical of the one that it supplements."""

_CODE = ("index.py", "packing.py", "compiling.py", "mended.py", "terminology_compiling.py")


def key(digest: str) -> str:
    """The name of the pack of a package of this digest: changes with our compiling code and with the version of Python."""
    seed = hashlib.sha256(f"{digest}\0{sys.hexversion}".encode())
    here = Path(__file__)
    for path in (*map(here.with_name, _CODE), *sorted(here.parents[1].glob("fhirpath/*.py"))):
        seed.update(path.read_bytes())
    return seed.hexdigest()[:20]
