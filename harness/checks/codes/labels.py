"""Is the label of a code the one under which it is published, that of another code, or of something else altogether?"""

from __future__ import annotations

from ...labels import akin, fold, normalised, ranked_otherwise, shortens
from ...library.tables import Tables
from ...remembered import latest_remembered
from .slips import is_slip

_MANY = 3  # labels or codes that a message tells
_TELLING = 2  # words: fewer may be those of several codes
_UNSPECIFIED = ".9"  # of a category of the ICD: it may bear its label
_GROUP = 3  # signs that codes of one group begin with: more precise ones may bear its label


class PublishedLabels:
    """Remembers its latest answers: documents repeat the same codes."""

    def __init__(self, published: Tables) -> None:
        self._published = published

    @latest_remembered(4096)
    def fault(self, code: str, system: str, label: str) -> str:
        """`other`: the label of another code of the system; `different`: it has no word, or another number, than those under which
        value sets publish the code; `unlike`: than those that volets write where no value set holds it; or nothing.

        A label that shortens one of the code's own may be that of a more general code: nothing is told of it. Of a code that is not
        known, only the words of one of another chapter or group that is a sign off it: `I12`, and those of `I21`.
        """
        own = self._of(code, system)
        key = normalised(label)
        if not own and self._is_a_slip(code, system, label):
            return "other"
        if not own or not key or any(key == normalised(one) for one in own):
            return ""
        if any(code not in (one, one + _UNSPECIFIED) for one in self.bearers(label, system)) and not shortens(label, own):
            return "other"
        if akin(label, own) and not ranked_otherwise(label, own):
            return ""
        return "different" if code in self._published.labels(system) else "unlike"

    def _is_a_slip(self, code: str, system: str, label: str) -> bool:
        bearers = self.bearers(label, system) if len(fold(label).split()) > _TELLING else ()
        return any(is_slip(code, one) and code[:_GROUP] != one[:_GROUP] for one in bearers)

    def labels(self, code: str, system: str) -> str:
        """The first labels of the code, as a message shows them."""
        return " / ".join(self._of(code, system)[:_MANY])

    def only_label(self, code: str, system: str) -> str:
        """The label when there is only one: a correction can then be proposed with certainty."""
        own = self._of(code, system)
        return own[0] if len(own) == 1 else ""

    def codes(self, label: str, system: str) -> str:
        """The codes that have this label, as a message shows them."""
        return ", ".join(self.bearers(label, system)[:_MANY])

    def _of(self, code: str, system: str) -> list[str]:
        published, further = self._published.labels(system), self._published.further_labels(system)
        return [*published.get(code, "").splitlines(), *further.get(code, "").splitlines()]

    def bearers(self, label: str, system: str) -> list[str]:
        """The codes of the system that have this label."""
        return self._published.labelled(system).get(normalised(label), "").splitlines()
