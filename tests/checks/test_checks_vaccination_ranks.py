"""The doses of a vaccine, dated in the order of their ranks or not."""

from __future__ import annotations

import pytest
from lxml import etree

from harness.checks.functions.vaccination_ranks import ranks_in_order
from harness.checks.tree import nodes_of


def dose(rank: str, time: str, series: str = "INITIMMUNIZ", product: str = "1", **attributes: str) -> str:
    said = " ".join(f'{name}="{value}"' for name, value in ({"moodCode": "EVN"} | attributes).items())
    return (
        f'<entry><substanceAdministration {said}><code code="{series}"/><effectiveTime value="{time}"/>'
        f'<consumable><manufacturedProduct><manufacturedMaterial><code><translation code="{product}"/></code>'
        f"</manufacturedMaterial></manufacturedProduct></consumable>"
        f'<entryRelationship><observation><code code="30973-2"/><value value="{rank}"/>'
        "</observation></entryRelationship></substanceAdministration></entry>"
    )


@pytest.mark.parametrize(
    ("other", "in_order"),
    [
        (dose("1", "20100101"), False),
        (dose("1", "20080101"), True),
        (dose("1", "2009"), True),  # may be before
        (dose("3", "20100101"), True),
        (dose("1", "20100101", series="BOOSTER"), True),  # boosters are counted anew
        (dose("1", "20100101") + dose("1", "20080101"), True),  # another season
        (dose("1", "20100101", product="2"), True),
        (dose("1", "20100101", negationInd="true"), True),
        (dose("1", "20100101", moodCode="INT"), True),
        (dose("first", "20100101"), True),
    ],
)
def test_a_dose_follows_those_of_lower_rank(other: str, in_order: bool) -> None:
    root = etree.fromstring(f'<section xmlns="urn:hl7-org:v3">{dose("2", "20090101")}{other}</section>')
    own = next(node for node in nodes_of(root) if node.tag == "substanceAdministration")
    assert ranks_in_order(own) is in_order
