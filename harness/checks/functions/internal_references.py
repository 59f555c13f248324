"""What an internal reference (IHE PCC, 1.3.6.1.4.1.19376.1.5.3.1.4.4.1) repeats of the entry that it names: identifier and code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ..node import Node, once

_REFERENCE = "1.3.6.1.4.1.19376.1.5.3.1.4.4.1"
_CODED = ("code", "value")


def reference_fault(act: Node) -> str:
    """`nothing` where no entry has its identifier, or where it has none and the entry has, `code` where none has its code (both,
    where neither has), `another` where the entry that it names is coded otherwise in the same system, and its code is that of
    another entry, or where it stands in that entry, which is no reason of its own; or nothing."""
    roots = [root for one in act.named.get("id", ()) if (root := one.attributes.get("root"))]
    codes = [code for code in act.named.get("code", ()) if code.attributes.get("code")]
    document = act.index.root
    entries = _entries(document)
    named = [entry for root in roots for entry in entries.get(root, ())]
    said = codes[0].attributes["code"] if codes else ""
    if not roots and any("nullFlavor" in one.attributes for one in act.named.get("id", ())) and _has_a_name(document, said):
        return "nothing"
    if said and any(_is_coded(entry, said) for entry in named):
        return ""
    if not named:
        cased = _cased(document)
        named = [entry for root in roots for entry in cased.get(root.lower(), ())]
    if said and any(_holds(entry, said, act) for entry in named):
        return ""
    if said and named and all(entry.order < act.order <= entry.end for entry in named):
        return "another"
    elsewhere = not said or _is_of_an_entry(document, said)
    if not named or not elsewhere:
        return " ".join(["nothing"] * bool(roots and not named) + ["code"] * (not elsewhere))
    return "another" if said and _is_coded_otherwise(named, said, codes[0].attributes.get("codeSystem", "")) else ""


@once
def _entries(document: Node) -> Mapping[str, Sequence[Node]]:
    """Those that an internal reference may name, by the root of their identifiers; of no identifier, the empty text."""
    found: defaultdict[str, list[Node]] = defaultdict(list)
    references = document.index.claims.get(_REFERENCE, ())
    for entry in document.index.under("@classCode"):
        if entry not in references:
            for identifier in entry.named.get("id", ()):
                found[identifier.attributes.get("root", "")].append(entry)
            if "id" not in entry.named:
                found[""].append(entry)
    return found


@once
def _cased(document: Node) -> Mapping[str, Sequence[Node]]:
    """The same: letters of a UUID in one case or the other are the same."""
    return {root.lower(): found for root, found in _entries(document).items()}


def _is_of_an_entry(document: Node, said: str) -> bool:
    """Whether one of them is coded so."""
    references = document.index.claims.get(_REFERENCE, ())
    coded = (one.parent for one in document.index.under(f"=code={said}") if one.tag in _CODED)
    return any(entry is not None and "classCode" in entry.attributes and entry not in references for entry in coded)


def _has_a_name(document: Node, said: str) -> bool:
    """An entry that is coded so has an identifier, by which it may be named."""
    return any(root and _is_coded(entry, said) for root, found in _entries(document).items() for entry in found)


def _coding(entry: Node) -> Iterable[Node]:
    return (one for tag in _CODED for one in entry.named.get(tag, ()))


def _is_coded(entry: Node, said: str) -> bool:
    return any(one.attributes.get("code") == said for one in _coding(entry))


def _holds(entry: Node, said: str, act: Node) -> bool:
    """A medicine of it, or an observation of a concern, has the code; the act itself, which may stand in it, is no witness."""
    return any(one.attributes["code"] == said and one.parent is not act for one in entry.index.below(entry, "@code"))


def _is_coded_otherwise(named: Iterable[Node], said: str, system: str) -> bool:
    """What they or what they hold are coded in the system is neither this code, nor wider or narrower."""
    coded = [one for entry in named for one in entry.index.below(entry, "@codeSystem") if one.attributes["codeSystem"] == system]
    others = [one.attributes.get("code", "") for one in coded if one.tag != "templateId"]
    return bool(others) and not any(one.startswith(said) or (one and said.startswith(one)) for one in others)
