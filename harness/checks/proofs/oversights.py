"""Probable slips of the author of a volet: what nothing forbids and is hardly meant (told by `harness profiles test`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from ...labels import same_label
from ...library import Library
from ...library.nested import walk
from ...model import NO_TEXT, Constraint, Profile, ProfileHead, Text, Where
from ...ucum import is_ucum
from ..codes.keys import loinc_key_is_wrong, sctid_key_is_wrong
from ..codes.slips import is_slip
from .proving import facets
from .targets import targets_of

_HOLDING_ONE = (["component"], ["entry"], ["entryRelationship"])
_KEYS = {"2.16.840.1.113883.6.1": loinc_key_is_wrong, "2.16.840.1.113883.6.96": sctid_key_is_wrong}


class Told(NamedTuple):
    """of: the constraint, template or requirement by name; none for profile.yaml."""

    of: str
    fr: str
    en: str


def oversights(library: Library, coordinate: str) -> Iterator[Text]:
    """Of the profile's own constraints and templates, each thing once, nothing of those that `unproved.yaml` names as meant; each
    with its file and line.
    """
    own, whole = library.own_part(coordinate), library.profile(coordinate)
    places = library.places(own.head)
    for told in _oversights(library, own, whole):
        place = places.get(told.of, places[""])
        yield Text(f"{place} : {told.fr}", f"{place}: {told.en}")


def _oversights(library: Library, own: Profile, whole: Profile) -> Iterator[Told]:
    for constraint in _all(own):
        if constraint.id in own.excused:
            continue
        yield from _units(constraint)
        yield from _codes(constraint)
        if _asks_nothing(constraint):
            yield Told(constraint.id, f"{constraint.id} n'exige rien", f"{constraint.id} asks nothing")
        for root in _asked(constraint):
            if root not in whole.templates and not _is_of_template_id(constraint):
                near = _near(root, whole)
                yield Told(
                    constraint.id,
                    f"{constraint.id} demande le templateId {root}, qu'aucun fichier de section ou d'entrée ne décrit : "
                    f"ce qui le porte n'est pas jugé{near.fr}",
                    f"{constraint.id} asks for templateId {root}, which no file of a section or entry describes: "
                    f"what carries it is not judged{near.en}",
                )
    for target in targets_of(own):
        yield from _counted_in_each(target.constraints)
    yield from _described_twice(own)
    yield from _at_odds(library, own, whole)
    if own.head.is_claimed:
        yield from _not_judged(library, own, whole)
        yield from _not_asked(own, whole)
        yield from _claimed_alike(library, own.head)


def _near(root: str, whole: Profile) -> Text:
    """The templates whose OID is a slip off this one, the first three."""
    known = [f"{one} ({whole.templates[one][0].name.fr})" for one in sorted(whole.templates) if is_slip(root, one)][:3]
    listed = ", ".join(known)
    return Text(f" ; est-ce {listed} ?", f"; did you mean {listed}?") if known else NO_TEXT


def _asks_nothing(constraint: Constraint) -> bool:
    """Nor does it say of a template that it may be there."""
    return not constraint.each and not any(facets(constraint)) and not any(_asked(constraint))


def _not_judged(library: Library, own: Profile, whole: Profile) -> Iterator[Told]:
    """A requirement that somebody wrote and nothing verifies would be told as untested of every document."""
    judged = {rule.requirement for rule in whole.rules} | {constraint.id for constraint in _all(own)}
    for id in library.own_requirements(own.head.coordinate):
        if id not in judged:
            yield Told(id, f"aucune règle ne vérifie l'exigence {id}", f"no rule verifies requirement {id}")


def _claimed_alike(library: Library, head: ProfileHead) -> Iterator[Told]:
    """By one template and version two volets are told apart by nothing."""
    for other in library.heads():
        same = head.template is not None and (other.template, other.extension) == (head.template, head.extension)
        if same and other.id != head.id and set(head.codes) <= set(other.codes):
            yield Told(
                "",
                f"{other.coordinate} se reconnaît au même templateId {head.template} et à la même version",
                f"{other.coordinate} is recognised by the same templateId {head.template} and version",
            )


def _units(constraint: Constraint) -> Iterator[Told]:
    for unit in constraint.attributes["unit"].values if "unit" in constraint.attributes else ():
        if not is_ucum(unit):
            french = f"{constraint.id} : « {unit} » n'est pas une unité UCUM"
            yield Told(constraint.id, french, f"{constraint.id}: {unit!r} is not a UCUM unit")


def _codes(constraint: Constraint) -> Iterator[Told]:
    for code, system in constraint.codes:
        if system in _KEYS and _KEYS[system](code):
            yield Told(
                constraint.id,
                f"{constraint.id} : la clé de contrôle du code {code} est fausse",
                f"{constraint.id}: the check digit of code {code} is wrong",
            )


def _at_odds(library: Library, own: Profile, whole: Profile) -> Iterator[Told]:
    """A code of the header that a profile which is extended does not allow: no document could be right."""
    for mine, theirs in product(own.constraints, whole.constraints):
        if mine.path != theirs.path or theirs.valueset is None or theirs.where is not None:
            continue
        known = library.value_set(theirs.valueset).concepts
        for code, system in mine.codes:
            label, published = mine.labels.get(code, ""), known.get((system, code), "")
            if label and published and not same_label(label, published):
                french = f"{mine.id} : « {label} » n'est pas le libellé de {code}, « {published} »"
                yield Told(mine.id, french, f"{mine.id}: {label!r} is not the label of {code}, {published!r}")
            if known and (system, code) not in known:
                yield Told(
                    mine.id,
                    f"{mine.id} veut le code {code}, que {theirs.id} refuse : il n'est pas dans {theirs.valueset}",
                    f"{mine.id} requires code {code}, which {theirs.id} refuses: it is not in {theirs.valueset}",
                )


def _counted_in_each(constraints: Sequence[Constraint]) -> Iterator[Told]:
    """Two kinds of what an entry holds one of, counted in each entry: none could hold what both ask."""
    of_path: dict[str, list[Constraint]] = {}
    for constraint in constraints:
        yield from _counted_in_each(constraint.each)
        if constraint.path.split("/")[-2:-1] in _HOLDING_ONE and constraint.where is not None and constraint.where.template:
            of_path.setdefault(constraint.path, []).append(constraint)
    for path, (first, *others) in of_path.items():
        if others and any(one.low for one in (first, *others)):
            holder, _, held = path.rpartition("/")
            yield Told(
                first.id,
                f"{first.id} et {others[0].id} : {path} se compte dans chaque {holder}, qui devrait répondre aux deux ; "
                f"écrire //{held}, ou {holder} avec where: {{{held}/templateId/@root: …}}",
                f"{first.id} and {others[0].id}: {path} is counted in each {holder}, which would have to meet both at once; "
                f"write //{held}, or {holder} with where: {{{held}/templateId/@root: …}}",
            )


def _described_twice(own: Profile) -> Iterator[Told]:
    for root, templates in own.templates.items():
        names = ", ".join(template.id for template in templates)
        elements = {template.element for template in templates}  # an entry may be of two kinds, and no section is an entry too
        distinct = {(template.element, template.extension) for template in templates}
        if len(distinct) < len(templates) or (len(elements) > 1 and "section" in elements):
            yield Told(
                templates[0].id,
                f"le templateId {root} est celui de {names} : ce qui le porte doit tout cela à la fois",
                f"templateId {root} is that of {names}: what carries it must meet all of them at once",
            )


def _not_asked(own: Profile, whole: Profile) -> Iterator[Told]:
    """Nothing asks for it: its OID or that in the constraint may be mistyped, or a line of the constraints forgotten.

    A template that the profile extends described already is known by its OID, and need not be asked for to be told more of.
    """
    asked = {root for constraint in _all(whole) for root in _asked(constraint)}
    if own.head.template is not None and own.head.template not in asked:
        yield Told(
            "",
            f"recognise nomme le templateId {own.head.template}, qu'aucune contrainte ne demande",
            f"recognise names templateId {own.head.template}, which no constraint asks for",
        )
    roots = {target.name: target.roots for target in targets_of(own)[1:]}
    mine = roots.keys()
    told = {root for root, templates in whole.templates.items() if any(template.id not in mine for template in templates)}
    for name, those in roots.items():
        if (asked | told).isdisjoint(those):
            root = min(those)
            yield Told(
                name,
                f"{name} décrit le templateId {root}, qu'aucune contrainte ne demande",
                f"{name} describes templateId {root}, which no constraint asks for",
            )


def _all(profile: Profile) -> Iterator[Constraint]:
    for target in targets_of(profile):
        yield from walk(target.constraints)


def _asked(constraint: Constraint) -> Iterator[str]:
    """Roots of the templateId that what it selects has, or may have."""
    if constraint.where is not None and constraint.high != 0:
        yield from _roots(constraint.where, itself=_is_of_template_id(constraint))


def _is_of_template_id(constraint: Constraint) -> bool:
    """It speaks of a templateId itself, on an element that is told apart otherwise."""
    return constraint.path.rpartition("/")[2] == "templateId"


def _roots(where: Where, *, itself: bool) -> Iterator[str]:
    if where.template is not None:
        yield where.template
    for name, values in where.attributes.items():
        if name.endswith("templateId/@root") or (itself and name == "root"):
            yield from values
    for one in where.any:
        yield from _roots(one, itself=itself)
