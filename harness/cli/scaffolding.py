"""What `harness profiles new` does: the folder of a new volet or version, which can be proved as it is."""

from __future__ import annotations

import re
import uuid
from datetime import date
from pathlib import Path
from string import Template

from harness.cli.delivery import cannot_write
from harness.errors import UsageError
from harness.library import Library
from harness.library.nearest import suggestion
from harness.library.shapes import schema_of
from harness.model import ProfileHead, Text

_SCAFFOLD = Path(__file__).parent / "scaffold"
_CODE = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
_VERSION = re.compile(r"[A-Za-z0-9]+([.-][A-Za-z0-9]+)*")
_OID = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+")
_DOCUMENT_TYPES = "JDV_J07_XdsTypeCode_CISIS"
DEFAULT_CODE = "34133-9:LOINC"
_OTHER_HOME = Text("Choisir un autre dossier par HARNESS_HOME.", "Choose another folder with HARNESS_HOME.")


def scaffold(
    library: Library, home: Path, code: str, title: str, template: str | None, document_code: str, today: date, *, kind: str
) -> Path:
    """Writes the folder of a new volet under the user's data folder. Raises UsageError rather than overwrite.

    kind: `structured`, or `unstructured` of one whose body is a file.
    """
    if not _CODE.fullmatch(code):
        raise UsageError(
            Text(f"« {code} » ne peut nommer un volet", f"{code!r} cannot name a volet"),
            Text("Des lettres sans accent, des chiffres et des tirets : MON-VOLET.", "Plain letters, digits and dashes: MY-VOLET."),
        )
    name = code.lower()
    if any(head.id == f"cda/{name}" for head in library.heads()):
        raise _exists(f"cda/{name}")
    folder = home / "profiles" / "cda" / name / "1"
    if folder.exists():
        raise _exists(str(folder))
    root = template or f"2.25.{uuid.uuid4().int}"  # an OID that needs no registration
    if not _OID.fullmatch(root):
        raise UsageError(Text(f"« {root} » n'est pas un OID", f"{root!r} is not an OID"))
    typed, system, label = _document_type(library, document_code)
    said = {
        "id": f"cda/{name}",
        "name": name,
        "code_name": code.upper(),
        "title": (title or code).replace("\\", "\\\\").replace('"', '\\"'),
        "template": root,
        "section": f"{root}.1",
        "document_code": typed,
        "document_system": system,
        "document_label": label.replace('"', '\\"'),
        "today": today.isoformat(),
    }
    begun = _SCAFFOLD / kind
    for path in sorted(begun.rglob("*.yaml")):
        _write(folder / path.relative_to(begun), Template(path.read_text("utf-8")).substitute(said))
    return folder


def next_version(library: Library, home: Path, coordinate: str, today: date) -> Path:
    """Writes the folder of another version of a volet: a copy of its latest, in which its version and its day are the new ones.

    Raises UsageError rather than overwrite.
    """
    name, _, version = coordinate.partition("@")
    if not _VERSION.fullmatch(version):
        raise UsageError(
            Text(f"« {version} » ne peut nommer une version", f"{version!r} cannot name a version"),
            Text("Des lettres, des chiffres et des points : 2026.01.", "Letters, digits and dots: 2026.01."),
        )
    old = library.head(name, today)
    before = library.folder(old)
    folder = home / "profiles" / name / version
    if folder.exists() or any(head.coordinate == coordinate for head in library.heads()):
        raise _exists(coordinate)
    inner = tuple(f"{other}/" for head in library.heads() if (other := library.folder(head)).startswith(f"{before}/"))
    mine = [relative for relative in library.files(f"{before}/**/*") if not relative.startswith(inner)]
    own = [re.escape(library.data(name)["id"]) for name in mine if schema_of(name) == "template.json"]
    called = re.compile(rf"(?<![\w.-])({'|'.join(own)})(?![\w.-])") if own else None  # templates of two files have two ids
    for relative in mine:
        text = library.path(relative).read_text("utf-8")
        text = called.sub(rf"\g<1>-{version}", text) if called else text
        _write(folder / relative.removeprefix(f"{before}/"), _of_version(text, relative, old, version, today))
    return folder


def _of_version(text: str, relative: str, old: ProfileHead, version: str, today: date) -> str:
    """What a file of the copy says: the old version is replaced where it is one, and not where a code or a number is written so."""
    written = "|".join({re.escape(one) for one in (old.version, old.extension) if one})
    if old.template is not None:  # as documents claim it: in constraints, specimens and the document that is synthesised
        claim = rf"({re.escape(old.template)}[\"']?,?\s*(?:extension\s*[:=]\s*)?[\"'])(?:{written})(?=[\"'])"
        text = re.sub(claim, rf"\g<1>{version}", text)
    text = re.sub(rf"(\bversion(?:: | = )[\"']?){re.escape(old.version)}(?=[\"'}}\s])", rf"\g<1>{version}", text)
    if relative.endswith("/profile.yaml"):
        text = re.sub(rf"(?m)^(\s+extension: [\"']?)(?:{written})(?=[\"'\s])", rf"\g<1>{version}", text)
        text = re.sub(r"(?m)^in_force:.*$", f"in_force: {{from: {today.isoformat()}}}", text)
    return text


def _write(target: Path, text: str) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    except OSError as error:
        raise cannot_write(target, error, _OTHER_HOME) from None


def _exists(what: str) -> UsageError:
    return UsageError(
        Text(f"{what} existe déjà", f"{what} exists already"),
        Text("Choisir un autre code : rien n'a été écrit.", "Choose another code: nothing was written."),
    )


def _document_type(library: Library, said: str) -> tuple[str, str, str]:
    """Code, system as it was named, and label of a document type that the header allows."""
    code, colon, named = said.rpartition(":")
    if not colon:
        raise UsageError(
            Text(f"--code : « {said} » ne nomme pas de système", f"--code: {said!r} names no code system"),
            Text("L'écrire CODE:SYSTÈME, comme 34133-9:LOINC.", "Write CODE:SYSTEM, as in 34133-9:LOINC."),
        )
    systems = library.systems()
    if named not in systems and not _OID.fullmatch(named):
        raise UsageError(Text(f"système de codage inconnu : {named}", f"unknown code system: {named}"), suggestion(named, systems))
    oid = systems[named][0] if named in systems else named
    concepts = library.value_set(_DOCUMENT_TYPES).concepts
    if (oid, code) not in concepts:
        known = [f"{one}:{system}" for system, one in concepts]
        raise UsageError(
            Text(f"{said} n'est pas un type de document ({_DOCUMENT_TYPES})", f"{said} is not a document type ({_DOCUMENT_TYPES})"),
            suggestion(f"{code}:{oid}", known),
        )
    return code, named, concepts[oid, code]
