"""FHIRPath on the nodes of a resource: read once, evaluated many times, offline."""

from .analysis import Remark, remarks
from .compiling import Compiled, Further, compile
from .evaluation import Context
from .failures import FhirPathError, NotEvaluatedError
from .types import Structures
from .values import text_of, value_of

__all__ = [
    "Compiled",
    "Context",
    "FhirPathError",
    "Further",
    "NotEvaluatedError",
    "Remark",
    "Structures",
    "compile",
    "remarks",
    "text_of",
    "value_of",
]
