"""Two entries of the official summary that cite each other's words are told so, what they share notwithstanding; what is said in
other words, or of both, is not."""

from __future__ import annotations

from typing import Any

import pytest
from cda_examples import Examples
from lxml import etree

from cda_edits import NS, Edit, all_of, one, put, text

PROBLEM = "//c:section[c:templateId/@root='1.2.250.1.213.1.1.2.132']/c:entry[{}]//c:observation/c:value"
MEDICINE = "//c:section[c:templateId/@root='1.2.250.1.213.1.1.2.143']/c:entry[{}]//c:manufacturedMaterial"
VSM = "VSM_1.4_2022.01"
MEDICINES, PROBLEMS = ("med-001-pdt", "med-002-pdt"), ("pb-actif-01", "pb-actif-02")


def cites(cited: str, instead: str) -> Edit:
    """Whoever cited the one passage cites the other."""

    def edit(root: Any) -> None:
        for reference in root.xpath(f"//c:reference[@value='#{cited}']", namespaces=NS):
            reference.set("value", f"#{instead}")

    return edit


def exchanged(pair: tuple[str, str]) -> Edit:
    one, other = pair
    return all_of(cites(one, "neither"), cites(other, one), cites("neither", other))


def said(name: str, words: str) -> Edit:
    return text(f"//*[@ID='{name}']", words)


def fact(place: int, label: str) -> Edit:
    return all_of(put(PROBLEM.format(place), "displayName", label), said(PROBLEMS[place - 1], label))


def medicine(place: int, name: str) -> Edit:
    """Without a code of its pack."""
    return all_of(
        put(f"{MEDICINE.format(place)}/c:code", "displayName", name),
        lambda root: [
            each.getparent().remove(each) for each in root.xpath(f"{MEDICINE.format(place)}//c:translation", namespaces=NS)
        ],
        text(f"{MEDICINE.format(place)}/c:name", name),
        said(MEDICINES[place - 1], name),
    )


def beside(name: str, words: str) -> Edit:
    """One more cell in the row of the passage."""

    def edit(root: Any) -> None:
        etree.SubElement(one(root, f"//c:tr[.//*[@ID='{name}']]"), f"{{{NS['c']}}}td").text = words

    return edit


def listed(name: str) -> Edit:
    return lambda root: setattr(one(root, f"//*[@ID='{name}']"), "tag", f"{{{NS['c']}}}paragraph")


FRACTURES = all_of(fact(1, "Fracture du col du fémur"), fact(2, "Fracture du poignet"))
OF_A_STRENGTH = all_of(medicine(1, "RAMIPRIL 5 mg, comprimé"), medicine(2, "BISOPROLOL 5 mg, comprimé"))

TOLD: dict[str, Edit] = {
    "two medicines": exchanged(MEDICINES),
    "two medicines of a strength": all_of(OF_A_STRENGTH, exchanged(MEDICINES)),
    "two medicines in paragraphs": all_of(*map(listed, MEDICINES), exchanged(MEDICINES)),
    "two medicines by their names": all_of(said(MEDICINES[0], "Plavix"), said(MEDICINES[1], "Coumadine"), exchanged(MEDICINES)),
    "the second medicine one off": cites(MEDICINES[1], MEDICINES[0]),
    "two fractures": all_of(FRACTURES, exchanged(PROBLEMS)),
    "the second fracture one off": all_of(FRACTURES, cites(PROBLEMS[1], PROBLEMS[0])),
}
LET_PASS: dict[str, Edit] = {
    "a substance, and the other of that name": all_of(
        medicine(2, "CLOPIDOGREL 75 mg, comprimé"), said(MEDICINES[0], "Clopidogrel 75 mg, comprimé")
    ),
    "one line for both": all_of(
        said(MEDICINES[0], "PLAVIX 75 mg et COUMADINE 5 mg"), cites(MEDICINES[1], MEDICINES[0]), said(MEDICINES[1], "-")
    ),
    "both of a name": all_of(medicine(1, "PLAVIX 75 mg, comprimé"), medicine(2, "PLAVIX 75 mg, comprimé"), exchanged(MEDICINES)),
    "its own name in another cell": all_of(
        cites(MEDICINES[0], MEDICINES[1]), said(MEDICINES[0], "-"), beside(MEDICINES[1], "PLAVIX 75 mg, comprimé pelliculé")
    ),
    "less than the label": said(MEDICINES[0], "Plavix"),
    "more than the label": said(MEDICINES[0], "PLAVIX 75 mg, comprimé pelliculé, en remplacement de la COUMADINE"),
    "the words in another order": said(MEDICINES[0], "Comprimé pelliculé PLAVIX 75mg"),
    "two fractures as they are": FRACTURES,
    "a fracture in short": all_of(FRACTURES, said(PROBLEMS[0], "Fracture")),
    "two fractures in a line": all_of(
        FRACTURES,
        said(PROBLEMS[0], "Fracture du poignet et du col du fémur"),
        cites(PROBLEMS[1], PROBLEMS[0]),
        said(PROBLEMS[1], "-"),
    ),
    "a fact and what is more of it": all_of(fact(1, "Diabète de type 2"), fact(2, "Diabète"), said(PROBLEMS[0], "Diabète")),
    "two of one name": all_of(fact(1, "Angine de poitrine instable"), exchanged(PROBLEMS)),
}


@pytest.mark.official
@pytest.mark.parametrize("edit", TOLD.values(), ids=TOLD)
def test_exchanged_references_are_told(examples: Examples, edit: Edit) -> None:
    assert "BODY-TEXT-13" in examples.told(VSM, edit)


@pytest.mark.official
@pytest.mark.parametrize("edit", LET_PASS.values(), ids=LET_PASS)
def test_what_is_said_otherwise_is_not(examples: Examples, edit: Edit) -> None:
    assert "BODY-TEXT-13" not in examples.told(VSM, edit)
