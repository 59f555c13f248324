"""Writes into a document what conditions select and constraints ask, one element at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from lxml import etree

from ...model import AttributeFact, Constraint, Text, ValueSet, Where
from ..constraints import fact_test
from ..grammar import CdaClass
from . import samples
from .filling import USUAL_TYPES, Filler, moment
from .tree import XSI_TYPE, Tree, Unplaced, attribute_named, children, drop, holds, reached, tag_of, type_of

_CODED = ("code", "codeSystem", "codeSystemName", "codeSystemVersion", "displayName")
_NULL = "nullFlavor"

Concepts = Mapping[tuple[str, str], str]


class Writer:
    """known: the constraints of the templates that an element claims."""

    def __init__(
        self, tree: Tree, value_sets: Callable[[str], ValueSet], known: Callable[[etree._Element], Iterable[Constraint]]
    ) -> None:
        self.tree = tree
        self.filler = Filler(tree)
        self._value_sets = value_sets
        self._known = known
        self.apart = False  # what is grown does not go into a section that claims a template

    # ---------------------------------------------------------- elements

    def grow(self, element: etree._Element, steps: Sequence[str], where: Where | None = None) -> etree._Element:
        """A new element at the end of these steps, under what is there already where it has room, such as the condition selects.

        Raises Unplaced.
        """
        if steps[0] in ("..", "."):
            above = element if steps[0] == "." else element.getparent()
            if above is None or len(steps) == 1:
                raise Unplaced(Text("rien ne s'ajoute au-dessus", "nothing is added above"))
            return self.grow(above, steps[1:], where)
        tag, rest = steps[0], steps[1:]
        if rest:
            for child in children(element, tag):
                if self.apart and tag == "section" and children(child, "templateId"):
                    continue
                try:
                    return self.grow(child, rest, where)
                except Unplaced:
                    continue
        blank = [one for one in children(element, tag) if not (len(one) or one.attrib or (one.text or "").strip())]
        child = blank[0] if blank else self._child(element, tag)
        try:
            if where is not None and not rest:
                self.satisfy(child, where)  # before it is filled: what it holds may be of one kind only
            found = self.grow(child, rest, where) if rest else child
        except Unplaced:
            element.remove(child)
            raise
        self.filler.fill(child)
        return found

    def _child(self, element: etree._Element, tag: str) -> etree._Element:
        """One more child; an element whose data type has no such child takes one that has."""
        try:
            return self.tree.add(element, tag)
        except Unplaced:
            declared = self.tree.declared(element)
            present = [tag_of(child) for child in children(element)]
            for name in self._types_for(declared, (), (*present, tag), ()):
                if name != type_of(element):
                    self._retype(element, name)
                    return self.tree.add(element, tag)
            if self._make_room(element, tag):
                return self.tree.add(element, tag)
            raise

    def _make_room(self, element: etree._Element, tag: str) -> bool:
        """Takes away the one child that stands in the way of another and that no template speaks of."""
        for child in children(element):
            if tag_of(child) == tag or child.find(".//{*}templateId") is not None:
                continue
            place = element.index(child)
            element.remove(child)
            if self.tree.takes(element, tag):
                return True
            element.insert(place, child)
        return False

    def way(self, element: etree._Element, path: str) -> tuple[str, ...]:
        """Steps of a path, those that `//` leaves open included. Raises Unplaced."""
        found: list[str] = []
        before, descending, last = path.partition("//")
        if before:
            found += before.split("/")
        if descending:
            inner = reached(element, before)[:1] if before else [element]
            if not inner:
                raise Unplaced(Text(f"rien ne mène à {path}", f"nothing leads to {path}"))
            head, slash, rest = last.partition("/")
            found += [*self.tree.way(inner[0], head), *(rest.split("/") if slash else ())]
        if "*" in found:
            raise Unplaced(Text(f"{path} ne dit pas quel élément écrire", f"{path} does not say which element to write"))
        return tuple(found)

    # ---------------------------------------------------------- conditions

    def satisfy(self, element: etree._Element, where: Where) -> None:
        """Changes what is needed for the condition to hold. Raises Unplaced."""
        if holds(element, where):
            return
        if where.null_flavor is False and _NULL in element.attrib:
            self.unnull(element)
        if where.types and type_of(element) not in where.types:
            self._retype(element, where.types[0])
        if where.template is not None:
            self._among(element, "templateId/@root", (where.template,))
        for path in where.lacks:
            self._remove(element, path)
        for name, values in where.attributes.items():
            self._among(element, name, values)
        for path in where.has:
            self.lead(element, path)
        if where.null_flavor:
            self.empty(element, "UNK")
        if where.negated is not None:
            self.falsify(element, where.negated)
        if where.any and not any(holds(element, option) for option in where.any):
            self._first_that_works(element, where.any)

    def _first_that_works(self, element: etree._Element, options: Sequence[Where]) -> None:
        for option in options[:-1]:
            try:
                return self.satisfy(element, option)
            except Unplaced:
                continue
        return self.satisfy(element, options[-1])

    def falsify(self, element: etree._Element, where: Where) -> None:
        """Changes what is needed for the condition not to hold. Raises Unplaced."""
        if not holds(element, where):
            return
        if where.negated is not None:
            self.satisfy(element, where.negated)
        elif where.template is not None:
            for claim in reached(element, "templateId"):
                if claim.get("root") == where.template:
                    element.remove(claim)
        elif where.attributes:
            name, values = next(iter(where.attributes.items()))
            self._away(element, name, values)
        elif where.has:
            self._remove(element, where.has[0])
        elif where.lacks:
            self.lead(element, where.lacks[0])
        elif where.null_flavor is not None:
            self.unnull(element) if where.null_flavor else self.empty(element, "UNK")
        elif where.types:
            other = next(name for name in USUAL_TYPES if name not in where.types)
            self._retype(element, other)
        elif where.any:
            for option in where.any:
                self.falsify(element, option)

    def _among(self, element: etree._Element, name: str, values: Sequence[str]) -> None:
        """The attribute at the end of this path has one of the values."""
        before, _, attribute = name.rpartition("@")
        attribute = attribute or name
        path = before.removesuffix("/")
        bearing = reached(element, path) if path else [element]
        if any(one.get(attribute_named(attribute)) in values for one in bearing):
            return
        if not bearing or path.rpartition("/")[2] == "templateId":
            bearing = [self.grow(element, self.way(element, path))]
        self.write(bearing[0], attribute, values[0])

    def _away(self, element: etree._Element, name: str, values: Sequence[str]) -> None:
        before, _, attribute = name.rpartition("@")
        attribute = attribute or name
        path = before.removesuffix("/")
        for one in reached(element, path) if path else [element]:
            if one.get(attribute_named(attribute)) in values:
                parent = one.getparent()
                if tag_of(one) == "templateId" and parent is not None:
                    parent.remove(one)
                else:
                    self._other_than(one, attribute, values)

    def write_other(self, element: etree._Element, attribute: str, value: str) -> None:
        """Another value than this, or none."""
        self._other_than(element, attribute, (value,))

    def _other_than(self, element: etree._Element, attribute: str, values: Sequence[str]) -> None:
        cls = self.tree.class_of(element)
        form = None if cls is None else cls.attributes.get(attribute)
        if form is None or (not form.required and attribute not in _CODED):
            del element.attrib[attribute_named(attribute)]
            return
        other = samples.first_fit((*form.values, *samples.VALUES), form.fits, lambda value: value not in values)
        element.set(attribute_named(attribute), other or samples.CODE)

    def write(self, element: etree._Element, attribute: str, value: str) -> None:
        """Sets an attribute; a data type that has none takes one that has."""
        cls = self.tree.class_of(element)
        if attribute != _NULL and cls is not None and not cls.free and attribute not in cls.attributes and attribute != "xsi:type":
            declared = self.tree.declared(element)
            for name in self._types_for(declared, (attribute,), [tag_of(child) for child in children(element)], ()):
                self._retype(element, name)
                break
        if attribute == _NULL:
            self.empty(element, value)
            return
        element.set(attribute_named(attribute), value)
        if attribute == "code" and element.get("codeSystem") in (None, samples.SYSTEM):
            self._name_system(element, value)
        if attribute == "codeSystem" and element.get("code") == samples.CODE and value in samples.CODES:
            code, label = samples.CODES[value]
            element.set("code", code)
            element.set("displayName", label)

    def _name_system(self, element: etree._Element, code: str) -> None:
        """The system of a code, as the constraints of the templates claimed above it know it."""
        for above in element.iterancestors():
            for constraint in self._known(above):
                for concepts in self._concepts(constraint):
                    for (system, one), label in concepts.items():
                        if one == code:
                            element.set("codeSystem", system)
                            element.set("displayName", label or samples.LABEL)
                            return

    def lead(self, element: etree._Element, path: str) -> None:
        """Makes a path lead to an element or attribute. Raises Unplaced."""
        before, at, attribute = path.rpartition("@")
        steps = before.removesuffix("/") if at else path
        found = reached(element, steps) if steps else [element]
        one = found[0] if found else self.grow(element, self.way(element, steps))
        if at and one.get(attribute_named(attribute)) is None:
            self.write(one, attribute, self._value_for(one, attribute, ()) or samples.CODE)

    def _remove(self, element: etree._Element, path: str) -> None:
        before, at, attribute = path.rpartition("@")
        steps = before.removesuffix("/") if at else path
        for one in reached(element, steps) if steps else [element]:
            if at:
                drop(one, attribute_named(attribute))
            elif (parent := one.getparent()) is not None:
                parent.remove(one)

    # ---------------------------------------------------------- null or not

    def empty(self, element: etree._Element, flavor: str) -> None:
        """Says why there is no value, and takes the value away."""
        type = element.get(XSI_TYPE)
        required = self.tree.class_of(element)
        for name in list(element.attrib):
            if required is None or name not in required.required:
                del element.attrib[name]
        if type is not None:
            element.set(XSI_TYPE, type)
        if required is not None and any(name in self.tree.lineage(required) for name in ("ANY", "pharm.ANY")):
            for child in list(element):
                element.remove(child)
            element.text = None
        element.set(_NULL, flavor)

    def unnull(self, element: etree._Element) -> None:
        drop(element, _NULL)
        self.filler.fill(element)

    # ---------------------------------------------------------- what constraints ask of an element

    def meet(self, element: etree._Element, asked: Sequence[Constraint]) -> None:
        """Makes the element what all these ask of it together, as far as one value can."""
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
        self._type(element, asked, facts, coded)
        if any(constraint.codes or constraint.valueset for constraint in coded) or element.get("code") is not None:
            self._code(element, coded)
        for name, those in facts.items():
            self._attribute(element, name, those)
        texts = [constraint.text for constraint in asked if constraint.text is not None]
        if texts:
            self._text(element, texts)

    def _type(
        self, element: etree._Element, asked: Sequence[Constraint], facts: Mapping[str, Sequence[AttributeFact]], coded: object
    ) -> None:
        lists = [constraint.types for constraint in asked if constraint.types]
        allowed = [name for name in (lists[0] if lists else ()) if all(name in types for types in lists)]
        needed = [name for name, those in facts.items() if any(fact.presence == "required" for fact in those)]
        needed += ["code"] if coded and any(one.codes or one.valueset for one in asked) else []
        present = [tag_of(child) for child in children(element)]
        cls = self.tree.class_of(element)
        if cls is None or cls.free:
            return
        fits = not set(needed) - cls.attributes.keys() - {"xsi:type", _NULL}
        if fits and (not lists or type_of(element) in allowed):
            return
        declared = self.tree.declared(element)
        for tags in (present, ()):
            for name in self._types_for(declared, needed, tags, allowed):
                if name != type_of(element):
                    self._retype(element, name)
                return

    def _types_for(
        self, declared: CdaClass | None, attributes: Sequence[str], tags: Sequence[str], allowed: Sequence[str]
    ) -> list[str]:
        """Data types that an element so declared may have, with these attributes and children."""
        if declared is None or declared.free or not {"ANY", "pharm.ANY"} & set(self.tree.lineage(declared)):
            return []
        names = [name for name in (*USUAL_TYPES, *self.tree.derived(declared.name)) if name in self.tree.derived(declared.name)]
        found = []
        for name in dict.fromkeys([*allowed] if allowed else names):
            if not self.tree.grammar.knows(name) or not self.tree.grammar.derives(name, declared.name):
                continue
            cls = self.tree.grammar.class_named(name)
            if set(attributes) - cls.attributes.keys() - {"xsi:type", _NULL} or cls.abstract:
                continue
            if all(tag in cls.content.classes for tag in tags):
                found.append(name)
        return found

    def _retype(self, element: etree._Element, name: str) -> None:
        """Another data type; children that it has too stay."""
        kept = children(element)
        self.filler.retype(element, name)
        cls = self.tree.class_of(element)
        if cls is None:
            return
        for child in kept:
            tag = tag_of(child)
            if tag in cls.content.classes:
                for same in children(element, tag):
                    element.remove(same)
                element.append(child)
                self._suit(child)
        self.tree.arrange(element)

    def _suit(self, element: etree._Element) -> None:
        """A value of another type makes room for one of the type that its place has now."""
        cls = self.tree.class_of(element)
        if cls is not None and not cls.free and any(name[0] != "{" and name not in cls.attributes for name in element.attrib):
            element.attrib.clear()
            self.filler.fill(element)

    # ---------------------------------------------------------- codes

    def _code(self, element: etree._Element, asked: Sequence[Constraint]) -> None:
        concept = self._concept(asked, element.get("code", ""), element.get("codeSystem", ""))
        if concept is None:
            return
        (system, code), label = concept
        cls = self.tree.class_of(element)
        for name, value in (("code", code), ("codeSystem", system), ("displayName", label)):
            if cls is None or name in cls.attributes:
                element.set(name, value)
        drop(element, "codeSystemName")

    def _concept(self, asked: Sequence[Constraint], code: str, system: str) -> tuple[tuple[str, str], str] | None:
        """The concept that all allow; the one that is there, or of the same code or system, before others."""
        sets = [concepts for constraint in asked for concepts in self._concepts(constraint)]
        systems = [constraint.systems for constraint in asked if constraint.systems]
        said = (constraint.attributes.get("codeSystem") for constraint in asked)
        systems += [fact.values for fact in said if fact is not None and fact.values]
        if not sets:
            if not systems or system in systems[0]:
                return None
            wanted = next((one for one in systems[0] if all(one in those for those in systems)), systems[0][0])
            known = samples.CODES.get(wanted, (code or samples.CODE, samples.LABEL))
            return (wanted, known[0]), known[1]
        common = [
            key
            for key in sets[0]
            if all(key in those for those in sets[1:]) and all(not key[0] or key[0] in those for those in systems)
        ]
        if not common:
            common = list(sets[-1])
        labels = {key: label for concepts in reversed(sets) for key, label in concepts.items() if label}
        chosen = min(common, key=lambda key: (key != (system, code), key[1] != code, key[0] != system))
        return chosen, labels.get(chosen, samples.LABEL)

    def _concepts(self, constraint: Constraint) -> list[Concepts]:
        found: list[Concepts] = []
        if constraint.codes:
            found.append({(system, code): constraint.labels.get(code, "") for code, system in constraint.codes})
        if constraint.valueset is not None and (concepts := self._value_sets(constraint.valueset).concepts):
            found.append(concepts)
        return found

    # ---------------------------------------------------------- attributes and text

    def _attribute(self, element: etree._Element, name: str, facts: Sequence[AttributeFact]) -> None:
        key = attribute_named(name)
        present = element.get(key)
        if any(fact.presence == "forbidden" for fact in facts):
            drop(element, key)
            return
        wanted = any(fact.presence == "required" for fact in facts)
        if (present is None and not wanted) or (present is not None and all(fact_test(fact)(present) for fact in facts)):
            return
        value = self._value_for(element, name, facts)
        if value is not None:
            self.write(element, name, value)
        elif present is not None and not wanted:
            del element.attrib[key]

    def _value_for(self, element: etree._Element, name: str, facts: Sequence[AttributeFact]) -> str | None:
        cls = self.tree.class_of(element)
        form = None if cls is None else cls.attributes.get(name)
        tests = [fact_test(fact) for fact in facts] + ([form.fits] if form is not None else [])
        return samples.first_fit((*self._candidates(element, name, facts), *(form.values if form else ()), *samples.VALUES), *tests)

    def _candidates(self, element: etree._Element, name: str, facts: Sequence[AttributeFact]) -> list[str]:
        """Values to try, the ones that suit the element before any other."""
        found = [value for fact in facts for value in fact.values]
        found += [made for fact in facts if fact.pattern is not None and (made := samples.fitting(fact.pattern)) is not None]
        parent = element.getparent()
        if parent is not None:
            blank = etree.SubElement(parent, element.tag)
            if XSI_TYPE in element.attrib:
                blank.set(XSI_TYPE, element.get(XSI_TYPE, ""))
            self.filler.fill(blank)
            usual = blank.get(attribute_named(name))
            parent.remove(blank)
            found = [*([usual] if usual else []), *found]
        cls = self.tree.class_of(element)
        if name == "value" and cls is not None and "TS" in self.tree.lineage(cls):
            found.insert(0, moment(element))
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
        candidates += [made for fact in facts if fact.pattern is not None and (made := samples.fitting(fact.pattern))]
        value = samples.first_fit((*candidates, samples.WORDS, *samples.VALUES), *(fact_test(fact) for fact in facts))
        if value is not None:
            element.text = value
