"""Which profile a document is to be judged with: by the templates it claims, the version it writes, its code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable
from datetime import date

from ..library import is_in_force
from ..library.in_force import NOT_TO_BE_IMPLEMENTED, latest
from ..model import NO_TEXT, ProfileHead, Text
from ..values import dataclass
from .codes.slips import is_slip
from .node import Node

HEADER = "cda/header"
_GENERAL = ("2.16.840.1.113883.2.8.2.1", "1.2.250.1.213.1.1.1.1")
_UNSTRUCTURED = "1.3.6.1.4.1.19376.1.2.20"
_OF_CISIS = "1.2.250.1.213.1.1.1."
_OF_FRANCE = "1.2.250."
_ABROAD = ("1.3.6.1.4.1.12559.11.10.", "2.16.840.1.113883.10.", "2.16.840.1.113883.2.", "2.16.756.", "1.2.40.", "1.2.276.")
_DOCUMENTS = frozenset(("ClinicalDocument", "parentDocument", "externalDocument"))  # may be of a document's template
_CONTENT_OF_CISIS = ("1.2.250.1.213.1.1.2.", "1.2.250.1.213.1.1.3.")  # sections, entries
_LONGEST = 200  # signs of what a document says it is that are told: its title may be as long as it likes


@dataclass(frozen=True, slots=True)
class Claims:
    """What a document says it is. templates: (root, extension) without the two general ones, roots: of these; structured: it has
    no nonXMLBody."""

    templates: tuple[tuple[str, str | None], ...]
    roots: frozenset[str]
    code: tuple[str, str]
    title: str
    structured: bool


@dataclass(frozen=True, slots=True)
class Recognition:
    """head: None when no volet that is known was recognised; assumed: the document does not write its version; unknown: it writes
    one that its volet, which is known, does not have; meant: where no volet was recognised, those that its code is of."""

    head: ProfileHead | None
    assumed: bool
    not_judged: tuple[Text, ...]
    unknown: bool = False
    meant: tuple[ProfileHead, ...] = ()


def claims(root: Node) -> Claims:
    named = root.named
    said = [claim.attributes for claim in named.get("templateId", ())]
    templates = tuple((one.get("root", ""), one.get("extension")) for one in said if one.get("root", "") not in _GENERAL)
    codes = [code.attributes for code in named.get("code", ())[:1]]
    code = (codes[0].get("code", ""), codes[0].get("codeSystem", "")) if codes else ("", "")
    title = " ".join(word for title in named.get("title", ())[:1] for word in _cut(title.text).split())
    structured = not any("nonXMLBody" in component.named for component in named.get("component", ()))
    return Claims(templates, frozenset(root for root, _ in templates), code, title, structured)


class Volets:
    """The profiles of CDA documents, by what a document claims them with: a template, or its code where they have none.

    templates: those of documents, with the two general ones.
    """

    def __init__(self, heads: Iterable[ProfileHead]) -> None:
        self.all = [head for head in heads if head.kind == "cda"]
        self._by_template: defaultdict[str, list[ProfileHead]] = defaultdict(list)
        self._by_code: defaultdict[tuple[str, str], list[ProfileHead]] = defaultdict(list)
        for head in self.all:
            if head.template is not None:
                self._by_template[head.template].append(head)
            else:
                for code in head.codes:
                    self._by_code[code].append(head)
        self.templates = frozenset((*_GENERAL, *self._by_template))

    def claimed(self, said: Claims) -> list[ProfileHead]:
        """By coordinate."""
        found = [head for root in said.roots for head in self._by_template.get(root, ())]
        if not said.structured or said.roots <= {_UNSTRUCTURED}:  # a volet whose documents have templates is known by these
            found += self._by_code.get(said.code, [])
        return sorted(found, key=lambda head: head.coordinate)


def recognise(said: Claims, known: Volets, at: date) -> Recognition:
    """The profile of the document's volet and version, among those in force at a date; none: what could not be judged, in words."""
    volets = known.claimed(said)
    if not volets:
        return Recognition(None, False, (_not_covered(said),), meant=_meant(known.all, said))
    volets = _of_its_code(volets, said)
    specific = max(_specificity(head) for head in volets)
    volets = [head for head in volets if _specificity(head) == specific]
    written = _written_version(volets[0], said)
    if written is not None:
        exact = [head for head in volets if written in (head.extension, head.version)]
        if exact:
            return Recognition(_latest(exact, at), False, ())
        if any(head.extension is not None for head in volets):
            return Recognition(None, False, (_version_not_covered(volets, written),), unknown=True)
        return Recognition(_latest(volets, at), False, ())
    assumable = [head for head in volets if head.status not in NOT_TO_BE_IMPLEMENTED] or volets
    return Recognition(_latest(assumable, at), not _only_unstructured(said), ())


def of_another_country(root: Node) -> Text | None:
    """How a document of which no volet was recognised says that it is none of the CI-SIS; none when it may be one told badly.

    It has no template of France, nor its realm, nor an identifier of hers for the patient; and names another realm, or claims
    templates of Europe's cross-border services, of HL7 or of a neighbour.
    """
    named = root.named
    roots = [claim.attributes.get("root", "") for claim in named.get("templateId", ())]
    realms = [realm.attributes.get("code", "") for realm in named.get("realmCode", ())]
    roles = (role for target in named.get("recordTarget", ()) for role in target.named.get("patientRole", ()))
    patients = (id.attributes.get("root", "") for role in roles for id in role.named.get("id", ()))
    if "FR" in realms or any(one in _GENERAL or one.startswith(_OF_FRANCE) for one in (*roots, *patients)):
        return None
    if not any(realms) and not any(one.startswith(_ABROAD) for one in roots):
        return None
    french, english = _cut(", ".join(realms)) or "non dit", _cut(", ".join(realms)) or "not told"
    templates = _cut(", ".join(dict.fromkeys(roots)))
    return Text(
        f"Ce document n'est pas du CI-SIS : aucun modèle de France (périmètre : {french} ; modèles : {templates or 'aucun'}).",
        f"This document is not of the CI-SIS: no template of France (realm: {english}; templates: {templates or 'none'}).",
    )


