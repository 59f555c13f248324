"""What `harness profiles new` and `harness profiles specimen` do: the folder of a new volet, and a document to look at."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Template

from lxml import etree

from harness.checks import Judge
from harness.checks.mutations import derived_mutations, templates_of
from harness.checks.specimens import Derived, Target
from harness.checks.specimens.samples import WORDS
from harness.cli import options
from harness.cli.proving import derive_from, read_specimens_of_lineage
from harness.documents import mutation
from harness.errors import UsageError
from harness.library import Library
from harness.library.nearest import suggestion
from harness.model import Profile, ProfileHead, Text
from harness.namespaces import HL7_V3

_SCAFFOLD = Path(__file__).parent / "scaffold"
_CODE = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
_OID = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+")
_DOCUMENT_TYPES = "JDV_J07_XdsTypeCode_CISIS"
DEFAULT_CODE = "34133-9:LOINC"


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
            raise UsageError(
                Text(f"impossible d'écrire {target} : {error.strerror}", f"cannot write {target}: {error.strerror}")
            ) from None
    return folder


def _exists(what: str) -> UsageError:
    return UsageError(
        Text(f"{what} existe déjà", f"{what} exists already"),
        Text("Choisir un autre code : rien n'a été écrit.", "Choose another code: nothing was written."),
    )


def _document_type(library: Library, said: str) -> tuple[str, str, str]:
    """Code, OID and label of a document type that the header allows."""
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
            Text(f"{said} n'est pas un type de document ({_DOCUMENT_TYPES})", f"{said} is no document type ({_DOCUMENT_TYPES})"),
            suggestion(f"{code}:{oid}", known),
        )
    return code, oid, concepts[oid, code]


def specimen(library: Library, head: ProfileHead, at: date) -> Derived:
    """A valid document with all that the profile's own constraints and templates speak of, as far as one document can hold it.

    Raises UsageError for a profile of which none can be made.
    """
    judge = Judge(library, at=at, now=options.now(), profile=head.coordinate)
    deriver = derive_from(library, judge, head, read_specimens_of_lineage(library, head, at))
    if deriver is None:
        raise UsageError(
            Text(f"{head.coordinate} ne juge pas de corps structuré", f"{head.coordinate} judges no structured body"),
            Text(
                "Un volet qui étend cda/header et juge le corps en a un.",
                "A volet that extends cda/header and judges bodies has one.",
            ),
        )
    own = library.own_part(head.coordinate)
    return deriver.together([Target(None, (), own.constraints), *_targets(own)])


def _targets(own: Profile) -> Iterator[Target]:
    for template, roots in templates_of(own):
        yield Target(template, tuple(roots), template.constraints)


def spoiled(library: Library, head: ProfileHead, derived: Derived, wanted: str) -> Derived:
    """The document after a mutation of the profile. Raises UsageError when it is unknown or has nothing to work on."""
    profile = library.profile(head.coordinate)
    mutations = {one.id: one for one in (*profile.mutations, *derived_mutations(profile))}
    if wanted not in mutations:
        message = Text(f"{head.coordinate} n'a pas de mutation {wanted}", f"{head.coordinate} has no mutation {wanted}")
        raise UsageError(message, suggestion(wanted, mutations))
    root = mutation.apply(mutations[wanted], derived.root)
    if root is None:
        raise UsageError(Text(f"{wanted} ne trouve rien à abîmer dans ce document", f"{wanted} finds nothing to spoil here"))
    return Derived(root, derived.faults, derived.reasons)


def written(derived: Derived) -> str:
    _word(derived.root)
    etree.indent(derived.root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(derived.root, encoding="unicode")


def _word(root: etree._Element) -> None:
    """Titles and narrative say what the codes beside them say, so that a person can read the document."""
    for section in root.iter(f"{{{HL7_V3}}}section"):
        for title in section.iterchildren(f"{{{HL7_V3}}}title"):
            if title.text == WORDS:
                title.text = _label(section) or WORDS
    told = {content.get("ID"): content for content in root.iter(f"{{{HL7_V3}}}content") if content.text == WORDS}
    for reference in root.iter(f"{{{HL7_V3}}}reference"):
        content = told.get(reference.get("value", "").removeprefix("#"))
        subject = next((above for above in reference.iterancestors() if _label(above)), None)
        if content is not None and subject is not None:
            content.text = _label(subject)


def _label(element: etree._Element) -> str:
    """Of an element's code, and of its value."""
    coded = [*element.iterchildren(f"{{{HL7_V3}}}code"), *element.iterchildren(f"{{{HL7_V3}}}value")]
    return " : ".join(label for one in coded if (label := one.get("displayName", "")))
