"""File name patterns: `*` and `?` stay within one folder, `**` crosses folders, `{a,b}` is either."""

from __future__ import annotations

import re
from functools import cache


def matches(pattern: str, relative: str) -> bool:
    return _compiled(pattern).fullmatch(relative) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\{|\}|,)", pattern)
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|"}
    return re.compile("".join(meaning.get(part, re.escape(part)) for part in parts))
