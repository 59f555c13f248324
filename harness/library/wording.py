"""Constraints in words, French and English: the text of the requirement each one is, and the pieces that messages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..model import NO_TEXT, AttributeFact, Constraint, Text, Where

_SHOWN = 8  # alternatives named before the rest is counted


def requirement_text(constraint: Constraint, name: Text | None) -> Text:
    """One sentence that says what the constraint asks. name: of the template it belongs to, None for the document itself."""
    said = list(_facets(constraint))
    french = " ; ".join(part.fr for part in said) or "contenu contrôlé"
    english = "; ".join(part.en for part in said) or "content checked"
    place = element(constraint)
    if constraint.when is not None:
        condition = where_words(constraint.when)
        french += f" (si {condition.fr})"
        english += f" (if {condition.en})"
    if name is None:
        return Text(f"{place.fr} : {french}.", f"{place.en}: {english}.")
    return Text(f"{name.fr}, {place.fr} : {french}.", f"{name.en}, {place.en}: {english}.")


def _facets(constraint: Constraint) -> Iterable[Text]:
    if constraint.low is not None:
        yield _card(constraint)
    if constraint.codes:
        yield codes_words(constraint.codes)
    if constraint.systems:
        yield Text(f"système de codage {alternatives(constraint.systems).fr}", f"code system {alternatives(constraint.systems).en}")
    if constraint.valueset:
        yield Text(f"code du jeu de valeurs {constraint.valueset}", f"code of value set {constraint.valueset}")
    if constraint.types:
        yield Text(f"type {alternatives(constraint.types).fr}", f"type {alternatives(constraint.types).en}")
    for name, fact in constraint.attributes.items():
        yield fact_words(f"@{name}", fact)
    if constraint.text is not None:
        said = fact_words("", constraint.text)
        yield Text(f"texte{said.fr}", f"text{said.en}")
    if constraint.null_flavor == ():
        yield Text("sans nullFlavor", "no nullFlavor")
    elif constraint.null_flavor:
        allowed = alternatives(constraint.null_flavor)
        yield Text(f"nullFlavor {allowed.fr} seulement", f"nullFlavor {allowed.en} only")


def _card(constraint: Constraint) -> Text:
    """With the parent under which it is counted: nothing is asked where that is absent, which who writes a path easily forgets."""
    said = card_words(constraint.low or 0, constraint.high)
    steps = constraint.path.split("/")
    if constraint.high == 0 or constraint.low is None or len(steps) < 2 or "" in steps:
        return said
    parent = Text("élément", "element") if steps[-2] == "*" else Text(steps[-2], steps[-2])
    return Text(f"{said.fr} dans chaque {parent.fr}", f"{said.en} in each {parent.en}")


def element(constraint: Constraint) -> Text:
    """The element a constraint is about, with what it is selected by: `templateId (root 1.2.3)`."""
    path = constraint.path
    if constraint.where is None:
        return Text(path, path)
    selected = where_words(constraint.where)
    return Text(f"{path} ({selected.fr})", f"{path} ({selected.en})")


def card_words(low: int, high: int | None) -> Text:
    if high is None:
        return _times("au moins", "at least", low) if low else Text("facultatif", "optional")
    if high == 0:
        return Text("interdit", "forbidden")
    if low == high:
        return _times("exactement", "exactly", low)
    if low == 0:
        return _times("au plus", "at most", high)
    return Text(f"de {low} à {high} fois", f"{low} to {high} times")


def _times(french: str, english: str, number: int) -> Text:
    in_french = "une fois" if number == 1 else f"{number} fois"
    in_english = {1: "once", 2: "twice"}.get(number, f"{number} times")
    return Text(f"{french} {in_french}", f"{english} {in_english}")


def where_words(where: Where) -> Text:
    parts: list[Text] = []
    for name, values in where.attributes.items():
        allowed = alternatives(values)
        parts.append(Text(f"{name} {allowed.fr}", f"{name} {allowed.en}"))
    if where.template:
        parts.append(Text(f"modèle {where.template}", f"template {where.template}"))
    if where.types:
        allowed = alternatives(where.types)
        parts.append(Text(f"type {allowed.fr}", f"type {allowed.en}"))
    if where.null_flavor is not None:
        parts.append(Text("avec nullFlavor", "with a nullFlavor") if where.null_flavor else Text("renseigné", "not null"))
    parts.extend(Text(f"avec {path}", f"with {path}") for path in where.has)
    parts.extend(Text(f"sans {path}", f"without {path}") for path in where.lacks)
    if where.negated is not None:
        inner = where_words(where.negated)
        parts.append(Text(f"autre que : {inner.fr}", f"other than: {inner.en}"))
    if where.any:
        inners = [where_words(item) for item in where.any]
        parts.append(Text(" ou ".join(item.fr for item in inners), " or ".join(item.en for item in inners)))
    return Text(", ".join(part.fr for part in parts), ", ".join(part.en for part in parts))


def codes_words(codes: Sequence[tuple[str, str]]) -> Text:
    systems = sorted({system for _, system in codes})
    allowed = alternatives([code for code, _ in codes])
    of = alternatives(systems)
    return Text(f"code {allowed.fr} (système {of.fr})", f"code {allowed.en} (system {of.en})")


def fact_words(name: str, fact: AttributeFact) -> Text:
    """What one attribute has to be: `@classCode = "ACT"`."""
    if fact.presence == "forbidden":
        return Text(f"{name} interdit", f"{name} forbidden")
    if fact.values:
        allowed = alternatives([f"« {value} »" for value in fact.values])
        english = alternatives([f'"{value}"' for value in fact.values])
        absent = Text(" ou absent", " or absent") if fact.presence == "optional" else NO_TEXT
        return Text(f"{name} = {allowed.fr}{absent.fr}", f"{name} = {english.en}{absent.en}")
    if fact.pattern:
        return Text(f"{name} de la forme {fact.pattern}", f"{name} of the form {fact.pattern}")
    return (
        Text(f"{name} obligatoire", f"{name} required")
        if fact.presence == "required"
        else Text(f"{name} facultatif", f"{name} optional")
    )


def alternatives(values: Sequence[str]) -> Text:
    """`A, B ou C`; a long list is cut and the rest counted."""
    shown = list(values[:_SHOWN])
    left = len(values) - len(shown)
    if left:
        listed = ", ".join(shown)
        s = "s" if left > 1 else ""
        return Text(f"{listed} ou {left} autre{s}", f"{listed} or {left} other{s}")
    if len(shown) < 2:
        return Text("".join(shown), "".join(shown))
    begin, last = ", ".join(shown[:-1]), shown[-1]
    return Text(f"{begin} ou {last}", f"{begin} or {last}")
