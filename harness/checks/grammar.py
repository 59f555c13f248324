"""The grammar of CDA: which children, in which order, which attributes, which lexical forms.

`profiles/cda/grammar.yaml` says each class in one line, as a DTD would; a class is compiled when a document first needs it, so that
a child costs one dictionary look-up and an error knows what was expected instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Protocol

from harness.checks.content_model import Content, Particle, parse
from harness.documents.mends import Move
from harness.model import Text

XSI_TYPE = "xsi:type"
_GLOBAL_ATTRIBUTES = frozenset({XSI_TYPE, "xsi:schemaLocation", "xsi:noNamespaceSchemaLocation", "xsi:nil"})
_SHOWN = 6  # names listed in a message before the rest is counted
_REMEMBERED = 4096  # values and rows of children kept for each class
_REMEMBERED_CHILDREN = 64
_REMEMBERED_LENGTH = 256
_tag = attrgetter("tag")


class Element(Protocol):
    """What the grammar reads of a node. HL7 V3 names are bare, other known ones like `sdtc:id`, unknown ones `{uri}name`."""

    @property
    def tag(self) -> str: ...
    @property
    def attributes(self) -> Mapping[str, str]: ...
    @property
    def children(self) -> Sequence[Any]: ...
    @property
    def has_text(self) -> bool: ...
    def binds(self, prefix: str) -> bool: ...  # to HL7 V3


class Report(Protocol):
    def __call__(self, rule: str, node: Any, message: Text, hint: Text, mend: Move | None = None, /) -> None: ...


class Grammar:
    """All classes, each compiled when a document first needs it. data: the parsed grammar.yaml."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self._groups: Mapping[str, str] = data["groups"]
        self._classes: dict[str, CdaClass] = {}
        self._forms = _Forms(data["forms"], data["values"])

    def class_named(self, name: str) -> CdaClass:
        known = self._classes.get(name)
        if known is None:
            known = self._classes[name] = self._compile(name)
        return known

    def knows(self, name: str) -> bool:
        return name in self._data["classes"]

    def check(self, root: Element, report: Report) -> None:
        """Judge a whole document, `root` being its ClinicalDocument; each defect goes to `report` once."""
        todo: list[tuple[Any, CdaClass | None]] = [(root, self.root(root.tag))]
        while todo:
            node, cls = todo.pop()
            if cls is None:  # not known there, which was told
                continue
            attributes = node.attributes
            if XSI_TYPE in attributes or cls.abstract:
                cls = self._actual_class(node, cls, report)
            if cls.free:
                continue
            if (attributes and not cls.accepted.issuperset(attributes.items())) or (
                cls.required and not attributes.keys() >= cls.required
            ):
                _check_attributes(node, cls, report)
            if not cls.text and node.has_text:
                _report_text(node, report)
            children = node.children
            if not children and cls.may_be_empty:
                continue
            tags = tuple(map(_tag, children))
            classes = cls.followed.get(tags)
            if classes is None:
                classes = self._follow(node, cls, tags, report)
            todo += zip(children, classes)  # noqa: B905 - as many, and asking costs as much as the rest

    def _follow(self, node: Element, cls: CdaClass, tags: tuple[str, ...], report: Report) -> tuple[CdaClass | None, ...]:
        """The class of each child, None where it is not known; a row of children without defect is remembered."""
        sound = _check_children(node, cls, report)
        named = [cls.content.classes.get(tag) for tag in tags]
        classes = tuple(None if name is None else self.class_named(name) for tag, name in zip(tags, named, strict=True))
        if sound and len(cls.followed) < _REMEMBERED and len(tags) < _REMEMBERED_CHILDREN:
            cls.followed[tags] = classes
        return classes

    def root(self, tag: str) -> CdaClass:
        """The class of a document's first element."""
        return self.class_named(self._data["root"][tag])

    def lineage(self, name: str) -> Iterator[str]:
        """A class, its base, and so on up."""
        above: str | None = name
        while above is not None and self.knows(above):
            yield above
            above = self._data["classes"][above].get("is")

    def derived(self, base: str) -> Iterator[str]:
        """Every class that is this one or derives from it and that an element may have."""
        for name in self._data["classes"]:
            if base in self.lineage(name) and not self.class_named(name).abstract:
                yield name

    def derives(self, name: str, base: str) -> bool:
        while name != base:
            above = self._data["classes"][name].get("is")
            if above is None:
                return False
            name = above
        return True

    def _actual_class(self, node: Element, declared: CdaClass, report: Report) -> CdaClass:
        prefix, _, named = node.attributes.get(XSI_TYPE, "").rpartition(":")
        if prefix and not node.binds(prefix):
            report(
                "CDA-TYPE",
                node,
                Text(
                    f"Le préfixe {prefix} de xsi:type n'est pas celui de HL7 V3.",
                    f"Prefix {prefix} of xsi:type is not that of HL7 V3.",
                ),
                Text(
                    f'Le déclarer (xmlns:{prefix}="urn:hl7-org:v3") ou le retirer.',
                    f'Declare it (xmlns:{prefix}="urn:hl7-org:v3") or remove it.',
                ),
            )
            return _FREE
        if not named:
            report(
                "CDA-TYPE",
                node,
                Text(f"<{node.tag}> n'a pas d'attribut xsi:type.", f"<{node.tag}> has no xsi:type attribute."),
                Text('Indiquer le type de données, par exemple xsi:type="CD".', 'Say the data type, for instance xsi:type="CD".'),
            )
            return _FREE
        if self.knows(named) and (declared.free or self.derives(named, declared.name)):
            cls = self.class_named(named)
            if not cls.abstract:
                return cls
        report(
            "CDA-TYPE",
            node,
            Text(
                f'xsi:type="{named}" ne convient pas à <{node.tag}>, qui attend {declared.name} ou un type qui en dérive.',
                f'xsi:type="{named}" does not suit <{node.tag}>, which wants {declared.name} or a type derived from it.',
            ),
            Text("Corriger le type de données ou l'élément.", "Correct the data type or the element."),
        )
        return _FREE

    def _compile(self, name: str) -> CdaClass:
        if name == "xs:anyType":
            return _FREE
        said: Mapping[str, Any] = self._data["classes"][name]
        base = self.class_named(said["is"]) if "is" in said else None
        attributes = dict(base.attributes) if base else {}
        for key, form in said.get("attributes", {}).items():
            attribute = key.rstrip("!")
            if form == "forbidden":
                attributes.pop(attribute, None)
            else:
                attributes[attribute] = self._forms.attribute(form, required=key.endswith("!"))
        inherited = base is not None and "children" not in said
        content = base.content if base and inherited else Content(parse(said.get("children", ""), self._groups))
        return CdaClass(
            name=name,
            attributes=attributes,
            required=frozenset(key for key, fact in attributes.items() if fact.required),
            content=content,
            text=said.get("text", base.text if base else False),
            abstract=said.get("abstract", False),
            may_be_empty=content.accepting(0),
        )


