"""Checks the children of an element against its content model: unknown, missing, repeated or out of place."""

from __future__ import annotations

from ...documents.mends import Move
from ..node import Node
from . import remarks
from .classes import CdaClass
from .content_model import Content
from .remarks import Report


def check_children(node: Node, cls: CdaClass, report: Report) -> bool:
    """Whether the children are those of the class, in its order; each defect is reported."""
    content = cls.content
    state = 0
    last = ""
    sound = True
    for place, child in enumerate(node.children):
        tag = child.tag
        after = content.move(state, tag)
        if after is None:
            if tag not in content.classes and content.foreign and tag.startswith("{"):
                continue
            sound = False
            if tag not in content.classes:
                remarks.unknown(node, child, content.expected(state), report)
                continue
            missing = content.needed_before(state, tag)
            if missing is None:
                move = _move(node, place, content)
                if move is not None and child.tag != last:
                    # the one element that is out of place, though those after it are in its way
                    remarks.moved(node, place, move, last, content.expected(state), report)
                    return False
                remarks.misplaced(node, child, last, content.expected(state), report, move)
                continue
            later = {sibling.tag for sibling in node.children[place + 1 :]}
            for name in missing:
                if name not in later:
                    remarks.missing(node, (name,), report)
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
            alternatives = expected if number == 0 and _is_choice(content, state, expected) else (name,)
            remarks.missing(node, alternatives, report)
    return sound


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
