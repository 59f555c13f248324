"""XPath rules: compiled when first needed, judged on the nodes of their context."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lxml import etree

from ..documents import HL7_V3
from ..model import Rule, Text

NAMESPACES = {
    "cda": HL7_V3,
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "sdtc": "urn:hl7-org:sdtc",
    "lab": "urn:oid:1.3.6.1.4.1.19376.1.3.2",
    "pharm": "urn:ihe:pharm:medication",
    "h": "urn:cisis-harness:functions",
}
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
Extensions = Mapping[tuple[str, str], Callable[..., Any]]


class Contexts:
    """Nodes that rules start from, found once for all the rules that share a context."""

    def __init__(self, extensions: Extensions) -> None:
        self._extensions = extensions
        self._compiled: dict[str, etree.XPath] = {}
        self._found: dict[str, list[Any]] = {}

    def begin(self) -> None:
        self._found = {}

    def nodes(self, path: str, root: etree._Element) -> list[Any]:
        found = self._found.get(path)
        if found is None:
            answer = self.expression(path)(root)
            found = self._found[path] = answer if isinstance(answer, list) else []
        return found

    def expression(self, path: str) -> etree.XPath:
        compiled = self._compiled.get(path)
        if compiled is None:
            compiled = self._compiled[path] = etree.XPath(path, namespaces=NAMESPACES, extensions=self._extensions)
        return compiled


class RuleCheck:
    """One rule, ready to judge documents."""

    __slots__ = ("_assertion", "_contexts", "rule")

    def __init__(self, rule: Rule, contexts: Contexts) -> None:
        self.rule = rule
        self._contexts = contexts
        self._assertion: etree.XPath | None = None

    def run(self, root: etree._Element, judged: set[str]) -> Iterator[Any]:
        """The context nodes on which the assertion does not hold; the requirement joins `judged` when there is a context node."""
        nodes = self._contexts.nodes(self.rule.context, root)
        if not nodes:
            return
        judged.add(self.rule.requirement)
        if self._assertion is None:
            self._assertion = self._contexts.expression(f"boolean({self.rule.test})")
        for node in nodes:
            if not self._assertion(_element(node)):
                yield _element(node)

    def told(self, node: etree._Element) -> tuple[Text, Text]:
        """Message and hint, their {XPath} replaced by what they find from the node."""
        return self._filled(self.rule.message, node), self._filled(self.rule.hint, node)

    def _filled(self, text: Text, node: etree._Element) -> Text:
        def value(found: re.Match[str]) -> str:
            answer = self._contexts.expression(f"string({found[1]})")(node)
            return " ".join(str(answer).split())

        return Text(_PLACEHOLDER.sub(value, text.fr), _PLACEHOLDER.sub(value, text.en))


def _element(node: Any) -> etree._Element:
    """The element itself, or the one that bears an attribute or text that a context named."""
    return node if isinstance(node, etree._Element) else node.getparent()
