"""FHIRPath on the nodes of a resource: read once, evaluated many times, offline."""

from .compiling import Compiled, compile
from .evaluation import Context
from .failures import FhirPathError, NotEvaluatedError

__all__ = ["Compiled", "Context", "FhirPathError", "NotEvaluatedError", "compile"]
