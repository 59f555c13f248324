"""Each written rule of the header is tripped by its mutations, with the severity its text gives it in each environment."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from lxml import etree

from harness.checks import Judge
from harness.documents import mutation, read
from harness.library import Library
from harness.model import Environment, Finding, Mutation, Severity
from harness.synthesis import synthesize

HEADER = "cda/header@2017.12"
AT = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PATIENT = "/cda:ClinicalDocument/cda:recordTarget/cda:patientRole"
INS = f"{PATIENT}/cda:id[starts-with(@root, '1.2.250.1.213.1.4.')]"
AUTHOR = "/cda:ClinicalDocument/cda:author/cda:assignedAuthor/cda:id/@extension"
CUSTODIAN = "//cda:representedCustodianOrganization/cda:id/@extension"
PERFORMER = "//cda:performer/cda:assignedEntity/cda:id/@extension"


@pytest.fixture(scope="module")
def summary(library: Library) -> etree._Element:
    """A synthetic medical summary, which no rule has anything to say of."""
    return etree.fromstring(synthesize(library, "cda/vsm", person=None, story=None, seed=3, at=AT).data)


@pytest.fixture(scope="module")
def judges(library: Library) -> dict[Environment, Judge]:
    return {environment: Judge(library, at=AT, now=NOW, environment=environment) for environment in Environment}


def findings(
    judges: dict[Environment, Judge], root: etree._Element, environment: Environment = Environment.AUTO
) -> tuple[Finding, ...]:
    return judges[environment].judge(read(etree.tostring(root, encoding="utf-8"), "summary.xml")).findings


def edited(root: etree._Element, path: str, to: str) -> etree._Element:
    spoiled = mutation.apply(Mutation("edit", ({"set": path, "to": to},), ()), root)
    assert spoiled is not None, path
    return spoiled


def test_a_synthetic_summary_has_no_finding(judges: dict[Environment, Judge], summary: etree._Element) -> None:
    assert findings(judges, summary) == ()


def test_what_is_not_foreseen_is_told_where_it_stands(judges: dict[Environment, Judge], summary: etree._Element) -> None:
    """A translation of the code of a relative: it is the translation that is not foreseen, not the code."""
    path = "//cda:informant/cda:relatedEntity[cda:code]"
    translation = "<translation xmlns='urn:hl7-org:v3' code='X' codeSystem='1.2.250.1.999.9' displayName='X'/>"
    spoiled = mutation.apply(Mutation("edit", ({"insert": translation, "into": f"{path}/cda:code"},), ()), summary)
    assert spoiled is not None, path
    told = [finding.location for finding in findings(judges, spoiled) if finding.rule == "DOC-UNFORESEEN"]
    assert [location.rpartition("/")[2] for location in told] == ["translation"]


def test_every_mutation_trips_its_rules(judges: dict[Environment, Judge], summary: etree._Element, library: Library) -> None:
    silent = []
    for written in library.profile(HEADER).mutations:
        spoiled = mutation.apply(written, summary)
        assert spoiled is not None, f"{written.id} finds nothing to edit in a medical summary"
        tripped = Counter(finding.rule for finding in findings(judges, spoiled))
        silent += [(written.id, rule) for rule in written.trips if not tripped[rule]]
    assert silent == []


def test_no_rule_is_without_a_mutation(library: Library) -> None:
    header = library.profile(HEADER)
    assert {rule.id for rule in header.rules} <= {rule for written in header.mutations for rule in written.trips}


@pytest.mark.parametrize(
    ("path", "to", "rule", "test", "production"),
    [
        (f"{INS}/@extension", "279035121518988", "INS-R01", Severity.WARNING, Severity.ERROR),
        (f"{INS}/@extension", "2790351215189", "INS-R02", Severity.ERROR, Severity.ERROR),
        (f"{INS}/@root", "1.2.250.1.213.1.4.99", "INS-R03", Severity.ERROR, Severity.ERROR),
        (f"{PATIENT}/cda:patient/cda:birthTime/@value", "1979", "INS-R05-BIRTH", Severity.ERROR, Severity.ERROR),
        (f"{PATIENT}/cda:patient/cda:name/cda:given[@qualifier='BR']", "ZOE", "INS-R09", Severity.WARNING, Severity.ERROR),
        (
            f"{PATIENT}/cda:patient/cda:name/cda:family[@qualifier='BR']",
            "PAT-TR0IS",
            "INS-R10-SIGN",
            Severity.ERROR,
            Severity.ERROR,
        ),
        (f"{PATIENT}/cda:patient/cda:name/cda:family[@qualifier='BR']", "-", "INS-R10-SIGN", Severity.ERROR, Severity.ERROR),
        (f"{PATIENT}/cda:patient/cda:name/cda:family[@qualifier='BR']", "Léa", "INS-R10-CASE", Severity.INFO, Severity.WARNING),
        (f"{PATIENT}/cda:patient/cda:birthTime/@value", "19000101", "INS-R11-BIRTH", Severity.WARNING, Severity.WARNING),
        (AUTHOR, "801234567890", "ACTOR-PERSON-KEY", Severity.WARNING, Severity.ERROR),
        (AUTHOR, "80123456789", "ACTOR-PERSON-SIGNING", Severity.ERROR, Severity.ERROR),
        (AUTHOR, "01234567897", "ACTOR-PERSON-SIGNING", Severity.ERROR, Severity.ERROR),
        (PERFORMER, "80123456789", "ACTOR-PERSON", Severity.WARNING, Severity.ERROR),
        (CUSTODIAN, "1750803448", "ACTOR-STRUCTURE-KEY", Severity.WARNING, Severity.ERROR),
        (CUSTODIAN, "375080344700019", "ACTOR-STRUCTURE-KEY", Severity.WARNING, Severity.ERROR),
        (CUSTODIAN, "175080344X", "ACTOR-STRUCTURE", Severity.WARNING, Severity.ERROR),
    ],
)
def test_a_wrong_identity_weighs_as_its_environment_says(
    judges: dict[Environment, Judge], summary: etree._Element, path: str, to: str, rule: str, test: Severity, production: Severity
) -> None:
    spoiled = edited(summary, path, to)
    for environment, expected in ((Environment.TEST, test), (Environment.PRODUCTION, production)):
        found = {finding.rule: finding.severity for finding in findings(judges, spoiled, environment)}
        assert found[rule] is expected


def test_a_test_identity_is_an_error_where_production_is_asked(judges: dict[Environment, Judge], summary: etree._Element) -> None:
    severities = {finding.rule: finding.severity for finding in findings(judges, summary, Environment.PRODUCTION)}
    assert severities == {"INS-R04": Severity.ERROR}


def test_a_real_identity_is_a_masked_warning_where_test_is_asked(judges: dict[Environment, Judge], summary: etree._Element) -> None:
    real = edited(edited(summary, f"{INS}/@root", "1.2.250.1.213.1.4.8"), f"{INS}/@extension", "279035121518988")
    found = {finding.rule: finding for finding in findings(judges, real, Environment.TEST)}
    assert found["INS-R04"].severity is Severity.WARNING
    assert "279035121518988" not in found["INS-R01"].message.fr
    assert found["INS-R01"].message.fr == "La clé du matricule INS 279************ est fausse."


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("20200312111700+0100", set()),
        ("202003121117+0100", set()),
        ("20200312111700", {"TIME-ZONE"}),
        ("20200312111700+01", {"TIME-ZONE"}),
        ("20200312", {"TIME-OF-DAY"}),
        ("20200230111700+0100", {"TIME-VALID"}),
        ("20200312251700+0100", {"TIME-VALID"}),
        ("29990312111700+0100", {"TIME-FUTURE"}),
    ],
)
def test_the_time_of_a_document(
    judges: dict[Environment, Judge], summary: etree._Element, written: str, expected: set[str]
) -> None:
    dated = edited(summary, "/cda:ClinicalDocument/cda:effectiveTime/@value", written)
    own = {"TIME-VALID", "TIME-ZONE", "TIME-OF-DAY", "TIME-FUTURE"}
    assert {finding.rule for finding in findings(judges, dated)} & own == expected


@pytest.mark.parametrize(("label", "severities"), [("NORMAL.", []), ("Secret", [Severity.WARNING])])
def test_a_label_is_compared_without_case_nor_punctuation(
    judges: dict[Environment, Judge], summary: etree._Element, label: str, severities: list[Severity]
) -> None:
    relabelled = edited(summary, "/cda:ClinicalDocument/cda:confidentialityCode/@displayName", label)
    found = [finding.severity for finding in findings(judges, relabelled) if finding.rule == "header:confidentialityCode.label"]
    assert found == severities


@pytest.mark.parametrize(("written", "rules"), [("20200312111700+0100", []), ("20250901111700+0200", ["retired"])])
def test_a_confidentiality_that_the_header_no_longer_has_is_told_of_later_documents(
    judges: dict[Environment, Judge], summary: etree._Element, written: str, rules: list[str]
) -> None:
    path = "/cda:ClinicalDocument/cda:confidentialityCode"
    low = edited(
        edited(edited(summary, f"{path}/@code", "L"), f"{path}/@displayName", "Bas"),
        "/cda:ClinicalDocument/cda:effectiveTime/@value",
        written,
    )
    found = [finding.rule for finding in findings(judges, low) if "confidentialityCode" in finding.rule]
    assert found == [f"header:confidentialityCode.{rule}" for rule in rules]


def test_each_wrong_place_is_a_finding(judges: dict[Environment, Judge], summary: etree._Element) -> None:
    spoiled = edited(edited(summary, AUTHOR, "801234567890"), PERFORMER, "801234567890")
    assert Counter(finding.rule for finding in findings(judges, spoiled))["ACTOR-PERSON-KEY"] == 2
