"""The mutations that must trip the checks of a constraint, derived from it: nobody writes them, `harness profiles test` plays them.

Each is made of XPath that finds, in whatever valid document it is given, an element on which the edit breaks just that
constraint: an element is dropped only where too few are then left, for instance. Where there is none, it is not applicable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

from ...errors import UsageError
from ...library.nearest import suggestion
from ...model import AttributeFact, Constraint, Mutation, Profile, Text, Where
from ...values import dataclass
from ..constraints import fact_test
from .as_xpath import literal, predicate, step, steps
from .targets import Target, targets_of

WRONG_CODE = "HORS-NOMENCLATURE"
WRONG_SYSTEM = "2.999.1"
WRONG_LABEL = "libellé qui n'est pas le bon"
_WRONG_VALUES = ("", "?", "x", "0", "X Y", "!!")
_OTHER_TYPES = ("ST", "CD", "ED")
_OTHER_NULLS = ("NAV", "ASKU", "TRC", "NI", "UNK")

Edit = Mapping[str, Any]


def find_mutation(profile: Profile, name: str) -> Mutation:
    """One of those that are written, else of those that come from constraints. Raises UsageError, with the nearest name."""
    known = {one.id: one for one in profile.mutations}
    if name not in known:
        known |= {one.id: one for one in derived_mutations(profile)}
    if name not in known:
        id = profile.head.id
        listed = Text(
            f"`harness profiles show {id} --mutations` les montre.", f"`harness profiles show {id} --mutations` lists them."
        )
        message = Text(f"{id} n'a pas de mutation {name}", f"{id} has no mutation {name}")
        raise UsageError(message, suggestion(name, known, listed))
    return known[name]


def derived_mutations(profile: Profile) -> tuple[Mutation, ...]:
    """Of every constraint on the document and of every template. Ids are those of the checks, `:` and what is done."""
    return tuple(mutation for target in targets_of(profile) for mutation in mutations_of(target))


def mutations_of(target: Target) -> Iterator[Mutation]:
    return _of_constraints(target.constraints, target.context)


def _of_constraints(constraints: Iterable[Constraint], context: str) -> Iterator[Mutation]:
    for constraint in constraints:
        place = _Place.of(constraint, context)
        for facet, deed, edits in _deeds(constraint, place):
            rule = f"{constraint.id}.{facet}"
            yield Mutation(f"{rule}:{deed}", tuple(edits), (rule,), derived=True)
        yield from _of_constraints(constraint.each, place.selected)


@dataclass(frozen=True, slots=True)
class _Place:
    """XPath of what a constraint is about. parent: what elements are counted under; chosen: the step from it, with `where`."""

    parent: str
    chosen: str

    @classmethod
    def of(cls, constraint: Constraint, context: str) -> _Place:
        if constraint.when is not None:
            context = f"{context}[{predicate(constraint.when)}]"
        path = constraint.path
        selected = "" if constraint.where is None else f"[{predicate(constraint.where)}]"
        if path == ".":
            return cls("", f"{context}{selected}")
        if path.startswith("//"):
            return cls(context, f"{steps(path)}{selected}")
        before, slash, last = path.rpartition("/")
        parent = f"{context}/{steps(before)}" if slash else context
        return cls(parent, f"/{step(last)}{selected}")

    @property
    def selected(self) -> str:
        return f"{self.parent}{self.chosen}"

    @property
    def filled(self) -> str:
        """Selected elements that carry no nullFlavor: facets ask nothing of the others."""
        return f"{self.selected}[not(@nullFlavor)]"

    def among(self, number: int) -> str:
        """Selected elements of a parent that holds just this many."""
        inside = self.chosen.removeprefix("/") if not self.chosen.startswith("//") else f".{self.chosen}"
        return f"{self.parent}[count({inside})={number}]{self.chosen}"


def _deeds(constraint: Constraint, place: _Place) -> Iterator[tuple[str, str, list[Edit]]]:
    """(facet, what is done, edits)"""
    where = constraint.where or Where()
    if constraint.path not in (".", ".."):
        yield from _cardinality(constraint, place, where)
    if constraint.codes:
        yield "code", "respelled", [{"set": f"{place.filled}/@code", "to": WRONG_CODE}]
        yield "code", "other-system", [{"set": f"{place.filled}/@codeSystem", "to": WRONG_SYSTEM}]
    for code in constraint.labels:
        yield "label", f"other-{code}", [{"set": f"{place.filled}[@code={literal(code)}]/@displayName", "to": WRONG_LABEL}]
    if constraint.systems:
        yield "system", "other", [{"set": f"{place.filled}[@code]/@codeSystem", "to": WRONG_SYSTEM}]
    if constraint.valueset:
        yield "valueset", "outside", [{"set": f"{place.filled}/@code", "to": WRONG_CODE}]
        yield "label", "other", [{"set": f"{place.filled}[@displayName]/@displayName", "to": WRONG_LABEL}]
    if constraint.types:
        other = next(name for name in (*_OTHER_TYPES, "BL") if name not in constraint.types)
        yield "type", "other", [{"retype": place.filled, "to": other}]
    for name, fact in constraint.attributes.items():
        if name not in where.attributes:
            yield from _attribute(name, fact, place)
    if constraint.text is not None:
        yield from _text(constraint.text, place)
    if constraint.null_flavor is not None:
        flavor = next(flavor for flavor in _OTHER_NULLS if flavor not in constraint.null_flavor)
        yield "null", "null", [{"set": f"{place.selected}/@nullFlavor", "to": flavor}]


def _cardinality(constraint: Constraint, place: _Place, where: Where) -> Iterator[tuple[str, str, list[Edit]]]:
    low, high = constraint.low, constraint.high
    if low:
        yield "card", "dropped", [{"drop": place.among(low)}]
        for deed, edits in _lost(where, place.among(low)):
            yield "card", deed, edits
    if high:
        for count in range(high, 0, -1):
            repeated = {"repeat": place.selected}
            yield "card", f"repeated-from-{count}", [{"repeat": place.among(count)}, *[repeated] * (high - count)]
    if high is not None and not constraint.path.endswith("*") and _can_be_made(where):
        yield "card", "inserted", [{"insert": _fragment(constraint, where), "into": place.parent}] * (high + 1)


def _lost(where: Where, selected: str) -> Iterator[tuple[str, list[Edit]]]:
    """The element is there, and no longer what it has to be."""
    for name, values in where.attributes.items():
        if name.startswith(("@", "xsi:")) or "/" in name:
            continue
        wrong = next((value for value in (WRONG_CODE, WRONG_SYSTEM) if value not in values), WRONG_CODE)
        yield f"other-{name}", [{"set": f"{selected}/@{name}", "to": wrong}]
    if where.template is not None:
        yield "template-lost", [{"set": f"{selected}/cda:templateId[@root={literal(where.template)}]/@root", "to": WRONG_SYSTEM}]
    roots = [option.template for option in where.any if option.template is not None]
    if roots and len(roots) == len(where.any):
        any_of = " or ".join(f"@root={literal(root)}" for root in roots)
        yield "templates-lost", [{"set": f"{selected}/cda:templateId[{any_of}]/@root", "to": WRONG_SYSTEM}]


def _attribute(name: str, fact: AttributeFact, place: _Place) -> Iterator[tuple[str, str, list[Edit]]]:
    selected = place.selected if name == "nullFlavor" else place.filled
    for deed, edit in _fact(fact, f"{selected}/@{name}", _WRONG_VALUES, ("dropped", {"drop": f"{selected}[@{name}]/@{name}"})):
        yield "attributes", f"{name}-{deed}", [edit]


def _text(fact: AttributeFact, place: _Place) -> Iterator[tuple[str, str, list[Edit]]]:
    for deed, edit in _fact(fact, place.filled, _WRONG_VALUES[1:], ("emptied", {"set": f"{place.filled}[not(*)]", "to": ""})):
        yield "text", deed, [edit]


def _fact(fact: AttributeFact, said: str, values: Iterable[str], gone: tuple[str, Edit]) -> Iterator[tuple[str, Edit]]:
    """said: where what it speaks of is; values: to try, of which one is wrong; gone: what is done for it to be there no more."""
    if fact.presence == "forbidden":
        yield "added", {"set": said, "to": "x"}
        return
    if fact.presence == "required":
        yield gone
    fits = fact_test(fact)
    wrong = next((value for value in values if not fits(value)), None)
    if wrong is not None:
        yield "spoiled", {"set": said, "to": wrong}


def _can_be_made(where: Where) -> bool:
    """A small element can be written that the condition selects: nothing in it is asked twice over."""
    return not where.any and (where.negated is None or not where.negated.lacks)


def _fragment(constraint: Constraint, where: Where) -> str:
    """The smallest element that `where` selects, as far as it can be made."""
    last = constraint.path.rpartition("/")[2]
    attributes = {name: values[0] for name, values in where.attributes.items() if "/" not in name and not name.startswith("@")}
    if where.types:
        attributes["xsi:type"] = where.types[0]
    if where.null_flavor:
        attributes["nullFlavor"] = "UNK"
    attributes |= {path[1:]: "x" for path in where.has if path.startswith("@")}
    inside = "" if where.template is None else f'<templateId root="{escape(where.template)}"/>'
    inside += "".join(_nested(path) for path in where.has if not path.startswith("@"))
    inside += "".join(_nested(path, values[0]) for path, values in where.attributes.items() if "/@" in path)
    written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{last}{written}>{inside}</{last}>"


def _nested(path: str, value: str = "x") -> str:
    """`a/b/@c` as elements one in the other; empty for a path that cannot be made."""
    element, _, attribute = path.partition("/@")
    names = element.split("/")
    if not all(re.fullmatch(r"[A-Za-z]+(:[A-Za-z]+)?", name) for name in names):
        return ""
    said = f' {attribute}="{escape(value)}"' if attribute else ""
    return "".join(f"<{name}>" for name in names[:-1]) + f"<{names[-1]}{said}/>" + "".join(f"</{name}>" for name in names[-2::-1])
