"""In which packages to look for what a resource names and no installed package gives (`profiles/fhir/guides.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from ...model import Text

_NAME = r"([a-z][a-z0-9-]*)"
_NAMED = 6  # packages in one command


def where_to_look(missing: Iterable[str], installed: Collection[str], guides: Iterable[Mapping[str, str]]) -> tuple[Text, ...]:
    """missing: addresses of profiles, extensions and value sets; installed: names of packages, which do not have them."""
    rows = [(re.compile(re.escape(row["begins"]).replace(r"\{\}", _NAME)), row["package"]) for row in guides]
    packages: dict[str, str] = {}  # with the version that is asked for, where one is
    for address in sorted(missing):
        url, _, asked = address.partition("|")
        there = next((package.format(*found.groups()) for begins, package in rows if (found := begins.match(url))), "")
        name, _, only = there.partition("@")
        if name and name not in installed:
            packages[name] = asked or packages.get(name, only)
    if not packages:
        return ()
    named = [f"{name}@{version}" if version else name for name, version in sorted(packages.items())]
    shown = " ".join(named[:_NAMED])
    more = f" (+{len(named) - _NAMED})" if len(named) > _NAMED else ""
    return (
        Text(
            f"où chercher ce qui manque : `harness packages install {shown} --registry URL`{more}, d'un registre FHIR ; "
            "ou `harness packages add package.tgz`, pris sur le site de chaque guide",
            f"where to look for what is missing: `harness packages install {shown} --registry URL`{more}, from a FHIR registry; "
            "or `harness packages add package.tgz`, taken from the site of each guide",
        ),
    )
