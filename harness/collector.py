"""Python's garbage collector, paused while trees are made and judged: it would scan them all and find nothing to free."""

from __future__ import annotations

import gc
from contextlib import AbstractContextManager, nullcontext

_NOTHING = nullcontext()


def at_rest() -> AbstractContextManager[None]:
    """Within another one, and where nothing is collected anyway, it changes nothing."""
    return _AtRest() if gc.isenabled() else _NOTHING


class _AtRest:
    def __enter__(self) -> None:
        gc.disable()

    def __exit__(self, *_: object) -> None:
        gc.enable()
