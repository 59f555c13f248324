"""FHIRPath on the nodes of a resource: read once, evaluated many times, offline."""

from typing import TYPE_CHECKING, Any

from ....library.fhirpath.failures import FhirPathError, NotEvaluatedError
from .compiling import Compiled, Further, Written, compile, defined
from .evaluation import Context
from .types import Structures
from .values import text_of, value_of

if TYPE_CHECKING:
    from .analysis import Remark, remarks

__all__ = [
    "Compiled",
    "Context",
    "FhirPathError",
    "Further",
    "NotEvaluatedError",
    "Remark",
    "Structures",
    "Written",
    "compile",
    "defined",
    "remarks",
    "text_of",
    "value_of",
]


def __getattr__(name: str) -> Any:
    """Static analysis is seldom used: it is imported when it is."""
    if name in ("Remark", "remarks"):
        from . import analysis

        return getattr(analysis, name)
    raise AttributeError(f"module {__name__} has no attribute {name}")
