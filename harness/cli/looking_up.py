"""What the library has that a volet may take up: sections, entries and value sets, found by a word, shown by their name or OID."""

from __future__ import annotations

from collections.abc import Iterator

from harness.labels import fold
from harness.library import Library
from harness.library.nested import walk
from harness.library.wording import requirement_text
from harness.model import Lang, Text

_KINDS = {"sections": Text("section", "section"), "entries": Text("entrée", "entry"), "parts": Text("en-tête", "header")}
_VALUE_SET = Text("jeu de valeurs", "value set")


def found(library: Library, words: tuple[str, ...], lang: Lang) -> Iterator[str]:
    """A line for each that has all the words in its name, id or OID."""
    wanted = [fold(word) for word in words]
    for kind, name, id, title in _known(library):
        if all(word in fold(f"{kind.fr} {kind.en} {name} {id} {title.fr} {title.en}") for word in wanted):
            yield f"{kind.in_(lang):<15}{name:<45} {id:<40} {title.in_(lang)}"


def shown(library: Library, name: str, lang: Lang) -> list[str] | None:
    """What a template or a value set holds; None when nothing is called so."""
    for relative in library.templates():
        template = library.template(relative)
        if name in (template.root, template.id):
            head = f"{template.id}  {template.name.in_(lang)}, <{template.element}>, templateId {template.root}"
            asked = [f"  {requirement_text(one, None).in_(lang)}" for one in walk(template.constraints)]
            return [head, f"  {library.path(relative)}", *asked]
    id = library.value_set_oids().get(name, name)
    if id not in library.value_set_ids():
        return None
    known = library.value_set(id)
    concepts = [f"  {code:<20} {label}  ({system})" for (system, code), label in known.concepts.items()]
    return [f"{known.id}  {known.title}, OID {known.oid}, version {known.version}", *concepts]


def _known(library: Library) -> Iterator[tuple[Text, str, str, Text]]:
    """Kind, the name by which constraints call it, another name of it, title."""
    for relative in library.templates():
        template = library.template(relative)
        kind = next(said for folder, said in _KINDS.items() if f"/{folder}/" in relative)
        yield kind, template.root, template.id, template.name
    for id in library.value_set_ids():
        known = library.value_set(id)
        yield _VALUE_SET, id, known.oid, Text(known.title, known.title)
