"""What a data file says once read: YAML 1.2, stricter than it asks."""

from __future__ import annotations

from typing import Any

import pytest

from harness.errors import DataError
from harness.library import reading

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]\n" for n in range(1, 12))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("on", "on"),
        ("2022-01-01", "2022-01-01"),
        ("2022.01", 2022.01),
        ('"2022.01"', "2022.01"),
        ("12", 12),
        ("-0.5e3", -500.0),
        ("0x10", "0x10"),
        ("1.2.250.1", "1.2.250.1"),
        ("48765-2", "48765-2"),
        ("true", True),
        ("True", True),
        ("yes", "yes"),
        ("null", None),
        ("~", None),
        ("''", ""),
        ("//act", "//act"),
        ("1..*", "1..*"),
        ("[1..1, '*']", ["1..1", "*"]),
        ("{1: a, true: b}", {"1": "a", "true": "b"}),
        ("a: &x {k: 1}\nb: *x", {"a": {"k": 1}, "b": {"k": 1}}),
        ("a: |\n  l1\n  l2\n", {"a": "l1\nl2\n"}),
        ("# nothing", None),
    ],
)
def test_a_plain_value_is_read_by_the_core_schema_of_yaml_1_2(text: str, value: Any) -> None:
    read = reading.read(text.encode(), "x.yaml")
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: 2\na: 3", 3, "'a' is written twice"),
        ("a:\n  - {b: 1,\n b: 2}", 3, "'b' is written twice"),
        ("a: 1\n---\nb: 2", 2, "second document"),
        ("a: !!python/object:os.system x", 1, "tag"),
        ("a: *nowhere", 1, "nowhere"),
        ("a: [1, 2", 1, "not YAML"),
        ("a: 1\n\tb: 2", 2, "not YAML"),
        ("? [a, b]\n: 1", 1, "a key is one word"),
        ("a: b: c", 1, "not YAML"),
        ('a: 1\nb: "c\nd: e\n', 2, "a quotation mark is not closed"),
        ("a: 1\nb: c\x07", 2, "the sign U+0007 cannot be in it"),
        (f"a: 1\nb: {'9' * 5000}", 2, "too many digits"),
        (f"a: {'[' * 200}{']' * 200}", 1, "inside one another"),
        (f"a: {'[' * 20_000}", 1, "inside one another"),
        (BOMB, 7, "too many values are taken up here"),
    ],
)
def test_what_is_not_read_is_an_error_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(DataError) as error:
        reading.read(text.encode(), "x.yaml")
    assert error.value.line == line
    assert error.value.message.en.startswith(f"x.yaml:{line}: ")
    assert said in error.value.message.en


@pytest.mark.parametrize(
    ("file", "text", "french"),
    [
        ("x.yaml", "a: [\n", "une valeur manque ici, ou un crochet ou une accolade n'est pas fermé"),
        ("x.yaml", "a: - b\n", "une liste ne commence pas sur la ligne de sa clé : mettre ce tiret à la ligne"),
        ("x.yaml", "card: *\n", "un texte qui commence par * ou & se met entre guillemets"),
        ("x.yaml", 'a: "\\d"\n', "une barre \\ entre guillemets s'écrit \\\\, ou le texte se met entre apostrophes"),
        ("x.yaml", "a: b\n\tc: d\n", "une tabulation tient lieu de retrait"),
        ("x.yaml", "a: |\n\tb\n", "une tabulation tient lieu de retrait"),
        ("x.json", '{"a": "b\n"}', "un texte entre guillemets tient sur une ligne, sans tabulation"),
        ("x.json", '{"a": "\\d"}', "une barre \\ d'un texte s'écrit \\\\"),
    ],
)
def test_what_a_parser_says_in_english_is_said_in_french(file: str, text: str, french: str) -> None:
    with pytest.raises(DataError) as error:
        reading.read(text.encode(), file)
    assert error.value.message.fr.endswith(f"illisible : {french}")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"a": 1,\n "b": %s}' % ("9" * 5000), 2),
        ("[" * 100_000, 1),
        ('{"a": 1,\n "b": }', 2),
        ('{"a": 1,\n "b": 2,\n "a": 3}', 3),
        ('{"o": {"x": 1,\n "x": 1}}', 2),
    ],
)
def test_json_errors_have_their_line(text: str, line: int) -> None:
    with pytest.raises(DataError) as error:
        reading.read(text.encode(), "x.json")
    assert error.value.line == line


def test_a_file_that_is_not_utf_8_is_told_with_its_line() -> None:
    with pytest.raises(DataError) as error:
        reading.read("a: b\nc: é".encode("latin-1"), "x.yaml")
    assert error.value.line == 2


def test_lines_are_known_for_every_key_and_item() -> None:
    lines = reading.lines(b"a:\n- {b: 1}\n- b: 2\n  c: 3\n", "x.yaml")
    assert lines["a", 0] == 2
    assert lines["a", 0, "b"] == 2
    assert lines["a", 1, "c"] == 4
