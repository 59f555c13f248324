"""Documents made up: each volet says what it must, of the person and the day asked, the same from the same seed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree
from synthesis_cases import AT, PROFILES, suited, tellings

from harness.documents import read
from harness.errors import DataError, ForbiddenProduction, UsageError
from harness.identifiers import is_oid
from harness.library import Library, reading
from harness.model import Mutation
from harness.synthesis import list_people, list_stories, synthesize, synthesize_many
from harness.synthesis.fixture import Reader
from harness.synthesis.stories import find_story
from harness.synthesis.tellings import Clock
from harness.synthesis.vocabulary import Vocabulary
from harness.timestamps import parse_timestamp

CDA = {"c": "urn:hl7-org:v3"}
Roots = list[tuple[str, etree._Element]]
SECTIONS = {
    "cda/vsm": ("1.2.250.1.213.1.1.2.29", "1.3.6.1.4.1.19376.1.5.3.1.3.27", "1.2.250.1.213.1.1.2.32"),
    "cda/ldl-ses": (
        "1.2.250.1.213.1.1.2.35.1",
        "1.3.6.1.4.1.19376.1.5.3.1.3.1",
        "1.3.6.1.4.1.19376.1.7.3.1.1.13.7",
        "1.3.6.1.4.1.19376.1.5.3.1.3.22",
    ),
    "cda/ldl-ees": (
        "1.3.6.1.4.1.19376.1.5.3.1.3.1",
        "1.3.6.1.4.1.19376.1.5.3.1.3.20",
        "1.3.6.1.4.1.19376.1.5.3.1.3.13",
        "1.3.6.1.4.1.19376.1.4.1.2.16",
    ),
}


@pytest.fixture(scope="module")
def made(library: Library) -> dict[tuple[str, str], bytes]:
    """Every telling, about a generated person."""
    return {
        (profile, story.id): synthesize(library, profile, person=None, story=story.id, seed=5, at=AT).data
        for profile, story in tellings(library)
    }


@pytest.fixture(scope="module")
def roots(made: dict[tuple[str, str], bytes]) -> Roots:
    """Of each its profile and its root, to be read only."""
    return [(profile, etree.fromstring(data)) for (profile, _), data in made.items()]


def test_each_volet_tells_at_least_three_stories(library: Library) -> None:
    assert {"diabetes-followup", "hospital-discharge", "referral-to-hospital"} <= {story.id for story in list_stories(library)}
    assert all(len(list_stories(library, profile)) >= 3 for profile in PROFILES)


def test_the_same_seed_and_date_give_the_same_bytes(library: Library) -> None:
    def once() -> bytes:
        return synthesize(library, "cda/vsm", person=None, story=None, seed=42, at=AT).data

    assert once() == once()


def test_another_seed_number_date_or_person_gives_other_identifiers(library: Library) -> None:
    base = {"person": "dominique-pat-trois", "story": "diabetes-followup", "seed": 1, "at": AT, "number": 0}
    others: list[dict[str, object]] = [{}, {"seed": 2}, {"number": 1}, {"at": AT - timedelta(days=1)}, {"person": "teva-maitere"}]
    documents = [synthesize(library, "cda/vsm", **(base | other)) for other in others]  # type: ignore[arg-type]
    identifiers = [identifier for document in documents for identifier in (document.unique_id, document.set_id)]
    assert len(set(identifiers)) == 2 * len(others)


def test_identifiers_of_different_seeds_never_meet(library: Library) -> None:
    seen: set[str] = set()
    for seed in range(20):
        for _, document in synthesize_many(library, "cda/ldl-ees", count=3, story=None, seed=seed, at=AT):
            seen |= {document.unique_id, document.set_id}
    assert len(seen) == 20 * 3 * 2


def test_what_is_said_of_a_document_is_what_it_carries(library: Library) -> None:
    document = synthesize(library, "cda/ldl-ses", person="awa-ndoye", story="heart-failure", seed=9, at=AT)
    root = etree.fromstring(document.data)
    assert document.profile == "cda/ldl-ses@2022.01" and document.story == "heart-failure" and document.mutation is None
    assert root.xpath("string(c:id/@root)", namespaces=CDA) == document.unique_id and is_oid(document.unique_id)
    assert root.xpath("string(c:setId/@root)", namespaces=CDA) == document.set_id and is_oid(document.set_id)
    assert root.findtext("c:title", namespaces=CDA) == document.title
    assert root.xpath("string(c:recordTarget/c:patientRole/c:id[1]/@extension)", namespaces=CDA) == document.person.ins


def test_a_document_says_every_section_its_volet_makes_mandatory(roots: Roots) -> None:
    for profile, root in roots:
        claimed = set(root.xpath("//c:section/c:templateId/@root", namespaces=CDA))
        assert set(SECTIONS[profile]) <= claimed


def test_narrative_and_entries_point_at_each_other(roots: Roots) -> None:
    for _, root in roots:
        marked = root.xpath("//c:content/@ID", namespaces=CDA)
        pointed = {value.removeprefix("#") for value in root.xpath("//c:reference/@value", namespaces=CDA)}
        assert marked and len(marked) == len(set(marked)) and set(marked) == pointed
        assert root.xpath("//c:entry[not(.//c:reference)]", namespaces=CDA) == []


def test_a_reason_points_at_a_problem_of_the_same_document(roots: Roots) -> None:
    told: set[str] = set()
    for _, root in roots:
        problems = set(root.xpath("//c:observation[c:templateId/@root='1.2.250.1.213.1.1.3.37']/c:id/@root", namespaces=CDA))
        reasons = root.xpath("//c:entryRelationship[@typeCode='RSON']/c:act/c:id/@root", namespaces=CDA)
        assert set(reasons) <= problems
        told.update(reasons)
    assert told


def test_every_element_that_has_its_own_identifier_keeps_it(roots: Roots) -> None:
    for _, root in roots:
        own = root.xpath("//c:section/c:id/@root | //c:entry/*/c:id/@root", namespaces=CDA)
        assert own and len(own) == len(set(own))


@pytest.mark.parametrize("at", [date(2024, 2, 29), date(2025, 7, 14), date(2026, 3, 30), date(2026, 10, 26), AT])
def test_times_are_before_the_day_given_and_in_the_zone_of_their_day(library: Library, at: date) -> None:
    for profile in PROFILES:
        root = etree.fromstring(synthesize(library, profile, person=None, story=None, seed=3, at=at).data)
        times = "c:effectiveTime|*[not(self::c:component)]//*[self::c:time or self::c:low or self::c:high]"
        header = root.xpath(f"({times})/@value", namespaces=CDA)
        moments = [parse_timestamp(value) for value in header]
        assert moments and all(moment is not None and moment.has_zone for moment in moments)
        for moment in moments:
            assert moment is not None and moment.first.date() < at
            assert moment.first.utcoffset() == timedelta(hours=2 if summer(moment.first) else 1)


def summer(moment: datetime) -> bool:
    """Days of these tests only: the clocks changed on 31 March 2024, 30 March 2025, 29 March and 25 October 2026."""
    starts = {2024: (3, 31), 2025: (3, 30), 2026: (3, 29)}
    ends = {2024: (10, 27), 2025: (10, 26), 2026: (10, 25)}
    day = (moment.month, moment.day)
    return moment.year in starts and starts[moment.year] <= day < ends[moment.year]


def test_dates_of_a_story_are_counted_from_the_day_it_is_told(library: Library) -> None:
    def told(at: date) -> str:
        return synthesize(library, "cda/vsm", person="dominique-pat-trois", story="diabetes-followup", seed=1, at=at).data.decode()

    assert 'value="2017"' in told(date(2026, 6, 2)) and "11/05/2026" in told(date(2026, 6, 2))
    assert 'value="2015"' in told(date(2024, 6, 2)) and "11/05/2024" in told(date(2024, 6, 2))


def test_the_story_agrees_with_who_it_is_about(library: Library) -> None:
    def told(person: str) -> str:
        return synthesize(library, "cda/ldl-ses", person=person, story="heart-failure", seed=1, at=AT).data.decode()

    assert "Patiente de 47 ans admise" in told("dominique-pat-trois")
    assert "Patient de 77 ans admis pour" in told("ange-toussaint-paoletti")


def test_a_story_without_allergy_says_so_in_a_coded_entry(library: Library) -> None:
    root = etree.fromstring(synthesize(library, "cda/ldl-ees", person="teva-maitere", story="heart-failure", seed=1, at=AT).data)
    denied = root.xpath("//c:observation[c:templateId/@root='1.2.250.1.213.1.1.3.41'][@negationInd='true']", namespaces=CDA)
    assert len(denied) == 1 and "Aucune allergie" in "".join(root.itertext())


def test_documents_are_indented_xml_without_blank_lines(made: dict[tuple[str, str], bytes]) -> None:
    for data in made.values():
        lines = data.decode().splitlines()
        assert all(line.strip() for line in lines) and lines[2].startswith("  <realmCode")
        assert b"{{" not in data and b"{%" not in data


def test_a_mutation_spoils_the_document_and_gives_it_identifiers_of_its_own(library: Library) -> None:
    mutation = Mutation("no-title", ({"drop": "/cda:ClinicalDocument/cda:title"},), ())
    good, bad = (
        synthesize(library, "cda/vsm", person="teva-maitere", story="diabetes-followup", seed=1, at=AT, mutation=one)
        for one in (None, mutation)
    )
    assert bad.mutation == "no-title" and b"<title>Synth" in good.data and b"<title>Synth" not in bad.data
    assert {bad.unique_id, bad.set_id}.isdisjoint({good.unique_id, good.set_id})
    assert bad.data.count(b"\n") == good.data.count(b"\n") - 1


def test_a_mutation_that_finds_nothing_is_refused(library: Library) -> None:
    with pytest.raises(UsageError, match="nothing-there"):
        mutation = Mutation("nothing-there", ({"drop": "//cda:relatedDocument"},), ())
        synthesize(library, "cda/vsm", person=None, story=None, seed=1, at=AT, mutation=mutation)


@pytest.mark.parametrize("oid", ["1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.9"])
def test_a_mutation_cannot_bring_a_production_oid_in(library: Library, oid: str) -> None:
    mutation = Mutation("real", ({"set": "//cda:patientRole/cda:id[1]/@root", "to": oid},), ())
    with pytest.raises(ForbiddenProduction):
        synthesize(library, "cda/vsm", person=None, story=None, seed=1, at=AT, mutation=mutation)


def test_a_story_that_a_volet_cannot_tell_names_those_it_can(library: Library) -> None:
    with pytest.raises(UsageError) as refused:
        synthesize(library, "cda/ldl-ees", person=None, story="hip-fracture", seed=1, at=AT)
    assert "referral-to-hospital" in refused.value.hint.en and "hip-fracture" not in refused.value.hint.en


def test_an_unknown_story_is_answered_with_the_nearest(library: Library) -> None:
    with pytest.raises(UsageError) as refused:
        synthesize(library, "cda/vsm", person=None, story="diabetes-folowup", seed=1, at=AT)
    assert "diabetes-followup" in refused.value.hint.en


def test_a_story_is_not_told_about_someone_too_young_for_its_facts(library: Library) -> None:
    with pytest.raises(UsageError, match="at least 40"):
        synthesize(library, "cda/ldl-ses", person="zoe-kermorvan", story="hip-fracture", seed=1, at=AT)
    assert synthesize(library, "cda/ldl-ses", person="zoe-kermorvan", story=None, seed=1, at=AT).story == "asthma-exacerbation"


def test_a_profile_without_a_template_is_judged_but_not_made(library: Library) -> None:
    with pytest.raises(UsageError):
        synthesize(library, "cda/header", person=None, story=None, seed=1, at=AT)


@pytest.mark.parametrize("at", [date(1, 1, 1), date(1995, 12, 31), date(9999, 12, 31)])
def test_no_story_is_told_in_a_year_whose_clocks_are_unknown(library: Library, at: date) -> None:
    with pytest.raises(UsageError):
        synthesize(library, "cda/vsm@2022.01", person=None, story=None, seed=1, at=at)


def test_many_documents_are_about_different_people_and_named_after_them(library: Library) -> None:
    written = dict(synthesize_many(library, "cda/vsm", count=12, story=None, seed=2, at=AT))
    assert len({document.person.ins for document in written.values()}) == 12
    for number, (name, document) in enumerate(written.items(), 1):
        assert name == f"vsm-{document.person.id}-{number}.xml" and re.fullmatch(r"[a-z0-9.-]+", name)


def test_named_people_take_turns(library: Library) -> None:
    people = ("teva-maitere", "awa-ndoye")
    written = list(synthesize_many(library, "cda/vsm", count=3, people=people, story="diabetes-followup", seed=2, at=AT))
    assert [document.person.id for _, document in written] == ["teva-maitere", "awa-ndoye", "teva-maitere"]
    assert len({document.unique_id for _, document in written}) == 3


def test_a_wrong_story_file_is_named_with_its_line(home: Path) -> None:
    folder = home / "fixtures" / "stories"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text(
        "id: mine\ntitle: {fr: A, en: A}\nages: [18, 90]\ncast: {attending: dr-vialatte}\nfacts:\n  problems:\n"
        "  - {code: I10, label: HTA, text: HTA, since: -3M}\ntellings:\n  cda/vsm: {author: attending}\n",
        "utf-8",
    )
    with pytest.raises(DataError) as refused:
        list_stories(Library.open(home))
    assert refused.value.line == 7 and "since" in refused.value.message.en


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("attending: dr-vialatte", "attending: dr-vialate", 4, "no file fixtures/professionals/dr-vialate.yaml"),
        ("severity: moderate", "severity: moderat", 20, "no severity.moderat in fixtures/terms.yaml"),
        ("drug: metformin-1000", "drug: metformin-100", 29, "no metformin-100 in fixtures/medicines.yaml"),
        ("reason: diabetes", "reason: diabetis", 34, "no problem has the key 'diabetis'"),
        ("sex: M", "sex: H", 26, 'sex is "H"'),
        ("youngest: 30", "youngest: thirty", 3, 'ages.youngest is "thirty"'),
        ("cda/vsm:", "cda/vms:", 54, "unknown profile: cda/vms"),
        ("{{ day('-P21D')", "{{ dya('-P21D')", 57, "this text cannot be filled: 'dya' is undefined"),
        ("{{ day('-P21D')", "{{ day('21D')", 57, "'21D' is not an offset"),
        ("{{ day('-P21D') }}", "{{ day('-P21D') }", 57, "this text cannot be filled: "),
    ],
)
def test_a_wrong_word_of_a_story_is_named_with_its_line(home: Path, before: str, after: str, line: int, said: str) -> None:
    relative = "fixtures/stories/diabetes-followup.yaml"
    text = Library.open(home).path(relative).read_text("utf-8")
    (home / relative).parent.mkdir(parents=True)
    (home / relative).write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(DataError) as refused:
        synthesize(Library.open(home), "cda/vsm", person="awa-ndoye", story="diabetes-followup", seed=1, at=AT)
    assert (Path(refused.value.file), refused.value.line) == (home / relative, line)
    assert said in refused.value.message.en
    assert refused.value.hint.fr
    assert not any(word in refused.value.message.fr for word in ("undefined", "unexpected", "is not"))


WRONG = {
    "name": ("id: name", "id: other", 1, "is not the name of the file"),
    "age": ("oldest: 88", "oldest: 880", 3, "ages.oldest is 880"),
    "ages": ("oldest: 88", "oldest: 29", 3, "the youngest person is older than the oldest"),
    "role": ("specialist: dr", "speicalist: dr", 4, "unknown role: speicalist"),
    "attending": ("attending: dr", "doctor: dr", 4, "attending physician is missing"),
    "icd10": ("code: E11.9", "code: 11.9E", 7, "code is"),
    "empty": ("text: Diabète de type 2", 'text: ""', 7, 'text is ""'),
    "future": ("since: -P9Y", "since: P9Y", 7, 'since is "P9Y"'),
    "far": ("since: -P9Y", "since: -P9000Y", 7, 'since is "-P9000Y"'),
    "ccam": ("code: HMFC004", "code: HMFC04", 14, 'code is "HMFC04"'),
    "atc": ("code: J01CA04", "code: 01JCA04", 17, 'code is "01JCA04"'),
    "ucum": ('quantity: [12, "{pack}/a"]', 'quantity: [12, "pack/a"]', 22, 'unit is "pack/a"'),
    "dose": ('dose: [1, "{tablet}"]', "dose: [1, mgg]", 31, 'unit is "mgg"'),
    "huge": ('dose: [1, "{tablet}"]', 'dose: [99999999999, "{tablet}"]', 31, "value is 99999999999"),
    "period": ("every: [12, h]", "every: [12, mg]", 32, 'every is [12, "mg"]'),
}


@pytest.fixture(scope="module")
def stories(new_home: Callable[[], Path], library: Library) -> Library:
    """A library whose data folder has a wrong story of each of these names."""
    home = new_home()
    good = library.path("fixtures/stories/diabetes-followup.yaml").read_text("utf-8")
    (home / "fixtures/stories").mkdir(parents=True)
    for name, (was, becomes, _, _) in WRONG.items():
        text = good.replace("id: diabetes-followup", f"id: {name}")
        assert was in text
        (home / f"fixtures/stories/{name}.yaml").write_text(text.replace(was, becomes, 1), "utf-8")
    return Library.open(home)


@pytest.mark.parametrize("name", WRONG)
def test_what_a_story_cannot_mean_is_told_at_its_line(stories: Library, name: str) -> None:
    _, _, line, said = WRONG[name]
    with pytest.raises(DataError) as refused:
        find_story(stories, name, "cda/vsm")
    assert (Path(refused.value.file).name, refused.value.line) == (f"{name}.yaml", line)
    assert said in refused.value.message.en


def test_an_hour_of_admission_is_one(library: Library) -> None:
    reader = Reader(library, "fixtures/stories/hospital-discharge.yaml")
    for hour in ("25:00", "21h30", ""):
        with pytest.raises(DataError, match=r"admitted_at|ce fichier"):
            reader.read(
                Clock,
                hour,  # type: ignore[arg-type]
                ("tellings", "cda/ldl-ses", "stay", "admitted_at"),
            )


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        ("terms", '["81663-7", LOINC,', '["81663-7", LOICN,', "unknown code system: LOICN"),
        ("medicines", "route: oral", "route: roal", "there is no route.roal"),
        ("medicines", "atc: A10BA02", "atc: 10ABA02", 'atc is "10ABA02"'),
    ],
)
def test_what_a_coded_word_cannot_mean_is_told_at_its_line(
    library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, file: str, before: str, after: str, said: str
) -> None:
    relative, path = f"fixtures/{file}.yaml", tmp_path / f"{file}.yaml"
    written = library.path(relative).read_text("utf-8")
    path.write_text(written.replace(before, after, 1), "utf-8")
    data, where = library.data, library.path
    monkeypatch.setattr(library, "data", lambda name: reading.read(path.read_bytes(), name) if name == relative else data(name))
    monkeypatch.setattr(library, "path", lambda name: path if name == relative else where(name))
    with pytest.raises(DataError) as refused:
        Vocabulary.of(library)
    assert said in refused.value.message.en
    assert after in path.read_text("utf-8").splitlines()[(refused.value.line or 0) - 1]


def test_our_own_check_has_nothing_to_say_of_any_story_told_of_anyone(library: Library) -> None:
    from harness.checks import Judge

    judge = Judge(library, at=AT, now=datetime(2026, 11, 24, 12).astimezone())
    for profile, story in tellings(library):
        people: list[str | None] = [None, *(person.id for person in suited(library, story)[::4])]
        for person in people:
            document = synthesize(library, profile, person=person, story=story.id, seed=8, at=AT)
            judgement = judge.judge(read(document.data, f"{profile}-{story.id}-{document.person.id}.xml"))
            assert judgement.verdict == "pass" and judgement.profile == document.profile
            assert [(finding.rule, finding.location) for finding in judgement.findings] == []


@pytest.mark.official
def test_every_story_told_of_everyone_obeys_the_official_schema(library: Library, official: Path) -> None:
    schema = etree.XMLSchema(etree.parse(official / "cda" / "xsd" / "CDA_extended.xsd"))

    def wrong(data: bytes) -> str:
        schema.validate(etree.fromstring(data))
        return "; ".join(f"{error.line}: {error.message}" for error in schema.error_log)

    for profile, story in tellings(library):
        for person in suited(library, story):
            assert wrong(synthesize(library, profile, person=person.id, story=story.id, seed=6, at=AT).data) == ""
    for profile in PROFILES:
        for _, document in synthesize_many(library, profile, count=20, story=None, seed=6, at=AT):
            assert wrong(document.data) == ""
    assert len(list_people(library)) >= 12
