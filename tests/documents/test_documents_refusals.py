"""What a person is told whose document cannot be read: in French, where it is, and no advice to programmers of a parser."""

from __future__ import annotations

import pytest

from harness.checks import refused
from harness.documents import Refused, read
from harness.errors import UnreadableDocument


def refusal(data: bytes) -> UnreadableDocument:
    with pytest.raises(UnreadableDocument) as raised:
        read(data, "given.xml" if data.startswith(b"<") else "given.json")
    return raised.value


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"<a>\n<b>\n</c></a>", "ligne 3, colonne 5 : la balise fermante </c> ne peut fermer <b>, qui est ouvert ligne 2"),
        (b"<a>\n<b>", "ligne 2, colonne 4 : le document s'arrête avant sa fin : <b>, ouvert ligne 2, n'est pas fermé"),
        (b"<a>&nbsp;</a>", "ligne 1, colonne 10 : entité inconnue : &nbsp;"),
        (b"<a x/>", "ligne 1, colonne 5 : l'attribut x n'a pas de valeur"),
        (b"<x:a/>", "ligne 1, colonne 5 : le préfixe d'espace de noms x n'est pas déclaré"),
        (b"<a><!-- cut", "ligne 1, colonne 12 : un commentaire n'est pas fermé"),
        (
            b'<?xml version="1.0" encoding="UTF-16"?><a/>',
            "ligne 1, colonne 1 : la première ligne annonce UTF-16, et les octets n'en sont pas",
        ),
        (b"<a>" * 300, "ligne 1, colonne 771 : imbrication ou expansion démesurée"),
        (b'{"a":1,2}', "ligne 1, colonne 8 : JSON mal formé (un nom entre guillemets est attendu)"),
        (b'{"a":1,}', "ligne 1, colonne 7 : JSON mal formé (une virgule précède la fin de l'objet)"),
        (b'{"a":1,\n}', "ligne 1, colonne 7 : JSON mal formé (une virgule précède la fin de l'objet)"),
        (b"[1, 2,]", "ligne 1, colonne 6 : JSON mal formé (une virgule précède la fin du tableau)"),
        (b'{"a":"x', "ligne 1, colonne 6 : JSON mal formé (une chaîne n'est pas fermée)"),
        (b'{"a":"\\q"}', "ligne 1, colonne 7 : JSON mal formé (une barre oblique inverse n'introduit aucun échappement connu)"),
    ],
)
def test_what_keeps_it_from_being_read_is_told_in_french_with_its_place(data: bytes, told: str) -> None:
    assert refusal(data).message.fr == told


def test_what_has_no_row_is_told_as_the_parser_says_it() -> None:
    assert refusal(b"<a>&#xyz;</a>").message.fr == "ligne 1, colonne 7 : XML mal formé (CharRef: invalid hexadecimal value)"


def test_a_finding_says_the_column_and_leaves_the_line_to_its_own_place() -> None:
    data = b"<a>\n<b>\n</c></a>"
    (found,) = refused(Refused("cut.xml", refusal(data), data)).findings
    assert (found.line, found.message.en) == (3, "column 5: the closing tag </c> cannot close <b>, which opens on line 2")
