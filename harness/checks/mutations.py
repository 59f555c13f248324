"""The mutations that must trip the checks of a constraint, derived from it: nobody writes them, `harness profiles test` plays them.

Each is made of XPath that finds, in whatever valid document it is given, an element on which the edit breaks just that
constraint: an element is dropped only where too few are then left, for instance. Where there is none, it is not applicable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..model import AttributeFact, Constraint, Mutation, Profile, Template, Where
from .constraints import fact_test

WRONG_CODE = "HORS-NOMENCLATURE"
WRONG_SYSTEM = "2.999.1"
WRONG_LABEL = "libellé qui n'est pas le bon"
_WRONG_VALUES = ("", "?", "x", "0", "X Y", "!!")
_OTHER_TYPES = ("ST", "CD", "ED")
_OTHER_NULLS = ("NAV", "ASKU", "TRC", "NI", "UNK")
_CLINICAL_DOCUMENT = "/cda:ClinicalDocument"

Edit = Mapping[str, Any]


def derived_mutations(profile: Profile) -> tuple[Mutation, ...]:
    """Of every constraint on the document and of every template. Ids are those of the checks, `:` and what is done."""
    found = list(_of_constraints(profile.constraints, _CLINICAL_DOCUMENT))
    for template, roots in _templates(profile):
        claims = " or ".join(f"cda:templateId[@root={_literal(root)}{_extension(template)}]" for root in roots)
        found += _of_constraints(template.constraints, f"//{_step(template.element)}[{claims}]")
    return tuple(found)


def _templates(profile: Profile) -> Iterator[tuple[Template, list[str]]]:
    """Each template once, with every root that claims it."""
    roots: dict[str, list[str]] = {}
    known: dict[str, Template] = {}
    for root, templates in profile.templates.items():
        for template in templates:
            known[template.id] = template
            roots.setdefault(template.id, []).append(root)
    for name, template in known.items():
        yield template, roots[name]


def _extension(template: Template) -> str:
    return "" if template.extension is None else f" and @extension={_literal(template.extension)}"


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
            context = f"{context}[{_predicate(constraint.when)}]"
        path = constraint.path
        selected = "" if constraint.where is None else f"[{_predicate(constraint.where)}]"
        if path == ".":
            return cls("", f"{context}{selected}")
        if path.startswith("//"):
            return cls(context, f"{_steps(path)}{selected}")
        before, slash, last = path.rpartition("/")
        parent = f"{context}/{_steps(before)}" if slash else context
        return cls(parent, f"/{_step(last)}{selected}")

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
        yield "label", f"other-{code}", [{"set": f"{place.filled}[@code={_literal(code)}]/@displayName", "to": WRONG_LABEL}]
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
        yield "template-lost", [{"set": f"{selected}/cda:templateId[@root={_literal(where.template)}]/@root", "to": WRONG_SYSTEM}]


def _attribute(name: str, fact: AttributeFact, place: _Place) -> Iterator[tuple[str, str, list[Edit]]]:
    selected = place.selected if name == "nullFlavor" else place.filled
    attribute = f"{selected}/@{name}"
    if fact.presence == "forbidden":
        yield "attributes", f"{name}-added", [{"set": attribute, "to": "x"}]
        return
    if fact.presence == "required":
        yield "attributes", f"{name}-dropped", [{"drop": f"{selected}[@{name}]/@{name}"}]
    wrong = _wrong_value(fact)
    if wrong is not None:
        yield "attributes", f"{name}-spoiled", [{"set": attribute, "to": wrong}]


def _text(fact: AttributeFact, place: _Place) -> Iterator[tuple[str, str, list[Edit]]]:
    if fact.presence == "forbidden":
        yield "text", "added", [{"set": place.filled, "to": "x"}]
        return
    if fact.presence == "required":
        yield "text", "emptied", [{"set": f"{place.filled}[not(*)]", "to": ""}]
    wrong = next((value for value in _WRONG_VALUES if value and not fact_test(fact)(value)), None)
    if wrong is not None:
        yield "text", "spoiled", [{"set": place.filled, "to": wrong}]


def _wrong_value(fact: AttributeFact) -> str | None:
    fits = fact_test(fact)
    return next((value for value in _WRONG_VALUES if not fits(value)), None)


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
    inside = "" if where.template is None else f"<templateId root={_quoted(where.template)}/>"
    inside += "".join(_nested(path) for path in where.has if not path.startswith("@"))
    inside += "".join(_nested(path, values[0]) for path, values in where.attributes.items() if "/@" in path)
    written = "".join(f" {name}={_quoted(value)}" for name, value in attributes.items())
    return f"<{last}{written}>{inside}</{last}>"


def _quoted(value: str) -> str:
    """An attribute's value as XML writes it."""
    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return f'"{escaped}"'


def _nested(path: str, value: str = "x") -> str:
    """`a/b/@c` as elements one in the other; empty for a path that cannot be made."""
    element, _, attribute = path.partition("/@")
    steps = element.split("/")
    if not all(re.fullmatch(r"[A-Za-z]+(:[A-Za-z]+)?", step) for step in steps):
        return ""
    innermost = f"<{steps[-1]} {attribute}={_quoted(value)}/>" if attribute else f"<{steps[-1]}/>"
    for step in reversed(steps[:-1]):
        innermost = f"<{step}>{innermost}</{step}>"
    return innermost


# ------------------------------------------------------------------ paths and conditions as XPath


def _steps(path: str) -> str:
    return re.sub(r"[^/]+", lambda step: _step(step[0]), path)


def _step(name: str) -> str:
    if name == "..":
        return "parent::*"  # `..` takes no predicate
    if name in (".", "*") or name.startswith("@") or ":" in name:
        return name
    return f"cda:{name}"


def _predicate(where: Where) -> str:
    return " and ".join(_conditions(where)) or "true()"


def _conditions(where: Where) -> Iterator[str]:
    for name, values in where.attributes.items():
        path, _, attribute = name.rpartition("@")
        place = f"{_steps(path)}@{attribute}"
        yield "(" + " or ".join(f"{place}={_literal(value)}" for value in values) + ")"
    if where.template is not None:
        yield f"cda:templateId/@root={_literal(where.template)}"
    yield from (_steps(path) for path in where.has)
    yield from (f"not({_steps(path)})" for path in where.lacks)
    if where.null_flavor is not None:
        yield "@nullFlavor" if where.null_flavor else "not(@nullFlavor)"
    if where.types:
        yield (
            "("
            + " or ".join(f"@xsi:type={_literal(t)} or substring-after(@xsi:type, ':')={_literal(t)}" for t in where.types)
            + ")"
        )
    if where.negated is not None:
        yield f"not({_predicate(where.negated)})"
    if where.any:
        yield "(" + " or ".join(f"({_predicate(option)})" for option in where.any) + ")"


def _literal(text: str) -> str:
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    parts = ', "\'", '.join(f"'{part}'" for part in text.split("'"))
    return f"concat({parts})"
