"""The row of a table that an entry cites, against what the entry tells."""

from __future__ import annotations

import pytest
from lxml import etree

from harness.checks.narrative.contraries import graded_otherwise, told_contrary
from harness.checks.narrative.dates import begun_otherwise, dated_otherwise
from harness.checks.narrative.labels import other_product, tells_most
from harness.checks.narrative.lots import tells_rank
from harness.checks.narrative.measures import measured_otherwise, smoked_otherwise
from harness.checks.narrative.tables import words_of
from harness.checks.tree import nodes_of


@pytest.mark.parametrize(
    ("cells", "value", "unit", "otherwise"),
    [
        (["Poids", "67 kg"], "76", "kg", True),
        (["Poids", "76 kg"], "76", "kg", False),
        (["Poids", "76,4 kg (hier 75 kg)"], "76.4", "kg", False),
        (["PA", "120 / 80 mmHg"], "120", "mm[Hg]", False),
        (["PA", "130 / 80 mmHg"], "120", "mm[Hg]", True),
        (["Glycémie", "0,88 g/L"], "4.89", "mmol/L", False),  # another unit: nothing is compared
        (["Glycémie", "5.89 mmol/L", "(3.89 - 6.00)"], "4.89", "mmol/L", True),
        (["TSH (Modular 2)", "19.50 mUI/l"], "1.950", "m[IU]/L", True),
        (["TSH (Modular 2)", "2,0 mUI/l"], "1.950", "m[IU]/L", False),
        (["TSH (2)", "19.50 mUI/l"], "2.0", "m[IU]/L", False),
        (["TSH 2", "4.80 mUI/l"], "1.950", "m[IU]/L", False),
        (["TSH (2 mUI/l)", "4.80 mUI/l"], "1.950", "m[IU]/L", False),
        (["TSH (ECL)", "19.50 mUI/l", "1,9"], "1.950", "m[IU]/L", False),  # of a column that has no heading
        (["Apgar", "7"], "10", "{score}", True),
        (["APGAR à 1 min", "10"], "1", "{score}", True),
        (["APGAR à 10 min", "10"], "10", "{score}", False),
        (["Ouverture à 10 min", "10 min"], "10", "min", False),
        (["Apgar", "10"], "10", "{score}", False),
        (["FEVG (%)", "45"], "0.45", "1", False),
        (["FEVG (%)", "54"], "0.45", "1", True),
        (["Poids (kg)", "70,25"], "70.3", "kg", False),
        (["Apgar", "normal", "7"], "10", "{score}", False),  # what stands further is something else
        (["Plaquettes", "190 000 /mm3"], "190000", "/mm3", False),
        (["Poids", "-"], "76", "kg", False),
        (["Poids", "objectif 70 kg"], "76", "kg", False),
        (["Poids", "< 80 kg"], "76", "kg", False),
        (["Poids", "+2 kg"], "76", "kg", False),
        (["Poids", "75-77 kg"], "76", "kg", False),
        (["Poids", "3.900 g"], "3900", "g", False),
        (["Poids", "76 kg"], "x", "kg", False),
        (["TSH", "1.590 mUI/l", "(0.270 - 4.200)"], "1.950", "m[IU]/L", True),
        (["Ferritine", "15 \u00b5g/l"], "150", "ug/L", True),
        (["Terme", "36 SA"], "39", "wk", True),
        (["Terme", "36 SA + 3 j"], "36.43", "wk", False),
        (["Ouverture", "12 mn"], "12", "h", True),
        (["Ouverture", "12 mn", "12 h"], "12", "h", False),
        (["Ouverture", "720 mn"], "12", "h", False),
        (["15/02/2019", "Score 2", "G8"], "12", "", True),
        (["15/02/2019", "Score 2", "G8"], "2", "", False),
        (["15/02/2019", "Score 2", "Score : 3/5"], "12", "", False),
        (["Albumine (g/L)", "45,0", "36 à 48"], "54", "g/L", True),
        (["TSH", "indétectable", "0,27 mUI/l", "4,20 mUI/l"], "0", "m[IU]/L", False),  # bounds
        (["TSH", "1,2 x 10^6 mUI/l", "4,20 mUI/l max"], "1200000", "m[IU]/L", False),
        (["Excès de base", "\u2212 1,5 mmol/l", "0,5 mmol/l"], "-1.5", "mmol/L", False),
        (["Excès de base", "\u2212 1,5 mmol/l"], "1.5", "mmol/L", True),
        (["Albumine (g/L)", "Électrophorèse", "45,0", "54,0"], "54", "g/L", False),  # a result of before
        (["Albumine (g/L)", "Électrophorèse", "45,0"], "60", "%", False),
        (["Poids", "- 70 kg"], "70", "kg", False),  # an item
        (["Excès de base", "- 1,5 mmol/l"], "-1.5", "mmol/L", False),
        (["Poids", "- 70 kg"], "76", "kg", True),
        (["6,85 G/L", "245 000 /mm3"], "6850", "/mm3", False),  # each of another column
        (["6 500 /mm3", "245 000 /mm3"], "6850", "/mm3", True),
        (["Fraction", "50 %"], "1,5", "1", False),  # a value that is no number is told by its form
        (["50 %"], "1,5", "1", False),
    ],
)
def test_the_number_of_a_row_is_that_of_the_entry(cells: list[str], value: str, unit: str, otherwise: bool) -> None:
    assert measured_otherwise(cells, 0, value, unit) is otherwise


