"""The codes of a resource by themselves, against their own systems, whatever binds them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from datetime import date

from ...documents.fhir_tree import Node
from ...library.nearest import is_it
from ...model import NO_TEXT, Text
from ...ucum import is_ucum, unit_meant
from ..codes.units import converted, is_common
from .remarks import Remarks
from .shapes import BASE, QUANTITIES
from .terms import known_systems
from .terms.terminology import Terminology
from .terms.verdict import Answer

CODINGS = frozenset({"Coding", *QUANTITIES})  # types of what names a code and its system
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_CODE = f"{BASE}Coding#Coding"
_ENGLISH = ("http://hl7.org/", "http://terminology.hl7.org/")  # systems that tell their wordings in English, said or not
_NAMED = 3  # systems named in one sentence


class Codings:
    """at: the day on which a retired code has to be still in use; unchecked: what a server was to say of codes, and did not."""

    def __init__(self, terminology: Terminology, at: date | None = None) -> None:
        self._terminology = terminology
        self._names = terminology.names
        self._at = "" if at is None else at.isoformat()
        self.unchecked: tuple[Text, ...] = ()

    def judge(self, nodes: Iterable[Node], root: Node, remarks: Remarks, told: frozenset[int] = frozenset()) -> None:
        """Every Coding and coded Quantity of a document. told: ids of those said already to be out of a value set."""
        absent: list[str] = []  # the system of each code that could not be looked for
        for node in nodes:
            system, code, display = parts_of(node)
            if system and code:
                self._coding(node, system, code, display, remarks, absent)
            elif code and node.type == "Coding" and not {id(node), id(node.parent)} & told:  # of quantities qty-3 says it
                _without_system(node, code, remarks)
        if absent:
            systems = Counter(absent)
            named = ", ".join(f"{system} ({count})" for system, count in systems.most_common(_NAMED))
            more = f" (+{len(systems) - _NAMED})" if len(systems) > _NAMED else ""
            message = Text(
                f"codes non vérifiés, faute du contenu de leur système : {named}{more}",
                f"codes not checked, as the content of their system is not installed: {named}{more}",
            )
            if (away := self._terminology.away) is not None:  # they were to be checked
                self.unchecked = (Text(f"{message.fr} ({away.fr})", f"{message.en} ({away.en})"),)
            remarks.info("FHIR-CODE-UNCHECKED", f"{_CODE}.code", root, message)

    def _coding(self, node: Node, system: str, code: str, display: str | None, remarks: Remarks, absent: list[str]) -> None:
        if not self.system(node, system, f"{_CODE}.system", remarks):
            return
        answer = self._terminology.code(system, code, display)
        if answer.kind == "unknown":
            absent.append(system)
            if not self._terminology.has_form(system, code):
                message = Text(
                    f"« {code} » n'a pas la forme d'un code de {system}", f"'{code}' does not have the form of a code of {system}"
                )
                remarks.warning("FHIR-CODE-FORM", f"{_CODE}.code", node, message)
        elif answer.kind == "out":
            same = not (version := node.text("version")) or self._terminology.has_version(system, version)
            tell = remarks.error if same else remarks.warning
            reason, near = answer.reason or NO_TEXT, self._terminology.near_in_system(system, code)
            message = Text(f"« {code} » n'est pas un code de {system}", f"'{code}' is not a code of {system}")
            tell("FHIR-CODE", f"{_CODE}.code", node, message, Text(sentences(reason.fr, near.fr), sentences(reason.en, near.en)))
        self._state(node, code, answer, remarks)
        if system == known_systems.UCUM:
            _words_of_unit(node, code, remarks)
        elif "|" in code and system == known_systems.SNOMED:
            _term_in_code(node, code, remarks)
        if answer.display == "differs":
            message = Text(
                f"le libellé « {display} » n'est pas un de ceux du code « {code} »",
                f"the display '{display}' is not one of those of the code '{code}'",
            )
            hint = Text(f"Libellé connu : « {answer.expected_display} ».", f"Known display: '{answer.expected_display}'.")
            is_for_people = node.name != "tag" and not self._is_translated(node, system, code)
            tell = remarks.warning if is_for_people else remarks.info
            tell("FHIR-DISPLAY", f"{_CODE}.display", node, message, hint)

    def _is_translated(self, node: Node, system: str, code: str) -> bool:
        """Whether a wording may be a translation: the resource says its language, in which no wording of HL7's code is known."""
        language = _language(node)
        if language in ("", "en") or not system.startswith(_ENGLISH):
            return False
        return not self._terminology.displays.speaks(system, code, language)

    def system(self, node: Node, system: str, where: str, remarks: Remarks) -> bool:
        """Whether this can be a code system at all; reports it when not. where: the requirement."""
        if self._names.is_sound(system):
            return True
        if not _ABSOLUTE.fullmatch(system):
            message = Text(f"« {system} » n'est pas une adresse absolue", f"'{system}' is not an absolute address")
            remarks.error("FHIR-CODE-SYSTEM", where, node, message)
            return False
        if self._names.is_value_set_only(system):
            message = Text(
                f"« {system} » est un jeu de valeurs, pas un système de codes", f"'{system}' is a value set, not a code system"
            )
            remarks.error("FHIR-CODE-SYSTEM", where, node, message)
            return False
        if self._names.is_supplement(system):
            message = Text(
                f"« {system} » complète un autre système, et n'en est pas un",
                f"'{system}' is a supplement of another system, not a system",
            )
            remarks.error("FHIR-CODE-SYSTEM", where, node, message)
            return False
        of_oid = system.startswith("urn:oid:")
        url = self._names.called_by_oid(system) if of_oid else self._names.namesake(system)
        if url is not None:
            message = Text(f"« {system} » s'écrit {url} en FHIR", f"'{system}' is written {url} in FHIR")
            tell = remarks.info if system in known_systems.OF_VALUE_SETS else remarks.warning
            tell("FHIR-CODE-SYSTEM", where, node, message)
        elif (meant := None if of_oid else self._names.meant(system)) is not None:
            message = Text(f"aucun paquet installé ne définit « {system} »", f"no installed package defines '{system}'")
            remarks.warning("FHIR-CODE-SYSTEM", where, node, message, is_it(meant))
        else:
            self._names.found_sound(system)
        return True

    def _state(self, node: Node, code: str, answer: Answer, remarks: Remarks) -> None:
        if answer.state == "abstract":
            message = Text(
                f"« {code} » regroupe d'autres codes et ne se choisit pas", f"'{code}' groups other codes and is not to be chosen"
            )
            remarks.warning("FHIR-CODE-ABSTRACT", f"{_CODE}.code", node, message)
        elif answer.state == "retired" and not (answer.ended and self._at and answer.ended > self._at):
            since = Text(f" depuis le {answer.ended}", f" since {answer.ended}") if answer.ended else NO_TEXT
            message = Text(f"le code « {code} » est retiré{since.fr}", f"the code '{code}' is retired{since.en}")
            remarks.warning("FHIR-CODE-RETIRED", f"{_CODE}.code", node, message)


