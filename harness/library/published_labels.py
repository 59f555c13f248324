"""Labels of codes by code system: those under which value sets publish them, those that labels.json adds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..labels import normalised

BLOBS = ("labels:", "further labels:", "labelled:")
Concepts = Iterable[tuple[str, str, str]]  # code system, code, label


def blobs(published: Concepts, further: Concepts) -> dict[str, Any]:
    """`labels:OID` and `further labels:OID`, {code: its labels}; `labelled:OID`, {label as it is compared: its codes}.

    Several labels or codes stand one a line: plain texts, of which thousands are read in a millisecond.
    """
    labelled: dict[str, dict[str, dict[str, None]]] = {}
    found: dict[str, Any] = {}
    for name, concepts in (("labels", published), ("further labels", further)):
        labels: dict[str, dict[str, dict[str, str]]] = {}
        for system, code, label in concepts:
            said = " ".join(label.split())
            if key := normalised(said):
                labels.setdefault(system, {}).setdefault(code, {}).setdefault(key, said)
                labelled.setdefault(system, {}).setdefault(key, {})[code] = None
        for system, codes in labels.items():
            found[f"{name}:{system}"] = {code: "\n".join(said.values()) for code, said in codes.items()}
    for system, keys in labelled.items():
        found[f"labelled:{system}"] = {key: "\n".join(codes) for key, codes in keys.items()}
    return found
