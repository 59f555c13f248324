"""Names and versions of packages as they are typed and published. They become names of folders and parts of addresses."""

from __future__ import annotations

import re

from harness.errors import UsageError
from harness.model import Text

_NAME = re.compile(r"(@[a-z0-9][a-z0-9._-]*/)?[A-Za-z0-9][A-Za-z0-9._-]*")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+$-]*")
_LONGEST = 200

CORES = {
    "1.0": "hl7.fhir.r2.core",
    "3.0": "hl7.fhir.r3.core",
    "4.0": "hl7.fhir.r4.core",
    "4.3": "hl7.fhir.r4b.core",
    "5.0": "hl7.fhir.r5.core",
}


def split(given: str) -> tuple[str, str]:
    """Name and version of `name@version`, `name#version` or `name` (the version is then `latest`). Raises UsageError."""
    name, _, version = given.rpartition("#") if "#" in given else given.rpartition("@")
    if not name:
        name, version = given, "latest"
    return require_name(name), version or "latest"


def require_name(name: str) -> str:
    """Raises UsageError for what cannot name a package."""
    if not _NAME.fullmatch(name) or ".." in name or len(name) > _LONGEST:
        raise UsageError(
            Text(f"« {name} » n'est pas un nom de paquet", f'"{name}" is not a package name'),
            Text("Par exemple hl7.fhir.uv.ips@2.0.0.", "For instance hl7.fhir.uv.ips@2.0.0."),
        )
    return name


def require_version(version: str) -> str:
    """Raises UsageError for what cannot be a version that was published."""
    if not _VERSION.fullmatch(version) or ".." in version or len(version) > _LONGEST:
        raise UsageError(Text(f"« {version} » n'est pas une version", f'"{version}" is not a version'))
    return version


def today(name: str, version: str) -> str:
    """The name under which a package is published now: `hl7.fhir.core` was split by version of FHIR."""
    return CORES.get(".".join(version.split(".")[:2]), name) if name == "hl7.fhir.core" else name
