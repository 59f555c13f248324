"""How long to wait until a search finds what was just published: it is asked again meanwhile.

No text asks that it be found at once, nor says how late an index may be.
"""

from __future__ import annotations

DELAYS = (0.25, 0.5, 1.0, 2.0)  # seconds before a search is asked again, and again


class Patience:
    """That of one run. A wait in vain makes the next ones shorter, down to what this system was once seen to need: those for one
    that finds nothing take 6.5 seconds together.
    """

    def __init__(self) -> None:
        self._left = len(DELAYS)
        self._needed = 0

    def delays(self) -> tuple[float, ...]:
        """In seconds, of the next search that does not find what it is to find."""
        return DELAYS[: self._left]

    def learn(self, times: int, *, found: bool) -> None:
        """times: how often that search was asked again."""
        if found:
            self._needed = max(self._needed, times)
        self._left = max(self._left - (not found), self._needed)
