"""Profiles and extensions that no installed package defines: which one was probably meant, where that can be told.

Nothing obliges a package to be at hand: this breaks nothing by itself, and the resource is `partial`. The address of something
else than a profile is an error, as `Meta.profile` is a canonical of a StructureDefinition (R4).
"""

from __future__ import annotations

from collections.abc import Mapping

from ...documents.fhir_tree import Node
from ...library.fhir.index import CODE_SYSTEMS, STRUCTURES, VALUE_SETS
from ...library.nearest import is_it
from ...model import Text
from .remarks import Remarks
from .shapes import BASE
from .structures import Definitions

_CLAIMED = f"{BASE}Meta#Meta.profile"
_URL = f"{BASE}Extension#Extension.url"
_OTHERS = {
    VALUE_SETS: Text("un jeu de valeurs", "a value set"),
    CODE_SYSTEMS: Text("un système de codes", "a code system"),
}
_ELSEWHERE = Text("La corriger, ou installer la version qui la définit.", "Correct it, or install the version that defines it.")
_SHOWN = 3


def judge(profiles: Mapping[str, Node], extensions: Mapping[str, Node], definitions: Definitions, remarks: Remarks) -> None:
    """profiles and extensions: of which no definition was found, each with the first element that names it."""
    for canonical, node in profiles.items():
        if node.value == canonical:  # claimed: what a definition asks for is not the sender's to mend
            _profile(canonical, node, definitions, remarks)
    for url, node in extensions.items():
        _near("FHIR-EXTENSION", _URL, url, node, definitions, remarks)


def _profile(canonical: str, node: Node, definitions: Definitions, remarks: Remarks) -> None:
    url, _, version = canonical.partition("|")
    sort = definitions.sort(url)
    if sort in _OTHERS:
        what = _OTHERS[sort]
        message = Text(f"« {url} » est {what.fr}, pas un profil", f"`{url}` is {what.en}, not a profile")
        remarks.error("FHIR-PROFILE", _CLAIMED, node, message)
    elif sort == STRUCTURES:
        versions = ", ".join(definitions.canonical_versions(url)[-_SHOWN:])
        message = Text(
            f"« {url} » n'est pas installé en version {version} : il l'est en {versions}",
            f"`{url}` is not installed in version {version}: it is in {versions}",
        )
        hint = Text("Corriger la version, ou installer son paquet.", "Correct the version, or install its package.")
        remarks.info("FHIR-PROFILE-VERSION", _CLAIMED, node, message, hint)
    else:
        _near("FHIR-PROFILE", _CLAIMED, url, node, definitions, remarks)


def _near(rule: str, requirement: str, url: str, node: Node, definitions: Definitions, remarks: Remarks) -> None:
    known = definitions.namesake(STRUCTURES, url)
    if known is not None:
        remarks.warning(rule, known, node, Text(f"« {url} » s'écrit {known}", f"`{url}` is written {known}"))
        return
    neighbours = definitions.neighbours(extensions=rule == "FHIR-EXTENSION")
    beside = neighbours.packages(url)[-_SHOWN:]
    near = neighbours.nearest(url)
    if near is None and not beside:
        return
    if beside:
        names = ", ".join(beside)
        message = Text(
            f"« {url} » n'est pas dans {names}, qui définit ce qui est à cette adresse",
            f"`{url}` is not in {names}, which defines what is at this address",
        )
    else:
        message = Text(f"aucun paquet installé ne définit « {url} »", f"no installed package defines `{url}`")
    hint = is_it(near) if near is not None else _ELSEWHERE
    remarks.warning(rule, requirement, node, message, hint)
