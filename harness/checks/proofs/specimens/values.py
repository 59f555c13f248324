"""The values of an element (attributes, code, text, or nullFlavor) that satisfy all its constraints together."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lxml import etree

from ....model import AttributeFact, Constraint
from ....namespaces import XSI_TYPE, attribute_named
from ...constraints import fact_test
from . import samples
from .concepts import Concepts
from .datatypes import DataTypes
from .filling import USUAL_TYPES, Filler, moment
from .patterns import fitting
from .tree import Tree, children, drop, tag_of

_CODED = ("code", "codeSystem", "codeSystemName", "codeSystemVersion", "displayName")
_NULL = "nullFlavor"


class Values:
    """Writes them, one element at a time."""

    def __init__(self, tree: Tree, filler: Filler, concepts: Concepts) -> None:
        self._tree = tree
        self._filler = filler
        self._concepts = concepts
        self.types = DataTypes(tree, filler)

    def meet(self, element: etree._Element, asked: Sequence[Constraint]) -> None:
        """Gives the element a value that satisfies all these facts, as far as one value can."""
        facts: dict[str, list[AttributeFact]] = {}
        for constraint in asked:
            for name, fact in constraint.attributes.items():
                facts.setdefault(name, []).append(fact)
        for fact in facts.get(_NULL, ()):
            if fact.presence == "required":
                self.empty(element, (fact.values or ("UNK",))[0])
                return
        if _NULL in element.attrib:
            allowed = [constraint.null_flavor for constraint in asked if constraint.null_flavor is not None]
            if all(element.get(_NULL) in flavors for flavors in allowed):
                return
            if allowed and all(allowed):
                element.set(_NULL, allowed[0][0])
                return
            self.unnull(element)
        coded = [one for one in asked if one.codes or one.valueset or one.systems or "codeSystem" in one.attributes]
        self.types.fit(element, asked, facts, coded)
        if any(constraint.codes or constraint.valueset for constraint in coded) or element.get("code") is not None:
            self._code(element, coded)
        for name, those in facts.items():
            self._attribute(element, name, those)
        self._label(element, facts.get("displayName", ()))
        texts = [constraint.text for constraint in asked if constraint.text is not None]
        if texts:
            self._text(element, texts)

    # ---------------------------------------------------------- null or not

    def empty(self, element: etree._Element, flavor: str) -> None:
        """Says why there is no value, and takes the value away."""
        type = element.get(XSI_TYPE)
        required = self._tree.class_of(element)
        for name in list(element.attrib):
            if required is None or name not in required.required:
                del element.attrib[name]
        if type is not None:
            element.set(XSI_TYPE, type)
        if required is not None and any(name in self._tree.lineage(required) for name in ("ANY", "pharm.ANY")):
            for child in list(element):
                element.remove(child)
            element.text = None
        element.set(_NULL, flavor)

    def unnull(self, element: etree._Element) -> None:
        drop(element, _NULL)
        self._filler.fill(element)

    # ---------------------------------------------------------- codes, attributes and text

    def _code(self, element: etree._Element, asked: Sequence[Constraint]) -> None:
        concept = self._concepts.common(asked, element.get("code", ""), element.get("codeSystem", ""))
        if concept is None:
            return
        (system, code), label = concept
        cls = self._tree.class_of(element)
        for name, value in (("code", code), ("codeSystem", system), ("displayName", label)):
            if cls is None or name in cls.attributes:
                element.set(name, value)
        drop(element, "codeSystemName")

    def _label(self, element: etree._Element, facts: Sequence[AttributeFact]) -> None:
        """Writes the system of the code and, where one is allowed, its label."""
        cls, code = self._tree.class_of(element), element.get("code")
        if code is None or cls is None or "displayName" not in cls.attributes:
            return
        if "codeSystem" not in element.attrib:
            element.set("codeSystem", samples.SYSTEM)
        if "displayName" not in element.attrib and not any(fact.presence == "forbidden" for fact in facts):
            element.set("displayName", self._concepts.label(code, element.get("codeSystem", "")))

    def _forget(self, element: etree._Element, code: str) -> None:
        """Removes what described the former code, before another is written."""
        if element.get("code") in (None, code):
            return
        for name in ("displayName", "codeSystemName", "codeSystemVersion"):
            drop(element, name)
        if not self._concepts.is_of(code, element.get("codeSystem", "")):
            element.set("codeSystem", samples.SYSTEM)
            element.set("displayName", samples.LABEL)

    def write(self, element: etree._Element, attribute: str, value: str) -> None:
        """Sets an attribute; a data type that has none takes one that has."""
        if attribute == "xsi:type":
            self.types.change(element, value)
            return
        cls = self._tree.class_of(element)
        if attribute != _NULL and cls is not None and not cls.free and attribute not in cls.attributes:
            declared = self._tree.declared(element)
            for name in self.types.fitting(declared, (attribute,), [tag_of(child) for child in children(element)], ()):
                self.types.change(element, name)
                break
        if attribute == _NULL:
            self.empty(element, value)
            return
        if attribute == "code":
            self._forget(element, value)
        if attribute == "value":
            self._unbound(element)
        element.set(attribute_named(attribute), value)
        if attribute == "code" and element.get("codeSystem") in (None, samples.SYSTEM):
            self._concepts.name_system(element, value)
        if attribute == "code":
            self._label(element, ())
        if attribute == "codeSystem" and element.get("code") == samples.CODE and value in samples.CODES:
            code, label = samples.CODES[value]
            element.set("code", code)
            element.set("displayName", label)

    def _unbound(self, element: etree._Element) -> None:
        """A value comes: an interval has it or bounds."""
        for tag in ("low", "high", "width", "center"):
            for child in children(element, tag):
                element.remove(child)

    def write_other(self, element: etree._Element, attribute: str, values: Collection[str]) -> None:
        """Writes a value that is none of these, or removes the attribute where none is required."""
        if attribute == "xsi:type":
            self.types.change(element, next(name for name in USUAL_TYPES if name not in values))
            return
        cls = self._tree.class_of(element)
        form = None if cls is None else cls.attributes.get(attribute)
        if form is None or (not form.required and attribute not in _CODED):
            del element.attrib[attribute_named(attribute)]
            return
        other = samples.first_fit((*form.values, *samples.VALUES), form.fits, lambda value: value not in values)
        element.set(attribute_named(attribute), other or samples.CODE)

    def _attribute(self, element: etree._Element, name: str, facts: Sequence[AttributeFact]) -> None:
        key = attribute_named(name)
        present = element.get(key)
        if any(fact.presence == "forbidden" for fact in facts):
            drop(element, key)
            return
        wanted = any(fact.presence == "required" for fact in facts)
        if (present is None and not wanted) or (present is not None and all(fact_test(fact)(present) for fact in facts)):
            return
        value = self.value_for(element, name, facts)
        if value is not None:
            self.write(element, name, value)
        elif present is not None and not wanted:
            del element.attrib[key]

    def value_for(self, element: etree._Element, name: str, facts: Sequence[AttributeFact]) -> str | None:
        cls = self._tree.class_of(element)
        form = None if cls is None else cls.attributes.get(name)
        tests = [fact_test(fact) for fact in facts] + ([form.fits] if form is not None else [])
        return samples.first_fit((*self._candidates(element, name, facts), *(form.values if form else ()), *samples.VALUES), *tests)

    def _candidates(self, element: etree._Element, name: str, facts: Sequence[AttributeFact]) -> list[str]:
        """Values to try, the ones that suit the element before any other."""
        found = [value for fact in facts for value in fact.values]
        found += [made for fact in facts if fact.pattern is not None and (made := fitting(fact.pattern)) is not None]
        parent = element.getparent()
        if parent is not None:
            blank = etree.SubElement(parent, element.tag)
            if XSI_TYPE in element.attrib:
                blank.set(XSI_TYPE, element.get(XSI_TYPE, ""))
            self._filler.fill(blank)
            usual = blank.get(attribute_named(name))
            parent.remove(blank)
            found = [*([usual] if usual else []), *found]
        cls = self._tree.class_of(element)
        if name == "value" and cls is not None and "TS" in self._tree.lineage(cls):
            found[:0] = [moment(element), moment(element)[:8]]
        named = {"displayName": samples.LABEL, "codeSystem": samples.SYSTEM, "code": samples.CODE, "unit": "mg", "extension": "1"}
        return [*found, named[name]] if name in named else found

    def _text(self, element: etree._Element, facts: Sequence[AttributeFact]) -> None:
        present = (element.text or "").strip()
        if any(fact.presence == "forbidden" for fact in facts):
            element.text = None
            return
        if present and all(fact_test(fact)(present) for fact in facts):
            return
        if not present and (children(element) and not any(fact.values or fact.pattern for fact in facts)):
            return
        if not present and all(fact.presence == "optional" for fact in facts):
            return
        candidates = [value for fact in facts for value in fact.values]
        candidates += [made for fact in facts if fact.pattern is not None and (made := fitting(fact.pattern))]
        usual = samples.TEXTS.get(tag_of(element).rpartition(":")[2], samples.WORDS)
        value = samples.first_fit((*candidates, usual, *samples.VALUES), *(fact_test(fact) for fact in facts))
        if value is not None:
            element.text = value
