"""Checks the children of an element against its content model: unknown, missing, repeated or out of place."""

from __future__ import annotations

from collections.abc import Sequence

from ...documents.mends import Move
from ..node import Node
from .classes import CdaClass
from .content_model import OF_NO_NAMESPACE, Content
from .remarks import Remarks, instead, tags


def check_children(node: Node, cls: CdaClass, remarks: Remarks) -> bool:
    """Whether the children are those of the class, in its order; each defect is reported."""
    content = cls.content
    state = 0
    last = ""
    sound = True
    for place, child in enumerate(node.children):
        tag = child.tag
        after = content.move(state, tag)
        if after is None:
            if content.overlooks(tag):
                continue
            sound = False
            if tag.startswith(OF_NO_NAMESPACE):
                remarks.tell("no-namespace", child, tag=node.tag, child=tag.removeprefix(OF_NO_NAMESPACE))
                continue
            if tag not in content.classes:
                remarks.tell("unknown", child, tag=node.tag, child=tag, instead=instead(content.expected(state)))
                continue
            missing = content.needed_before(state, tag)
            if missing is None:
                move = _move(node, place, content)
                if move is not None and child.tag != last:
                    # the one element that is out of place, though those after it are in its way
                    _moved(node, place, move, last, content.expected(state), remarks)
                    return False
                _misplaced(node, child, last, content.expected(state), remarks, move)
                continue
            later = {sibling.tag for sibling in node.children[place + 1 :]}
            for name in missing:
                if name not in later:
                    remarks.tell("missing", node, child=name)
                state = content.move(state, name) or state
            after = content.move(state, tag)
            if after is None:
                continue
        state = after
        last = tag
    if not content.accepting(state):
        sound = False
        missing = content.needed_before(state, None) or []
        expected = content.expected(state)
        for number, name in enumerate(missing):
            if number == 0 and _is_choice(content, state, expected):
                remarks.tell("one-missing", node, tags=tags(expected))
            else:
                remarks.tell("missing", node, child=name)
    return sound


def _moved(node: Node, place: int, move: Move, last: str, expected: Sequence[str], remarks: Remarks) -> None:
    """The element that has to move: the one found at a place that is not its own, or the one before it, which came too early."""
    child, before = node.children[place], node.children[place - 1]
    if move.order == child.order:
        _misplaced(node, child, last, expected, remarks, move)
        return
    beside = next(sibling.tag for sibling in node.children if sibling.order == move.beside)
    remarks.tell("too-early", before, move, before=before.tag, tag=node.tag, child=child.tag, beside=beside)


def _misplaced(node: Node, child: Node, last: str, expected: Sequence[str], remarks: Remarks, mend: Move | None) -> None:
    if child.tag == last:
        remarks.tell("repeated", child, child=child.tag, tag=node.tag)
    else:
        what = "misplaced" if last else "first"
        remarks.tell(what, child, mend, child=child.tag, tag=node.tag, last=last, instead=instead(expected))


def _is_choice(content: Content, state: int, expected: tuple[str, ...]) -> bool:
    return len(expected) > 1 and all(content.needed_before(content.move(state, name) or 0, None) == [] for name in expected)


def _move(node: Node, place: int, content: Content) -> Move | None:
    """One move that makes the row of children right: of the child at this place up, or of the one before it down."""
    children = node.children
    moves = [(place, to) for to in range(place)] + [(place - 1, to) for to in range(place, len(children)) if place]
    for number, to in moves:
        row = [child.tag for child in children]
        row.insert(to, row.pop(number))
        if content.accepts(row):
            return Move(children[number].order, children[to].order, after=to > number)
    return None
