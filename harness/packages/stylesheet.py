"""A schema written as one XSLT 3.0 stylesheet that tells findings in a compact form.

    <r><f n="12" at="0/3/1" role="error">message</f><u n="13" file="values.xml"/></r>

n: the assertion's number in the schema; at: positions of the element among its sibling elements, from the root; `u`: an assertion
that could not be evaluated because the package lacks a file that it looks into.

The stylesheet opens no file: `document()` and its like are rewritten to look in the documents that the caller hands over, by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from harness.packages.contexts import selection
from harness.packages.schematron import SCH, Assertion, Extends, Let, Part, Pattern, Schema

XSL = "http://www.w3.org/1999/XSL/Transform"
OURS = "urn:cisis-harness:official"
ROOT = "package:/"  # where the addresses inside a package begin

_LITERAL_OR_CALL = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*")|(?<![\w.$-])(?:fn:)?(document|doc-available|doc)\s*\(""")
_ALLOWED_FOREIGN = ("key", "function", "variable")


def calls_documents(expression: str) -> bool:
    return any(found[2] for found in _LITERAL_OR_CALL.finditer(expression))


def rewritten(expression: str) -> str:
    """The expression with its calls that open files turned into calls of ours."""
    return _LITERAL_OR_CALL.sub(lambda found: found[1] or f"h:{found[2]}(", expression)


def stylesheet(schema: Schema) -> bytes:
    return etree.tostring(_Writer(schema).written(), xml_declaration=True, encoding="utf-8")


class _Writer:
    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        spaces = {prefix: uri for prefix, uri in schema.namespaces.items() if prefix not in ("xsl", "h") and uri}
        spaces.setdefault("xs", "http://www.w3.org/2001/XMLSchema")
        spaces.setdefault("map", "http://www.w3.org/2005/xpath-functions/map")
        self.root = etree.Element(f"{{{XSL}}}stylesheet", nsmap={"xsl": XSL, "h": OURS, **spaces})
        self.root.set("version", "3.0")
        self.root.set("exclude-result-prefixes", "#all")
        self.number = 0
        self.abstract = {id: f"a{place}" for place, id in enumerate(schema.abstract)}
        names = [let.name for pattern in schema.patterns for let in pattern.lets] + [let.name for let in schema.lets]
        self.shared = {name for name in names if names.count(name) > 1}
        self.looking = {let.name for let in schema.lets if calls_documents(let.value)}

    def written(self) -> etree._Element:
        self._frame()
        seen: set[str] = set()
        for let in self.schema.lets:
            if let.name not in seen:
                seen.add(let.name)
                self._variable(self.root, let)
        for element in self.schema.foreign:
            if element.tag in [f"{{{XSL}}}{name}" for name in _ALLOWED_FOREIGN]:
                self.root.append(_sealed(element))
        for place, pattern in enumerate(self.schema.patterns):
            self._pattern(f"m{place}", pattern)
        for place, body in enumerate(self.schema.abstract.values()):
            self._body(_add(self.root, "template", name=f"a{place}"), body)
        return self.root

    def _frame(self) -> None:
        """What every stylesheet of ours begins with."""
        self.root.extend(etree.fromstring(_FRAME))
        main = _add(self.root, "template", match="/")
        report = etree.SubElement(main, "r")
        modes = [f"m{place}" for place in range(len(self.schema.patterns))]
        for mode, pattern in zip(modes, self.schema.patterns, strict=True):
            _add(report, "apply-templates", select=selection(rule.context for rule in pattern.rules), mode=mode)
        if modes:
            nothing = "/|*|@*|text()|comment()|processing-instruction()"
            _add(self.root, "template", match=nothing, mode=" ".join(modes), priority="-1")
        base = _add(self.root, "variable", name="h:base", select=f"'{ROOT}{_quoted(self.schema.base)}/'")
        base.set("as", "xs:string")

    def _pattern(self, mode: str, pattern: Pattern) -> None:
        own = [let for let in pattern.lets if let.name in self.shared]
        for let in pattern.lets:
            if let.name not in self.shared:
                self._variable(self.root, let)
        for place, rule in enumerate(pattern.rules):
            template = _add(
                self.root, "template", match=rewritten(rule.context), mode=mode, priority=str(len(pattern.rules) - place + 1)
            )
            for let in own:
                self._variable(template, Let(let.name, f"root(.)!({let.value})"))
            self._body(template, rule.body)

    def _body(self, template: etree._Element, body: tuple[Part, ...]) -> None:
        looking = set(self.looking)
        for part in body:
            if isinstance(part, Extends):
                _add(template, "call-template", name=self.abstract[part.rule])
            elif isinstance(part, Let):
                if calls_documents(part.value):
                    looking.add(part.name)
                self._variable(template, part)
            else:
                self.number += 1
                uses = calls_documents(part.test) or any(
                    re.search(rf"\${re.escape(name)}(?![\w.-])", part.test) for name in looking
                )
                self._assertion(template, part, guarded=uses)

    def _assertion(self, parent: etree._Element, assertion: Assertion, *, guarded: bool) -> None:
        """guarded: it looks into other documents, and must not stop the others when one is absent."""
        if guarded:
            parent = _add(parent, "try")
        test = rewritten(assertion.test)
        failing = _add(parent, "if", test=test if assertion.fails_when else f"not({test})")
        finding = etree.SubElement(failing, "f", n=str(self.number), at="{h:place(.)}")
        if assertion.role:
            finding.set("role", assertion.role.replace("{", "{{").replace("}", "}}"))
        _message(finding, assertion.message)
        if guarded:
            caught = _add(parent, "catch", errors="h:absent")
            etree.SubElement(
                caught, "u", n=str(self.number), file="{$err:description}", nsmap={"err": "http://www.w3.org/2005/xqt-errors"}
            )

    def _variable(self, parent: etree._Element, let: Let) -> None:
        _add(parent, "variable", name=let.name, select=rewritten(let.value))