def doubtful_templates(
    root: Node, bearers: Callable[[str], frozenset[str]], documents: Container[str]
) -> tuple[dict[str, Node], dict[str, Node]]:
    """Templates of the CI-SIS that no file defines, then those claimed by an element that they are not for (that of an entry on
    an author, that of a document on an entry), each with the first element that claims it so.

    bearers: of each root, the elements that one of its templates stands on; none for a root that is not known. documents: the roots
    of documents.
    """
    unknown: dict[str, Node] = {}
    misplaced: dict[str, Node] = {}
    for claim, nodes in root.index.claims.items():
        allowed = bearers(claim or "") or (_DOCUMENTS if claim in documents else frozenset())
        if not allowed:
            if claim is not None and claim.startswith(_CONTENT_OF_CISIS):
                unknown[claim] = min(nodes, key=lambda node: node.order)
            continue
        for node in nodes:
            if node.tag not in allowed and node.order <= misplaced.setdefault(claim or "", node).order:
                misplaced[claim or ""] = node
    return unknown, misplaced


def _claimed(head: ProfileHead, said: Claims) -> bool:
    return said.code in head.codes if head.template is None else head.template in said.roots


def _of_its_code(volets: list[ProfileHead], said: Claims) -> list[ProfileHead]:
    """Of several volets that a document claims, those whose code it bears, and what is a kind of these; all where none is."""
    own = [head for head in volets if head.template is not None and said.code in head.codes]
    arcs = tuple(f"{head.template}." for head in own)
    return [head for head in volets if head in own or (head.template or "").startswith(arcs)] if own else volets


def _specificity(head: ProfileHead) -> int:
    """Among claims of one document the longest template says most. That of all unstructured documents says less than a code does:
    what such a document reports on is in its code alone."""
    return 0 if head.template == _UNSTRUCTURED else 1 + len(head.template or "")


def _meant(heads: Iterable[ProfileHead], said: Claims) -> tuple[ProfileHead, ...]:
    """Volets whose code a structured document bears and whose template it misspells, or writes none of the CI-SIS in place of.

    A template of the CI-SIS that is none of these is that of a volet not known here: it may well have the same code.
    """
    if not said.structured:
        return ()
    written = [root for root, _ in said.templates if root.startswith(_OF_CISIS)]
    theirs = [head for head in heads if head.template is not None and said.code in head.codes]
    return tuple(head for head in theirs if not written or any(is_slip(root, head.template or "") for root in written))


def _only_unstructured(said: Claims) -> bool:
    """The document claims no volet's template (an unstructured one may not), so it has no place to write a volet's version."""
    return bool(said.templates) and all(root == _UNSTRUCTURED for root, _ in said.templates)


def _written_version(head: ProfileHead, said: Claims) -> str | None:
    return next((extension for root, extension in said.templates if root == head.template), None)


def _latest(heads: list[ProfileHead], at: date) -> ProfileHead:
    """The latest of those in force at the date; where none is, the latest of all."""
    return latest([head for head in heads if is_in_force(head, at)] or heads)


def mismatch(said: Claims, head: ProfileHead) -> bool:
    """Whether the document does not claim the profile that it was asked to be judged with."""
    return (head.template is not None or bool(head.codes)) and not _claimed(head, said)


def _not_covered(said: Claims) -> Text:
    if not said.structured or any(root == _UNSTRUCTURED for root, _ in said.templates):
        return Text(
            f"Corps non structuré (CDA R2 niveau 1){_named(said).fr} : seul l'en-tête a été jugé, pas le contenu du corps.",
            f"Unstructured body (CDA R2 level 1){_named(said).en}: only the header was judged, not the content of the body.",
        )
    roots = _cut(", ".join(root if extension is None else f"{root} ({extension})" for root, extension in said.templates))
    french, english = roots or "aucun", roots or "none"
    return Text(
        f"Volet non couvert{_named(said).fr} : seul l'en-tête a été jugé, pas le corps. Modèle de document : {french}.",
        f"Volet not covered{_named(said).en}: only the header was judged, not the body. Document template: {english}.",
    )


def _version_not_covered(volets: list[ProfileHead], written: str) -> Text:
    known = ", ".join(sorted(f"{head.coordinate}" for head in volets))
    title, written = volets[0].title, _cut(written)
    return Text(
        f"Version « {written} » de « {title.fr} » non couverte (connue : {known}) : seul l'en-tête a été jugé, pas le corps.",
        f'Version "{written}" of "{title.en}" not covered (known: {known}): only the header was judged, not the body.',
    )


def _named(said: Claims) -> Text:
    parts = [f"code {_cut(said.code[0])}"] if said.code[0] else []
    parts += [f"« {said.title} »"] if said.title else []
    words = ", ".join(parts)
    return Text(f" ({words})", f" ({words})") if words else NO_TEXT


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
