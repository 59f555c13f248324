"""From the text of an expression to a function on nodes: written as Python once, evaluated many times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from types import CodeType
from typing import TYPE_CHECKING, Any

from ....documents.fhir_tree import Node
from ....library.fhirpath.failures import FhirPathError, NotEvaluatedError
from ....library.fhirpath.names import Mode, key
from ....library.nearest import suggestion
from ....model import NO_TEXT, Text
from . import boundaries, collecting, numbers, resources, strings
from .evaluation import Context, Items
from .running import NAMES

if TYPE_CHECKING:
    from ....library.fhirpath.syntax import Expression

FUNCTIONS = {**collecting.FUNCTIONS, **strings.FUNCTIONS, **numbers.FUNCTIONS, **resources.FUNCTIONS, **boundaries.FUNCTIONS}


class Further:
    """Functions beside those of FHIRPath, by name: what is called (see `library.fhirpath.further`), fewest and most arguments.

    One for the life of the process: expressions are remembered with it.
    """

    def __init__(self, table: Mapping[str, tuple[Callable[..., object], int, int]]) -> None:
        self.table = table


_NONE = Further({})
Written = Callable[[str], Callable[..., Any] | None]


class Compiled:
    """An expression, ready. text: as written; reason: why its last truth could not be told."""

    def __init__(self, text: str, further: Further = _NONE, written: Written | None = None) -> None:
        """written: what was made of expressions before, by `program.key`. What is wrong with one is told when it is first asked."""
        self.text = text
        self.reason = NO_TEXT
        self._further = further.table
        self._written = written
        self._holds: Callable[[Node, Context], bool | None] | None = None

    def __repr__(self) -> str:
        return f"Compiled({self.text!r})"

    @cached_property
    def tree(self) -> Expression:
        """As read."""
        from ....library.fhirpath.syntax import parse  # what was written before is not read

        return parse(self.text)

    @cached_property
    def evaluate(self) -> Callable[[Node, Context], Items]:
        """The items it gives on a node in a context. Raises NotEvaluatedError."""
        found: Callable[[Node, Context], Items] = self._loaded("items")
        return found

    @property
    def holds(self) -> Callable[[Node, Context], bool | None]:
        """Its truth, None when it is empty. Raises NotEvaluatedError."""
        if self._holds is None:
            self._holds = self._loaded("truth")
        return self._holds

    def truth(self, node: Node, context: Context) -> bool | None:
        """Whether it holds as an invariant. None: it could not be evaluated, for the `reason` it then has.

        An empty result does not hold. What does not hold while the order of two values was left open, `@2020 <= @2020-05`, or what
        a reference leads to was not at hand, is not held against the resource.
        """
        context.undecided = None
        try:
            found = (self._holds or self.holds)(node, context)
        except NotEvaluatedError as error:
            self.reason = error.told
            return None
        except RecursionError:
            self.reason = Text("la ressource est trop profonde", "the resource is nested too deeply")
            return None
        if not found and context.undecided:
            self.reason = context.undecided
            return None
        return bool(found)

    def _loaded(self, mode: Mode) -> Any:
        known = None if self._written is None else self._written(key(self.text, mode))
        if known is None:
            from ....library.fhirpath import program  # likewise

            known = defined(program.compiled(self.text, mode, self.tree))["made"]
        return known(self._called)

    def _called(self, name: str, count: int, at: int) -> Callable[..., object]:
        """A function by its name. Raises FhirPathError when there is none, or none with so many arguments."""
        known = FUNCTIONS.get(name) or self._further.get(name)
        if known is None:
            unknown = Text(f"il n'y a pas de fonction {name}()", f"there is no function {name}()")
            raise FhirPathError(unknown, at, self.text, suggestion(name, [*FUNCTIONS, *self._further]))
        function, fewest, most = known
        if not fewest <= count <= most:
            french, english = (f"{fewest}", f"{fewest}") if fewest == most else (f"de {fewest} à {most}", f"{fewest} to {most}")
            counted = Text(
                f"arguments de {name}() : {count}, attendus : {french}", f"arguments of {name}(): {count}, expected: {english}"
            )
            raise FhirPathError(counted, at, self.text)
        return function  # type: ignore[return-value]


@lru_cache(maxsize=8192)
def compile(expression: str, further: Further = _NONE) -> Compiled:
    """Raises FhirPathError, with the column, when it is no FHIRPath or calls what no evaluation knows.

    further: functions that it may call too.
    """
    compiled = Compiled(expression, further)
    compiled.holds  # noqa: B018 - what is wrong with it is told now
    return compiled


def defined(code: CodeType) -> dict[str, Any]:
    """What a program defines."""
    made: dict[str, Any] = {}
    exec(code, NAMES, made)  # noqa: S102 - written by us from a tree, names and values by their repr
    return made
