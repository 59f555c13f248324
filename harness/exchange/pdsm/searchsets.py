"""Expectations on the reply to a search.

Other documents of the patient may be there, in any order; what counts as an answer is a match, not an included resource.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from harness.errors import UsageError
from harness.exchange import Reply, Untold
from harness.exchange.pdsm.answers import bundle_type, content_of, resource_of, same_content
from harness.exchange.pdsm.content import entries, first_text, header, listed, reach, read_content
from harness.exchange.pdsm.facts import bare, described, matches
from harness.exchange.pdsm.paging import Unread, may_be_called
from harness.exchange.pdsm.patients import UNKNOWN_PATIENT
from harness.model import NO_TEXT, Text
from harness.secrets import without_secrets

_WHAT = {"List": Text("Lot de soumission", "Submission set")}


def found(reply: Reply, unique_ids: Any) -> Text | Untold | None:
    """Each unique id is that of a DocumentReference of the answer."""
    return _count(reply, unique_ids, lambda count: count >= 1, Text("au moins une fois", "at least once"))


def lacks(reply: Reply, unique_ids: Any) -> bool:
    """Whether one of the unique ids (also a list, or the keys of a mapping) is no match of a searchset that is read whole."""
    if bundle_type(reply, "searchset") or _unread(reply):
        return False
    wanted = [unique_ids] if isinstance(unique_ids, str) else list(unique_ids)
    return not all(any(named(reply, bare(str(one)))) for one in wanted)


def name_sent(sent: Any, expectation: str) -> str:
    """The unique id of a DocumentReference, or of a submission set, as it was sent. Raises UsageError on something else."""
    values = [first_text(sent, "masterIdentifier", "value"), *map(str, reach(sent, "identifier", "value"))]
    name = bare(next((one for one in values if one and not one.startswith("urn:uuid:")), ""))  # that one is of the entry
    if not name:
        raise UsageError(expectation, f"{expectation}: ${{steps.publish.message.entry.1.resource}}")
    return name


def named(reply: Reply, name: str) -> Iterator[Mapping[str, Any]]:
    """The matches that have this unique id."""
    return (resource for resource in matches(resource_of(reply)) if name in described(resource).names)


def found_once(reply: Reply, unique_ids: Any) -> Text | Untold | None:
    """Each unique id is that of exactly one DocumentReference of the answer."""
    return _count(reply, unique_ids, lambda count: count == 1, Text("une fois exactement", "exactly once"))


def found_at(reply: Reply, announced: Any) -> Text | Untold | None:
    """What the search picked is at the address that its creation was answered with: `DocumentReference/ID`, `List/ID`."""
    there = reply.facts.get("document_reference", "")
    if there == announced:
        return None
    shown = str(announced) if len(str(announced)) <= 120 else f"{str(announced)[:117]}..."
    if not there:
        return as_far_as_read(
            reply,
            Text(
                f"La réponse au dépôt donne l'adresse « {shown} » (location) ; la recherche ne trouve pas la ressource.",
                f"The submission's answer gives the address “{shown}” (location); a search does not find the resource.",
            ),
        )
    return Text(
        f"La réponse au dépôt donne l'adresse « {shown} » (location) ; la recherche trouve la ressource à « {there} ».",
        f"The submission's answer gives the address “{shown}” (location); a search finds the resource at “{there}”.",
    )


def not_found(reply: Reply, unique_ids: Any) -> Text | Untold | None:
    """None of the unique ids is among the matches of the searchset, all pages read."""
    if problem := _count(reply, unique_ids, lambda count: count == 0, Text("nulle part", "nowhere")):
        return problem
    if (unread := _unread(reply)) is None:
        return None
    why = _sentence(unread)
    absent = Text(
        f"L'absence du document ne peut pas être affirmée. {why.fr}",
        f"The document cannot be said to be absent. {why.en}",
    )
    return absent if unread.blamed else Untold(absent)


def total_is_matches(reply: Reply, wanted: Any) -> Text | Untold | None:
    """true: `total` is there and is the number of matches, of all pages and on each of them; a number: it is that number too.

    What is returned twice is one match: pages that overlap are not a fault of the total.
    """
    if problem := bundle_type(reply, "searchset"):
        return problem
    total, count = resource_of(reply).get("total"), len(set(_places(matches(resource_of(reply)))))
    if not isinstance(total, int) or isinstance(total, bool):
        return Text("Le searchset n'a pas de total, que MHD demande.", "The searchset has no total, which MHD asks for.")
    unread = _unread(reply) if total > count else None
    if total != count and unread is None:
        return Text(
            f"total vaut {total}, réponses différentes rendues : {count}.",
            f"total is {total}, different matches returned: {count}.",
        )
    if not isinstance(wanted, bool) and total != wanted:
        return Text(f"total vaut {total}, {wanted} attendu.", f"total is {total}, {wanted} expected.")
    for number, other in enumerate(_totals_of_further_pages(reply), start=2):
        if other != total:
            return Text(
                f"total vaut {total} à la première page et {other} à la page {number} : il compte les réponses de toutes.",
                f"total is {total} on the first page and {other} on page {number}: it counts the matches of all.",
            )
    return None if unread is None else Untold(_sentence(unread))


def _totals_of_further_pages(reply: Reply) -> Iterator[int]:
    """A page may leave `total` out."""
    first = resource_of(reply).get("total")
    for exchange in reply.others:
        response = exchange.response
        page = read_content(response.body, header(response.headers, "Content-Type")).resource if response else None
        total = page.get("total", first) if page else first
        yield total if isinstance(total, int) else 0


def only_matching(reply: Reply, wanted: Any) -> Text | None:
    """{patient, status, type}: every match is a DocumentReference (a List for ITI-66) of that patient, status and type code.

    patient: `system|value`. A match whose patient is given by a literal reference alone is not questioned; one whose subject is
    another patient is told though the patient at the source (contained) is the right one.
    """
    if problem := bundle_type(reply, "searchset"):
        return problem
    conditions = dict(wanted) if isinstance(wanted, Mapping) else {}
    kind = str(reply.facts.get("searched", "DocumentReference"))
    for resource in matches(resource_of(reply)):
        if resource.get("resourceType") != kind:
            return Text(
                f"La réponse contient un {resource.get('resourceType')} parmi les {kind}.",
                f"The answer holds a {resource.get('resourceType')} among the {kind}s.",
            )
        if problem := _mismatch(resource, conditions):
            return problem
    return None


def status_of(reply: Reply, wanted: Any) -> Text | Untold | None:
    """{unique id: status}: each DocumentReference is there with that status (`current`, `superseded`)."""
    if problem := found(reply, list(wanted)):
        return problem
    for unique_id, status in wanted.items():
        statuses = [resource.get("status") for resource in named(reply, bare(unique_id))]
        if status not in statuses:
            return Text(
                f"Le document {bare(unique_id)} a le statut {statuses[0]}, {status} attendu.",
                f"Document {bare(unique_id)} has status {statuses[0]}, {status} expected.",
            )
    return None


def attachment_matches(reply: Reply, document: Any) -> Text | Untold | None:
    """The DocumentReference found (that `pick` of the search names) announces the size and SHA-1 of the document that was sent."""
    announced = {"size": reply.facts.get("attachment_size"), "hash": reply.facts.get("attachment_hash")}
    if announced["hash"] is None or announced["size"] is None:
        problem = Text(
            "La fiche attendue n'est pas dans la réponse, ou n'annonce pas à la fois hash et taille.",
            "The DocumentReference is not there, or does not announce both hash and size.",
        )
        return problem if "document_reference" in reply.facts else as_far_as_read(reply, problem)
    return same_content(announced, content_of(document))


def attachment_truthful(reply: Reply, document: Any) -> Text | None:
    """What size and SHA-1 the DocumentReference found (that `pick` names) announces, if any, are those of the document."""
    return same_content(
        {"size": reply.facts.get("attachment_size"), "hash": reply.facts.get("attachment_hash")}, content_of(document)
    )


def attachment_address(reply: Reply, wanted: Any) -> Text | Untold | None:
    """true: the DocumentReference found (that `pick` names) says where its document is, by an http(s) address, relative or not."""
    address = reply.facts.get("attachment_url")
    if not wanted:
        return None
    if not address:
        problem = Text(
            "La fiche attendue n'est pas dans la réponse, ou n'a pas d'attachment.url.",
            "The DocumentReference is not there, or has no attachment.url.",
        )
        return problem if "document_reference" in reply.facts else as_far_as_read(reply, problem)
    shown = without_secrets(str(address))[:200]
    return (
        None
        if may_be_called(str(address))
        else Text(
            f"L'adresse du document (attachment.url) ne peut pas être appelée : {shown}",
            f"The address of the document (attachment.url) cannot be called: {shown}",
        )
    )


def full_urls(reply: Reply, wanted: Any) -> Text | None:
    """true: every entry of the searchset has its fullUrl (1..1 in the MHD response profiles)."""
    if problem := bundle_type(reply, "searchset"):
        return problem
    bare_entries = [number for number, entry in enumerate(entries(resource_of(reply)), start=1) if not entry.get("fullUrl")]
    if not wanted or not bare_entries:
        return None
    return Text(f"L'entrée {bare_entries[0]} n'a pas de fullUrl.", f"Entry {bare_entries[0]} has no fullUrl.")


def self_link(reply: Reply, wanted: Any) -> Text | None:
    """true: the searchset has a `self` link; names of parameters: that link names each of them too.

    A parameter goes by its first part, for a chain may be written in several ways; `subject` is another name of `patient`.
    """
    if problem := bundle_type(reply, "searchset"):
        return problem
    links = [one for one in reach(resource_of(reply), "link") if first_text(one, "relation") == "self"]
    if not wanted or (links and wanted is True):
        return None
    if not links:
        return Text("Le searchset n'a pas de lien self.", "The searchset has no self link.")
    address = first_text(links[0], "url")
    named = _parameters(address)
    untold = ", ".join(name for name in map(str, listed(wanted)) if _PART.split(name)[0] not in named)
    shown = without_secrets(address)[:200]
    return (
        Text(
            f"Le lien self (« {shown} ») ne dit pas tout ce qui a été cherché : il y manque {untold}.",
            f"The self link (“{shown}”) does not say all that was searched: it lacks {untold}.",
        )
        if untold
        else None
    )


_PART = re.compile("[.:]")


def _parameters(address: str) -> set[str]:
    """First parts of the names of the parameters in it; none when it is no URL."""
    try:
        query = urlsplit(address).query
    except ValueError:
        return set()
    names = {_PART.split(name)[0] for name, _ in parse_qsl(query, keep_blank_values=True)}
    return names | {"patient"} if "subject" in names else names


def _count(reply: Reply, unique_ids: Any, holds: Callable[[int], bool], how_often: Text) -> Text | Untold | None:
    if problem := bundle_type(reply, "searchset"):
        return problem
    for unique_id in listed(unique_ids):
        name = bare(str(unique_id))
        places = _places(named(reply, name))
        count = len(places)
        if not holds(count):
            unread = _unread(reply)
            is_unknown = count == 0 and unread is None and bool(reply.facts.get("unknown_patient"))
            why = _sentence(unread) if unread else UNKNOWN_PATIENT if is_unknown else _again(places)
            what = _WHAT.get(str(reply.facts.get("searched")), Text("Document", "Document"))
            often = "once" if count == 1 else f"{count} times"
            text = Text(
                f"{what.fr} {name} trouvé {count} fois, attendu {how_often.fr}. {why.fr}".rstrip(),
                f"{what.en} {name} found {often}, expected {how_often.en}. {why.en}".rstrip(),
            )
            is_untold = is_unknown or (unread is not None and not unread.blamed and count == 0)
            return Untold(text) if is_untold else text
    return None


def as_far_as_read(reply: Reply, missing: Text) -> Text | Untold:
    """That something is missing, which cannot be told where it may be on a page that we left."""
    unread = _unread(reply)
    if unread is None:
        return missing
    why = _sentence(unread)
    text = Text(f"{missing.fr} {why.fr}", f"{missing.en} {why.en}")
    return text if unread.blamed else Untold(text)


def _places(resources: Iterable[Mapping[str, Any]]) -> list[str]:
    """Where each is; what has no id is the same as no other."""
    return [described(one).reference if "id" in one else f"#{number}" for number, one in enumerate(resources)]


def _again(places: Sequence[str]) -> Text:
    """That one resource is returned several times, which is no second copy of the document."""
    twice = next((place for place in places if places.count(place) > 1), None)
    if twice is None:
        return NO_TEXT
    return Text(
        f"La même ressource ({twice}) est rendue plusieurs fois.", f"The same resource ({twice}) is returned several times."
    )


def _unread(reply: Reply) -> Unread | None:
    unread = reply.facts.get("unread")
    return unread if isinstance(unread, Unread) else None


def _sentence(unread: Unread) -> Text:
    """Why some pages of the answer were not read."""
    return Text(f"{unread.why.fr.rstrip('.')}.", f"{unread.why.en.rstrip('.')}.")


def _names_another(patients: Collection[tuple[str, str]], system: str, value: str) -> bool:
    """Whether they have other values of this system (of any, when it is empty), and not this one."""
    values = {found for place, found in patients if place == system or not system}
    return bool(values) and value not in values


def _mismatch(resource: Mapping[str, Any], conditions: Mapping[str, Any]) -> Text | None:
    seen = described(resource)
    for name, wanted in conditions.items():
        if name == "patient":
            system, _, value = str(wanted).rpartition("|")
            if _names_another(seen.subject, system, value) or _names_another(seen.patients, system, value):
                return Text(
                    f"La réponse contient {seen.reference}, d'un autre patient.",
                    f"The answer holds {seen.reference}, of another patient.",
                )
        elif name in {"status", "type"}:
            values = {seen.status} if name == "status" else set(reach(resource, "type", "coding", "code"))
            if wanted not in values:
                shown = ", ".join(sorted(map(str, values)))
                return Text(
                    f"La réponse contient {seen.reference}, dont {name} vaut {shown} et non {wanted}.",
                    f"The answer holds {seen.reference}, whose {name} is {shown} and not {wanted}.",
                )
        else:
            raise UsageError(f"only-matching: {name}", "only-matching: {patient, status, type}")
    return None
