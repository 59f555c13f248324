"""What a resource that is returned may be expected to carry: named elements, what its profile asks, the codes that were sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from harness.exchange import Reply, Untold
from harness.exchange.pdsm.answers import resource_of
from harness.exchange.pdsm.content import listed, objects, reach
from harness.exchange.pdsm.facts import bare, described
from harness.exchange.pdsm.mandatory import REQUIRED_OF_REFERENCE, REQUIRED_OF_SET, SET_EXTENSIONS, absent
from harness.exchange.pdsm.searchsets import found, name_sent, named
from harness.model import Text

# Size and hash have an expectation of their own (`attachment-matches`)
_REQUIRED = (
    (("masterIdentifier",), ""),
    (("status",), ""),
    *(one for one in REQUIRED_OF_REFERENCE if one[0][-1] not in {"size", "hash"}),
)
_CODED = (
    ("type",),
    ("category",),
    ("securityLabel",),
    ("content", "format"),
    ("context", "facilityType"),
    ("context", "practiceSetting"),
    ("context", "event"),
)


def complete(reply: Reply, unique_ids: Any) -> Text | Untold | None:
    """Each unique id is found, with every element that the profile of a DocumentReference, or of a set, makes mandatory."""
    if problem := found(reply, unique_ids):
        return problem
    for unique_id in listed(unique_ids):
        for resource in named(reply, bare(str(unique_id))):
            gone = ", ".join(_gone(resource))
            if gone:
                place = described(resource).reference
                return Text(
                    f"{place} n'a pas {gone}, que son profil rend obligatoire.",
                    f"{place} lacks {gone}, which its profile requires.",
                )
    return None


def codes_kept(reply: Reply, sent: Any) -> Text | Untold | None:
    """sent: a DocumentReference as it was sent. It is found with the same codes (type, class, confidentiality, event ...)."""
    name = name_sent(sent, "codes-kept")
    if problem := found(reply, name):
        return problem
    for resource in named(reply, name):
        for path in _CODED:
            lost = ", ".join(sorted(set(_codes(sent, path)) - set(_codes(resource, path))))
            if lost:
                place = f"{described(resource).reference}, {'.'.join(path)}"
                return Text(f"{place} : {lost} a été envoyé et n'est plus là.", f"{place}: {lost} was sent and is no longer there.")
    return None


def has(reply: Reply, wanted: Any) -> Text | None:
    """Names of elements, `meta.versionId`: the resource has each of them."""
    return _served(reply, wanted, False, Text("rendu sans", "returned without"))


def lacks(reply: Reply, unwanted: Any) -> Text | None:
    """Names of elements, `entry.resource.content.attachment.data`: the resource has none of them."""
    return _served(reply, unwanted, True, Text("rendu avec", "returned with"))


def _served(reply: Reply, said: Any, there: bool, words: Text) -> Text | None:
    """The named elements that are there (or are not), as a fault."""
    problem = reply.facts.get("problem")
    if isinstance(problem, Text):
        return problem
    names = map(str, listed(said))
    wrong = ", ".join(name for name in names if any(reach(resource_of(reply), *name.split("."))) is there)
    served = resource_of(reply).get("resourceType")
    return Text(f"{served} {words.fr} {wrong}.", f"{served} {words.en} {wrong}.") if wrong else None


def _gone(resource: Mapping[str, Any]) -> Iterator[str]:
    is_set = resource.get("resourceType") == "List"
    yield from (".".join(path) for path, _ in absent(resource, REQUIRED_OF_SET if is_set else _REQUIRED))
    if is_set:
        urls = {str(url).rpartition("/")[2] for url in reach(resource, "extension", "url")}
        yield from (f"extension {name}" for name in SET_EXTENSIONS if name not in urls)


def _codes(resource: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    for coding in objects(resource, *path) if path[-1] == "format" else objects(resource, *path, "coding"):
        if coding.get("code"):
            yield f"{coding.get('system', '')}|{coding['code']}"