@pytest.mark.parametrize(
    ("cells", "own", "times", "otherwise"),
    [
        (["22/04/2012", "Chute"], ["20180422"], ["20180422"], True),
        (["22/04/2018", "Chute"], ["201804221030+0200"], ["201804221030+0200"], False),
        (["du 22/04/2018 au 30/04/2018", "Chute"], ["20180420"], ["20180420", "20180430"], False),
        (["22/04/2012", "Chute"], ["2018"], ["2018"], False),  # no day is told
        (["22/04/2018", "Chute"], ["20180401"], ["20180401", "2018"], False),
        (["Mis en service le 23/12/2009", "Chute"], ["20180422"], ["20180422"], False),  # words, not a date
        (["99/99/2018", "Chute"], ["20180422"], ["20180422"], False),
        (["23/04/2018", "Chute"], ["20180422230000+0000"], ["20180422230000+0000"], False),  # one in the morning of Paris
        (["24/04/2018", "Chute"], ["20180422230000+0000"], ["20180422230000+0000"], True),
        (["22/04/2018", "Chute"], ["20180420", "20180430"], ["20180420", "20180430"], False),  # a day of the period
        (["20/04/2018", "24/04/2018"], ["20180422"], ["20180422"], False),  # of a stay
        (["20/04/2016", "24/04/2018"], ["20180422"], ["20180422"], True),
    ],
)
def test_a_date_of_a_row_is_one_of_the_entry(cells: list[str], own: list[str], times: list[str], otherwise: bool) -> None:
    assert dated_otherwise(cells, own, times) is otherwise


@pytest.mark.parametrize(
    ("texts", "label", "otherwise"),
    [
        (["positif"], "négatif", True),
        (["Test", "Test positif"], "négatif", True),
        (["négatif", "Contrôle positif"], "négatif", False),  # the passage itself decides
        (["sein gauche"], "droit", True),
        (["droit et gauche"], "droit", False),
        (["Recherche"], "négatif", False),
        (["Gaucher, droitier contrarié"], "droit", False),
        (["OG : œil droit sain"], "gauche", False),
        (["pas positif"], "négatif", False),
        (["Test négatif"], "Position assise", False),
        (["Sommet, absence d'engagement"], "Présentation céphalique", False),
        (["absence"], "présent", True),
        (["Gram positif"], "Bacille", False),
        (["Genou", "droit"], "gauche", True),
        (["Genou", "Côté droit (2010)"], "gauche", True),
        (["Genou", "Voie radiale droite"], "gauche", False),  # of something else than the passage
        (["Genou", "prothèse droite en 2010"], "gauche", False),
        (["Cancer, RE", "HER2 négatif"], "RE positif", False),
        (["Présence de sang", "non"], "absence de sang", False),
        (["Coronaire droite"], "voie gauche", False),
        (["Décubitus latéral droit, néphrectomie"], "gauche", False),
        (["Ventricule droit"], "ventricule gauche", True),
        (["Accouchement en présence du père"], "absence de complication", False),
        (["Nodule de taille supérieure à 8 mm"], "lobe inférieur", False),
        (["Nodule du lobe supérieur"], "lobe inférieur", True),
    ],
)
def test_a_passage_tells_the_contrary_of_a_label(texts: list[str], label: str, otherwise: bool) -> None:
    assert told_contrary(texts[0], texts, label) is otherwise


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("37<sup>a</sup>", "37 "),
        ("8<sup>1</sup><!-- --> g", "8 1  g"),
        ("<content>10<footnoteRef IDREF='n'/></content> mg", "10  mg"),
        ("10 mg", "10 mg"),
    ],
)
def test_what_is_raised_stands_apart(written: str, read: str) -> None:
    cell = nodes_of(etree.fromstring(f"<td xmlns='urn:hl7-org:v3'>{written}</td>"))[0]
    assert words_of(cell) == read


