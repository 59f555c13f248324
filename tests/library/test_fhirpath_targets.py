"""What is asked of the target of a reference: its type alone, or more than a reference can tell."""

from __future__ import annotations

import pytest

from harness.library.fhirpath.syntax import parse
from harness.library.fhirpath.targets import asks_types_only


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("subject.resolve() is Patient", True),
        ("subject.resolve().is(FHIR.Patient)", True),
        ("subject.exists() implies (subject.resolve() is Patient or subject.resolve() is Group)", True),
        ("subject.resolve().ofType(Patient).exists()", True),
        ("member.resolve().all($this is Patient or $this is Group)", True),
        ("member.all(resolve() is Patient)", True),
        ("onBehalfOf.exists() implies (member.resolve().iif(empty(), true, ofType(Practitioner).exists()))", True),
        ("subject.resolve().where($this is Patient).exists().not()", True),
        ("subject.exists()", False),
        ("subject.resolve().exists()", False),
        ("subject.resolve().exists() and subject.resolve() is Patient", False),
        ("subject.resolve().iif(empty(), true, name.exists())", False),
        ("(subject.resolve() as Patient).name.exists()", False),
        ("subject.resolve().ofType(Patient).active = true", False),
        ("subject.resolve().where($this is Patient and active).exists()", False),
        ("subject.resolve().ofType(Patient).managingOrganization.resolve() is Organization", False),
        ("(subject.resolve() | focus).all($this is Patient)", False),
        ("subject.select(resolve() as Patient).name.exists()", False),
        ("subject.resolve().ofType(Patient).count() = 1", False),
        ("subject.resolve() = %resource", False),
    ],
)
def test_only_the_type_of_a_target_is_asked_or_more(expression: str, expected: bool) -> None:
    assert asks_types_only(parse(expression)) is expected