_FRAME = f"""
<xsl:frame xmlns:xsl="{XSL}" xmlns:h="{OURS}" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:map="http://www.w3.org/2005/xpath-functions/map">
<xsl:output method="xml" encoding="utf-8" omit-xml-declaration="yes"/>
<xsl:key name="h:name" match="*" use="local-name()"/>
<xsl:key name="h:template" match="*" use="*:templateId/@root"/>
<xsl:param name="h:documents" as="map(xs:string, document-node())" select="map{{}}"/>
<xsl:function name="h:document" as="document-node()*">
  <xsl:param name="addresses" as="item()*"/>
  <xsl:for-each select="$addresses">
    <xsl:variable name="name" select="substring-after(string(resolve-uri(string(.), $h:base)), '{ROOT}')"/>
    <xsl:sequence select="if (map:contains($h:documents, $name)) then $h:documents($name) else error(xs:QName('h:absent'), $name)"/>
  </xsl:for-each>
</xsl:function>
<xsl:function name="h:doc" as="document-node()?">
  <xsl:param name="address" as="item()?"/>
  <xsl:sequence select="h:document($address)"/>
</xsl:function>
<xsl:function name="h:doc-available" as="xs:boolean">
  <xsl:param name="address" as="item()?"/>
  <xsl:sequence select="map:contains($h:documents, substring-after(string(resolve-uri(string($address), $h:base)), '{ROOT}'))"/>
</xsl:function>
<xsl:function name="h:place" as="xs:string">
  <xsl:param name="node" as="node()"/>
  <xsl:variable name="steps" select="$node/ancestor-or-self::*/string(count(preceding-sibling::*))"/>
  <xsl:sequence select="string-join($steps, '/') || (if ($node instance of attribute()) then '/@' || name($node) else '')"/>
</xsl:function>
</xsl:frame>
"""


def _message(parent: etree._Element, message: etree._Element) -> None:
    """Text as text, values as values; what else a message may hold gives its text."""
    _text(parent, message.text)
    for part in message:
        local = part.tag.rpartition("}")[2] if isinstance(part.tag, str) else ""
        if local == "value-of":
            _add(parent, "value-of", select=rewritten(part.get("select", ".")))
        elif local == "name":
            _add(parent, "value-of", select=f"name({rewritten(part.get('path', '.'))})")
        elif local and isinstance(part.tag, str) and part.tag.startswith(f"{{{SCH}}}"):
            _message(parent, part)
        _text(parent, part.tail)


def _text(parent: etree._Element, text: str | None) -> None:
    if text:
        _add(parent, "text").text = text


def _add(parent: etree._Element, element: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{XSL}}}{element}", attributes)


def _sealed(element: etree._Element) -> etree._Element:
    """A declaration that the schema's author wrote in XSLT, its expressions rewritten as ours are."""
    for one in element.iter("*"):
        for name in ("select", "match", "use", "test"):
            if (value := one.get(name)) is not None:
                one.set(name, rewritten(value))
    return element


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def literals(expression: str) -> Iterator[str]:
    """The string literals of an expression."""
    for found in _LITERAL_OR_CALL.finditer(expression):
        if found[1]:
            yield found[1][1:-1]
