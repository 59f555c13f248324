"""Names of substances, brands, and words that say how a medicine is taken."""

from __future__ import annotations

import pytest

from harness.checks.narrative.substances import begins_with_a_substance, is_classed_elsewhere

_SUBSTANCES = (
    *("Bisoprolol 5 mg", "RAMIPRIL 5 mg", "Amoxicilline 1 g", "Amiodarone 200 mg", "Ibuprofène 400 mg", "losartan"),
    *("Céfixime 200 mg", "Énoxaparine", "Rosuvastatine", "Apixaban 5 mg", "L-oméprazole", "adalimumab", "Empagliflozine"),
)
_OTHERS = (
    *("Kardegic 75 mg", "Doliprane 1 g", "Lasilix 40 mg", "Lopril 25 mg", "Ventoline 100 µg", "Vibramycine 100 mg", "Marcaïne"),
    *("Eliquis", "Sachet de 75 mg", "Deux comprimés de 20 mg", "Injection de 40 mg", "Jusqu’à 40 mg", "Lundi 15 mg"),
    *("dose : 20 mg", "IPP 20 mg", "Association 5 mg", "Vitamine D 100 000 UI", "5 mg", ""),
)


@pytest.mark.parametrize(("name", "substance"), [*((one, True) for one in _SUBSTANCES), *((one, False) for one in _OTHERS)])
def test_a_substance_is_known_by_its_stem_and_no_brand_nor_word_is_one(name: str, substance: bool) -> None:
    assert begins_with_a_substance(name) is substance


@pytest.mark.parametrize(
    ("name", "atc", "elsewhere"),
    [
        ("RAMIPRIL 5 mg, comprimé", "C10AA07", True),
        ("metformine", "C09AA05", True),
        ("Amoxicilline 1 g", "N02BE01", True),
        ("RAMIPRIL 5 mg, comprimé", "C09AA05", False),
        ("RAMIPRIL 5 mg, comprimé", "", False),
        ("AMLODIPINE/VALSARTAN 5 mg/80 mg", "C09DB01", False),
        ("ATORVASTATINE/PERINDOPRIL/AMLODIPINE", "C10BX11", False),
        ("BISOPROLOL/PERINDOPRIL 5 mg/5 mg", "C09BX02", False),
        ("AMLODIPINE/ATORVASTATINE", "C10BX03", False),
        ("TIMOLOL 0,5 %, collyre", "S01ED01", False),
        ("ARIPIPRAZOLE 10 mg", "N05AX12", False),
        ("ESOMEPRAZOLE/NAPROXENE", "M01AE52", False),
        ("DULOXETINE 30 mg", "N06AX21", False),
        ("CLONAZEPAM 2 mg", "N03AE01", False),
        ("CIPROFLOXACINE, collyre", "S01AE03", False),
        ("SITAGLIPTINE/METFORMINE", "A10BD07", False),
        ("ESOMEPRAZOLE/ASPIRINE", "B01", False),  # a class alone
        ("MYCOSTATINE 500 000 UI", "A07AA02", False),
        ("COVERSYL 5 mg", "C09AA04", False),
        ("AUGMENTIN 1 g", "J01CR02", False),
    ],
)
def test_a_class_is_another_where_its_stem_has_none_like_it(name: str, atc: str, elsewhere: bool) -> None:
    assert is_classed_elsewhere(name, atc) is elsewhere
