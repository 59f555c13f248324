"""The functions that FHIR adds. Source: FHIR R4 (4.0.1), FHIRPath, additional functions."""

from __future__ import annotations

from collections.abc import Sequence

from ....documents.fhir_tree import Node
from ....library.fhirpath import times
from ....library.fhirpath.failures import NotEvaluatedError
from ..narrative import judge
from ..remarks import Remarks
from .evaluation import Frame, Items, Step
from .strings import string
from .values import single, type_name, value_of


def _argument(arguments: Sequence[Step], frame: Frame, what: str) -> str | None:
    return string(arguments[0](frame.this, frame), frame, what)


def _extension(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    url = _argument(arguments, frame, "extension()")
    return [
        found
        for item in items
        if isinstance(item, Node)
        for found in item.children.get("extension", ())
        if "url" in found.children and found.children["url"][0].value == url
    ]


def _has_value(items: Items, _: Sequence[Step], __: Frame) -> Items:
    return [len(items) == 1 and (not isinstance(items[0], Node) or items[0].value is not None)]


def _get_value(items: Items, _: Sequence[Step], frame: Frame) -> Items:
    if len(items) != 1:
        return []
    value = value_of(items[0], frame.context)
    return [] if isinstance(value, Node) else [value]


def _resolve(items: Items, _: Sequence[Step], frame: Frame) -> Items:
    found = []
    for item in items:
        to = item if isinstance(item, Node | str) else None
        if to is None:
            continue
        if frame.context.resolve is None:
            raise NotEvaluatedError(
                "resolve() : les références ne peuvent pas être suivies ici", "resolve(): references cannot be followed here"
            )
        target = frame.context.resolve(to)
        if target is not None:
            found.append(target)
    return found


def _member_of(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    url = _argument(arguments, frame, "memberOf()")
    if not items or url is None:
        return []
    if frame.context.member_of is None:
        raise NotEvaluatedError("memberOf() : aucune terminologie n'est connue ici", "memberOf(): no terminology is known here")
    answer = frame.context.member_of(single(items, "memberOf()"), url)
    if answer is None:
        raise NotEvaluatedError(
            f"memberOf() : on ne peut pas dire si le code est dans {url}",
            f"memberOf(): whether the code is in {url} cannot be determined",
        )
    return [answer]


def _conforms_to(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    url = _argument(arguments, frame, "conformsTo()")
    if not items or url is None:
        return []
    item = single(items, "conformsTo()")
    if frame.context.conforms_to is None or not isinstance(item, Node):
        raise NotEvaluatedError("conformsTo() : aucun profil n'est connu ici", "conformsTo(): no profile is known here")
    answer = frame.context.conforms_to(item, url)
    if answer is None:
        raise NotEvaluatedError(
            f"conformsTo() : le profil {url} n'est pas connu ici", f"conformsTo(): the profile {url} is not known here"
        )
    return [answer]


def _html_checks(items: Items, _: Sequence[Step], __: Frame) -> Items:
    remarks = Remarks()
    for item in items:
        judge(item if isinstance(item, Node) else Node("div", value=str(item)), None, remarks)
    return [not remarks.has_error] if items else []


def _check_modifiers(items: Items, arguments: Sequence[Step], frame: Frame) -> Items:
    allowed = {string(step(frame.this, frame), frame, "checkModifiers()") for step in arguments}
    for item in items:
        if isinstance(item, Node):
            for found in item.children.get("modifierExtension", ()):
                if found.text("url") not in allowed:
                    raise NotEvaluatedError(
                        f"checkModifiers() : {found.text('url')} n'est pas de celles qui sont connues",
                        f"checkModifiers(): {found.text('url')} is not among those that are known",
                    )
    return items


def _type(items: Items, _: Sequence[Step], frame: Frame) -> Items:
    return [type_name(item, frame.context) for item in items]


def _now(kind: str) -> tuple[object, int, int]:
    def function(_: Items, __: Sequence[Step], frame: Frame) -> Items:
        if frame.context.now is None:
            raise NotEvaluatedError("l'évaluation n'a pas d'horloge", "no clock is given to the evaluation")
        return [times.moment_at(frame.context.now, kind)]

    return function, 0, 0


FUNCTIONS = {
    "extension": (_extension, 1, 1),
    "hasValue": (_has_value, 0, 0),
    "getValue": (_get_value, 0, 0),
    "resolve": (_resolve, 0, 0),
    "memberOf": (_member_of, 1, 1),
    "conformsTo": (_conforms_to, 1, 1),
    "htmlChecks": (_html_checks, 0, 0),
    "checkModifiers": (_check_modifiers, 0, 99),
    "type": (_type, 0, 0),
    "now": _now("datetime"),
    "today": _now("date"),
    "timeOfDay": _now("time"),
}
