"""The codes of a resource against the value sets their elements are bound to, and against their own systems.

Source: FHIR R4, terminologies, strengths of a binding: required obliges (error), extensible obliges where a code of the value set
fits, which only a reader can tell (warning), preferred recommends (info), example says nothing. What cannot be told is counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from typing import Protocol

from ...documents.fhir_tree import Node
from ...model import Text, counted
from .shapes import BASE, CODED, QUANTITIES
from .terms import known_systems
from .terms.terminology import Answer, Terminology

CODINGS = frozenset({"Coding", *QUANTITIES})  # types of what names a code and its system
_BOUND = CODINGS | {"CodeableConcept", "code", "string", "uri", "url"}  # R4, eld-11
_CONCEPTS = frozenset({"CodeableConcept", "Coding"})
_STRENGTHS = {
    "required": Text("obligatoire", "required"),
    "extensible": Text("à utiliser si un de ses codes convient", "extensible"),
    "preferred": Text("recommandé", "preferred"),
}
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_CODE = f"{BASE}Coding#Coding"
_ADMITTED = {"CapabilityStatement.format": ("xml", "json", "ttl")}  # R4 admits these words beside media types
_ENGLISH = ("http://hl7.org/", "http://terminology.hl7.org/")  # systems that tell their wordings in English, said or not
_NAMED = 3  # value sets or systems named in one sentence
_FRENCH = r"https?://(?:hl7\.fr/ig/fhir/core|interopsante\.org/fhir)/CodeSystem/fr-(?:core-)?(?:cs-)?"
_FRENCH_TYPES = re.compile(_FRENCH + r"(?:v2-0203|location-identifier-type)\|.*")  # R4 has no code for an INS, an RPPS, a FINESS
# types of what MHD identifies (since 4.2.4), and of what XDS refers to, which PDSm takes over (an order, an accession number)
_IHE_TYPES = r"https://profiles\.ihe\.net/ITI/MHD/CodeSystem/IHE\.MHD\.MHDIdentifierType\|.*|urn:ietf:rfc:3986\|urn:ihe:iti:xds:.*"
_BESIDE: Mapping[
    str, re.Pattern[str]
] = {  # system|code of a profile that an extensible value set does not have and leaves room for
    "http://hl7.org/fhir/ValueSet/identifier-type": re.compile(f"{_FRENCH_TYPES.pattern}|{_IHE_TYPES}"),
    "https://hl7.fr/ig/fhir/core/ValueSet/fr-core-vs-patient-identifier-type": _FRENCH_TYPES,
    # since 2.2.0
    "https://hl7.fr/ig/fhir/core/ValueSet/fr-core-vs-identity-reliability": re.compile(_FRENCH + r"identity-status\|.*"),
    # who may see a document of the DMP: of these R4 has normal, restricted and very restricted
    "http://hl7.org/fhir/ValueSet/security-labels": re.compile(r"https://mos\.esante\.gouv\.fr/NOS/TRE_A07-[^|]*\|(?!N$|R$|V$).+"),
}
_NOTHING = Text("", "")
_UNTOLD_CODE = Text(
    "code dont on ne peut dire s'il est de son jeu de valeurs", "code of which it cannot be told whether it is in its value set"
)
_UNTOLD_CODES = Text(
    "codes dont on ne peut dire s'ils sont de leur jeu de valeurs",
    "codes of which it cannot be told whether they are in their value set",
)


class Bound(Protocol):
    """An element that a profile binds. binding: {"strength", "valueset"} and, where the profile sets a limit, {"max"}."""

    binding: Mapping[str, str] | None

    @property
    def requirement(self) -> str: ...

    def beside(self) -> Iterable[str]: ...


class Sink(Protocol):
    """Where remarks go. refute: called before an error is put into words."""

    def refute(self) -> None: ...

    def error(self, rule: str, requirement: str, node: Node, message: Text, hint: Text = ...) -> None: ...

    def warning(self, rule: str, requirement: str, node: Node, message: Text, hint: Text = ...) -> None: ...

    def info(self, rule: str, requirement: str, node: Node, message: Text, hint: Text = ...) -> None: ...


class Bindings:
    """Judges the codes of one document. at: the day on which a retired code has to be still in use."""

    def __init__(self, terminology: Terminology, at: date | None = None) -> None:
        self._terminology = terminology
        self._at = "" if at is None else at.isoformat()
        self._met: set[tuple[int, str]] = set()  # (element, value set): base R4 and each profile ask the same again
        self._told: dict[tuple[int, str, str], tuple[Text, Text]] = {}  # message and hint, which several of them give too
        self._untold: dict[str, dict[int, Text]] = {}  # value set -> element -> why
        self._unchecked: tuple[Text, ...] = ()  # what a server was to say of codes that nothing obliges, and did not
        self._of_base: list[tuple[Node, str, str, str]] = []  # element, requirement, value set, strength
        self._obliged: set[int] = set()  # elements that a profile binds by a required value set of its own
        self._granted: set[int] = set()  # elements whose code a profile names, or has in a value set of its own

    # ---------------------------------------------------------- bindings

    def judge(self, node: Node, element: Bound, remarks: Sink) -> None:
        """One element against the binding that a profile gives it; of a choice, only the types that carry codes are bound."""
        binding = element.binding
        if binding is None or node.type not in _BOUND or not isinstance(node.value, str | None):  # a number: told of its type
            return
        strength, value_set = binding.get("strength", ""), binding.get("valueset", "")
        requirement = element.requirement
        is_base = requirement.startswith(BASE)
        if strength == "extensible" and _is_of_type(requirement):
            self._of_base.append((node, requirement, value_set, strength))
        elif strength in _STRENGTHS:
            self._against(node, requirement, value_set, strength, remarks, element.beside)
        if strength == "required" and not is_base:
            self._obliged.add(id(node))
        if strength in ("required", "extensible") and not is_base and (id(node), value_set) in self._met:
            self._granted.add(id(node))
        for canonical in binding.get("further", ()):
            self._against(node, requirement, canonical, "required", remarks)
        limit = binding.get("max")
        if limit and (strength == "extensible" or _codings(node)):  # a limit is on codes: what may do without one is not obliged
            if is_base:
                self._of_base.append((node, requirement, limit, "required"))
            else:
                self._against(node, requirement, limit, "required", remarks)

    def prescribed(self, node: Node) -> None:
        """A profile names the code that this element has, in it or in a part of it."""
        holder: Node | None = node
        while holder is not None and holder.type in CODED:
            self._granted.add(id(holder))
            holder = holder.parent

    def base(self, remarks: Sink, beside: Callable[[Node], Iterable[str]]) -> None:
        """The widest and the extensible value sets of base R4, once profiles have spoken.

        What a profile obliges to is not held against a resource, nor what its author found no code for in R4's own value set.
        beside: value sets that the profiles of an element bind such elements to, whichever of their slices it is of.
        """
        for node, requirement, canonical, strength in self._of_base:
            if id(node) not in self._obliged and not (strength == "extensible" and id(node) in self._granted):
                self._against(node, requirement, canonical, strength, remarks, partial(beside, node))

    def member(self, node: Node, binding: Mapping[str, str]) -> bool | None:
        """Whether an element has a code of the value set; None when that cannot be told."""
        kinds = {self._answer(binding.get("valueset", ""), coding).kind for coding in _codings(node)}
        return True if "in" in kinds else None if "unknown" in kinds else False

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
            return self._unchecked
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
            *self._unchecked,
        )

    def _against(
        self,
        node: Node,
        requirement: str,
        canonical: str,
        strength: str,
        remarks: Sink,
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
                self._untold.setdefault(url, {})[id(node)] = doubt.reason or _NOTHING
            return
        if strength == "required":
            remarks.refute()
        asked = (id(node), canonical, strength)
        if asked not in self._told:
            self._told[asked] = self._told_of(codings, canonical, strength, first)
        tell = remarks.error if strength == "required" else remarks.warning if strength == "extensible" else remarks.info
        tell("FHIR-BINDING", requirement, node, *self._told[asked])

    def _is_beside(self, canonical: str, codings: list[tuple[str | None, str, str | None]]) -> bool:
        """Whether it is a code that France or IHE has beside those of this value set."""
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

    def _without_code(self, node: Node, requirement: str, canonical: str, strength: str, remarks: Sink) -> None:
        """Words alone: no code where one is obliged. An extension may say why, but not of a concept that has to be coded.

        R4, terminologies, required: a CodeableConcept has a Coding, one of which is of the value set. A `code` with an extension
        only breaks nothing: to be there, an element needs a value, children or extensions (R4, conformance rules, cardinality).
        """
        is_explained = node.value is None and set(node.children) <= {"id", "extension"}
        if strength == "preferred" or (is_explained and not (strength == "required" and node.type in _CONCEPTS)):
            return
        title = self._terminology.title(canonical)
        if strength == "required":
            message = Text(f"un code du jeu de valeurs {title} est obligatoire", f"a code of the value set {title} is required")
            remarks.error("FHIR-BINDING", requirement, node, message)
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
        """Why it is out, and what was probably meant."""
        why = answer.reason or _NOTHING
        systems = self._terminology.systems(canonical)
        if system and systems and not self._terminology.takes_from(canonical, system):
            shown = ", ".join(systems[:_NAMED])
            why = Text(f"Il prend ses codes dans {shown}.", f"It takes its codes from {shown}.")
        else:
            near = self._terminology.near(canonical, code)
            why = Text(_sentences(why.fr, near.fr), _sentences(why.en, near.en))
        return why

    # ---------------------------------------------------------- codes by themselves

    def codings(self, nodes: Iterable[Node], root: Node, remarks: Sink) -> None:
        """Every Coding and coded Quantity of a document against its own system, whatever binds it."""
        absent: Counter[str] = Counter()
        for node in nodes:
            system, code, display = _parts(node)
            if system and code:
                self._coding(node, system, code, display, remarks, absent)
            elif code and node.type == "Coding":  # of quantities qty-3 says it
                self._without_system(node, code, remarks)
        if absent:
            named = ", ".join(f"{system} ({count})" for system, count in absent.most_common(_NAMED))
            more = f" (+{len(absent) - _NAMED})" if len(absent) > _NAMED else ""
            message = Text(
                f"{absent.total()} codes de systèmes dont le contenu n'est pas là n'ont pas été vérifiés : {named}{more}",
                f"{absent.total()} codes of systems whose content is not here were not checked: {named}{more}",
            )
            if (away := self._terminology.away) is not None:  # they were to be checked
                self._unchecked = (Text(f"{message.fr} ({away.fr})", f"{message.en} ({away.en})"),)
            remarks.info("FHIR-CODE-UNCHECKED", f"{_CODE}.code", root, message)

    def _without_system(self, node: Node, code: str, remarks: Sink) -> None:
        """R4, Coding: no useful processing of the code can be performed, unless the system can be inferred from the context."""
        if any(strength != "preferred" and at in (id(node), id(node.parent)) for at, _, strength in self._told):
            return  # that it is in no value set is told already
        message = Text(
            f"« {code} » est un code sans système : rien ne dit ce qu'il signifie",
            f"'{code}' is a code without a system: nothing tells what it means",
        )
        remarks.warning("FHIR-CODE-SYSTEM", f"{_CODE}.system", node, message)

    def _coding(self, node: Node, system: str, code: str, display: str | None, remarks: Sink, absent: Counter[str]) -> None:
        if not self._system(node, system, remarks):
            return
        answer = self._terminology.code(system, code, display)
        if answer.kind == "unknown":
            absent[system] += 1
            if not self._terminology.has_form(system, code):
                message = Text(
                    f"« {code} » n'a pas la forme d'un code de {system}", f"'{code}' does not have the form of a code of {system}"
                )
                remarks.warning("FHIR-CODE-FORM", f"{_CODE}.code", node, message)
        elif answer.kind == "out":
            same = not (version := node.text("version")) or self._terminology.has_version(system, version)
            tell = remarks.error if same else remarks.warning
            reason = answer.reason or _NOTHING
            message = Text(f"« {code} » n'est pas un code de {system}", f"'{code}' is not a code of {system}")
            tell("FHIR-CODE", f"{_CODE}.code", node, message, Text(_sentences(reason.fr), _sentences(reason.en)))
        self._state(node, code, answer, remarks)
        if answer.display == "differs":
            message = Text(
                f"le libellé « {display} » n'est pas un de ceux du code « {code} »",
                f"the display '{display}' is not one of those of the code '{code}'",
            )
            hint = Text(f"Libellé connu : « {answer.expected_display} ».", f"Known display: '{answer.expected_display}'.")
            tell = remarks.info if self._is_translated(node, system, code) else remarks.warning
            tell("FHIR-DISPLAY", f"{_CODE}.display", node, message, hint)

    def _is_translated(self, node: Node, system: str, code: str) -> bool:
        """Whether a wording may be a translation: the resource says its language, in which no wording of HL7's code is known."""
        language = _language(node)
        if language in ("", "en") or not system.startswith(_ENGLISH):
            return False
        return not self._terminology.speaks(system, code, language)

    def _system(self, node: Node, system: str, remarks: Sink) -> bool:
        """Whether the system can be one at all; says so when not."""
        where = f"{_CODE}.system"
        if not _ABSOLUTE.fullmatch(system):
            message = Text(f"« {system} » n'est pas une adresse absolue", f"'{system}' is not an absolute address")
            remarks.error("FHIR-CODE-SYSTEM", where, node, message)
            return False
        if self._terminology.is_value_set_only(system):
            message = Text(
                f"« {system} » est un jeu de valeurs, pas un système de codes", f"'{system}' is a value set, not a code system"
            )
            remarks.error("FHIR-CODE-SYSTEM", where, node, message)
            return False
        if self._terminology.is_supplement(system):
            message = Text(
                f"« {system} » complète un autre système, et n'en est pas un", f"'{system}' adds to another system, and is none"
            )
            remarks.error("FHIR-CODE-SYSTEM", where, node, message)
            return False
        of_oid = system.startswith("urn:oid:")
        url = known_systems.URLS.get(system.removeprefix("urn:oid:")) if of_oid else self._terminology.namesake(system)
        if url is not None:
            message = Text(f"« {system} » s'écrit {url} en FHIR", f"'{system}' is written {url} in FHIR")
            remarks.warning("FHIR-CODE-SYSTEM", where, node, message)
        elif (meant := None if of_oid else self._terminology.meant(system)) is not None:
            message = Text(f"aucun paquet installé ne définit « {system} »", f"no installed package defines '{system}'")
            remarks.warning("FHIR-CODE-SYSTEM", where, node, message, Text(f"Est-ce {meant} ?", f"Is it {meant}?"))
        return True

    def _state(self, node: Node, code: str, answer: Answer, remarks: Sink) -> None:
        if answer.state == "abstract":
            message = Text(
                f"« {code} » regroupe d'autres codes et ne se choisit pas", f"'{code}' groups other codes and is not to be chosen"
            )
            remarks.warning("FHIR-CODE-ABSTRACT", f"{_CODE}.code", node, message)
        elif answer.state == "retired" and not (answer.ended and self._at and answer.ended > self._at):
            since = Text(f" depuis le {answer.ended}", f" since {answer.ended}") if answer.ended else _NOTHING
            message = Text(f"le code « {code} » est retiré{since.fr}", f"the code '{code}' is retired{since.en}")
            remarks.warning("FHIR-CODE-RETIRED", f"{_CODE}.code", node, message)


