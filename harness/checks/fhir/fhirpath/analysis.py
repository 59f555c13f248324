"""Static analysis of an expression, without any data: it names an element that no resource has, or is always true, or never.

Each part of an expression is followed with what it may give: which types, whether nothing, and of booleans which. What is not
known counts as possible, so that what is told of an expression holds whatever the resource.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import product

from ....library.fhirpath.names import SYSTEM_TYPES, TYPE_FUNCTIONS
from ....library.fhirpath.syntax import Binary, Call, Constant, Dot, Expression, Index, Literal, Member, Sign, Special, TypeTest
from ....library.nearest import slipped
from ....model import Text
from ....values import dataclass
from .compiling import Compiled
from .types import Elements, Place, Structures, is_subtype

_ANY_RESOURCE = frozenset({"Resource", "DomainResource", "Element", "BackboneElement"})
_ORDERED = frozenset({"first", "last", "tail", "skip", "take"})
_SAME = frozenset({"first", "last", "tail", "skip", "take", "single", "distinct", "trace", "exclude", "intersect", "sort"})
_TESTS = frozenset(
    """allFalse allTrue anyFalse anyTrue conformsTo contains convertsToDate convertsToDateTime convertsToDecimal convertsToInteger
    endsWith hasValue htmlChecks isDistinct matches matchesFull memberOf startsWith subsetOf supersetOf""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Remark:
    """kind: `no-element`, `no-type`, `unordered`, `never-false` or `never-true`; meant: the element that was, a slip of which is
    written."""

    kind: str
    told: Text
    meant: str = ""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a part may give. places: None when anything; empty, filled: whether it may be so; truths: of it as a boolean."""

    places: frozenset[Place] | None = None
    empty: bool = True
    filled: bool = True
    truths: frozenset[bool] = frozenset({True, False})
    unordered: bool = False

    @property
    def outcomes(self) -> set[bool | None]:
        return (set(self.truths) if self.filled else set()) | ({None} if self.empty else set())


_NOTHING = _Seen(frozenset(), filled=False, truths=frozenset())


def _boolean(outcomes: Iterable[bool | None]) -> _Seen:
    known = set(outcomes)
    truths = frozenset(outcome for outcome in known if outcome is not None)
    return _Seen(None, empty=None in known, filled=bool(truths), truths=truths)


def remarks(compiled: Compiled, start: str, definitions: Structures) -> list[Remark]:
    """Of an expression that is evaluated on each element of this path: `Patient`, `Observation.value[x]`."""
    elements = Elements(definitions)
    follower = _Follower(elements)
    places = frozenset(_places(start, elements))
    this = _Seen(places or None, empty=False, truths=frozenset({True, False}))
    root = start.partition(".")[0]
    follower.resource = _Seen(frozenset({(root, root)}), empty=False) if is_subtype(root, "Resource") else _Seen(empty=False)
    outcomes = follower.follow(compiled.tree, this, this).outcomes
    if not outcomes & {False, None}:
        told = Text("cette expression ne peut jamais être fausse", "this expression can never be false")
        follower.found.append(Remark("never-false", told))
    elif True not in outcomes:
        told = Text("cette expression ne peut jamais être vraie", "this expression can never be true")
        follower.found.append(Remark("never-true", told))
    return list(dict.fromkeys(follower.found))


def _places(path: str, elements: Elements) -> list[Place]:
    first, *rest = path.split(".")
    places = [(first, first)]
    for name in rest:
        places = [found for _, at in places for found in elements.children(at).get(name.removesuffix("[x]"), ())]
    return places


class _Follower:
    def __init__(self, elements: Elements) -> None:
        self._elements = elements
        self.resource = _Seen()
        self.found: list[Remark] = []

    def follow(self, tree: Expression, focus: _Seen, this: _Seen, *, after_dot: bool = False) -> _Seen:
        match tree:
            case Literal(value=None):
                return _NOTHING
            case Literal(value=value):
                return _Seen(None, empty=False, truths=frozenset({value is not False}))
            case Member():
                return self._member(tree.name, focus, after_dot)
            case Dot():
                return self.follow(tree.right, self.follow(tree.left, focus, this), this, after_dot=True)
            case Call():
                return self._call(tree, focus, this)
            case Special(name="this"):
                return this
            case Special():
                return _Seen(empty=tree.name == "total")
            case Constant(name="resource"):
                return self.resource
            case Constant():
                return _Seen(empty=False)
            case Index():
                self.follow(tree.position, focus, this)
                left = self.follow(tree.left, focus, this)
                self._order(left, "[ ]")
                return replace(left, empty=True)
            case Sign():
                return self.follow(tree.operand, focus, this)
            case TypeTest():
                return self._typed(tree.operator, self.follow(tree.left, focus, this), tree.namespace, tree.type)
            case Binary():
                return self._binary(tree, focus, this)

    def _member(self, name: str, focus: _Seen, after_dot: bool) -> _Seen:
        if not focus.filled:
            return _NOTHING
        if not after_dot and name[:1].isupper() and self._elements.knows(name):
            if focus.places is None or any(is_subtype(type, name) or type in _ANY_RESOURCE for type, _ in focus.places):
                return focus
            self._say_no_type(name, focus.places)
            return _NOTHING
        if focus.places is None or any(not self._elements.children(path) for _, path in focus.places):
            return _Seen()
        found = {place for _, path in focus.places for place in self._children(path, name)}
        if not found and not any(type in _ANY_RESOURCE and "." not in path for type, path in focus.places):
            types = ", ".join(sorted({path for _, path in focus.places})[:3])
            told = Text(f"{types} n'a pas d'élément « {name} »", f"{types} has no element `{name}`")
            known = {child for _, path in focus.places for child in self._elements.children(path)}
            self.found.append(Remark("no-element", told, slipped(name, known) or ""))
            return _NOTHING
        places = None if any(type in ("Resource", "DomainResource") for type, _ in found) or not found else frozenset(found)
        return _Seen(places, truths=self._truths(places))

    def _children(self, path: str, name: str) -> list[Place]:
        children = self._elements.children(path)
        for base, places in children.items():
            if len(places) > 1 and any(name == base + type[:1].upper() + type[1:] for type, _ in places):
                told = Text(f"FHIRPath écrit « {base} », pas « {name} »", f"FHIRPath writes `{base}`, not `{name}`")
                self.found.append(Remark("no-element", told, base))
        return children.get(name, [])

    @staticmethod
    def _truths(places: frozenset[Place] | None) -> frozenset[bool]:
        """Of an element as a boolean: what is no boolean counts as true."""
        return frozenset({True, False}) if places is None or any(type == "boolean" for type, _ in places) else frozenset({True})

    def _say_no_type(self, name: str, places: frozenset[Place]) -> None:
        types = ", ".join(sorted({type for type, _ in places})[:3])
        told = Text(
            f"« {name} » n'est jamais le type de ce qui est là ({types})", f"`{name}` is never the type of what is there ({types})"
        )
        self.found.append(Remark("no-type", told))

    def _typed(self, operator: str, left: _Seen, namespace: str, name: str) -> _Seen:
        if not left.filled:
            return _NOTHING
        if left.places is None or namespace == "System" or (not namespace and name in SYSTEM_TYPES - {"Quantity"}):
            known = left.places is not None and all(self._elements.children(path) for _, path in left.places)
            if known and namespace != "FHIR":
                assert left.places is not None
                self._say_no_type(name, left.places)
                return _boolean({False} | ({None} if left.empty else set())) if operator == "is" else _NOTHING
            return _boolean({True, False, None}) if operator == "is" else _Seen()
        fitting = frozenset(place for place in left.places if is_subtype(place[0], name) or place[0] in _ANY_RESOURCE)
        if operator == "is":
            outcomes: set[bool | None] = {None} if left.empty else set()
            outcomes |= {True} if fitting else set()
            outcomes |= {False} if any(not is_subtype(type, name) for type, _ in left.places) else set()
            return _boolean(outcomes)
        if not fitting:
            self._say_no_type(name, left.places)
            return _NOTHING
        as_type = frozenset((name, name) if type in _ANY_RESOURCE else (type, path) for type, path in fitting)
        return _Seen(as_type, empty=left.empty or fitting != left.places, truths=self._truths(as_type))

    def _call(self, tree: Call, focus: _Seen, this: _Seen) -> _Seen:
        name, arguments = tree.name, tree.arguments
        if name in TYPE_FUNCTIONS:
            match arguments[0]:
                case Member(name=type):
                    return self._typed(name, focus, "", type)
                case Dot(left=Member(name=namespace), right=Member(name=type)):
                    return self._typed(name, focus, namespace, type)
            return _Seen()
        if name in _ORDERED:
            self._order(focus, f"{name}()")
        item = replace(focus, empty=False, unordered=False)
        inside = [self.follow(argument, item, item) for argument in arguments] if name in _OVER_ITEMS and focus.filled else []
        if name not in _OVER_ITEMS and name != "iif":
            given = [self.follow(argument, this, this) for argument in arguments]
        else:
            given = inside
        match name:
            case "where":
                return replace(focus, empty=True) if inside and True in inside[0].outcomes else _NOTHING
            case "exists":
                filled = focus.filled and (not inside or True in inside[0].outcomes)
                certain = not focus.empty and (not inside or inside[0].outcomes == {True})
                return _boolean(({True} if filled else set()) | (set() if certain and filled else {False}))
            case "empty":
                return _boolean(({False} if focus.filled else set()) | ({True} if focus.empty else set()))
            case "not":
                return _boolean({None if outcome is None else not outcome for outcome in focus.outcomes})
            case "all":
                return _boolean({True} | ({False} if inside and inside[0].outcomes & {False, None} else set()))
            case "select":
                return replace(inside[0], empty=inside[0].empty or focus.empty) if inside else _NOTHING
            case "extension":
                return self._extension(arguments[0], focus)
            case "count":
                return _Seen(None, empty=False)
            case "iif":
                return self._iif(arguments, focus)
            case "children" | "descendants":
                return _Seen(unordered=True) if focus.filled else _NOTHING
            case "combine" | "union":
                return self._union(focus, given[0])
        if name in _TESTS:
            of_nothing: set[bool | None] = {True, False} if name.startswith(("all", "any", "is", "has", "sub", "super")) else {None}
            return _boolean({True, False, None} if focus.filled else of_nothing)
        if name in _SAME:
            return replace(focus, empty=focus.empty or name not in ("first", "last", "trace", "distinct", "single", "sort"))
        return _Seen()

    def _iif(self, arguments: tuple[Expression, ...], focus: _Seen) -> _Seen:
        criterion, *results = (self.follow(argument, focus, focus) for argument in arguments)
        then, other = results[0], results[1] if len(results) > 1 else _NOTHING
        if criterion.outcomes == {True}:
            return then
        return self._union(then, other, both=False) if True in criterion.outcomes else other

    @staticmethod
    def _union(left: _Seen, right: _Seen, *, both: bool = True) -> _Seen:
        """both: the items of the two together, else those of one of them."""
        places = None if left.places is None or right.places is None else left.places | right.places
        empty = (left.empty and right.empty) if both else (left.empty or right.empty)
        return _Seen(places, empty, left.filled or right.filled, left.truths | right.truths)

    def _extension(self, url: Expression, focus: _Seen) -> _Seen:
        """An extension is found by its URL, absolute unless it stands in another extension: the name of a slice finds none."""
        if not focus.filled:
            return _NOTHING
        named = url.value if isinstance(url, Literal) and isinstance(url.value, str) else None
        nested = ("Extension", *_ANY_RESOURCE)
        in_extension = focus.places is None or any(type in nested and "." not in path for type, path in focus.places)
        if named is not None and ":" not in named and not in_extension:
            told = Text(
                f"extension('{named}') ne trouve rien : une extension se cherche par son URL, pas par le nom d'une tranche",
                f"extension('{named}') finds nothing: an extension is looked for by its URL, not by the name of a slice",
            )
            self.found.append(Remark("no-element", told))
            return _NOTHING
        return _Seen(frozenset({("Extension", "Extension")}), truths=frozenset({True}))

    def _order(self, focus: _Seen, what: str) -> None:
        if focus.unordered:
            told = Text(f"{what} sur des éléments sans ordre", f"{what} on items that have no order")
            self.found.append(Remark("unordered", told))

    def _binary(self, tree: Binary, focus: _Seen, this: _Seen) -> _Seen:
        left, right = self.follow(tree.left, focus, this), self.follow(tree.right, focus, this)
        if tree.operator in _LOGIC:
            pairs = product(left.outcomes, right.outcomes)
            return _boolean(_LOGIC[tree.operator](one, other) for one, other in pairs)
        if tree.operator == "|":
            return self._union(left, right)
        if tree.operator in ("~", "!~"):
            return _boolean({True, False})
        if tree.operator == "&":
            return _Seen(None, empty=False)
        if tree.operator in ("in", "contains"):
            item, items = (left, right) if tree.operator == "in" else (right, left)
            possible: set[bool | None] = {True, False} if items.filled else {False}
            return _boolean((possible if item.filled else set()) | ({None} if item.empty else set()))
        if not left.filled or not right.filled:
            return _NOTHING
        if tree.operator in ("=", "!=") and isinstance(tree.right, Literal) and isinstance(tree.right.value, bool):
            outcomes = {None if one is None else (one is tree.right.value) is (tree.operator == "=") for one in left.outcomes}
            return _boolean(outcomes)
        if tree.operator in ("=", "!=", "<", ">", "<=", ">="):
            return _boolean({True, False} | ({None} if left.empty or right.empty or tree.operator != "=" else set()))
        return _Seen()


def _and(one: bool | None, other: bool | None) -> bool | None:
    return False if one is False or other is False else None if one is None or other is None else True


def _or(one: bool | None, other: bool | None) -> bool | None:
    return True if one or other else None if one is None or other is None else False


def _xor(one: bool | None, other: bool | None) -> bool | None:
    return None if one is None or other is None else one is not other


def _implies(one: bool | None, other: bool | None) -> bool | None:
    return _or(None if one is None else not one, other)


_LOGIC = {"and": _and, "or": _or, "xor": _xor, "implies": _implies}
_OVER_ITEMS = frozenset({"where", "exists", "all", "select", "repeat", "aggregate"})
