"""Where to look for the nodes that a pattern's rules may be about, so that a document is not walked once a pattern.

A pattern gets an expression that finds every node one of its contexts could match, and others: whether a node does match is the
rule's own affair. Most contexts ask for a name or for a template, and both are looked up in an index of the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

ELEMENTS = "//*"
EVERYTHING = "/|//*|//@*|//comment()|//processing-instruction()"
_NAME = re.compile(r"(?:child::|self::)?(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
_ANY = re.compile(r"(?:child::|self::)?(?:[\w.-]+:)?\*")
_TEMPLATE = re.compile(
    r"""\s*(?:\./)?(?:[\w.-]+:)?templateId(?:/@root\s*=\s*(?P<a>'[^']*'|"[^"]*")|\[\s*@root\s*=\s*(?P<b>'[^']*'|"[^"]*")\s*\])"""
    r"""\s*(?:$|and\b)"""
)
_KINDS = {"comment()": "//comment()", "processing-instruction()": "//processing-instruction()", "*": ELEMENTS}


def selection(contexts: Iterable[str]) -> str:
    """XPath, from the document's root, of a set that holds every node these contexts can match."""
    found = list(dict.fromkeys(part for context in contexts for branch in _split(context, "|") for part in _branch(branch.strip())))
    if EVERYTHING in found:
        return EVERYTHING
    if ELEMENTS in found:
        found = [part for part in found if not part.startswith("key(")]
    return "|".join(found) or "()"


def _branch(branch: str) -> Iterator[str]:
    if branch == "/":
        yield "/"
        return
    step, predicates = _predicates(list(_split(branch, "/"))[-1].strip())
    for predicate in predicates:
        if (named := _TEMPLATE.match(predicate)) and not re.search(r"\bor\b", _without_literals(predicate)):
            yield f"key('h:template', {named['a'] or named['b']})"
            return
    if step.startswith(("@", "attribute::")):
        yield "//@*"
    elif step in _KINDS:
        yield _KINDS[step]
    elif _ANY.fullmatch(step):
        yield ELEMENTS
    elif named := _NAME.fullmatch(step):
        yield f"key('h:name', '{named[1]}')"
    else:
        yield EVERYTHING


def _predicates(step: str) -> tuple[str, list[str]]:
    """The node test, and what stands in each of its brackets."""
    start = step.find("[")
    if start < 0:
        return step, []
    found: list[str] = []
    depth = 0
    begun = start
    for place, sign in _signs(step):
        if sign == "[":
            depth += 1
            if depth == 1:
                begun = place + 1
        elif sign == "]":
            depth -= 1
            if depth == 0:
                found.append(step[begun:place])
    return step[:start].strip(), found


def _split(text: str, separator: str) -> Iterator[str]:
    """Split at the separators that are outside brackets, parentheses and literals."""
    depth = begun = 0
    for place, sign in _signs(text):
        depth += (sign in "[(") - (sign in "])")
        if sign == separator and depth == 0:
            yield text[begun:place]
            begun = place + 1
    yield text[begun:]


def _signs(text: str) -> Iterator[tuple[int, str]]:
    """The characters outside literals."""
    quote = ""
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        else:
            yield place, sign


def _without_literals(text: str) -> str:
    return "".join(sign for _, sign in _signs(text))
