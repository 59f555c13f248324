"""A TOML file being read: what is wrong in it is told with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from harness.errors import DataError
from harness.library.nearest import suggestion
from harness.model import Text

_IN_FRENCH = (  # what the parser of Python says, by its first words
    ("Unterminated string", "un guillemet n'est pas fermé"),
    (r"Illegal character '\n'", "un guillemet n'est pas fermé à la fin de sa ligne"),
    (r"Illegal character '\r", "un guillemet n'est pas fermé à la fin de sa ligne"),
    ("Illegal character", "un signe de contrôle ne s'écrit pas dans un texte"),
    (r"Found invalid character '\n'", "une apostrophe n'est pas fermée à la fin de sa ligne"),
    ("Found invalid character", "un signe de contrôle n'a rien à faire ici"),
    ("Expected \"'", "une apostrophe n'est pas fermée"),
    ("Invalid value", "cette valeur ne se lit pas : un texte se met entre guillemets"),
    ("Expected '=' after a key", "le signe = manque après une clé"),
    ("Invalid initial character for a key part", "une clé manque ici, ou son nom a un signe qui demande des guillemets"),
    ("Cannot overwrite a value", "une clé est écrite deux fois"),
    ("Duplicate inline table key", "une clé est écrite deux fois"),
    ("Cannot declare", "une table est écrite deux fois"),
    ("Cannot redefine", "une table est écrite à deux endroits : tout y mettre à un seul"),
    ("Cannot mutate", "ceci est déjà écrit, et entier : y ajouter plus haut ce qui manque"),
    ("Expected ']' at the end of a table", "un crochet ] manque après le nom d'une table"),
    ("Expected ']]' at the end of an array", "deux crochets ]] manquent après le nom d'une table"),
    ("Unclosed array", "un crochet ] manque"),
    ("Unclosed inline table", "une accolade } manque"),
    ("Expected newline or end of document", "quelque chose suit la valeur sur sa ligne"),
    ("Unescaped", "une barre \\ d'un texte entre guillemets s'écrit \\\\"),
    ("Invalid hex value", "après \\u ou \\x vient le numéro d'un caractère, en chiffres hexadécimaux"),
    ("Escaped character", "ce numéro n'est celui d'aucun caractère"),
    ("Invalid date or datetime", "cette date n'existe pas"),
    ("Invalid statement", "cette ligne n'est ni une clé (entre guillemets si elle a un accent) et sa valeur, ni une [table]"),
    ("Exceeds the limit", "un nombre a trop de chiffres"),
    ("maximum recursion depth", "trop de crochets sont ouverts l'un dans l'autre"),
)


class TomlFile:
    """Raises DataError where it is no TOML. data: what it says."""

    def __init__(self, path: Path, content: str) -> None:
        self.path = path
        self._lines = content.splitlines()
        try:
            self.data = tomllib.loads(content)
        except (ValueError, RecursionError) as error:  # a number or a nesting beyond what Python reads are no TOMLDecodeError
            line = re.search(r"at line (\d+)", str(error))
            number = int(line[1]) if line else self._longest_number()
            said = str(error).partition(" (at ")[0]  # the line is told once
            words = next((french for begin, french in _IN_FRENCH if said.startswith(begin)), said)
            raise DataError(str(path), number, Text(f"TOML mal formé : {words}", f"malformed TOML: {said}")) from None

    def text(self, data: Mapping[str, Any], key: str, default: str) -> str:
        value = data.get(key, default)
        if not isinstance(value, str):
            raise self.error(key, Text(f"{key} : il faut un texte entre guillemets", f"{key}: a quoted text is needed"))
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.data.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.error(key, Text(f"{key} : il faut une liste de textes", f"{key}: a list of texts is needed"))
        return tuple(values)

    def check_keys(self, data: Mapping[str, Any], known: Iterable[str]) -> None:
        for key in data:
            if key not in known:
                raise self.error(key, Text(f"clé inconnue : {key}", f"unknown key: {key}"), suggestion(key, known))

    def error(self, key: str, message: Text | str, hint: Text | str = "") -> DataError:
        """The error to raise about a key, at the line where it is written."""
        pattern = re.compile(
            rf"""^\s*(\[.*\b{re.escape(key)}\b.*\]|["']?{re.escape(key)}["']?\s*[=.])|[{{,]\s*["']?{re.escape(key)}["']?\s*="""
        )
        line = next((number for number, line in enumerate(self._lines, 1) if pattern.search(line)), 1)
        return DataError(str(self.path), line, message, hint)

    def _longest_number(self) -> int:
        """Line of a number too long for Python, which does not say where; the last line when there is none."""
        long = (number for number, line in enumerate(self._lines, 1) if re.search(r"[0-9_]{4300}", line))
        return next(long, len(self._lines))