@dataclass(frozen=True, slots=True)
class Form:
    """fits: whether a value is good; expected: what to tell a person; values: all the good ones, where they are listed."""

    fits: Callable[[str], bool]
    expected: str
    required: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CdaClass:
    """free: nothing is asked of its content (xs:anyType, or a type that was already reported).

    accepted, followed: attributes and rows of children once found without defect. Documents repeat themselves, and each other.
    """

    name: str
    attributes: Mapping[str, Form]
    required: frozenset[str]
    content: Content
    text: bool
    abstract: bool
    free: bool = False
    may_be_empty: bool = True
    accepted: set[tuple[str, str]] = field(default_factory=set)
    followed: dict[tuple[str, ...], tuple[CdaClass | None, ...]] = field(default_factory=dict)


_FREE = CdaClass("xs:anyType", {}, frozenset(), Content(Particle("sequence")), text=True, abstract=False, free=True)


def _check_children(node: Element, cls: CdaClass, report: Report) -> bool:
    """Whether the children are those of the class, in its order; each defect is reported."""
    content = cls.content
    state = 0
    last = ""
    sound = True
    for place, child in enumerate(node.children):
        tag = child.tag
        after = content.move(state, tag)
        if after is None:
            if tag not in content.classes and content.foreign and tag.startswith("{"):
                continue
            sound = False
            if tag not in content.classes:
                _report_unknown(node, child, content.expected(state), report)
                continue
            missing = content.needed_before(state, tag)
            if missing is None:
                move = _move(node, place, content)
                if (
                    move is not None and child.tag != last
                ):  # the one element that is out of place, though those after it are in its way
                    _report_moved(node, place, move, last, content.expected(state), report)
                    return False
                _report_misplaced(node, child, last, content.expected(state), report, move)
                continue
            later = {sibling.tag for sibling in node.children[place + 1 :]}
            for name in missing:
                if name not in later:
                    _report_missing(node, (name,), report)
                state = content.move(state, name) or state
            after = content.move(state, tag)
            if after is None:
                continue
        state = after
        last = tag
    if not content.accepting(state):
        sound = False
        missing = content.needed_before(state, None) or []
        expected = content.expected(state)
        for number, name in enumerate(missing):
            alternatives = expected if number == 0 and _is_choice(content, state, expected) else (name,)
            _report_missing(node, alternatives, report)
    return sound


