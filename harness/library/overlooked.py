"""Files of a data folder that nothing reads because of a slip in their name: a wrong suffix, a profile without profile.yaml."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from ..model import Text
from .folders import DataFile
from .patterns import matches

_OF_A_PROFILE = frozenset(
    ("constraints.yaml", "rules.yaml", "requirements.yaml", "mutations.yaml", "unproved.yaml", "document.xml.j2")
)
_TEMPLATES = "profiles/**/{sections,entries,parts}/**/*.yml"  # which are read
_SHOWN = 3


def overlooked(own: Collection[DataFile], known: Collection[str]) -> Iterator[Text]:
    """A line for each kind of slip. own: the files of the person's folder; known: names of all data files."""
    suffixes = [file.path for file in own if _has_another_suffix(file.relative)]
    if suffixes:
        yield Text(
            f"non lu, car ce suffixe n'est pas .yaml : {_named(suffixes)}",
            f"not read, as this suffix is not .yaml: {_named(suffixes)}",
        )
    folders = dict.fromkeys(
        str(Path(file.path).parent)
        for file in own
        if file.relative.startswith("profiles/")
        and file.relative.rpartition("/")[2] in _OF_A_PROFILE
        and f"{file.relative.rpartition('/')[0]}/profile.yaml" not in known
    )
    if folders:
        yield Text(
            f"aucun profil ne lit ce dossier, car il n'a pas de profile.yaml : {_named([*folders])}",
            f"no profile reads this folder, as it has no profile.yaml: {_named([*folders])}",
        )


def _has_another_suffix(relative: str) -> bool:
    return relative.lower().endswith((".yml", ".yaml")) and not relative.endswith(".yaml") and not matches(_TEMPLATES, relative)


def _named(paths: Sequence[str]) -> str:
    return ", ".join(paths[:_SHOWN]) + (f"… (+{len(paths) - _SHOWN})" if len(paths) > _SHOWN else "")
