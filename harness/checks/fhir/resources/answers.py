"""The answers to one question: their types, the options, and the limits that extensions of R4 and SDC set."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ....documents.fhir_tree import Node
from ....library.fhirpath.failures import NotEvaluatedError
from ....model import Text
from .. import value_limits
from ..references import named_type
from ..remarks import Remarks
from ..shapes import BASE, is_primitive
from ..value_limits import compare, measure_otherwise

_RULE = "FHIR-QUESTIONNAIRE"
_ANSWER = f"{BASE}QuestionnaireResponse#QuestionnaireResponse.item.answer"
_TYPES: Mapping[str, frozenset[str]] = {
    "boolean": frozenset({"boolean"}),
    "decimal": frozenset({"decimal", "integer"}),
    "integer": frozenset({"integer"}),
    "date": frozenset({"date"}),
    "dateTime": frozenset({"dateTime", "date"}),
    "time": frozenset({"time"}),
    "string": frozenset({"string"}),
    "text": frozenset({"string"}),
    "url": frozenset({"uri"}),
    "attachment": frozenset({"Attachment"}),
    "reference": frozenset({"Reference"}),
    "quantity": frozenset({"Quantity"}),
}
_CHOICES = frozenset({"choice", "open-choice"})
_REASON = Text("Le questionnaire le demande.", "The questionnaire asks for it.")


class Answers:
    """Judges answers to the questions of one questionnaire."""

    def __init__(self, questionnaire: Node, member: value_limits.Member, remarks: Remarks) -> None:
        self._questionnaire = questionnaire
        self._member = member
        self._remarks = remarks
        self.untold = 0
        self.unsearched: set[str] = set()  # questions whose regular expression cannot be searched

    def judge(self, item: Node, said: list[Node]) -> None:
        """item: the question; said: the answers to it."""
        options = [(option, value) for option in item.children.get("answerOption", ()) if (value := value_of(option)) is not None]
        for answer in said:
            value = value_of(answer)
            if value is None:
                continue
            if self._type(item, value, options):
                self._value(item, value)
                if options:
                    self._option(item, value, options)
                self._value_set(item, value)
        exclusive = [value for option, value in options if _is_exclusive(option)]
        for answer in said if len(said) > 1 else ():
            value = value_of(answer)
            if value is not None and any(same(value, one) for one in exclusive):
                self._error(
                    answer, f"« {_shown(value)} » ne va avec aucune autre réponse", f"`{_shown(value)}` goes with no other answer"
                )

    def _tell(self, at: Node, why: Text | None) -> None:
        if why is not None:
            self._remarks.error(_RULE, _ANSWER, at, why, _REASON)

    def _error(self, at: Node, fr: str, en: str) -> None:
        self._remarks.error(_RULE, _ANSWER, at, Text(fr, en), _REASON)

    def _type(self, item: Node, value: Node, options: list[tuple[Node, Node]]) -> bool:
        type, allowed = type_of(value), types_of(item, [one for _, one in options])
        if allowed is None or type in allowed:
            return True
        names, kind = ", ".join(sorted(allowed)), item.text("type")
        self._error(value, f"{type} : il faut {names} ({kind})", f"{type}: {names} is expected ({kind})")
        return False

    def _option(self, item: Node, value: Node, options: list[tuple[Node, Node]]) -> None:
        type = type_of(value)
        if item.text("type") == "open-choice" and type == "string":
            return
        if not any(same(value, option) for _, option in options):
            self._error(value, f"« {_shown(value)} » n'est pas une des réponses proposées", f"`{_shown(value)}` is no option")

    def _value_set(self, item: Node, value: Node) -> None:
        canonical = item.text("answerValueSet")
        if not canonical or type_of(value) != "Coding" or not value.text("code"):
            return
        if canonical.startswith("#"):
            verdict = self._in_contained(value, canonical[1:])
        else:
            verdict = self._member(value, {"strength": "required", "valueset": canonical})
        self.untold += verdict is None
        if verdict is False:
            self._error(value, f"« {_shown(value)} » n'est pas de {canonical}", f"`{_shown(value)}` is not of {canonical}")

    def _in_contained(self, value: Node, identifier: str) -> bool | None:
        """In a value set that the questionnaire holds: told where it lists its codes, or was expanded."""
        for one in self._questionnaire.children.get("contained", ()):
            if one.type == "ValueSet" and one.text("id") == identifier:
                listed = _listed(one)
                return None if listed is None else (value.text("system"), value.text("code")) in listed
        return None

    # ---------------------------------------------------------- limits

    def _value(self, item: Node, value: Node) -> None:
        type = type_of(value)
        if isinstance(value.value, str) and type in ("string", "uri"):
            self._text(item, value, value.value)
        number = value if type == "decimal" else value.only("value") if type == "Quantity" else None
        if number is not None and (places := _decimal(item, "maxDecimalPlaces")) is not None:
            self._tell(number, value_limits.decimals(number, places))
        low, high = ("minQuantity", "maxQuantity") if type == "Quantity" else ("minValue", "maxValue")
        self._limit(value, extension(item, low), -1)
        self._limit(value, extension(item, high), 1)
        if type == "Quantity":
            self._unit(item, value)
        elif type == "Attachment":
            self._attachment(item, value)
        elif type == "Reference":
            self._target(item, value)

    def _text(self, item: Node, value: Node, text: str) -> None:
        self._tell(value, value_limits.length(text, _decimal(item, "minLength"), _decimal(item, "maxLength", child=True)))
        pattern = extension(item, "regex")
        if pattern is None or not isinstance(pattern.value, str):
            return
        try:
            self._tell(value, value_limits.form(value, text, pattern.value))
        except NotEvaluatedError:
            self.unsearched.add(item.text("linkId"))

    def _limit(self, value: Node, limit: Node | None, outside: int) -> None:
        if limit is None:
            return
        verdict = compare(value, limit)
        shown, bound = _shown(value), _shown(limit)
        if verdict == outside:
            fr, en = ("au moins", "at least") if outside < 0 else ("au plus", "at most")
            self._error(value, f"{shown} : {bound} {fr}", f"{shown}: {bound} {en}")
        elif verdict is None and measure_otherwise(value, limit):
            self._error(value, f"{shown} ne se compare pas à {bound}", f"{shown} cannot be compared with {bound}")
        elif verdict is None:
            self.untold += 1

    def _unit(self, item: Node, value: Node) -> None:
        options = [(one.text("system"), one.text("code")) for one in _extensions(item, "questionnaire-unitOption") if one.children]
        bound = extension(item, "questionnaire-unitValueSet")
        value_sets = [bound.value] if bound is not None and isinstance(bound.value, str) else []
        for codes, named in ((options, []), ([], value_sets)):
            if codes or named:
                verdict, why = value_limits.unit(value, codes, named, self._member)
                self.untold += verdict is None
                self._tell(value, why)

    def _attachment(self, item: Node, value: Node) -> None:
        admitted = {str(one.value) for one in _extensions(item, "mimeType")}
        self._tell(value, value_limits.media_type(value, admitted) if admitted else None)
        most = _decimal(item, "maxSize")
        self._tell(value, value_limits.size(value, most) if most is not None else None)

    def _target(self, item: Node, value: Node) -> None:
        admitted = {str(one.value) for one in _extensions(item, "questionnaire-referenceResource")}
        found = named_type(value.text("reference")) or value.text("type")
        if admitted and found and found not in admitted:
            names = ", ".join(sorted(admitted))
            self._error(
                value, f"la réponse désigne un {found} : {names} est attendu", f"the answer names {found}: {names} is expected"
            )


def types_of(item: Node, options: list[Node]) -> frozenset[str] | None:
    """Those of the answers to a question, None where none can be told: of a choice among nothing, of what is no question."""
    kind = item.text("type")
    if kind not in _CHOICES:
        return _TYPES.get(kind)
    if not options and "answerValueSet" not in item.children:
        return None
    return frozenset({"Coding", *map(type_of, options)} | ({"string"} if kind == "open-choice" else set()))


def value_of(node: Node, name: str = "value") -> Node | None:
    """The child that a choice has, whatever its type."""
    return next((found[0] for key, found in node.children.items() if key.startswith(name) and key[len(name) :][:1].isupper()), None)


def same(value: Node, wanted: Node) -> bool:
    """Codes are the same by system and code, a coding without system by its code or, failing that, its words; the rest by value."""
    if wanted.value is not None or value.value is not None:
        return value.value is not None and str(value.value) == str(wanted.value)
    if "code" in wanted.children or "code" in value.children:
        return value.text("code") == wanted.text("code") and value.text("system") == wanted.text("system")
    if "reference" in wanted.children:
        return value.text("reference") == wanted.text("reference")
    if "value" in wanted.children:
        return compare(value, wanted) == 0
    return value.text("display") == wanted.text("display")


def extension(item: Node, name: str) -> Node | None:
    """The value of the first extension whose URL ends so: R4 and SDC have given the same ones several addresses."""
    return next(iter(_extensions(item, name)), None)


def _extensions(item: Node, name: str) -> list[Node]:
    ends = (f"/{name}", f"/questionnaire-{name}", f"/sdc-questionnaire-{name}")
    found = [value_of(one) for one in item.children.get("extension", ()) if one.text("url").endswith(ends)]
    return [one for one in found if one is not None]


def _decimal(item: Node, name: str, *, child: bool = False) -> int | None:
    found = item.only(name) if child else extension(item, name)
    try:
        return None if found is None else int(Decimal(str(found.value)))
    except ArithmeticError:
        return None


def type_of(value: Node) -> str:
    """That of the walk; in a questionnaire, which no walk has typed, the one that the name of a choice says (`valueDate`)."""
    if value.type:
        return value.type
    name = value.name.removeprefix("value").removeprefix("answer")
    small = name[:1].lower() + name[1:]
    return small if is_primitive(small) else name


def _is_exclusive(option: Node) -> bool:
    found = extension(option, "questionnaire-optionExclusive")
    return found is not None and found.value in (True, "true")


def _listed(value_set: Node) -> set[tuple[str, str]] | None:
    expansion = value_set.only("expansion")
    if expansion is not None and "contains" in expansion.children:
        return {(one.text("system"), one.text("code")) for one in expansion.walk() if one.name == "contains"}
    compose = value_set.only("compose")
    if compose is None or "exclude" in compose.children:
        return None
    found: set[tuple[str, str]] = set()
    for include in compose.children.get("include", ()):
        if "concept" not in include.children or "valueSet" in include.children:
            return None
        found |= {(include.text("system"), concept.text("code")) for concept in include.children["concept"]}
    return found


def _shown(value: Node) -> str:
    if value.value is not None:
        return str(value.value)[:60]
    if "value" in value.children:
        number = value.only("value")
        return f"{number.value if number is not None else ''} {value.text('code') or value.text('unit')}".strip()
    return value.text("code") or value.text("display") or value.text("reference")