def _is_choice(content: Content, state: int, expected: tuple[str, ...]) -> bool:
    return len(expected) > 1 and all(content.needed_before(content.move(state, name) or 0, None) == [] for name in expected)


def _check_attributes(node: Element, cls: CdaClass, report: Report) -> None:
    facts = cls.attributes
    given = node.attributes
    for name, value in given.items():
        fact = facts.get(name)
        if fact is None and name not in _GLOBAL_ATTRIBUTES:
            _report_unknown_attribute(node, name, facts, report)
        elif fact is not None and not (fact.fits(value) or fact.fits(" ".join(value.split()))):  # as XML Schema reads names
            _report_form(node, name, value, fact.expected, report)
        elif len(cls.accepted) < _REMEMBERED and len(value) < _REMEMBERED_LENGTH:
            cls.accepted.add((name, value))
    for name in sorted(cls.required):
        if name not in given:
            report(
                "CDA-ATTRIBUTE-MISSING",
                node,
                Text(f"L'attribut {name} manque à <{node.tag}>.", f"Attribute {name} is missing on <{node.tag}>."),
                Text(f"Valeur attendue : {facts[name].expected}.", f"Expected value: {facts[name].expected}."),
            )


# ------------------------------------------------------------------ lexical forms


class _Forms:
    """Lexical forms of attributes, each compiled once; a value judged is remembered, for documents repeat themselves."""

    def __init__(self, forms: Mapping[str, Any], values: Mapping[str, Sequence[str]]) -> None:
        self._said = forms
        self._values = values
        self._known: dict[str, Form] = {}

    def attribute(self, said: Any, *, required: bool) -> Form:
        if isinstance(said, str) and said.startswith("="):
            form = _one_of((said[1:],))
        elif isinstance(said, str):
            form = self._named(said)
        else:
            form = _one_of(tuple(str(value) for value in said))
        return Form(form.fits, form.expected, required, form.values)

    def _named(self, name: str) -> Form:
        if name not in self._known:
            self._known[name] = self._compile(name)
        return self._known[name]

    def _compile(self, name: str) -> Form:
        if name in self._values:
            return _one_of(tuple(str(value) for value in self._values[name]))
        said = self._said[name]
        if isinstance(said, str):
            matches = re.compile(said).fullmatch
            return Form(_remembered(lambda value: matches(value) is not None), name)
        if "any" in said:
            options = [self._named(option) for option in said["any"]]
            return Form(_remembered(lambda value: any(o.fits(value) for o in options)), " ou ".join(o.expected for o in options))
        word = self._named(said["words"])
        return Form(_remembered(lambda value: all(word.fits(w) for w in value.split())), word.expected)


def _one_of(values: tuple[str, ...]) -> Form:
    return Form(frozenset(values).__contains__, _listed(values), values=values)


def _remembered(fits: Callable[[str], bool]) -> Callable[[str], bool]:
    known: dict[str, bool] = {}

    def look_up(value: str) -> bool:
        answer = known.get(value)
        if answer is None:
            answer = fits(value)
            if len(known) < 4096 and len(value) < 256:
                known[value] = answer
        return answer

    return look_up


# ------------------------------------------------------------------ messages


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown + (f", … (+{len(names) - _SHOWN})" if len(names) > _SHOWN else "")


def _tags(names: Sequence[str]) -> str:
    return _listed([f"<{name}>" for name in names])


def _instead(expected: Sequence[str]) -> Text:
    if not expected:
        return Text("Rien n'est permis à cette place.", "Nothing is allowed at this place.")
    return Text(f"À cette place sont permis : {_tags(expected)}.", f"Allowed at this place: {_tags(expected)}.")


