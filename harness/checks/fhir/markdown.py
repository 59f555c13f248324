"""Markdown as FHIR takes it: GFM, "with the exception of support for inline HTML which is not supported" (R4, markdown)."""

from __future__ import annotations

import re
from collections import Counter

_ATTRIBUTE = r"""\s+[a-zA-Z_:][\w.:-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?"""
_TAG = re.compile(rf"(?<!\\)(?<!\]\()</?[a-zA-Z][a-zA-Z0-9-]*(?:{_ATTRIBUTE})*\s*/?>")
_INDENTED = re.compile(r"^(?: {4}|\t).*$", re.MULTILINE)
_TILDES = re.compile(r"^ {0,3}(~{3,}).*?(?:^ {0,3}\1~*\s*$|\Z)", re.MULTILINE | re.DOTALL)  # a fence as backticks are
_BACKTICKS = re.compile("(`+)")


def html_tag(text: str) -> str:
    """The first tag of HTML that is not escaped, in no code and no address of a link (`[a](<b c>)`), `""` where there is none."""
    if _TAG.search(text) is None:
        return ""
    found = _TAG.search(_without_code(text))
    return "" if found is None else found[0]


def _without_code(text: str) -> str:
    """What is indented is code, what tildes fence, and what stands between two runs of as many backticks (CommonMark, code)."""
    pieces = _BACKTICKS.split(_INDENTED.sub("", _TILDES.sub("", text)))  # text, run, text, run, text…
    runs = [*pieces[1::2], ""]
    later, kept, opened = Counter(runs), [], ""
    for said, run in zip(pieces[::2], runs, strict=True):
        if not opened:
            kept.append(said)
        later[run] -= 1
        if run == opened:
            opened = ""
        elif not opened and later[run]:
            opened = run
    return "".join(kept)
