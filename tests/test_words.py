"""Words that everything shares."""

from __future__ import annotations

import pytest

from harness.model import Source, Text, counted, grouped, labelled


def test_thousands_are_set_apart_as_each_language_does() -> None:
    assert grouped(999) == Text("999", "999")
    assert grouped(1234567) == Text("1\u00a0234\u00a0567", "1,234,567")
    assert counted(1717, Text("erreur", "error"), Text("erreurs", "errors")) == Text("1\u00a0717 erreurs", "1,717 errors")


def test_a_colon_stands_after_a_label_as_each_language_sets_it() -> None:
    assert (labelled("a", "b", "fr"), labelled("a", "b", "en")) == ("a : b", "a: b")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (Source("IHE MHD", "2:3.65.4.1.3", "4.2.3"), "IHE MHD 4.2.3 2:3.65.4.1.3"),
        (Source("IHE MHD ; FHIR R4, Bundle", "2:3.65.4.1.3", "4.2.3"), "IHE MHD 4.2.3 2:3.65.4.1.3 ; FHIR R4, Bundle"),
        (Source("IHE MHD ; FHIR R4"), "IHE MHD ; FHIR R4"),
    ],
)
def test_a_version_stands_beside_the_document_that_has_it(source: Source, told: str) -> None:
    assert str(source) == told