def parts_of(node: Node) -> tuple[str | None, str, str | None]:
    """System, code and display of a Coding or a coded Quantity."""
    display = None if node.type in QUANTITIES else node.text("display") or None
    return node.text("system"), node.text("code"), display


def sentences(*parts: str) -> str:
    return " ".join(f"{part[:1].upper()}{part[1:]}{'' if part[-1] in '.?!' else '.'}" for part in parts if part)


def _without_system(node: Node, code: str, remarks: Remarks) -> None:
    """R4, Coding: no useful processing of the code can be performed, unless the system can be inferred from the context."""
    message = Text(
        f"« {code} » est un code sans système : rien ne dit ce qu'il signifie",
        f"'{code}' is a code without a system: nothing says what it means",
    )
    remarks.warning("FHIR-CODE-SYSTEM", f"{_CODE}.system", node, message)


def _words_of_unit(node: Node, code: str, remarks: Remarks) -> None:
    """A unit in words that is a unit too, of the same kind and another size, or that the code only misses by its capitals.

    Who reads the words reads another quantity.
    """
    words = unit_meant(said := node.text("unit")) or said
    if not words or words == code or not is_ucum(words):
        return
    size = converted(1.0, words, code)
    in_capitals = words.lower() == code.lower() and is_common(words) and not is_common(code)  # MG, for mg, is a megagauss
    if in_capitals if size is None else not math.isclose(size, 1.0, rel_tol=1e-6):
        message = Text(f"« {said} » se lit, et le code est « {code} »", f"'{said}' is read, and the code is '{code}'")
        hint = Text("Écrire la même unité dans unit et dans code.", "Write the same unit in unit and in code.")
        remarks.warning("FHIR-UNIT", f"{BASE}Quantity#Quantity.unit", node, message, hint)


def _term_in_code(node: Node, code: str, remarks: Remarks) -> None:
    """A SNOMED CT code followed by its term between bars (`22298006 |…|`): a search by code does not find it."""
    message = Text(f"« {code} » a un terme dans le code", f"'{code}' has a term in its code")
    hint = Text("Le code seul (44054006), le terme dans display.", "The code alone (44054006), the term in display.")
    remarks.warning("FHIR-CODE-FORM", f"{_CODE}.code", node, message, hint)


def _language(node: Node) -> str:
    """The language of its resource, otherwise of the resource that holds this one, without the region."""
    holder: Node | None = node.resource
    while holder is not None:
        if said := holder.text("language"):
            return said.partition("-")[0].lower()
        holder = holder.parent.resource if holder.parent is not None else None
    return ""
