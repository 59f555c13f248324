"""The codes of a resource against the value sets their elements are bound to.

Source: FHIR R4, terminologies, strengths of a binding: required obliges (error), extensible obliges where a code of the value set
fits, which only a reader can tell (warning), preferred recommends (info), example says nothing. What cannot be told is counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from ...documents.fhir_tree import Node
from ...model import NO_TEXT, Text, counted
from .codings import CODINGS, Codings, parts_of, sentences
from .remarks import Remarks
from .shapes import BASE, CODED, Element
from .terms.terminology import Terminology
from .terms.verdict import Answer

_BOUND = CODINGS | {"CodeableConcept", "code", "string", "uri", "url"}  # R4, eld-11
_WORDS = (str, type(None))
_CONCEPTS = frozenset({"CodeableConcept", "Coding"})
_ABSENT = frozenset({f"{BASE}data-absent-reason", f"{BASE}iso21090-nullFlavor"})
_NO_EXCUSE = Text(
    "Dire pourquoi il manque n'en tient pas lieu : écrire un code de ce jeu (unknown, s'il l'a), ou omettre un élément facultatif.",
    "Saying why it is missing does not replace it: write a code of this set (unknown, if it has it), or omit an optional element.",
)
_STRENGTHS = {
    "required": Text("obligatoire", "required"),
    "extensible": Text("à utiliser si un de ses codes convient", "extensible"),
    "preferred": Text("recommandé", "preferred"),
}
_ADMITTED = {"CapabilityStatement.format": ("xml", "json", "ttl")}  # R4 admits these words beside media types
_NAMED = 3  # value sets, or systems of one, named in one sentence
_FRENCH = r"https?://(?:hl7\.fr/ig/fhir/core|interopsante\.org/fhir)/CodeSystem/fr-(?:core-)?(?:cs-)?"
_FRENCH_TYPES = re.compile(_FRENCH + r"(?:v2-0203|location-identifier-type)\|.*")  # R4 has no code for an INS, an RPPS, a FINESS
# those that FR Core takes from HL7 v2 beyond the few that R4 lists: internal, of a region, of social security
_V2_TYPES = r"http://terminology\.hl7\.org/CodeSystem/v2-0203\|(?:NH|PI|RRI)"
# types of what MHD identifies (since 4.2.4), and of what XDS refers to, which PDSm takes over (an order, an accession number)
_IHE_TYPES = r"https://profiles\.ihe\.net/ITI/MHD/CodeSystem/IHE\.MHD\.MHDIdentifierType\|.*|urn:ietf:rfc:3986\|urn:ihe:iti:xds:.*"
# system|code of a profile that an extensible value set does not have and leaves room for
_BESIDE: Mapping[str, re.Pattern[str]] = {
    "http://hl7.org/fhir/ValueSet/identifier-type": re.compile(f"{_FRENCH_TYPES.pattern}|{_V2_TYPES}|{_IHE_TYPES}"),
    "https://hl7.fr/ig/fhir/core/ValueSet/fr-core-vs-patient-identifier-type": _FRENCH_TYPES,
    # since 2.2.0
    "https://hl7.fr/ig/fhir/core/ValueSet/fr-core-vs-identity-reliability": re.compile(_FRENCH + r"identity-status\|.*"),
    # who may see a document of the DMP: of these R4 has normal, restricted and very restricted
    "http://hl7.org/fhir/ValueSet/security-labels": re.compile(r"https://mos\.esante\.gouv\.fr/NOS/TRE_A07-[^|]*\|(?!N$|R$|V$).+"),
}
_UNTOLD_CODE = Text(
    "code qui n'a pas pu être cherché dans son jeu de valeurs", "code that could not be checked against its value set"
)
_UNTOLD_CODES = Text(
    "codes qui n'ont pas pu être cherchés dans leur jeu de valeurs",
    "codes that could not be checked against their value set",
)


class _Obligation(NamedTuple):
    """What a binding asks. strength: `""` where the definition itself names the code; is_base: of R4 itself; waits: until profiles
    have spoken.
    """

    strength: str
    value_set: str
    requirement: str
    is_base: bool
    waits: bool
    further: Sequence[str]
    limit: str


class Bindings:
    """Judges the codes of one document. at: the day on which a retired code has to be still in use."""

    def __init__(self, terminology: Terminology, at: date | None = None) -> None:
        self._terminology = terminology
        self._met: set[tuple[int, str]] = set()  # (element, value set): base R4 and each profile ask the same again
        self._told: dict[tuple[int, str, str], tuple[Text, Text]] = {}  # message and hint, which several of them give too
        self._untold: dict[str, dict[int, Text]] = {}  # value set -> element -> why
        self._codings = Codings(terminology, at)
        self._of_base: list[tuple[Node, str, str, str]] = []  # element, requirement, value set, strength
        self._obliged: set[int] = set()  # elements that a profile binds by a required value set of its own
        self._granted: set[int] = set()  # elements whose code a profile names, or has in a value set of its own

    def judge(self, node: Node, element: Element, remarks: Remarks) -> None:
        """One element against the binding that a profile gives it; of a choice, only the types that carry codes are bound."""
        if element.binding is None or node.type not in _BOUND or not isinstance(node.value, _WORDS):  # a number: told of its type
            return
        obligation: _Obligation = element.obligation or _obligation_of(element, element.binding)
        strength, value_set, requirement, is_base, waits, further, limit = obligation
        if waits:
            self._of_base.append((node, requirement, value_set, strength))
        elif strength in _STRENGTHS:
            self._against(node, requirement, value_set, strength, remarks, element.beside)
        if strength == "required" and not is_base:
            self._obliged.add(id(node))
        if strength in ("required", "extensible") and not is_base and (id(node), value_set) in self._met:
            self._granted.add(id(node))
        for canonical in further:
            self._against(node, requirement, canonical, "required", remarks)
        if limit and (strength == "extensible" or _codings(node)):  # a limit is on codes: what may do without one is not obliged
            if is_base:
                self._of_base.append((node, requirement, limit, "required"))
            else:
                self._against(node, requirement, limit, "required", remarks)

    def prescribed(self, node: Node) -> None:
        """To be called when a profile fixes the code of this element, or of a part of it."""
        holder: Node | None = node
        while holder is not None and holder.type in CODED:
            self._granted.add(id(holder))
            holder = holder.parent

    def base(self, remarks: Remarks, beside: Callable[[Node], Iterable[str]]) -> None:
        """The widest and the extensible value sets of base R4, once profiles have spoken.

        What a profile obliges to is not held against a resource, nor what its author found no code for in R4's own value set.
        beside: value sets that the profiles of an element bind such elements to, whichever of their slices it is of.
        """
        for node, requirement, canonical, strength in self._of_base:
            if id(node) not in self._obliged and not (strength == "extensible" and id(node) in self._granted):
                self._against(node, requirement, canonical, strength, remarks, partial(beside, node))

    def codings(self, nodes: Iterable[Node], root: Node, remarks: Remarks) -> None:
        """Every Coding and coded Quantity of a document against its own system, whatever binds it."""
        out = frozenset(at for at, _, strength in self._told if strength != "preferred")
        self._codings.judge(nodes, root, remarks, out)

    def member(self, node: Node, binding: Mapping[str, str]) -> bool | None:
        """Whether an element has a code of the value set; None when that cannot be told."""
        kinds = {self._answer(binding.get("valueset", ""), coding).kind for coding in _codings(node)}
        return True if "in" in kinds else None if "unknown" in kinds else False

    def system(self, node: Node, system: str, requirement: str, remarks: Remarks) -> bool:
        """Whether this can be a code system at all; reports it when not."""
        return self._codings.system(node, system, requirement, remarks)

    def is_code(self, system: str, code: str, version: str = "") -> bool | None:
        """Whether it is a code of its system; None when that cannot be told, of a version that is not at hand either."""
        if version and not self._terminology.has_version(system, version):
            return None
        kind = self._terminology.code(system, code).kind
        return None if kind == "unknown" else kind == "in"

    def is_in(self, canonical: str, system: str, code: str) -> bool | None:
        """Whether a code is in a value set."""
        kind = self._terminology.validate(canonical, system, code).kind
        return None if kind == "unknown" else kind == "in"

    def not_judged(self) -> tuple[Text, ...]:
        """In words: the codes whose membership could not be told, those that a server was to check and did not, and why."""
        if not self._untold:
            return self._codings.unchecked
        count = len(set().union(*self._untold.values()))
        largest = sorted(self._untold.items(), key=lambda item: (-len(item[1]), item[0]))
        reasons = [(self._terminology.title(canonical), next(iter(nodes.values()))) for canonical, nodes in largest[:_NAMED]]
        more = f" (+{len(largest) - _NAMED})" if len(largest) > _NAMED else ""
        codes = counted(count, _UNTOLD_CODE, _UNTOLD_CODES)
        return (
            Text(
                f"{codes.fr} : " + " ; ".join(f"{title} ({why.fr})" for title, why in reasons) + more,
                f"{codes.en}: " + "; ".join(f"{title} ({why.en})" for title, why in reasons) + more,
            ),
            *self._codings.unchecked,
        )

    def absent(self) -> set[str]:
        """Value sets that no installed package gives, of codes that could not be told."""
        return {canonical for canonical in self._untold if self._terminology.at_hand.members(canonical) is None}

    def _against(
        self,
        node: Node,
        requirement: str,
        canonical: str,
        strength: str,
        remarks: Remarks,
        beside: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        met = (id(node), canonical)
        if not canonical or met in self._met:
            return
        codings = _codings(node)
        doubt: Answer | None = None
        first: Answer | None = None
        for coding in codings:
            answer = self._answer(canonical, coding)
            if answer.kind == "in":
                self._met.add(met)
                return
            if doubt is None and answer.kind == "unknown":
                doubt = answer
            first = first or answer
        if node.value in _ADMITTED.get(requirement.rpartition("#")[2], ()):
            return
        if strength == "extensible" and (
            id(node) in self._granted
            or self._is_beside(canonical, codings)
            or any(self._answer(one, coding).kind == "in" for one in beside() for coding in codings)
        ):
            return
        if first is None:
            self._without_code(node, requirement, canonical, strength, remarks)
            return
        if doubt is not None:
            if strength != "preferred":
                url = canonical.partition("|")[0]  # base R4 and a profile name different versions of it
                self._untold.setdefault(url, {})[id(node)] = doubt.reason or NO_TEXT
            return
        if strength == "required":
            remarks.refute()
        asked = (id(node), canonical, strength)
        if asked not in self._told:
            self._told[asked] = self._told_of(codings, canonical, strength, first)
        tell = remarks.error if strength == "required" else remarks.warning if strength == "extensible" else remarks.info
        tell("FHIR-BINDING", requirement, node, *self._told[asked])

    def _is_beside(self, canonical: str, codings: list[tuple[str | None, str, str | None]]) -> bool:
        """Whether it is one of the codes that France or IHE uses beside those of this extensible value set."""
        beside = _BESIDE.get(canonical.partition("|")[0])
        if beside is None:
            return False
        further = ((system, code) for system, code, _ in codings if system and beside.fullmatch(f"{system}|{code}"))
        return any(self.is_code(system, code) is not False for system, code in further)

    def _told_of(
        self, codings: list[tuple[str | None, str, str | None]], canonical: str, strength: str, answer: Answer
    ) -> tuple[Text, Text]:
        """Message and hint."""
        title, said = self._terminology.title(canonical), _STRENGTHS[strength]
        shown = ", ".join(f"« {code} »" for _, code, _ in codings)
        english = ", ".join(f"'{code}'" for _, code, _ in codings)
        message = Text(
            f"{shown} n'est pas du jeu de valeurs {title} ({said.fr})", f"{english} is not in the value set {title} ({said.en})"
        )
        return message, self._hint(canonical, *codings[0][:2], answer)

    def _without_code(self, node: Node, requirement: str, canonical: str, strength: str, remarks: Remarks) -> None:
        """No code where one is obliged: words alone, or extensions alone.

        R4, terminologies, required: the concept SHALL be of the value set. That it is unknown is said by a code of the set (IPS,
        missing data); where the set has none, nothing else takes its place (US Core, missing data: the instance does not conform).
        """
        extended = _is_extended_only(node)
        if strength == "preferred" or (extended and not (strength == "required" and _has_to_be_coded(node))):
            return
        title = self._terminology.title(canonical)
        if strength == "required":
            message = Text(f"un code du jeu de valeurs {title} est obligatoire", f"a code of the value set {title} is required")
            remarks.error("FHIR-BINDING", requirement, node, message, _NO_EXCUSE if extended else NO_TEXT)
        else:
            message = Text(
                f"aucun code : le jeu de valeurs {title} est à utiliser si un de ses codes convient",
                f"no code: one of the value set {title} is expected where one fits",
            )
            remarks.info("FHIR-BINDING", requirement, node, message)

    def _answer(self, canonical: str, coding: tuple[str | None, str, str | None]) -> Answer:
        system, code, display = coding
        if system == "":
            return Answer("out", reason=Text("un code sans système n'a pas de sens", "a code without its system has no meaning"))
        return self._terminology.validate(canonical, system, code, display)

    def _hint(self, canonical: str, system: str | None, code: str, answer: Answer) -> Text:
        """Why the code is not in the value set, and which one was probably meant."""
        why = answer.reason or NO_TEXT
        systems = self._terminology.systems(canonical)
        if system and systems and not self._terminology.takes_from(canonical, system):
            shown = ", ".join(systems[:_NAMED])
            why = Text(f"Il prend ses codes dans {shown}.", f"It takes its codes from {shown}.")
        else:
            near = self._terminology.near(canonical, code)
            why = Text(sentences(why.fr, near.fr), sentences(why.en, near.en))
        return why


def _obligation_of(element: Element, binding: Mapping[str, Any]) -> _Obligation:
    strength, requirement = binding.get("strength", ""), element.requirement
    if strength == "extensible" and _tells_its_code(element):
        strength = ""  # its author found no code of the value set that fits
    made = element.obligation = _Obligation(
        strength=strength,
        value_set=binding.get("valueset", ""),
        requirement=requirement,
        is_base=requirement.startswith(BASE),
        waits=strength == "extensible" and _is_of_type(requirement),
        further=binding.get("further", ()),
        limit=binding.get("max", ""),
    )
    return made


def _tells_its_code(element: Element) -> bool:
    """Whether the definition itself fixes the code of a coding, as that by which a slice is told."""
    codings = (child for child in element.children if child.name == "coding")
    return any(part.name == "code" and part.wanted for coding in codings for part in coding.children)


def _is_of_type(requirement: str) -> bool:
    """Whether an element is that of R4's own definition of its type (`…/Identifier#Identifier.type`), of no profile."""
    canonical, _, path = requirement.partition("#")
    return canonical == BASE + path.partition(".")[0]


def _is_extended_only(node: Node) -> bool:
    return node.value is None and node.children.keys() <= {"id", "extension"}


def _has_to_be_coded(node: Node) -> bool:
    """Whether no extension may stand for the code: none for the Coding of a concept; for a `code`, not the reason of its absence.

    Another may, such as the code that a later version of FHIR has.
    """
    if node.type != "code":
        return node.type in _CONCEPTS
    said = node.children.get("extension", ())
    return bool(said) and all(one.text("url") in _ABSENT for one in said)


def _codings(node: Node) -> list[tuple[str | None, str, str | None]]:
    """(system, code, display) that an element carries; system None for a bare code, "" for one that is missing."""
    if node.type == "CodeableConcept":
        return [parts for coding in node.children.get("coding", ()) if (parts := parts_of(coding))[1]]
    if node.type in CODINGS:
        return [parts for parts in (parts_of(node),) if parts[1]]
    return [] if node.value is None else [(None, str(node.value), None)]