def test_a_result_stands_after_its_method() -> None:
    cells = ["Albumine (g/L)", "Électrophorèse", "45,0", "36 à 48"]
    assert measured_otherwise(cells, 0, "54", "g/L", lambda: ["proteinogramme", "methode", "04 01 2024", "valeurs de reference"])
    assert not measured_otherwise(cells, 0, "54", "g/L", lambda: ["examen", "resultat", "seuil", "valeurs de reference"])
    assert measured_otherwise(["Apgar", "7"], 0, "10", "{score}", lambda: ["signe", "valeur"])
    assert not measured_otherwise(["Apgar", "7"], 0, "10", "{score}", lambda: ["signe", "page"])


def test_a_bound_of_the_reference_that_is_the_value_proves_nothing() -> None:
    heads = ["examen", "resultat", "valeurs de reference"]
    assert measured_otherwise(["TSH", "19.50 mUI/l", "(1.9 - 4.8)"], 0, "1.950", "m[IU]/L", lambda: heads)
    assert not measured_otherwise(["TSH", "1.95 mUI/l", "(1.9 - 4.8)"], 0, "1.950", "m[IU]/L", lambda: heads)
    assert not measured_otherwise(["TSH", "19.50 mUI/l", "1,95"], 0, "1.950", "m[IU]/L", lambda: [*heads[:2], "anteriorite"])
    assert not measured_otherwise(["TSH", "(1.9 - 4.8)", "1.95"], 0, "1.950", "m[IU]/L", lambda: ["examen", "normes", "resultat"])


def test_a_result_stands_after_its_place() -> None:
    cells = ["Produit dose longueur", "Tête entière", "", "1140,26 mGy.cm"]
    placed, repeated = (
        ["mesure", "localisation", "precision topographique", "quantite"],
        ["mesure", "resultat", "precision", "seuil"],
    )
    assert measured_otherwise(cells, 0, "114.026", "mGy.cm", lambda: placed)
    assert not measured_otherwise(cells, 0, "114.026", "mGy.cm", lambda: repeated)


@pytest.mark.parametrize(
    "cell",
    [
        "1",
        "1ère",
        "01",
        "D1",
        "[1]",
        "1/3",
        "première",
        "I",
        "unique",
        "dose 1(*)",
        "1 (12/03/2020)",
        "1ère série",
        "1ère série / 1",
    ],
)
def test_the_first_rank_is_told(cell: str) -> None:
    assert tells_rank(cell, "1")


@pytest.mark.parametrize("cell", ["2", "", "-", "12/01/2020", "2/3", "D2", "1ère série vaccinante / 2"])
def test_another_rank_is_told(cell: str) -> None:
    assert not tells_rank(cell, "1")


def test_boosters_have_ranks_of_their_own() -> None:
    assert tells_rank("Rappel 1", "4") and tells_rank("R1", "4")


@pytest.mark.parametrize(
    ("passage", "label", "other"),
    [
        ("IBUPROFENE 400 mg, comprimé", "PARACETAMOL 500 mg, comprimé", True),
        ("Paracétamol 1 g", "DOLIPRANE 1000 mg, comprimé", False),  # a substance and its brand
        ("DOLIPRANE 500 mg", "DOLIPRANE 1000 mg, comprimé", False),  # a dose, it may be
        ("IBUPROFENE", "PARACETAMOL 500 mg", False),
        ("10 mg le matin", "RAMIPRIL 5 mg", False),  # a dose
    ],
)
def test_another_medicine_is_told_where_both_names_are_whole(passage: str, label: str, other: bool) -> None:
    assert other_product(passage, [label]) is other


