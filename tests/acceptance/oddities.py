"""A section added to an example, to hold what a rare document has: entries that several modules tell of, and their judge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from cda_examples import Examples

from cda_edits import NS, Edit, into

HL7 = NS["c"]
LETTER = "LDL-SES_2022.01"
ODD = "<reference value='#odd'/>"
ANTIBIOTIC = f"<observation><code code='1'><originalText>{ODD}</originalText></code><interpretationCode code='S'/></observation>"
CLASS = f"""<observation><participant><participantRole><playingEntity><code code='{{}}' codeSystem='2.16.840.1.113883.6.73'>
  <originalText>{ODD}</originalText></code></playingEntity></participantRole></participant></observation>"""
CLASSED = f"<observation><code code='1'/><text>{ODD}</text><value xsi:type='CD' code='1' displayName='{{}}'/></observation>"
DONE = f"<procedure negationInd='{{}}'><code code='1' displayName='Transfusion'/><text>{ODD}</text></procedure>"
GIVEN = f"<supply><text>{ODD}</text>{{}}<quantity value='{{}}'{{}}/></supply>"
HOLDS = """<supply><product><manufacturedProduct><manufacturedMaterial><name>{}</name><pharm:ingredient xmlns:pharm='{pharm}'>
  <pharm:quantity><numerator value='{}' unit='{}'/></pharm:quantity></pharm:ingredient></manufacturedMaterial>
  </manufacturedProduct></product></supply>"""
MEASURE = f"""<observation><code code='1'/><text>{ODD}</text><effectiveTime value='20181003'/><value xsi:type='{{}}' {{}}/>
  </observation>"""
OTHER_DAY = MEASURE.format("INT", "value='2'")
PHARM = "urn:ihe:pharm:medication"
PACKED = f"""<supply><product><manufacturedProduct><manufacturedMaterial><pharm:asContent xmlns:pharm='{PHARM}'>
  <pharm:containerPackagedMedicine><pharm:name>{{}}</pharm:name><pharm:capacityQuantity value='{{}}'/>
  </pharm:containerPackagedMedicine></pharm:asContent></manufacturedMaterial></manufacturedProduct></product></supply>"""
PROBLEM = f"""<observation><value xsi:type='CD' code='{{}}' codeSystem='2.16.840.1.113883.6.3' displayName='Thyroïdite'>
  <originalText>{ODD}</originalText>{{}}</value></observation>"""
SITE = f"""<observation><code code='1'/><text>{ODD}</text><value xsi:type='BL' value='true'/>
  <targetSiteCode code='7771000' displayName='gauche'/></observation>"""
STAGED = f"<observation><code code='{{}}'/><text>{ODD}</text><value xsi:type='CD' code='{{}}'/></observation>"
SHOWN_UDI = "(01)00686597200018(17)260930(10)A1234"
UDI = f"""<act><participant><participantRole classCode='MANU'><id root='2.51.1.1' extension='{SHOWN_UDI}6'/></participantRole>
  </participant></act>"""
RELATIVE = """<entry><observation><code code='1'/><subject><relatedSubject><subject><sdtc:id xmlns:sdtc='urn:hl7-org:sdtc' root='{}'
  extension='12'/><name><given>{}</given></name></subject></relatedSubject></subject></observation></entry>"""
SCORE = f"<observation><code code='9274-2'/><text>{ODD}</text></observation>"
DOSE = """<entry><observation><code code='1'/><text><reference value='#d{}'/></text><entryRelationship><observation><code code='2'/>
  <text><reference value='#r1'/></text></observation></entryRelationship></observation></entry>"""
DIAGNOSIS = f"<observation><code code='1'/><text>{ODD}</text><value xsi:type='CD' code='1' displayName='{{}}'/></observation>"
VEIN = f"<observation><templateId root='1.3.6.1.4.1.19376.1.5.3.1.4.5'/>{DIAGNOSIS.removeprefix('<observation>')}"
VEIN = VEIN.replace("code='1' displayName", "code='{}' codeSystem='2.16.840.1.113883.6.3' displayName")
SINCE = VEIN.format("E06.3", "Thyroïdite").replace("<value", "<effectiveTime><low value='20100301'/></effectiveTime><value")


def added(*contents: str) -> Edit:
    """A section of the body holds them."""
    return into("c:component/c:structuredBody", f"<component><section>{''.join(contents)}</section></component>")


def alone(entry: str) -> Edit:
    return added("<text>-</text>", f"<entry>{entry}</entry>")


def of(passage: str, entry: str) -> Edit:
    return added(f"<text><content ID='odd'>{passage}</content></text>", f"<entry>{entry}</entry>")


def row(entry: str, *cells: str, heads: tuple[str, ...] = (), cited: int = 0) -> Edit:
    head = f"<thead><tr>{''.join(f'<th>{one}</th>' for one in heads)}</tr></thead>" if heads else ""
    told = "".join(f"<td{' ID=' + repr('odd') if place == cited else ''}>{cell}</td>" for place, cell in enumerate(cells))
    return added(f"<text><table>{head}<tbody><tr>{told}</tr></tbody></table></text>", f"<entry>{entry}</entry>")


def doses(told: str) -> Edit:
    """Of two, the second cites the reaction of the first, and its own row tells one."""
    rows = "".join(f"<tr><td ID='d{n}'>Dose {n}</td><td ID='r{n}'>{said}</td></tr>" for n, said in ((1, "fièvre"), (2, told)))
    return added(f"<text><table><tbody>{rows}</tbody></table></text>", *(DOSE.format(n) for n in (1, 2)))


def let_pass_and_told(cases: Mapping[str, tuple[str, Edit, Edit] | tuple[str, str, Edit, Edit]]) -> Callable[..., None]:
    """The test of each case: a rule lets what is odd in an example pass, and tells the fault beside it.

    cases: by what they are, the rule, the example if not LETTER, what it lets pass and what it tells.
    """

    @pytest.mark.official
    @pytest.mark.parametrize("name", cases)
    def test(examples: Examples, name: str) -> None:
        case: Any = cases[name]
        rule, *example, odd, wrong = case
        assert examples.more_of(rule, *(example or [LETTER]), odd, wrong) == (0, 1)

    return test
