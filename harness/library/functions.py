"""The `h:` functions that rules may call (functions.json)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def functions() -> Mapping[str, Mapping[str, Any]]:
    """The `h:` functions that rules may call: how many arguments each takes, whether texts or nodes, and what it gives."""
    said: Mapping[str, Mapping[str, Any]] = json.loads((Path(__file__).parent / "functions.json").read_text("utf-8"))
    return said


@cache
def arguments() -> Mapping[str, tuple[int, int]]:
    """The fewest and most arguments of each `h:` function, as xpath.parse wants them."""
    return {name: (function["arguments"], function["arguments"]) for name, function in functions().items()}


def function_name(name: str) -> str:
    """The name under which generated code calls an `h:` function."""
    return name.replace(":", "_").replace("-", "_")
