"""Whether a document is of production or of test, which softens some rules."""

from __future__ import annotations

from collections.abc import Iterable

from .. import identifiers
from ..model import Environment, Text, counted

TOLD = "document.environment"  # rule of the finding that says why a document was judged as of production


def told_by(authorities: Iterable[str], asked: Environment) -> Environment:
    """The environment asked for; otherwise production when one of the assigning authorities (OID or URI) is that of a real INS."""
    if asked is not Environment.AUTO:
        return asked
    real = any(map(identifiers.is_production_ins_oid, authorities))
    return Environment.PRODUCTION if real else Environment.TEST


def told_of_production(authority: str, graver: int) -> tuple[Text, Text]:
    """Message and hint, where its INS alone told that a document is of production. graver: how many findings are so for that."""
    more = counted(graver, Text("constat en est aggravé", "finding is"), Text("constats en sont aggravés", "findings are"))
    return (
        Text(
            f"Le document porte un INS de production ({authority}) : il est jugé comme un document de production, et {more.fr}.",
            f"The document carries an INS of production ({authority}): it is judged as a production document, and {more.en} more "
            "severe for that reason.",
        ),
        Text(
            "Un document de test porte l'OID d'INS de test, 1.2.250.1.213.1.4.10 ; --env test le juge comme tel.",
            "A test document carries the test INS OID, 1.2.250.1.213.1.4.10; --env test judges it as one.",
        ),
    )
