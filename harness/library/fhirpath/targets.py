"""Whether an expression asks only the type of what a reference leads to: the text of the reference may name it (`Patient/1`)."""

from __future__ import annotations

from collections.abc import Iterator

from .names import TYPE_FUNCTIONS
from .syntax import Binary, Call, Dot, Expression, Index, Literal, Sign, Special, TypeTest

_TRUTHS = frozenset({"exists", "empty", "all", "not"})
_KEEPS = frozenset({"where", "first", *_TRUTHS})  # their criteria asked too
_JOINING = frozenset({"and", "or", "xor", "implies"})

Steps = tuple[Expression, ...]


def asks_types_only(tree: Expression) -> bool:
    """Of all that it resolves: `resolve() is Patient`, `resolve().ofType(Patient).exists()`, `resolve().all($this is Patient)`."""
    followed = list(_after_resolving(tree, ()))
    return bool(followed) and all(map(_is_test_of_type, followed))


def _after_resolving(tree: Expression, steps: Steps) -> Iterator[Steps]:
    """What is done with each target, step by step. steps: those that come after the tree."""
    match tree:
        case Call(name="resolve"):
            yield steps
        case Call(arguments=arguments):
            for argument in arguments:
                yield from _after_resolving(argument, ())
        case Dot(left=left, right=right):
            yield from _after_resolving(left, (right, *steps))
            yield from _after_resolving(right, steps)
        case TypeTest(left=left) | Index(left=left):
            yield from _after_resolving(left, (tree, *steps))
        case Sign(operand=operand):
            yield from _after_resolving(operand, (tree, *steps))
        case Binary(operator=operator, left=left, right=right):
            for side in (left, right):
                yield from _after_resolving(side, () if operator in _JOINING else (tree, *steps))


def _is_test_of_type(steps: Steps) -> bool:
    return bool(steps) and all(map(_is_of_types, steps)) and any(map(_names_type, steps)) and _is_truth(steps[-1])


def _is_of_types(step: Expression) -> bool:
    """It reads nothing of an item but its type."""
    match step:
        case TypeTest():
            return True  # what stands before it is a step of its own, or is asked as a criterion
        case Literal() | Special(name="this"):
            return True
        case Call(name=name, arguments=arguments):
            return name in TYPE_FUNCTIONS or (name in _KEEPS and all(map(_is_criterion, arguments))) or _is_choice(step)
    return False


def _is_choice(step: Expression) -> bool:
    return isinstance(step, Call) and step.name == "iif" and all(map(_is_criterion, step.arguments))


def _is_criterion(tree: Expression) -> bool:
    match tree:
        case TypeTest(left=left):
            return _is_criterion(left)
        case Dot(left=left, right=right):
            return _is_criterion(left) and _is_of_types(right)
        case Binary(operator=operator, left=left, right=right):
            return operator in _JOINING and _is_criterion(left) and _is_criterion(right)
    return _is_of_types(tree)


def _names_type(step: Expression) -> bool:
    match step:
        case TypeTest():
            return True
        case Call(name=name, arguments=arguments):
            return name in TYPE_FUNCTIONS or any(map(_names_type, arguments))
        case Dot(left=left, right=right) | Binary(left=left, right=right):
            return _names_type(left) or _names_type(right)
    return False


def _is_truth(step: Expression) -> bool:
    match step:
        case TypeTest(operator=operator):
            return operator == "is"
        case Literal(value=value):
            return isinstance(value, bool)
        case Call(name="iif", arguments=(_, *outcomes)):
            return bool(outcomes) and all(map(_is_truth, outcomes))
        case Call(name=name):
            return name in _TRUTHS or name == "is"
        case Dot(right=right):
            return _is_truth(right)
        case Binary(operator=operator):
            return operator in _JOINING
    return False
