"""FHIRPath on the nodes of a resource: read once, evaluated many times, offline."""

from ....library.fhirpath.failures import FhirPathError, NotEvaluatedError
from .analysis import Remark, remarks
from .compiling import Compiled, Further, Written, compile, defined
from .evaluation import Context
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
    "Written",
    "compile",
    "defined",
    "remarks",
    "text_of",
    "value_of",
]
