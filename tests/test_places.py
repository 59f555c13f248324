"""What the one-by-one comparison with the official tool goes through: kinds of place, the reduced document, every edit."""

from __future__ import annotations

import sys
from pathlib import Path

from lxml import etree

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from places import kinds, reduced

from spoiling import FEW, V3, Spoiler, clinical_document, named

CDA = clinical_document(
    f"""<ClinicalDocument xmlns="{V3}"><templateId root="1.2"/><title>Synthesis</title>
<component><structuredBody>
<component><section><templateId root="1.3"/><code code="A"/><text><list><item>one</item></list></text>
  <entry><observation><templateId root="1.4"/><code code="B"/><value value="1"/></observation></entry>
  <entry><observation><templateId root="1.4"/><code code="C"/><value value="2"/></observation></entry>
  <entry><observation><templateId root="1.4"/><code code="B"/><value value="3"/></observation></entry></section></component>
<component><section><templateId root="1.5"/><code code="D"/><text><list><item>two</item></list></text>
  <component><section><templateId root="1.3"/><entry><act/></entry><entry><act/></entry></section></component>
</section></component>
</structuredBody></component></ClinicalDocument>""".encode()
)
PLACES = [named(element) for element in CDA.iterdescendants("*")]
FIRST, OTHER_CODE, SAME_CODE = (
    PLACES.index(f"component/structuredBody/component[1]/section/entry[{at}]/observation/value") for at in (1, 2, 3)
)


def test_a_kind_of_place_is_its_template_the_code_it_stands_under_and_the_path_below() -> None:
    of = kinds(CDA)
    assert of[FIRST] == (("1.4",), "B", "/value")
    assert of[FIRST] == of[SAME_CODE] != of[OTHER_CODE]
    assert len(of) == len(PLACES)


def test_a_narrative_and_a_header_are_those_of_all_sections_and_of_all_volets() -> None:
    of = kinds(CDA)
    first, second = (at for at, place in enumerate(PLACES) if place.endswith("item"))
    assert of[first] == of[second]
    assert of[PLACES.index("title")] == ((), "", "/title")


def test_a_document_is_reduced_to_what_holds_the_place() -> None:
    document, place = reduced(CDA, OTHER_CODE)
    root = clinical_document(document)
    assert [one.get("value") for one in root.iter(f"{{{V3}}}value")] == ["2"]
    assert [one.get("code") for one in root.iter(f"{{{V3}}}code")] == ["A", "C"]
    assert list(root.iterdescendants("*"))[place].get("value") == "2"


def test_of_what_does_not_hold_the_place_the_first_stays() -> None:
    root = clinical_document(reduced(CDA, PLACES.index("title"))[0])
    assert [one.get("value") for one in root.iter(f"{{{V3}}}value")] == ["1"]
    inner = PLACES.index("component/structuredBody/component[2]/section")
    assert len(list(clinical_document(reduced(CDA, inner)[0]).iter(f"{{{V3}}}entry"))) == 1


def test_each_edit_of_a_place_is_made_once_and_of_its_choices_a_few() -> None:
    edits = list(Spoiler(etree.tostring(CDA)).each(FIRST))
    assert len({edit.edit for edit in edits}) == len(edits)
    kind = [edit.edit.partition(" ")[0] for edit in edits]
    assert (kind.count("drop"), kind.count("foreign"), kind.count("drop-attribute")) == (1, FEW, 1)
    assert all(edit.document != etree.tostring(CDA) for edit in edits)


def test_what_a_seed_draws_does_not_depend_on_the_edits_made_in_turn() -> None:
    drawn = Spoiler(etree.tostring(CDA), "7").draw(30)
    assert [edit.edit for edit in drawn] == [edit.edit for edit in Spoiler(etree.tostring(CDA), "7").draw(30)]
    assert not {"unknown", "namesake", "respell"} & {edit.edit.partition(" ")[0] for edit in drawn}
