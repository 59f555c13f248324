"""What a system keeps of what it was sent: metadata as they were, links that lead to what was created, sets with their documents.

A system may write things its own way: a time in another zone or less precise, a person as a resource of its own. What it says of
something is held against what was sent; what it says elsewhere is not followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from harness.exchange import Reply, Untold
from harness.exchange.pdsm.answers import bundle_type, resource_of
from harness.exchange.pdsm.content import entries, first_text, listed, objects, reach, span
from harness.exchange.pdsm.facts import described, local_reference, matches
from harness.exchange.pdsm.searchsets import as_far_as_read, found, name_sent, named
from harness.labels import fold
from harness.model import Text

# Of a DocumentReference, then of a List (the title, the time, the author of a submission)
_TEXTS = (("content", "attachment", "title"), ("description",), ("content", "attachment", "language"), ("title",))
_TIMES = (("content", "attachment", "creation"), ("context", "period", "start"), ("context", "period", "end"))
_TIMES_OF_SET = (("date",),)
_PEOPLE = (("author",), ("authenticator",), ("custodian",), ("context", "sourcePatientInfo"), ("source",))


def metadata_kept(reply: Reply, sent: Any) -> Text | Untold | None:
    """sent: a DocumentReference, or a submission set, as it was sent. It is found with the same title, times, author ..."""
    name = name_sent(sent, "metadata-kept")
    if problem := found(reply, name):
        return problem
    for resource in named(reply, name):
        for path, before, after in _changes(sent, resource):
            place = f"{described(resource).reference}, {path}"
            return Text(
                f"{place} : « {before} » a été envoyé, et {after or 'rien'} est rendu.",
                f"{place}: “{before}” was sent, and {after or 'nothing'} is returned.",
            )
    return None


def relates_to(reply: Reply, wanted: Any) -> Text | None:
    """{code: DocumentReference/12}: the match that `pick` of the search names (without it, every one) says that relation, to that
    reference. A target by identifier is not questioned.
    """
    if problem := bundle_type(reply, "searchset"):
        return problem
    picked = reply.facts.get("document_reference")
    for code, target in dict(wanted).items():
        for resource in matches(resource_of(reply)):
            if picked and described(resource).reference != picked:
                continue
            relations = [one for one in objects(resource, "relatesTo") if one.get("code") == code]
            if not any(_leads_to(str(target), one) for one in relations):
                targets = [there for one in relations if (there := first_text(one, "target", "reference"))]
                said = ", ".join(targets) or "aucune"
                reference = described(resource).reference
                return Text(
                    f"{reference} devrait dire sa relation {code} avec {target} (relatesTo) ; relations {code} rendues : {said}.",
                    f"{reference} should say its relation {code} to {target} (relatesTo); relations {code} returned: "
                    f"{', '.join(targets) or 'none'}.",
                )
    return None


def _leads_to(target: str, relation: Mapping[str, Any]) -> bool:
    there = first_text(relation, "target", "reference")
    return local_reference(there) == local_reference(target) if there else any(reach(relation, "target", "identifier"))


def links_resolved(reply: Reply, message: Any) -> Text | None:
    """message: the Bundle that was sent. No link of a match is still one between entries of that message."""
    if problem := bundle_type(reply, "searchset"):
        return problem
    inner = {first_text(entry, "fullUrl") for entry in entries(message)} - {""}
    for resource in matches(resource_of(reply)):
        for place, address in _links(resource, described(resource).reference):
            if address in inner:
                return Text(
                    f"{place} vaut encore {address}, qui ne mène nulle part hors du message envoyé.",
                    f"{place} is still {address}, which leads nowhere outside the message that was sent.",
                )
    return None


def set_holds(reply: Reply, references: Any) -> Text | Untold | None:
    """Among the matches, one List has each of these references as an item."""
    if problem := bundle_type(reply, "searchset"):
        return problem
    wanted = {local_reference(str(one)) for one in listed(references)}
    held = [
        {local_reference(str(one)) for one in reach(resource, "entry", "item", "reference")}
        for resource in matches(resource_of(reply))
    ]
    if any(wanted <= items for items in held):
        return None
    named = ", ".join(sorted(wanted))
    return as_far_as_read(reply, Text(f"Aucun lot rendu ne contient {named}.", f"No set that is returned holds {named}."))


def lacks_set(reply: Reply, references: Any) -> bool:
    """Whether no List of a searchset holds these references."""
    return bundle_type(reply, "searchset") is None and set_holds(reply, references) is not None


def new_version(reply: Reply, before: Any) -> Text | None:
    """before: the searchset where the same DocumentReference was found earlier. It now is another version (meta.versionId)."""
    if problem := bundle_type(reply, "searchset"):
        return problem
    earlier = {described(one).reference: first_text(one, "meta", "versionId") for one in matches(before)}
    for resource in matches(resource_of(reply)):
        reference, version = described(resource).reference, first_text(resource, "meta", "versionId")
        if not version:
            return Text(f"{reference} n'a pas de meta.versionId.", f"{reference} has no meta.versionId.")
        if version == earlier.get(reference):
            return Text(
                f"{reference} est encore la version {version}, celle d'avant la mise à jour.",
                f"{reference} still is version {version}, that of before the update.",
            )
    return None


def _changes(sent: Mapping[str, Any], kept: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Path, value sent, value found."""
    times = _TIMES_OF_SET if sent.get("resourceType") == "List" else _TIMES
    for path in (*_TEXTS, *times):
        before, after = first_text(sent, *path), first_text(kept, *path)
        if before and not (_same_time(before, after) if path in times else _same_text(before, after)):
            yield ".".join(path), before, after
    if times is _TIMES and (date := first_text(sent, "date")) and not first_text(kept, "date"):
        yield "date", date, ""  # when the reference was made: a system may say when it made its own
    yield from _lost_identifiers(sent, kept)
    yield from _changed_source_id(sent, kept)
    yield from _unnamed_subject(sent, kept)
    for person in _PEOPLE:
        yield from _changed_person(sent, kept, person)
    yield from _changed_traits(_source_patient(sent), _source_patient(kept))


