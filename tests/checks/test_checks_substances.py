"""Names of substances, brands, and words that say how a medicine is taken."""

from __future__ import annotations

import pytest

from harness.checks.narrative.substances import begins_with_a_substance

_SUBSTANCES = (
    *(
        "Bisoprolol 5 mg",
        "RAMIPRIL 5 mg",
        "Amoxicilline 1 g",
        "Amiodarone 200 mg",
        "Ibuprofène 400 mg",
        "losartan",
        "Céfixime 200 mg",
    ),
    *("Énoxaparine", "Rosuvastatine", "Apixaban 5 mg", "L-oméprazole", "adalimumab", "Empagliflozine"),
)
_OTHERS = (
    *(
        "Kardegic 75 mg",
        "Doliprane 1 g",
        "Lasilix 40 mg",
        "Lopril 25 mg",
        "Ventoline 100 µg",
        "Vibramycine 100 mg",
        "Marcaïne",
        "Eliquis",
    ),
    *(
        "Sachet de 75 mg",
        "Deux comprimés de 20 mg",
        "Injection de 40 mg",
        "Jusqu’à 40 mg",
        "Lundi 15 mg",
        "dose : 20 mg",
        "IPP 20 mg",
    ),
    *("Association 5 mg", "Vitamine D 100 000 UI", "5 mg", ""),
)


@pytest.mark.parametrize("name", _SUBSTANCES)
def test_a_substance(name: str) -> None:
    assert begins_with_a_substance(name)


@pytest.mark.parametrize("name", _OTHERS)
def test_no_substance(name: str) -> None:
    assert not begins_with_a_substance(name)