def test_a_passage_may_tell_most_of_the_label_of_another():
    assert tells_most("Accident ischémique cérébral", ["Accident ischémique cérébral transitoire, sans précision"])
    assert not tells_most("Diabète", ["Accident ischémique cérébral"]) and not tells_most("", [""])


@pytest.mark.parametrize(
    ("cells", "begins", "otherwise"),
    [
        (["2007"], ["2017"], True),
        (["2017"], ["20170512"], False),
        (["05/2017"], ["2017"], False),
        (["05/2017"], ["201706"], True),
        (["03/12/2091"], ["20191203"], True),
        (["03/12/2019"], ["201912"], False),
        (["03/12/2091"], ["2019"], False),  # no day is told
        (["2007"], ["2017", "20070101"], False),  # of what holds it
        (["vers 2007"], ["2017"], False),
        (["2007 (premiers signes)"], ["2017"], False),
        (["-"], ["2017"], False),
        (["04/12/2019"], ["20191203233000+0000"], False),  # universal time
        (["2007"], [], False),
    ],
)
def test_the_beginning_that_a_column_tells_is_that_of_the_entry(cells: list[str], begins: list[str], otherwise: bool) -> None:
    assert begun_otherwise(cells, [], begins) is otherwise


def test_a_day_under_a_date_that_may_be_any_is_left_to_the_row() -> None:
    assert not begun_otherwise([], ["03/12/2091"], ["20191203"])
    assert begun_otherwise([], ["2007"], ["2017"])
    assert begun_otherwise([], ["2007"], ["2017"], lasts=True)
    assert not begun_otherwise([], ["2017"], ["2007"], lasts=True)


@pytest.mark.parametrize(
    ("passage", "value", "otherwise"),
    [
        ("Sevré depuis 10 ans (environ 12 paquets-années)", "21", True),
        ("Sevré depuis 10 ans (environ 12 paquets-années)", "12", False),
        ("environ 10 PA", "12", False),
        ("12,4 paquets-années", "12", False),
        ("plus de 10 PA", "21", False),
        ("10 à 15 PA", "21", False),
        ("10-15 PA", "21", False),
        ("1 paquet par jour, 20 paquets-années", "365", False),  # packs a year
        ("30 PA en 2016, 12 PA depuis", "12", False),
        ("25 PA cumulés, dont 12 PA avant 2000", "37", False),
        ("20 PA minimum", "30", False),
        ("20 PA et plus", "30", False),
        ("maximum 15 PA", "10", False),
        ("±15 PA", "20", False),
        ("une vingtaine (20 PA)", "22", False),
        ("15 PA environ", "20", False),
        ("Père : 40 PA", "10", False),
        ("PA 12/8", "21", False),
        ("12 PA", "21", True),
    ],
)
def test_pack_years_that_a_text_states_are_those_of_the_entry(passage: str, value: str, otherwise: bool) -> None:
    assert smoked_otherwise(passage, value) is otherwise


@pytest.mark.parametrize(
    ("passage", "label", "otherwise"),
    [
        ("Classe NYHA III", "classe IV de la New York Heart Association", True),
        ("Classe NYHA III", "classe III de la New York Heart Association", False),
        ("Classe NYHA 3", "classe III de la New York Heart Association", False),
        ("Classe NYHA II-III", "classe III de la New York Heart Association", False),
        ("Stade 2 à l'entrée, stade 3 à la sortie", "stade 2", False),  # of several nothing is known
        ("Classe II puis III", "classe III de la New York Heart Association", False),
        ("Grade 0", "Stade 2", False),  # of another scale, it may be
        ("Stade 2a", "Stade 2", False),
    ],
)
def test_a_class_a_stage_or_a_grade_is_the_one_that_is_told(passage: str, label: str, otherwise: bool) -> None:
    assert graded_otherwise(passage, label) is otherwise