def _report_unknown(node: Element, child: Element, expected: Sequence[str], report: Report) -> None:
    here = f"<{node.tag}>"
    message = Text(
        f"<{child.tag}> n'existe pas dans {here} selon CDA R2.", f"<{child.tag}> does not exist inside {here} in CDA R2."
    )
    report("CDA-CHILD", child, message, _instead(expected))


def _move(node: Element, place: int, content: Content) -> Move | None:
    """One move that makes the row of children right: of the child at this place up, or of the one before it down."""
    children = node.children
    moves = [(place, to) for to in range(place)] + [(place - 1, to) for to in range(place, len(children)) if place]
    for number, to in moves:
        row = [child.tag for child in children]
        row.insert(to, row.pop(number))
        if content.accepts(row):
            return Move(children[number].order, children[to].order, after=to > number)
    return None


def _report_moved(node: Element, place: int, move: Move, last: str, expected: Sequence[str], report: Report) -> None:
    """The element that has to move: the one found at a place that is not its own, or the one before it, which came too early."""
    child, before = node.children[place], node.children[place - 1]
    if move.order == child.order:
        _report_misplaced(node, child, last, expected, report, move)
        return
    message = Text(
        f"<{before.tag}> n'est pas à sa place dans <{node.tag}>, avant <{child.tag}>.",
        f"<{before.tag}> is out of place inside <{node.tag}>, before <{child.tag}>.",
    )
    beside = next(sibling.tag for sibling in node.children if sibling.order == move.beside)
    report("CDA-ORDER", before, message, Text(f"Le placer après <{beside}>.", f"Place it after <{beside}>."), move)


def _report_misplaced(node: Element, child: Element, last: str, expected: Sequence[str], report: Report, mend: Move | None) -> None:
    if child.tag == last:
        message = Text(f"<{child.tag}> est répété dans <{node.tag}>.", f"<{child.tag}> is repeated inside <{node.tag}>.")
        report("CDA-REPEATED", child, message, Text("Ne garder qu'une occurrence.", "Keep one occurrence only."))
        return
    message = Text(
        f"<{child.tag}> n'est pas à sa place dans <{node.tag}>" + (f", après <{last}>." if last else "."),
        f"<{child.tag}> is out of place inside <{node.tag}>" + (f", after <{last}>." if last else "."),
    )
    report("CDA-ORDER", child, message, _instead(expected), mend)


def _report_missing(node: Element, names: Sequence[str], report: Report) -> None:
    if len(names) == 1:
        message = Text(f"<{names[0]}> manque dans <{node.tag}>.", f"<{names[0]}> is missing inside <{node.tag}>.")
        hint = Text(f"Ajouter <{names[0]}>.", f"Add <{names[0]}>.")
    else:
        message = Text(f"Il manque un élément dans <{node.tag}>.", f"An element is missing inside <{node.tag}>.")
        hint = Text(f"Ajouter l'un de : {_tags(names)}.", f"Add one of: {_tags(names)}.")
    report("CDA-MISSING", node, message, hint)


def _report_text(node: Element, report: Report) -> None:
    message = Text(f"<{node.tag}> ne peut pas contenir de texte.", f"<{node.tag}> may not hold text.")
    hint = Text("Retirer le texte ou le placer dans un attribut.", "Remove the text or move it to an attribute.")
    report("CDA-TEXT", node, message, hint)


def _report_unknown_attribute(node: Element, name: str, facts: Mapping[str, Form], report: Report) -> None:
    message = Text(f"L'attribut {name} n'existe pas sur <{node.tag}>.", f"Attribute {name} does not exist on <{node.tag}>.")
    known = _listed(sorted(facts))
    hint = Text(f"Attributs permis : {known or 'aucun'}.", f"Attributes allowed: {known or 'none'}.")
    report("CDA-ATTRIBUTE", node, message, hint)


def _report_form(node: Element, name: str, value: str, expected: str, report: Report) -> None:
    shown = value if len(value) <= 60 else value[:60] + "…"
    message = Text(
        f"La valeur « {shown} » de l'attribut {name} de <{node.tag}> n'est pas permise.",
        f'Value "{shown}" of attribute {name} on <{node.tag}> is not allowed.',
    )
    report("CDA-FORM", node, message, Text(f"Attendu : {expected}.", f"Expected: {expected}."))
