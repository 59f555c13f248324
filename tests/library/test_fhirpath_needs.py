"""What a node has to have for an expression to find something from it."""

from __future__ import annotations

import pytest

from harness.library.fhirpath.needs import needs
from harness.library.fhirpath.syntax import parse

TOLD = {
    "Patient.birthDate": {"birthDate"},
    "Patient.contact.gender": {"contact"},
    "Patient.ins()": {"ins()"},
    "identifiers().where(system = 'x')": {"identifiers()", "identifiers().system", "identifiers().system=x"},
    "identifiers().where(system in ('y' | 'x') and type.empty())": {
        *("identifiers()", "identifiers().system", "identifiers().system=x y"),
    },
    "identifiers().where(system = 'x|y' or system = 'x')": {"identifiers()", "identifiers().system"},
    "identifiers().where(value = 'x')": {"identifiers()"},
    "Patient.ins().where(use = 'official' and value.fault('ins') = '')": {"ins()", "ins().use", "ins().use=official"},
    "iif(type = 'x', entry.resource, $this).where($this is Slot and status = 'free')": {"entry|is Slot", "entry|status"},
    "iif(type = 'x', entry.resource, $this).where($this is Resource)": set(),
    "Patient.where($this is Quantity)": set(),
    "Patient.where(ins().where(type.exists()).exists())": {"ins()", "ins().type"},
    "identifiers().where(ins().exists() or type.exists())": {"identifiers()"},
    "identifiers().where(identifiers().exists())": {"identifiers()"},
    "Patient.where(ins().exists() and telecom.where(system = 'email').exists())": {"ins()", "telecom"},
    "Patient.where(link.exists() or telecom.exists())": set(),
    "Patient.where(link.exists() or (link.other.exists() and telecom.exists()))": {"link"},
    "Patient.where(gender = 'male')": {"gender"},
    "Patient.where(gender in ('male' | 'female'))": {"gender"},
    "Patient.where(telecom.empty())": set(),
    "Patient.where(link.exists().not())": set(),
    "Patient.where(link.count() = 0)": set(),
    "Patient.where(gender.startsWith('m'))": {"gender"},
    "Patient.select(link | telecom)": set(),
    "Patient.select(link | link.other)": {"link"},
    "Patient.link[0].other": {"link"},
    "Patient.extensionEnding('birthPlace').value": {"extension"},
    "Patient.deceased.where($this = true)": {"deceased[x]"},
    "Parameters.parameter.value": {"parameter"},
    "Parameters.value": set(),
    "Slot.where(start.exists() and end.exists())": {"start[x]", "end"},
    "Patient.identifier.combine(Patient.link)": set(),
    "Patient.where(identifier.value.fault('ins') = '')": set(),
    "Patient.where(xsi implies name.exists())": set(),
}


@pytest.mark.parametrize("expression", TOLD)
def test_what_is_needed_is_told_from_the_form_of_an_expression(expression: str) -> None:
    assert needs(parse(expression)) == TOLD[expression]
