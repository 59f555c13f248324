"""Whether a person can read a text as it is shown: no UTF-8 read in another encoding, no tags or entities of HTML, no
controls of RTF, no words or places that software left unfilled."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from operator import itemgetter

from ..narrative.tables import narrative_text
from ..node import Node

OF_SOFTWARE = frozenset(("null", "undefined", "NaN"))  # for want of a value; in capitals it may be a name
_NAMES = frozenset(("title", "family", "given", "city", "streetName"))
_FILLED = _NAMES | {"name", "streetAddressLine"}
_TO_FILL = frozenset(  # what a form has before a name is written
    written
    for words in (
        *(f"{accent} {verb}" for accent in "aà" for verb in ("renseigner", "compléter", "completer", "définir", "definir")),
        *(f"non {told}{of}" for told in ("renseigné", "renseigne") for of in ("", "e")),
        *(f"nom de {whose}" for whose in ("la structure", "l'établissement", "l'organisation", "famille", "naissance")),
        *(
            "nom du patient",
            "nom patient",
            "nom du médecin",
            "prénom du patient",
            "raison sociale",
            "n/a",
            "#ref!",
            "#n/a",
            "#valeur!",
            "#nom?",
            "null null",
            "undefined undefined",
        ),
        *("x" * times for times in range(3, 11)),
    )
    for written in (words, words.capitalize(), words.upper())
)
_LEFT = OF_SOFTWARE | _TO_FILL
_LOST = re.compile(r"[^\W\d_]\?[^\W\d_]")  # what a transcoding leaves of accents; in free text two words may stand so
_LONGEST = 40  # signs, space around included
_CELL_OF_SOFTWARE = re.compile(r"\s*(?:(?:null|undefined|NaN)[\s,;:/()-]*)+")
_OF_GENES = re.compile(  # and of their products
    r"(?i)\bg[eéè]n[eéo]|all[eéè]l|ph[eé]notyp|mol[eé]cul|mutation|d[eé]l[eé]tion|variant|polymorph|\bHLA\b|\bRh\b|antig[eéè]n|\banti-"
    r"|\bIHC\b|immuno|\bp[0-9]{2}(?![0-9])|express|\b(?:kell|duffy|kidd|DARC|KIR|McLeod|PTEN)|\b(?-i:[A-Z]{2,}[0-9])"
)
_BROKEN = (
    "Ã[\u0080-\u009f\u00a1-\u00ba\u00bc-\u00bf‰€ŠŒŽšœž™]|(?<![A-Z])(?:Ã[\u00a0»]|Â»)|Â[\u00a0-\u00ba\u00bc-\u00bf]|[\ufffd\x92]"
    "|â€[\u0080-\u009f™œ“”˜¢¦]|â\u0080[\u0080-\u009f]|Å“(?=\\w)|Å\u0093|â‚¬"
)
_BROKEN_WORD = re.compile(rf"\w{{0,20}}(?:{_BROKEN})\w{{0,20}}")
_ILLEGIBLE = re.compile(
    _BROKEN + "|&(?:lt|gt|amp|quot|apos|nbsp|deg|micro|euro|[lr][as]quo|[nm]dash"
    "|(?:oe|OE|ae)lig|[a-zA-Z](?:acute|grave|circ|cedil|uml)|#[0-9]+|#x[0-9a-fA-F]+);"
    r"|[$#]\{[^{}]*\}|\{\{[^{}]*\}\}|\{%[^{}]*%\}|<%[^<>]*%>|\[object [A-Z]\w*\]"
    r"|\{\\rtf|\\pard\b|(?<!:)\\fs[0-9]|\\'[0-9a-f]{2}|\\u00[0-9a-f]{2}"
    "|<!--|</?(o:p|b|i|u|p|br|hr|div|span|font|table|tr|td|th|ul|ol|li|strong|em|h[1-6]|img|html|body)( [^<>]*)?/?>"
)


def is_legible(text: str) -> bool:
    if len(text) <= _LONGEST and text.strip() in OF_SOFTWARE:
        return False
    return not _is_suspect(text) or _ILLEGIBLE.search(text) is None


def legible(nodes: Sequence[Node]) -> Collection[Node]:
    """Those whose texts are. Mostly all are, which is seen of their texts together."""
    texts = [node.whole_text for node in nodes]
    nodes[0].index.remembered.setdefault(legible, []).append(texts)
    together = "\n".join(texts)
    held = nodes
    if not _LEFT.isdisjoint(map(str.strip, texts)) or _is_suspect(together):
        held = [node for node, text in zip(nodes, texts, strict=True) if is_legible(text) and not _is_to_fill(node, text)]
    if "?" in together:
        lost = {node for node, text in zip(nodes, texts, strict=True) if "?" in text and node.tag in _NAMES and _LOST.search(text)}
        held = [node for node in held if node not in lost] if lost else held
    return frozenset(held)


def _is_to_fill(node: Node, text: str) -> bool:
    written = text.strip()
    if written.lower() == "xxx" and node.tag in ("family", "given"):
        return False  # what a residence permit has for a person of one name
    return node.tag in _FILLED and written in _TO_FILL


def begins_with_one_of(document: Node, beginnings: frozenset[str], length: int) -> bool:
    """Of the texts that were asked whether they are legible, so that they are not read again; true where none was."""
    read: list[list[str]] = document.index.remembered.get(legible, [])
    return not read or not all(beginnings.isdisjoint(map(itemgetter(slice(length)), texts)) for texts in read)


def labels_are_legible(document: Node) -> bool:
    """All displayName below the element can be read, seen of them together; of what a wrong encoding, a second escape or HTML
    leaves, the commonest; nor is an accent lost to a question mark."""
    labels = "\n".join([node.attributes["displayName"] for node in document.index.below(document, "@displayName")])
    if "?" in labels and _LOST.search(labels):
        return False
    return not ("&" in labels or "<" in labels or _is_of_another_encoding(labels)) or _ILLEGIBLE.search(labels) is None


def has_cell_of_software(narrative: Node) -> bool:
    """A cell, item or passage of it is a word of software and nothing else; of a gene `null` is a result."""
    whole = narrative_text(narrative)
    if not any(word in whole for word in OF_SOFTWARE):  # mostly, and soon seen
        return False
    cells = [node.text for node in narrative.index.below(narrative, None) if node.has_text and not node.children]
    found = [cell for cell in cells if is_of_software(cell)]
    return bool(found) and (any("null" not in cell for cell in found) or not is_of_genes(whole))


def broken_word(text: str) -> str:
    """The first word that a wrong encoding has left, empty where there is none."""
    found = None if text.isascii() or not _is_of_another_encoding(text) else _BROKEN_WORD.search(text)
    return "" if found is None else found[0]


def is_of_genes(text: str) -> bool:
    """Whether the text is about genes, where `null` may be a result."""
    return _OF_GENES.search(text) is not None


def is_of_software(text: str) -> bool:
    return _CELL_OF_SOFTWARE.fullmatch(text) is not None


def _is_suspect(text: str) -> bool:
    """It has signs of what is not legible, which are found ten times faster; single ones, since words take as long again."""
    if "<" in text or "&" in text or "{" in text or "\\" in text or ("[" in text and "[object " in text):
        return True
    return not text.isascii() and _is_of_another_encoding(text)


def _is_of_another_encoding(text: str) -> bool:
    return (
        "Ã" in text
        or "Â" in text
        or "\ufffd" in text
        or "\x92" in text
        or "€" in text
        or "Å" in text
        or "\x80" in text
        or "‚" in text
    )