def _language(node: Node) -> str:
    """That of its resource, else of what holds this one, without its region."""
    holder: Node | None = node.resource
    while holder is not None:
        if said := holder.text("language"):
            return said.partition("-")[0].lower()
        holder = holder.parent.resource if holder.parent is not None else None
    return ""


def _is_of_type(requirement: str) -> bool:
    """Whether an element is that of R4's own definition of its type (`…/Identifier#Identifier.type`), of no profile."""
    canonical, _, path = requirement.partition("#")
    return canonical == BASE + path.partition(".")[0]


def _codings(node: Node) -> list[tuple[str | None, str, str | None]]:
    """(system, code, display) that an element carries; system None for a bare code, "" for one that is missing."""
    if node.type == "CodeableConcept":
        return [parts for coding in node.children.get("coding", ()) if (parts := _parts(coding))[1]]
    if node.type in CODINGS:
        return [parts for parts in (_parts(node),) if parts[1]]
    return [] if node.value is None else [(None, str(node.value), None)]


def _parts(node: Node) -> tuple[str | None, str, str | None]:
    display = None if node.type in QUANTITIES else node.text("display") or None
    return node.text("system"), node.text("code"), display


def _sentences(*parts: str) -> str:
    return " ".join(f"{part[:1].upper()}{part[1:]}{'' if part[-1] in '.?!' else '.'}" for part in parts if part)
