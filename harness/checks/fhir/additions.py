"""What a sliced element asks of its children that the snapshot of a slice does not repeat."""

from __future__ import annotations

from .shapes import Element
from .structures import Structures


class Additions:
    """Told once of each slice."""

    def __init__(self, _: Structures) -> None:
        self._known: dict[tuple[Element, Element], bool] = {}

    def are_made(self, general: Element, element: Element) -> bool:
        """general: the sliced element; element: a slice of it."""
        key = (general, element)
        if key not in self._known:
            self._known[key] = bool(general.children) and _asks_more(general, element)
        return self._known[key]


def _asks_more(general: Element, element: Element) -> bool:
    """Of the children of an element, where another definition of it tells them too."""
    told = {child.name: child for child in element.children}
    for child in general.children:
        same = told.get(child.name)
        if same is None:
            if child.min > 0 or child.wanted:
                return True
            continue
        if child.min > same.min or (child.max is not None and (same.max is None or child.max < same.max)):
            return True
        if child.wanted and not same.wanted:
            return True
        if child.children and same.children and _asks_more(child, same):
            return True
    return False
