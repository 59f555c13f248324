"""Plain text laid out for a terminal: wrapping, columns, colour. Words and ids are never cut."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Literal

from harness.reporting.printable import printable
from harness.values import dataclass

Tone = Literal["good", "bad", "warn", "mute", "strong", "plain"]
_NARROW = 60  # columns: below, labels and tables have no room beside others
_BESIDE = 14  # columns: what is indented as far stands beside a label
_SGR: dict[Tone, str] = {"good": "32", "bad": "1;31", "warn": "33", "mute": "2", "strong": "1"}

# Spaces where a line must not break: around French punctuation, before a dot between two things, between an option and its value.
_SPACES = re.compile("[ \t\n\r\f\v]+")  # but not those that do not break
_UNBREAKABLE = re.compile(r" (?=[:;?!·](?:\s|$)|»)|(?<=[«→]) |(?<=--resume) ")


def wants_colour(is_terminal: bool, environ: Mapping[str, str]) -> bool:
    """Colour goes to a terminal that knows it, unless NO_COLOR is set (no-color.org)."""
    return is_terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


@dataclass(frozen=True, slots=True)
class Column:
    """As wide as its widest cell, and `at_least`. flexible: narrowed to the room that is left, its cells wrap."""

    title: str
    right: bool = False
    flexible: bool = False
    at_least: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """How wide to write, and whether in colour."""

    width: int = 80
    colour: bool = False

    def paint(self, text: str, tone: Tone) -> str:
        return f"\x1b[{_SGR[tone]}m{text}\x1b[0m" if self.colour and tone in _SGR else text

    def wrap(self, text: str, indent: str = "", hanging: str | None = None) -> list[str]:
        """Lines of at most `width` columns; one word that is longer stays whole. hanging: indent of the lines after the first."""
        first = " " * self.indented(len(indent))
        further = first if hanging is None else " " * self.indented(len(hanging))
        kept = _UNBREAKABLE.sub("\ue000", printable(_SPACES.sub(" ", text).strip(" ")))
        lines = textwrap.wrap(
            kept,
            self.width,
            initial_indent=first,
            subsequent_indent=further,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return [line.replace("\ue000", " ") for line in lines]

    def indented(self, columns: int) -> int:
        """How far to indent what is wished to stand beside labels: on a narrow page it stands under them."""
        return columns if self.width >= _NARROW or columns < _BESIDE else min(columns - 10, 8)

    def labelled(self, label: str, text: str, margin: int, tone: Tone = "plain") -> list[str]:
        """A label in a margin of `margin` columns, and the text beside it."""
        margin = self.indented(margin)
        indent = " " * margin
        lines = self.wrap(text, indent, indent) or [indent]
        if len(label) >= margin:
            return [self.paint(label, tone), *lines]
        return [self.paint(label, tone) + " " * (margin - len(label)) + lines[0][margin:], *lines[1:]]

    def table(
        self, columns: Sequence[Column], rows: Sequence[Sequence[str]], tones: Sequence[Tone] = (), indent: str = ""
    ) -> list[str]:
        """Rows under their titles. One column may be flexible; the others are as wide as they need. tones: of whole rows."""
        cells = [[printable(cell) for cell in row] for row in rows]
        widths = [max(len(column.title), column.at_least, *(len(row[at]) for row in cells)) for at, column in enumerate(columns)]
        for at, column in enumerate(columns):
            if column.flexible:
                taken = sum(widths) - widths[at] + 2 * (len(columns) - 1) + len(indent)
                longest_word = max((len(word) for row in cells for word in row[at].split()), default=0)
                widths[at] = min(widths[at], max(self.width - taken, longest_word, len(column.title)))
        if sum(widths) + 2 * (len(columns) - 1) + len(indent) > self.width:
            return self._listed(columns, cells, tones, indent)
        lines = [indent + self.paint(_row([column.title for column in columns], columns, widths), "mute")]
        for number, row in enumerate(cells):
            tone = tones[number] if number < len(tones) else "plain"
            lines += [indent + self.paint(line, tone) for line in _wrapped_row(row, columns, widths)]
        return lines

    def _listed(self, columns: Sequence[Column], cells: Sequence[Sequence[str]], tones: Sequence[Tone], indent: str) -> list[str]:
        """The rows of a table that the page is too narrow for: what each is of, and under it each title with its cell."""
        of = 1 + max((at for at, column in enumerate(columns) if column.flexible), default=0)
        lines: list[str] = []
        for number, row in enumerate(cells):
            tone = tones[number] if number < len(tones) else "plain"
            lines += [self.paint(line, tone) for line in self.wrap("  ".join(row[:of]), indent, indent + "  ")]
            told = (
                f"{column.title}\u00a0{cell}".replace(" ", "\u00a0") for column, cell in zip(columns[of:], row[of:], strict=True)
            )
            lines += self.wrap(" · ".join(told), indent + "  ")
        return lines


def _wrapped_row(row: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> list[str]:
    wrapped = [
        textwrap.wrap(cell, max(width, 1), break_long_words=False, break_on_hyphens=False) if column.flexible else [cell]
        for cell, column, width in zip(row, columns, widths, strict=True)
    ]
    height = max(len(lines) for lines in wrapped)
    return [_row([lines[at] if at < len(lines) else "" for lines in wrapped], columns, widths) for at in range(height)]


def _row(cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    padded = (
        cell.rjust(width) if column.right else cell.ljust(width) for cell, column, width in zip(cells, columns, widths, strict=True)
    )
    return "  ".join(padded).rstrip()
