"""Published invariants whose expression does not say what is meant, each with the correction of a later version of FHIR."""

from __future__ import annotations

from collections.abc import Mapping

MENDED: Mapping[str, str] = {
    # que-7 of R4: an answer is never a Boolean of FHIRPath, always a boolean of FHIR (R4B)
    "operator = 'exists' implies (answer is Boolean)": "operator = 'exists' implies (answer is boolean)",
    # que-12 of R4: its text says more than one (R4B)
    "enableWhen.count() > 2 implies enableBehavior.exists()": "enableWhen.count() > 1 implies enableBehavior.exists()",
    # opd-3 of R4: forgets the resources, whose profiles these are as well (R5)
    "targetProfile.exists() implies (type = 'Reference' or type = 'canonical')": (
        "targetProfile.exists() implies (type = 'Reference' or type = 'canonical' "
        "or type.memberOf('http://hl7.org/fhir/ValueSet/resource-types'))"
    ),
    # per-1 of R4: a day or a month at the end of a period holds all its moments (R4, Period.end), and begins with its first
    "start.hasValue().not() or end.hasValue().not() or (start <= end)": (
        "start.hasValue().not() or end.hasValue().not() or iif((start <= end).exists(), start <= end, "
        "start.toDateTime().lowBoundary() <= end.toDateTime().highBoundary())"
    ),
    # vs-1 of R4: speaks of a dateTime, but fails for every Period, which the same profile admits (R5)
    "($this as dateTime).toString().length() >= 8": "$this is dateTime implies $this.toString().length() >= 8",
    # bdl-8 of R4: fails where there is no fullUrl, as transactions may (R4B)
    "fullUrl.contains('/_history/').not()": "fullUrl.exists() implies fullUrl.contains('/_history/').not()",
    # the -0 of R4's definitions: fail where there is no name, which many of them may lack (R5)
    "name.matches('[A-Z]([A-Za-z0-9_]){0,254}')": "name.exists() implies name.matches('[A-Z]([A-Za-z0-9_]){0,254}')",
    # ras-2 of R4: fails where there is no probability, which is optional
    "probability is decimal implies (probability as decimal) <= 100": (
        "probability.empty() or (probability is decimal implies (probability as decimal) <= 100)"
    ),
    # app-4 of R4: the status is written noshow (R4B)
    "Appointment.cancelationReason.exists() implies (Appointment.status='no-show' or Appointment.status='cancelled')": (
        "Appointment.cancelationReason.exists() implies (Appointment.status='noshow' or Appointment.status='cancelled')"
    ),
    # tim-9 of R4: of several moments it asks nothing that can be told (R4B)
    "offset.empty() or (when.exists() and ((when in ('C' | 'CM' | 'CD' | 'CV')).not()))": (
        "offset.empty() or (when.exists() and when.select($this in ('C' | 'CM' | 'CD' | 'CV')).allFalse())"
    ),
    # eld-18 of R4: fails where isModifier is not told (R4B)
    "isModifier implies isModifierReason.exists()": "(isModifier.exists() and isModifier) implies isModifierReason.exists()",
}
