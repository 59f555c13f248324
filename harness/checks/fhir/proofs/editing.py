"""A resource in JSON, changed at one place or laid over another: the rest is shared with what it was, which stays as it is."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from ....documents.fhir_tree import Node
from ..shapes import is_primitive

Json = dict[str, Any]
Pointer = tuple[str | int, ...]
"""The way to a value from the top: names of members, positions in lists."""


def pointer(node: Node) -> Pointer:
    """Of a typed node. JSON has what is inside a primitive beside it, under its name after a `_`."""
    steps: list[str | int] = []
    inside = False
    while node.parent is not None:
        if node.position is not None:
            steps.append(node.position)
        steps.append(f"_{node.name}" if inside and is_primitive(node.type) else node.name)
        inside = True
        node = node.parent
    return tuple(reversed(steps))


def node_at(root: Node, at: Pointer) -> Node | None:
    """The node that a pointer leads to."""
    node: Node | None = root
    several: list[Node] = []
    for step in at:
        if node is None:
            return None
        if isinstance(step, str):
            several = node.children.get(step.removeprefix("_"), [])
            node = several[0] if several else None
        else:
            node = next((one for one in several if one.position == step), None)
    return node


def held(content: Any, at: Pointer) -> Any:
    """Raises LookupError where there is nothing."""
    for step in at:
        content = content[step]
    return content


def is_there(content: Any, at: Pointer) -> bool:
    try:
        held(content, at)
    except (LookupError, TypeError):
        return False
    return True


def replaced(content: Any, at: Pointer, value: Any) -> Any:
    """A member of a list or an object has this value; a member that an object lacks is added."""

    def put(holder: Any, key: Any) -> None:
        holder[key] = value

    return _changed(content, at, put) if at else value


def removed(content: Any, at: Pointer) -> Any:
    """Without that value; a list that holds no other goes with it, and so do the extensions of a primitive."""
    if isinstance(at[-1], int) and len(held(content, at[:-1])) == 1:
        at = at[:-1]
    shadow = f"_{at[-1]}" if isinstance(at[-1], str) else ""

    def drop(holder: Any, key: Any) -> None:
        del holder[key]
        if shadow:
            holder.pop(shadow, None)

    return _changed(content, at, drop)


def inserted(content: Any, at: Pointer, value: Any) -> Any:
    """With this value before what stands at that position of a list."""
    return _changed(content, at, lambda holder, position: holder.insert(position, value))


def joined(content: Any, at: Pointer, name: str, value: Any, *, listed: bool) -> Any:
    """The object there with one more member, or one more item in the list of that name."""
    holder = held(content, at)
    if listed:
        there = holder.get(name, [])
        value = [*(there if isinstance(there, list) else [there]), value]
    return replaced(content, (*at, name), value)


def without_orphans(content: Any, before: Any) -> Any:
    """Without the contained resources that were referred to before and are no more: an edit breaks one thing."""
    contained = content.get("contained") if isinstance(content, dict) else None
    if not isinstance(contained, list) or content is before:
        return content
    led, now = _references(before), _references(content)
    kept = [one for one in contained if not isinstance(one, dict) or (at := f"#{one.get('id')}") in now or at not in led]
    if len(kept) == len(contained):
        return content
    return {name: value if name != "contained" else kept for name, value in content.items() if name != "contained" or kept}


def overlaid(content: Any, more: Any) -> Any:
    """An object with the members of another, and so for those that both have; any other value takes the place of what is there."""
    if isinstance(content, dict) and isinstance(more, dict):
        return {**content, **{key: overlaid(content.get(key), value) for key, value in more.items()}}
    return more


def merged(content: Any, pattern: Any) -> Any:
    """With all that the pattern says: the first item of a list follows its first."""
    if isinstance(content, dict) and isinstance(pattern, dict):
        return {**content, **{key: merged(content.get(key), value) for key, value in pattern.items()}}
    if isinstance(content, list) and isinstance(pattern, list) and content and pattern:
        return [merged(content[0], pattern[0]), *pattern[1:]]
    return copy.deepcopy(pattern)


def _references(content: Any) -> set[str]:
    if isinstance(content, dict):
        own = content.get("reference")
        return set().union(*map(_references, content.values()), [own] if isinstance(own, str) else [])
    return set().union(*map(_references, content)) if isinstance(content, list) else set()


def _changed(content: Any, at: Pointer, change: Callable[[Any, Any], None]) -> Any:
    copied = content.copy()
    if len(at) == 1:
        change(copied, at[0])
    else:
        copied[at[0]] = _changed(content[at[0]], at[1:], change)
    return copied
