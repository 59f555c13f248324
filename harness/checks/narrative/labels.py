"""Does the passage that an entry cites have the words of its label, or those of another fact?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from ...labels import fold, same_product
from ..node import Node, once, section_of
from .posology import strengths
from .substances import begins_with_a_substance
from .tables import cells_beside, row_of

PassageOf = Callable[[str], Node | None]
"""The passage of the narrative that a reference (`#ID`) leads to; None of no reference, or where it leads to no single passage."""

_TAKEN = re.compile(r"(?i)\b(?:matin|midi|soir|coucher|jours?|fois|prises?|prendre|heures?|semaines?|mois)\b|/ ?j")
_SHORTENED = re.compile(r"\b[A-Z]{2,6}\b")
_LINK = re.compile(
    r"(?i)(?<!\s)\s*(?:\b(?:sur|avec|chez|dans|par|suite|secondaires?|li[ée]e?s? [àa]|associ[ée]e?s?|compliqu\w+|caus[ée]\w*"
    r"|apr[èe]s|dues? [àa]|post|contexte|contre|pour|malgr[ée]|sans|pas)\b|[(\[+&/])"
)
_BEGINNING = 5  # letters: `vaccin` and `vaccination`, `cancer` and `cancers`
_STEM = 7  # letters: not `hépatite` and `hépatopathie`
_LABELLED = {
    "observation": ("value",),
    "substanceAdministration": ("consumable", "manufacturedProduct", "manufacturedMaterial", "code"),
}
_NAMES = frozenset(("name", "pharm:name"))


def tells_another(entry: Node, passage: Node, cells: Sequence[str], cited: Callable[[str], int]) -> bool:
    """The passage or its row has no word of the label of the entry, and the passage those of another entry of its kind in the
    section and no more, or a cell that nothing cites those of the label; or it is a medicine of another strength."""
    said = passage.whole_text
    label = label_of(entry)
    if begins_with(said, label):
        return not words_named(said) <= words_named(label) and _has_words_of_another(entry, passage, cells)
    if entry.tag == "substanceAdministration" and not strengths(said):
        if label and _is_how_it_is_given(entry, said):
            return True
        if _medicine_of(entry) in cells:
            return False  # a posology is cited, and the row names the medicine
    labels = labels_of(entry)
    if not labels:
        return False
    if entry.tag == "substanceAdministration" and other_product(said, labels):
        return True
    section = section_of(entry)
    if _has_words_of_another(entry, passage, cells):
        return True
    if tells(said, labels):
        return False
    if not _is_around(section, passage):
        return _SHORTENED.search(said) is None  # its row is that of something else
    if tells(" ".join(cells), labels):
        return False
    named = _named_first(said)
    told = next((theirs for other in _of_its_kind(entry, section) if _tells_it_all(named, theirs := labels_of(other))), None)
    if told is not None and (_is_also_in_short(named, told) or "?" in said or label.startswith("Antécédent")):
        return False
    shared = _is_shared(entry, passage, cited)
    if told is not None and not (shared and _tells_more(said, told)):
        return True
    return shared and _another_is_meant(entry, passage, labels, cited)


def _is_how_it_is_given(administration: Node, said: str) -> bool:
    """It is the label of the route or of the site: the cell is beside that of the medicine."""
    ways = (*administration.named.get("routeCode", ()), *administration.named.get("approachSiteCode", ()))
    return fold(said) in {fold(way.attributes.get("displayName", said + said)) for way in ways}


def _has_words_of_another(entry: Node, passage: Node, cells: Sequence[str]) -> bool:
    """The passage has the very words of another entry of its kind in the section, and one elsewhere there those of this one: the
    references were exchanged, or are one off. `PLAVIX 75 mg, comprimé` and `COUMADINE 5 mg, comprimé` share a word."""
    said, section = words_named(passage.whole_text), section_of(entry)
    bearers = _named_in(section, entry.tag).get(said, ()) if said else ()
    claims = _claims(entry) if bearers else set()
    if not any(other is not entry and _claims(other) == claims for other in bearers):
        return False
    own = set(map(words_named, labels_of(entry))) - {frozenset()}
    if said in own or not own.isdisjoint(map(words_named, cells)):
        return False
    return any(words_named(one.whole_text) in own for one in entry.index.below(section, "@ID"))


@once  # each of them asks of the others
def _named_in(section: Node, tag: str) -> Mapping[frozenset[str], Sequence[Node]]:
    """Entries of the section by the words of their label."""
    found: defaultdict[frozenset[str], list[Node]] = defaultdict(list)
    for entry in section.index.below(section, tag):
        for label in labels_of(entry):
            found[words_named(label)].append(entry)
    return found


@lru_cache(maxsize=4096)
def words_named(text: str) -> frozenset[str]:
    """The first letters of its words, strengths such as `75mg` left out."""
    return frozenset(word for word in _beginnings(text) if word.isalpha())


def _of_its_kind(entry: Node, section: Node) -> Iterator[Node]:
    """The other entries of the section that claim the same templates."""
    claims = _claims(entry)
    return (other for other in entry.index.below(section, entry.tag) if other is not entry and _claims(other) == claims)


def names_alone(said: str, labels: Sequence[str]) -> bool:
    """It has the words of one of the labels and no others, none of them in short."""
    return tells_most(said, labels) and not _tells_more(said, labels)


def _is_around(section: Node, passage: Node) -> bool:
    """The passage stands in the section, or in one that holds it or that it holds."""
    own = section_of(passage)
    return section.order <= own.order <= section.end or own.order <= section.order <= own.end


def _is_shared(entry: Node, passage: Node, cited: Callable[[str], int]) -> bool:
    """Whether another entry cites the same passage."""
    names = (f"#{passage.attributes['ID']}", passage.attributes["ID"])
    own = sum(one.attributes.get("value") in names for one in entry.index.below(entry, "reference"))
    return sum(map(cited, names)) > own


def _named_first(said: str) -> str:
    """Without what it is linked to: `HTA sur insuffisance rénale`, `Rétinopathie chez une diabétique`, `Anémie (carence)`."""
    return _LINK.split(said, maxsplit=1)[0]


def _tells_it_all(said: str, labels: Sequence[str]) -> bool:
    """All or most of one of the labels; of a single word, `Arthrose`, nothing besides: `Arthrose du genou` may be of another."""
    return tells_most(said, labels, _stems) and (
        any(len(_beginnings(label)) > 1 for label in labels) or not _tells_more(said, labels)
    )


def _is_also_in_short(said: str, labels: Sequence[str]) -> bool:
    """`DID et épilepsie`: the short word is of none of the labels."""
    known = {word for label in labels for word in fold(label).split()}
    return any(fold(short) not in known for short in _SHORTENED.findall(said))


def _tells_more(said: str, labels: Sequence[str]) -> bool:
    """The passage has a word that none of them has: `IRC, anémie`, `cirrhose alcoolique` tell two facts, one of them in short."""
    return _SHORTENED.search(said) is not None or not _beginnings(said) <= frozenset().union(*map(_beginnings, labels))


def _another_is_meant(entry: Node, passage: Node, labels: Sequence[str], cited: Callable[[str], int]) -> bool:
    """One of its column, in another row, that nothing cites is named as the label and tells nothing else: the reference of a copy.
    A line for two facts, `HTA, DNID`, may have a summary above it."""
    if row_of(passage) is None:
        return False
    initials = {label[:1].upper() for label in labels}
    if any(short[0] in initials for short in _SHORTENED.findall(passage.whole_text)):
        return False
    known = frozenset().union(*map(_beginnings, labels))
    _, place = cells_beside(passage)
    return any(
        tells_most(one.whole_text, labels)
        and _beginnings(one.whole_text) <= known
        and (beside := cells_beside(one))[1] == place
        and beside[0]
        for one in _uncited(section_of(entry), cited)
    )


@once
def _uncited(section: Node, cited: Callable[[str], int]) -> Sequence[Node]:
    """Its cells and passages that nothing cites."""
    passages = (one for one in section.index.below(section, "@ID") if one.tag in ("td", "content"))
    return [one for one in passages if not cited(f"#{one.attributes['ID']}") and not cited(one.attributes["ID"])]


def reference_of(bearer: Node, by: str) -> str:
    """The reference that its `text` or `originalText` holds."""
    for text in bearer.named.get(by, ()):
        for reference in text.named.get("reference", ()):
            return reference.attributes.get("value", "")
    return ""


def _claims(entry: Node) -> set[str]:
    return {claim.attributes.get("root", "") for claim in entry.named.get("templateId", ())}


def asked_of(entry: Node) -> str:
    """The label of its code, which an observation asks about."""
    return next((one.attributes.get("displayName", "") for one in entry.named.get("code", ())), "")


def label_of(entry: Node) -> str:
    """The first of them, where it mostly stands."""
    holder = _first_below(entry, _LABELLED.get(entry.tag, ("code",)))
    return holder.attributes.get("displayName", "") if holder is not None else ""


def _medicine_of(administration: Node) -> str:
    """The name of its product as it is written; nothing where it has none."""
    holder = _first_below(administration, (*_LABELLED["substanceAdministration"][:-1], "name"))
    return holder.text if holder is not None else ""


def _first_below(node: Node, tags: Iterable[str]) -> Node | None:
    """At the end of the way: the first child of each tag, from the one before."""
    holder: Node | None = node
    for tag in tags:
        below = holder.named.get(tag) if holder is not None else None
        holder = below[0] if below else None
    return holder


def coded_labels_of(administration: Node) -> list[str]:
    """Of the code of its product and its translations."""
    holder = _first_below(administration, _LABELLED["substanceAdministration"])
    coded = holder.index.below(holder, "@displayName", or_self=True) if holder is not None else ()
    return [one.attributes["displayName"] for one in coded]


def names_of(administration: Node) -> list[str]:
    return [name] if (name := _medicine_of(administration)) else []


def labels_of(entry: Node) -> list[str]:
    """Those of the value of an observation, of the product of an administration, of the code of another act."""
    holders = entry.named.get(_LABELLED.get(entry.tag, ("code",))[0], ())
    said = [_name_said(one) for holder in holders for one in holder.index.below(holder, None, or_self=True)]
    return [label for label in said if label]


def _name_said(node: Node) -> str:
    """What it names: a code that is labelled, or a name; not the form of a medicine."""
    tag = node.tag
    if tag == "formCode" or tag == "pharm:formCode":
        return ""
    return node.attributes.get("displayName") or (node.text.strip() if tag in _NAMES else "")


def begins_with(passage: str, label: str) -> bool:
    """The passage has the letters that the label begins with: what most do, so that no more need be asked."""
    return label != "" and label[:_BEGINNING].lower() in passage.lower()


def tells(passage: str, labels: Sequence[str]) -> bool:
    """The passage has a word of one of the labels, or one that begins alike; or it has no words."""
    words = _beginnings(passage)
    return not words or any(not words.isdisjoint(_beginnings(label)) for label in labels)


@lru_cache(maxsize=4096)
def _beginnings(text: str) -> frozenset[str]:
    """The first letters of its words. Remembered: documents repeat the same labels."""
    return frozenset(word[:_BEGINNING] for word in _long_words(text))


@lru_cache(maxsize=4096)
def _stems(text: str) -> frozenset[str]:
    """Its words but for their endings: of an organ there are several diseases."""
    return frozenset(word.rstrip("s")[:_STEM] for word in _long_words(text))


def _long_words(text: str) -> list[str]:
    """The words of a text, without numbers and short words."""
    return [word for word in fold(text).split() if len(word) > 3 and not word.isdigit()]


def tells_most(passage: str, labels: Sequence[str], read: Callable[[str], frozenset[str]] = _beginnings) -> bool:
    """The passage has all the words of one of the labels, or two of them and half."""
    words = read(passage)
    return any(
        theirs and (theirs <= words or (len(theirs & words) > 1 and 2 * len(theirs & words) >= len(theirs)))
        for theirs in map(read, labels)
    )


def other_product(passage: str, labels: Sequence[str]) -> bool:
    """A substance of another strength than those of the labels, whose first word is in none of them: a brand and its substance,
    of one strength, may be one medicine. A dose is none: `10 mg le matin`."""
    told, known = strengths(passage), {strength for label in labels for strength in strengths(label)}
    return (
        bool(told and known)
        and told.isdisjoint(known)
        and _TAKEN.search(passage) is None
        and begins_with_a_substance(passage)
        and not any(same_product(passage, label) for label in labels)
    )