def _lost_identifiers(sent: Mapping[str, Any], kept: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What a search by `identifier` finds (MHD 2:3.67.4.1.2.1); a UUID may have become the id of the resource."""
    held = [str(one) for one in reach(kept, "identifier", "value")]
    known = {fold(one) for one in (*held, f"urn:uuid:{first_text(kept, 'id')}")}
    if lost := [str(one) for one in reach(sent, "identifier", "value") if fold(str(one)) not in known]:
        yield "identifier", ", ".join(lost), ", ".join(held)


def _unnamed_subject(sent: Mapping[str, Any], kept: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """A patient who was named, of whom a mere text is left, or whose number is that of another system. None at all: `complete`."""
    before, after = _names_of_subject(sent), _names_of_subject(kept)
    if before and not after and any(reach(kept, "subject")):
        yield "subject", before[0], first_text(kept, "subject", "display")
    for system, value in described(sent).subject:
        systems = [of for of, same in described(kept).subject if same == value]
        if systems and system not in systems:
            yield "subject.identifier.system", system, ", ".join(sorted(systems))


def _names_of_subject(resource: Mapping[str, Any]) -> list[str]:
    return [str(one) for path in (("identifier", "value"), ("reference",)) for one in reach(resource, "subject", *path)]


def _changed_person(sent: Mapping[str, Any], kept: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """An identifier of someone named, a family name, of a patient a given name; names may be left out or spelled otherwise."""
    names = [("name", "family"), ("name", "given")] if path[-1] == "sourcePatientInfo" else [("name", "family")]
    for element, part in (("identifier", "value"), *names):
        before, after = _pairs(sent, path, element, part), _pairs(kept, path, element, part)
        lost = _lost(before, after)
        is_unsaid = _is_elsewhere(kept, path) if element == "identifier" else not after
        if not lost or (lost == before and is_unsaid):
            continue
        instead = {pair for pair in after if pair[0] in _first(lost)} or after
        place = path if element == "identifier" else (*path, element, part)
        yield ".".join(place), _shown(lost), _shown(instead)


_Pairs = set[tuple[str, str]]  # the system of an identifier, or the use of a name, and its value


def _lost(before: _Pairs, after: _Pairs) -> _Pairs:
    """All of them when none is left; else those whose system only has other values now."""
    written, read = ({(first, fold(value)) for first, value in pairs} for pairs in (before, after))
    if {value for _, value in written}.isdisjoint(value for _, value in read):
        return before
    return {pair for pair in before if pair[0] in _first(read) - _first(written & read)}


def _first(pairs: _Pairs) -> set[str]:
    return {first for first, _ in pairs}


def _shown(pairs: _Pairs) -> str:
    return ", ".join(sorted({value for _, value in pairs}))


def _changed_traits(sent: Mapping[str, Any], kept: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Of the patient at the source, what says who it is: what is not returned is not questioned here, nor how it is written."""
    for trait in ("birthDate", "gender"):
        before, after = first_text(sent, trait), first_text(kept, trait)
        if before and after and before != after and not after.startswith(f"{before}-") and not before.startswith(f"{after}-"):
            yield f"context.sourcePatientInfo.{trait}", before, after


def _source_patient(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """The contained source patient; empty when it is not contained."""
    named = first_text(resource, "context", "sourcePatientInfo", "reference")
    return next((one for one in objects(resource, "contained") if named == f"#{first_text(one, 'id')}"), {})


def _changed_source_id(sent: Mapping[str, Any], kept: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Of a submission set: the system that sent it. That it is not there at all is told as what the profile asks (`complete`)."""
    before, after = (
        next((first_text(one, "valueIdentifier", "value") for one in reach(resource, "extension") if _is_source_id(one)), "")
        for resource in (sent, kept)
    )
    if before and after and before != after:
        yield "extension ihe-sourceId", before, after


def _is_source_id(extension: Any) -> bool:
    return first_text(extension, "url").endswith("/ihe-sourceId")


def _same_text(before: str, after: str) -> bool:
    return before.split() == after.split()


def _same_time(before: str, after: str) -> bool:
    """Whether two FHIR times can be the same instant, whatever their zones and precisions."""
    one, other = span(before), span(after)
    return one is not None and other is not None and one[0] <= other[1] and other[0] <= one[1]


def _pairs(resource: Mapping[str, Any], path: tuple[str, ...], name: str, part: str) -> _Pairs:
    """Of those that the element names, and of those that they name in turn, in the resource itself: identifiers, or names."""
    kind = {"identifier": "system", "name": "use"}[name]
    return {
        (first_text(one, kind), str(value))
        for holder in _holders(resource, path)
        for one in objects(holder, name)
        for value in reach(one, part)
    }


def _holders(resource: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Any]:
    inside = {f"#{first_text(one, 'id')}": one for one in objects(resource, "contained")}
    left, seen = list(reach(resource, *path)), set[str]()
    while left:
        holder = left.pop()
        yield holder
        reference = first_text(holder, "reference")
        if reference in inside and reference not in seen:
            seen.add(reference)
            one = inside[reference]
            yield one
            left += [*reach(one, "practitioner"), *reach(one, "organization")]


def _is_elsewhere(resource: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Whether one that the element names, or that one of these names, is another resource."""
    references = [*reach(resource, *path, "reference")]
    references += [one for name in ("practitioner", "organization") for one in reach(resource, "contained", name, "reference")]
    return any(not str(one).startswith("#") for one in references)


def _links(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Each `reference` and `url` that is a text, with where it is."""
    if isinstance(value, Mapping):
        for name, child in value.items():
            if name in {"reference", "url"} and isinstance(child, str):
                yield f"{place}.{name}", child
            else:
                yield from _links(child, f"{place}.{name}")
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from _links(child, f"{place}[{number}]")
