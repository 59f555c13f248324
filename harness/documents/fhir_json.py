"""FHIR in JSON: each object becomes a node as soon as the C parser has read it; lines and columns are worked out only on demand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from .. import collector
from ..model import NO_TEXT, Text
from . import refusals
from .fhir_tree import Node, Problem
from .json_places import Lines
from .json_text import DEPTH, TooDeep, Twice, read_text, text_of

_VALUE = -1  # `order` of a node that is a value, or stands in for one, as nodes begin; of an object, how many end before it does
_EMPTY = Text("Omettre l'élément.", "Leave the element out.")
_OBJECT = Text("Écrire son id et ses extensions dans l'objet lui-même.", "Write its id and extensions in the object itself.")


def read_json(data: bytes) -> Node:
    """The resource in these bytes. Raises UnreadableDocument, saying where, when they are not JSON or hold no resource."""
    with collector.at_rest():
        text = text_of(data)
        nodes = _Nodes()
        root = read_text(text, nodes.made)
        if not isinstance(root, Node):
            raise refusals.not_recognised(Text("JSON qui n'est pas un objet", "JSON that is not an object"), 1, 1)
        if not root.type:
            raise refusals.not_recognised(Text("JSON sans resourceType", "JSON without resourceType"), 1, 1)
        root.name = root.type
        root.source = JsonSource(text, nodes.all_problems(), nodes.all_holders(), nodes.before)
        return root


class JsonSource:
    """A JSON text, and where in it a node stands."""

    format = "json"

    def __init__(self, text: str, problems: list[Problem], holders: list[Node], before: list[int]) -> None:
        """before: by `order`, how many objects end before this one begins."""
        self.problems = problems
        self.holders = holders
        self._before = before
        self._lines = Lines(text, len(before))

    def place(self, node: Node) -> tuple[int, int]:
        if node.order != _VALUE:
            return self._lines.of_object(self._rank(node), node.name if node.position is None else "")
        holder, steps = _steps(node)
        return self._lines.of_value(self._rank(holder), steps)

    def says(self, signs: Iterable[str]) -> bool:
        text = self._lines.text
        return not text.isascii() and any(sign in text for sign in signs)

    def _rank(self, node: Node) -> int:
        """How many objects begin before this one: those that end before it does, and those that it is in."""
        begun = self._before[node.order]
        while (holder := node.parent) is not None:
            begun += 1
            node = holder
        return begun


def _steps(node: Node) -> tuple[Node, list[str | int]]:
    """The object that holds the value, and the way to it there; what a primitive holds is under the name with an underscore."""
    steps: list[list[str | int]] = []
    child: Node | None = None
    current = node
    while current.order == _VALUE and current.parent is not None:
        aside = child is not None and current.order == _VALUE and child.name in ("id", "extension")
        without_value = child is None and current.raw is None and current.order == _VALUE and bool(current.children)
        step: list[str | int] = [f"_{current.name}" if aside or without_value else current.name]
        if current.position is not None:
            step.append(current.position)
        steps.append(step)
        child, current = current, current.parent
    return current, [part for step in reversed(steps) for part in step]


class _Nodes:
    """Makes the nodes of one text, the inner ones first. before: of each object, how many end before it begins."""

    def __init__(self) -> None:
        self.before: list[int] = []
        self._holders: list[Node] = []
        self._unheld: set[Node] = set()  # objects in a list where none may be: of what is in them nothing is told
        self._depths: list[int] = []
        self._problems: list[Problem] = []
        self._owners: dict[Node, Node] = {}  # of what was read apart, the primitive that has it
        self._nulls: list[Node] = []

    def made(self, pairs: list[tuple[str, Any]]) -> Node:
        """The node of an object, unnamed until its holder is made. Raises Twice, TooDeep."""
        node = Node("")
        children = node.children
        asides: list[tuple[str, Any]] | None = None
        others = 0  # members that are no child
        depths = self._depths
        deepest = 0
        first: int | None = None  # of the objects within, the one that begins before the others
        for name, value in pairs:
            kind = type(value)
            if kind is str:
                if name == "resourceType":
                    node.type = value
                    others += 1
                    continue
                child = Node(name, node, None, value)
                children[name] = [child]
                if not value:
                    self._problem(child, Text("une chaîne vide", "an empty string"), _EMPTY)
            elif name[:1] == "_" and name[1:2].isalpha():  # no element begins otherwise
                asides = asides or []
                asides.append((name[1:], value))
                others += 1
                if first is None:
                    first = _first_of([value])
            elif kind is Node:
                value.name = name
                value.parent = node
                if depths[value.order] > deepest:
                    deepest = depths[value.order]
                if first is None:
                    first = value.order
                children[name] = [value]
            elif kind is list:
                if value:
                    if first is None and type(value[0]) is not str:
                        first = _first_of(value)
                    deepest = max(deepest, self._listed(name, node, value))
                    children[name] = value
                else:
                    others += 1
                    self._problem(node, Text(f"« {name} » est un tableau vide", f"`{name}` is an empty array"), _EMPTY)
            else:
                children[name] = [self._plain(name, node, None, value)]
        if len(children) + others != len(pairs) or (others > 1 and len(dict(pairs)) != len(pairs)):
            names = [name for name, _ in pairs]
            raise Twice(next(name for name in names if names.count(name) > 1))
        for name, value in asides or ():
            deepest = max(deepest, self._merge(node, name, value))
        if not pairs:
            self._problem(node, Text("un objet vide", "an empty object"), _EMPTY)
        node.order = len(depths)
        depths.append(deepest + 1)
        self.before.append(node.order if first is None else self.before[first])
        self._holders.append(node)
        if deepest >= DEPTH:
            raise TooDeep
        return node

    def all_problems(self) -> list[Problem]:
        """Those of values that are null with them: in a list, and there only, they hold the place of what `_name` gives."""
        for node in self._nulls:
            if node.position is None or not node.children:
                self._problem(node, Text("la valeur null", "the value null"), _EMPTY)
        told = (replace(one, node=self._owners.get(one.node, one.node)) for one in self._problems)
        return [problem for problem in told if self._is_held(problem.node)]

    def all_holders(self) -> list[Node]:
        return [node for node in self._holders if self._is_held(node)] if self._unheld else self._holders

    def _is_held(self, node: Node) -> bool:
        return node.root not in self._unheld

    def _listed(self, name: str, parent: Node, values: list[Any]) -> int:
        """Makes nodes of the items, in their list. Gives how deep the deepest is."""
        deepest = 0
        for index, value in enumerate(values):
            if type(value) is Node:
                value.name = name
                value.parent = parent
                value.position = index
                if self._depths[value.order] > deepest:
                    deepest = self._depths[value.order]
            else:
                values[index] = self._plain(name, parent, index, value)
        return deepest

    def _plain(self, name: str, parent: Node, position: int | None, value: Any) -> Node:
        """The node of a value that is no object."""
        child = Node(name, parent, position)
        if isinstance(value, list):
            child.raw = self._unread(value)
            self._problem(child, Text("un tableau dans un tableau", "an array in an array"), NO_TEXT)
        elif value is None:
            self._nulls.append(child)
        else:
            child.value = child.raw = value
            if value == "":
                self._problem(child, Text("une chaîne vide", "an empty string"), _EMPTY)
        return child

    def _unread(self, values: list[Any]) -> list[Any]:
        """A list where none may be, as it is shown; of what is in it nothing is told."""
        shown: list[Any] = []
        for one in values:
            if isinstance(one, Node):
                self._unheld.add(one)
            shown.append({} if isinstance(one, Node) else self._unread(one) if isinstance(one, list) else one)
        return shown

    def _merge(self, parent: Node, name: str, aside: Any) -> int:
        """Puts the `id` and `extension` of `_name` on the primitives of `name`, which stand in where there is no value.

        Gives how deep the deepest is.
        """
        items = aside if isinstance(aside, list) else [aside]
        deepest = 0
        if not items:
            self._problem(parent, Text(f"« _{name} » est un tableau vide", f"`_{name}` is an empty array"), _EMPTY)
            return deepest
        known = parent.children.setdefault(name, [])
        if known and (known[0].position is not None) != isinstance(aside, list):  # R4, JSON: both are arrays, or neither is
            what = Text("un tableau", "an array") if known[0].position is not None else Text("un objet seul", "a single object")
            told = Text(f"« _{name} » doit être {what.fr}, comme « {name} »", f"`_{name}` has to be {what.en}, as `{name}` is")
            self._problem(parent, told, NO_TEXT)
        for index, item in enumerate(items):
            if index == len(known):
                stand_in = Node(name, parent, index if isinstance(aside, list) else None)
                known.append(stand_in)
            if known[index].order != _VALUE:
                self._problem(
                    known[index], Text(f"« _{name} », or « {name} » est un objet", f"`_{name}`, but `{name}` is an object"), _OBJECT
                )
            if isinstance(item, Node):
                deepest = max(deepest, self._depths[item.order])
                self._give(known[index], item)
            elif item is not None or not isinstance(aside, list):
                wrong = Text(f"« _{name} » n'est pas un objet", f"`_{name}` is not an object")
                self._problem(known[index], wrong, NO_TEXT)
        if isinstance(aside, list) and len(aside) != len(known):
            told = Text(
                f"« _{name} » n'a pas autant d'éléments que « {name} »", f"`_{name}` does not have as many items as `{name}`"
            )
            self._problem(parent, told, Text("Compléter par des null.", "Fill with nulls."))
        return deepest

    def _give(self, node: Node, aside: Node) -> None:
        """Give each primitive the `id` and `extension` that were read apart."""
        for name, nodes in aside.children.items():
            node.children[name] = nodes
            for one in nodes:
                one.parent = node
        node.type = aside.type or node.type
        self._owners[aside] = node
        aside.children = {}
        self._holders.append(node)

    def _problem(self, node: Node, message: Text, hint: Text) -> None:
        self._problems.append(Problem(node, message, hint))


def _first_of(values: list[Any]) -> int | None:
    """The `order` of the first object in a list."""
    for value in values:
        kind = type(value)
        if kind is Node:
            return value.order  # type: ignore[no-any-return]
        if kind is list and (found := _first_of(value)) is not None:
            return found
    return None
