"""What `harness profiles new` does: the folder of a new volet, which can be proved as it is."""

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
from harness.model import Text

_SCAFFOLD = Path(__file__).parent / "scaffold"
_CODE = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
_OID = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+")
_DOCUMENT_TYPES = "JDV_J07_XdsTypeCode_CISIS"
DEFAULT_CODE = "34133-9:LOINC"
_OTHER_HOME = Text("Choisir un autre dossier par HARNESS_HOME.", "Choose another folder with HARNESS_HOME.")


def scaffold(library: Library, home: Path, code: str, title: str, template: str | None, document_code: str, today: date) -> Path:
    """Writes the folder of a new volet under the user's data folder. Raises UsageError rather than overwrite."""
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
    for path in sorted(_SCAFFOLD.rglob("*.yaml")):
        target = folder / path.relative_to(_SCAFFOLD)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(Template(path.read_text("utf-8")).substitute(said), "utf-8")
        except OSError as error:
            raise cannot_write(target, error, _OTHER_HOME) from None
    return folder


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
