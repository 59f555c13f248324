"""The table of titles (profiles/cda/titles.yaml): by type of document, the titles that are those of another type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..model import Text
from .shapes import Sheet


def patterns(sheet: Sheet) -> dict[str, str]:
    """Code of a type -> pattern of all that a title of it is not. Raises DataError for an unknown name, and for no expression."""
    found: dict[str, str] = {}
    for number, row in enumerate(sheet.data["documents"]):
        for key in ("is", "begins"):
            for place, name in enumerate(row.get(key, ())):
                if name not in sheet.data["names"]:
                    raise sheet.error(("documents", number, key, place), Text(f"nom inconnu « {name} »", f"unknown name {name!r}"))
        try:
            re.compile(pattern := _pattern(row, sheet.data["names"]))
        except re.error as error:
            message = Text(f"expression régulière illisible : {error}", f"not a regular expression: {error}")
            raise sheet.error(("documents", number), message) from None
        found[row["code"]] = pattern
    return found


def _pattern(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    alike = []
    if "is" in row:
        alike.append(rf"({'|'.join(names[name] for name in row['is'])})\W*")
    if "begins" in row:
        right = rf"(?! ({row['before']}))" if "before" in row else ""
        right += rf"(?!.*({row['beside']}))" if "beside" in row else ""
        alike.append(rf"({'|'.join(names[name] for name in row['begins'])})\b{right}.*")
    return rf"(?i)\W*({'|'.join(alike)})"
