"""Says what was not judged in a resource."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from ...documents.fhir_tree import Node
from ...model import Text
from .extensions import Extensions
from .facts import Facts
from .walk import FAR, Walk

_INDEX = re.compile(r"\[[0-9]+\]")
_NAMED = 4  # how many are named in one sentence


def of_walk(walk: Walk, facts: Facts, extensions: Extensions) -> tuple[Text, ...]:
    left = (
        walk.untold,
        walk.unknown,
        walk.far,
        extensions.unknown,
        facts.untold,
        facts.idle,
        facts.unlimited,
        facts.unbound,
        facts.left,
    )
    if not any(left):
        return ()  # as for most documents
    slices = {f"{node.path}.{element.name}:{element.slice_name}" for node, element in walk.untold}
    unfinished = walk.unfinished
    absent = walk.unknown.keys() - unfinished.keys()
    said = [
        *named(absent, "profils qu'aucun paquet installé ne donne", "profiles that no installed package gives"),
        *(
            Text(f"profil inutilisable : {canonical} ({why.fr})", f"unusable profile: {canonical} ({why.en})")
            for canonical, why in sorted(unfinished.items())[:_NAMED]
        ),
        *_undefined(extensions.unknown),
        *named(facts.untold, "invariants non évalués", "invariants not evaluated"),
        *named(
            facts.idle,
            "invariants que rien ne peut enfreindre, tels qu'ils sont écrits",
            "invariants that nothing can break, as they are written",
        ),
        *named(facts.unlimited, "valeurs qui ne se comparent pas à leur limite", "values that cannot be held against their limit"),
    ]
    said += named(
        {f"{element} ({what})" for element, what in facts.left},
        "demandes de profils que rien ici ne juge",
        "what profiles ask that nothing here judges",
    )
    if facts.unbound:
        french = f"codes dont le jeu de valeurs n'a pas été jugé ({facts.unbound})"
        said.append(Text(french, f"codes whose value set was not judged ({facts.unbound})"))
    if walk.far:
        french = f"références suivies de proche en proche au-delà de {FAR} ressources"
        said.append(Text(french, f"references followed one after the other beyond {FAR} resources"))
    said += named(slices, "tranches dont le contenu est hors du document", "slices whose content is outside the document")
    return tuple(said)


def _undefined(extensions: Mapping[str, Node]) -> tuple[Text, ...]:
    """Extensions that no package defines, each once with the first place that has it: what is not known of them, what to add."""
    places = {f"{url} ({_INDEX.sub('', node.path)})" for url, node in extensions.items()}
    said = named(places, "extensions qu'aucun paquet installé ne définit", "extensions that no installed package defines")
    return tuple(
        Text(
            f"{one.fr}. Une extension propre à l'éditeur n'enfreint rien ; sa place et sa valeur ne se jugent qu'avec sa "
            "définition : ajouter le guide (`harness packages add`), ou sa StructureDefinition (`--with`)",
            f"{one.en}. A vendor's own extension breaks nothing; its place and value can only be judged with its definition: "
            "add the guide (`harness packages add`), or its StructureDefinition (`--with`)",
        )
        for one in said
    )


def named(what: Collection[str], french: str, english: str) -> tuple[Text, ...]:
    """One sentence that names the first of them, none where there are none."""
    if not what:
        return ()
    names = sorted(what)
    more = len(names) - _NAMED
    listed = ", ".join(names[:_NAMED]) + (f" (+{more})" if more > 0 else "")
    return (Text(f"{french} : {listed}", f"{english}: {listed}"),)


def in_words_only(worded: Mapping[str, str]) -> tuple[Text, ...]:
    return named(
        {f"{element} ({key})" for key, element in worded.items()},
        "contraintes écrites en mots, que rien n'évalue",
        "constraints written in words, which nothing evaluates",
    )
