"""Whether an item of a questionnaire is asked, by the answers that its `enableWhen` looks at. Source: FHIR R4, Questionnaire.

Or by an expression, which SDC has in an extension.
"""

from __future__ import annotations

from collections.abc import Callable

from ....documents.fhir_tree import Node
from ..value_limits import compare
from .answers import same, value_of

_SIGNS = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}
_EXPRESSION = "/sdc-questionnaire-enableWhenExpression"
_OF_RESPONSE = ("QuestionnaireResponse.", "%resource.")  # another beginning counts from an item, which may not be there

Truth = Callable[[str, Node], bool | None]


def is_enabled(item: Node, parent: Node, truth: Truth) -> bool | None:
    """parent: the response, item or answer under which the item stands or would stand; None when it cannot be told.

    truth: of an expression about an element.
    """
    expression = condition_of(item)
    if expression is not None:
        written = expression.text("expression")
        is_known = expression.text("language") == "text/fhirpath" and written.startswith(_OF_RESPONSE)
        return truth(written, parent.resource) if is_known else None
    conditions = [_holds(one, parent) for one in item.children.get("enableWhen", ())]
    if not conditions:
        return True
    every = item.text("enableBehavior") == "all"
    if len(conditions) > 1 and not item.text("enableBehavior"):
        return conditions[0] if all(one is conditions[0] for one in conditions) else None
    decides = not every
    if any(one is decides for one in conditions):
        return decides
    return None if None in conditions else every


def condition_of(item: Node) -> Node | None:
    """The expression on which it depends whether the item is asked."""
    found = (value_of(one) for one in item.children.get("extension", ()) if one.text("url").endswith(_EXPRESSION))
    return next(found, None)


def _holds(condition: Node, parent: Node) -> bool | None:
    given = [value for item in _nearest(condition.text("question"), parent) for value in _values(item)]
    operator = condition.text("operator")
    wanted = value_of(condition, "answer")
    if wanted is None:
        return None
    if operator == "exists":
        return bool(given) is (wanted.value in (True, "true"))
    if operator in ("=", "!="):
        return any(same(value, wanted) is (operator == "=") for value in given)
    if operator not in _SIGNS:
        return None
    verdicts = [compare(value, wanted) for value in given]
    if any(verdict in _SIGNS[operator] for verdict in verdicts):
        return True
    return None if None in verdicts else False


def _values(item: Node) -> list[Node]:
    return [value for answer in item.children.get("answer", ()) if (value := value_of(answer)) is not None]


def _nearest(link: str, parent: Node) -> list[Node]:
    """The items of the response for a question, those nearest to where it is looked from."""
    level: Node | None = parent
    while level is not None:
        if level.name == "item" and level.text("linkId") == link:
            return [level]
        found = [node for node in level.walk() if node.name == "item" and node.text("linkId") == link]
        if found:
            return found
        if level.is_resource:
            return []
        level = level.parent
    return []
