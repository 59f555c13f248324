"""What no definition tells and a person wrote down: how to fill some elements, and which facets nothing can break.

`fixtures/fhir/elements/*.yaml` and `fixtures/fhir/unproved/*.yaml`, ours and those of HARNESS_HOME.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from .....library import folders
from .....library.reading import read
from .....model import Text

Written = Mapping[str, Any]
"""Values by the path of the element in R4; of a list, the last is filled further, those before it are what it speaks of."""


@cache
def written_elements() -> Written:
    """Raises DataError, naming the file, for one that cannot be read."""
    return _merged("elements")


@cache
def written_reasons() -> Mapping[str, Text]:
    """Why a facet cannot be tripped, by its id; of one definition only, by `canonical#id`.

    Raises DataError, naming the file, for one that cannot be read.
    """
    return {facet: Text(said["fr"], said["en"]) for facet, said in _merged("unproved").items()}


def _merged(folder: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for root in dict.fromkeys((folders.packaged(), folders.home())):
        for path in sorted((root / "fixtures" / "fhir" / folder).glob("*.yaml")):
            found |= read(path.read_bytes(), str(path)) or {}
    return found
