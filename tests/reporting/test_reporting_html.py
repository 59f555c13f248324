"""The page: safe, alone, accessible, and every number leads to its evidence."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from lxml import html
from reporting_builders import (
    BODIES,
    assess_report,
    assessment,
    check_report,
    digest,
    exchange,
    finding,
    judgement,
    requirement,
    run_report,
    scenario,
    score,
    step,
    text,
)
from reporting_strategies import check_reports, run_reports

import harness.reporting
from harness.model import (
    DeclaredEvidence,
    DocumentVerdict,
    Excerpt,
    Fix,
    Level,
    RequirementVerdict,
    Severity,
    Skipped,
    Text,
    Verdict,
)
from harness.reporting import CheckReport, Report, RunReport, render, wording
from harness.reporting.totals import Totals

STYLE = (Path(harness.reporting.__file__).parent / "templates" / "style.css").read_text("utf-8")
MAKERS = [check_report, run_report, assess_report]


def page(report: Report, lang: str = "fr") -> html.HtmlElement:
    return html.document_fromstring(render(report, "html", lang))  # type: ignore[arg-type]


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


# ------------------------------------------------------------------ safe


def assert_harmless(document: html.HtmlElement) -> None:
    """One script, one style, both ours by their digests; no handler, no foreign element, no link that runs or loads."""
    (script,) = document.iter("script")
    (style,) = document.iter("style")
    policy = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "default-src 'none'" in policy
    for element, directive in ((script, "script-src"), (style, "style-src")):
        sha256 = base64.b64encode(hashlib.sha256(element.text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{sha256}'" in policy
    for element in document.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag not in {"img", "iframe", "object", "embed", "link", "base", "video", "audio"}
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name not in {"style", "src", "srcset", "action", "formaction"}
            if name == "href":
                assert re.match(r"#|https?://|data:application/octet-stream;base64,", value), value


@settings(max_examples=30)
@given(check_reports(), run_reports())
def test_nothing_a_document_or_a_system_says_can_act_on_the_page(check: CheckReport, run: RunReport) -> None:
    assert_harmless(page(check))
    assert_harmless(page(run))


@pytest.mark.parametrize(
    "attack", ["<script>alert(1)</script>", "\"><img src=x onerror='alert(1)'>", "</style><b>", "javascript:alert(1)"]
)
def test_hostile_text_is_shown_as_text_wherever_it_comes_from(attack: str) -> None:
    said = Text(attack, attack)
    report = check_report(
        [
            judgement(
                attack,
                DocumentVerdict.FAIL,
                [
                    finding(
                        attack,
                        message=said,
                        hint=said,
                        location=attack,
                        source=attack,
                        fix=Fix(said, ()),
                        excerpt=Excerpt(11, (attack,) * 3),
                    )
                ],
                [said],
                profile=attack,
            )
        ],
        [Skipped(attack, said)],
    )
    assert_harmless(page(report))
    assert words(page(report)).count(" ".join(attack.split())) >= 8

    body = attack.encode()
    sent = exchange(
        attack, attack, attack, body, body, url=attack, transaction=attack, request_headers={attack: attack}, method=attack
    )
    played = scenario(attack, [step(attack, Verdict.FAIL, attack, [attack], [attack])], title=said)
    run = run_report(
        scenarios=(played,), planned=(attack, attack + "2"), exchanges=(sent,), system=attack, target=attack, id=attack
    )
    assert_harmless(page(replace(run, content=lambda _: body)))


def test_a_declared_reference_is_a_link_only_to_the_web() -> None:
    def links(reference: str) -> list[str]:
        piece = DeclaredEvidence("A05", "certificate", assessment().at, reference)
        items = tuple(replace(one, evidence=(piece,)) if one.item == "A05" else one for one in assessment().items)
        document = page(replace(assess_report(), assessment=replace(assessment(), items=items)))
        assert reference in words(document)
        return document.xpath("//ul[@class='evidence']//a/@href")

    assert links("https://vendor.example/certificate.pdf") == ["https://vendor.example/certificate.pdf"]
    for reference in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", " https://x", "//x.example"):
        assert links(reference) == []


@pytest.mark.parametrize("make", MAKERS)
def test_the_page_stands_alone(make: Any) -> None:
    text = render(make(), "html")
    assert_harmless(page(make()))
    assert "@import" not in text
    assert "url(" not in text


def test_marks_that_turn_text_around_are_not_let_through() -> None:
    told = render(check_report([judgement("a\u202exml.exe", DocumentVerdict.FAIL, [finding()])]), "html")
    assert "\u202e" not in told
    told.encode("utf-8")


# ------------------------------------------------------------------ accessible


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("make", MAKERS)
def test_a_screen_reader_finds_its_way(make: Any, lang: str) -> None:
    document = page(make(), lang)
    assert document.get("lang") == lang
    for landmark in ("header", "nav", "main", "footer"):
        assert len(document.xpath(f"//body//{landmark}[not(ancestor::main)]")) == 1
    assert document.xpath("//a[@class='skip']/@href") == ["#content"]
    assert document.get_element_by_id("content").tag == "main"

    levels = [int(element.tag[1]) for element in document.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))

    for table in document.iter("table"):
        assert table.find("caption") is not None
        assert all(header.get("scope") for header in table.iter("th"))
    for control in document.iter("select", "input"):
        assert next(control.iterancestors("label"), None) is not None
    for drawing in document.iter("svg"):
        assert drawing.get("aria-hidden") == "true" or drawing.get("aria-label")
    for form in document.iter("form"):
        assert form.find(".//output").get("aria-live") == "polite"
    for region in document.xpath("//*[@role='region']"):
        assert document.get_element_by_id(region.get("aria-labelledby")) is not None


@pytest.mark.parametrize("make", MAKERS)
def test_ids_are_unique_and_every_inner_link_leads_somewhere(make: Any) -> None:
    document = page(make())
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in document.xpath("//a/@href") if href.startswith("#")} <= set(ids)


def palette(dark: bool) -> dict[str, str]:
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    light = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[0]))
    return light | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[1])) if dark else light


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_colour_keeps_aa_contrast_on_every_ground_it_meets(dark: bool) -> None:
    colours = palette(dark)
    grounds = ("paper", "raised", "sunk")
    pairs = [(ink, ground) for ink in ("ink", "soft", "accent") for ground in grounds]
    pairs += [(tone, ground) for tone in ("good", "bad", "warn", "mute") for ground in (*grounds[:2], f"{tone}-tint")]
    pairs += [("ink", f"{tone}-tint") for tone in ("good", "bad", "warn", "mute")] + [("soft", "bad-tint"), ("soft", "mute-tint")]
    for ink, ground in pairs:
        lighter, darker = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (ink, ground)


def test_a_verdict_is_never_told_by_colour_alone() -> None:
    for badge in page(run_report()).find_class("badge"):
        assert words(badge)
        assert badge.find("svg/use") is not None


def test_a_document_judged_in_part_is_no_success_for_the_eye() -> None:
    document = page(check_report([judgement(verdict=DocumentVerdict.PARTIAL, not_judged=[text("le corps")])]))
    assert words(document.find_class("verdict")[0]) == "Jugé en partie seulement"
    assert document.find_class("hero")[0].get("class") == "hero mute"
    assert not document.find_class("badge good")
    assert [rect.get("class") for rect in document.find_class("bar")[0].iter("rect")] == ["bar-ground", "bar-mute"]


# ------------------------------------------------------------------ checks


def test_the_headline_tells_the_verdict_the_counts_and_what_to_repair_first() -> None:
    document = page(check_report())
    assert words(document.find_class("verdict")[0]) == "Non conforme"
    first = document.find_class("repairs")[0].find(".//li")
    assert "La clé du matricule est fausse." in words(first)
    assert "3 fois" in words(first)


def test_the_offending_line_is_shown_numbered_and_marked() -> None:
    excerpt = page(check_report([judgement(verdict=DocumentVerdict.FAIL, findings=[finding(line=12)])])).find_class("excerpt")[0]
    (faulty,) = excerpt.find_class("faulty")
    assert words(faulty.find("mark")) == '<id root="1.2.250.1.213.1.4.10" extension="x"/>'
    assert words(faulty.find_class("number")[0]) == "12"
    assert [words(number) for number in excerpt.find_class("number")] == ["11", "12", "13"]
    assert "ligne en cause" in words(faulty)


def test_repetitions_are_folded_and_all_there() -> None:
    document = page(check_report([judgement(verdict=DocumentVerdict.FAIL, findings=[finding(line=line) for line in (3, 5, 8)])]))
    (card,) = document.find_class("finding")
    assert card.get("data-count") == "3"
    assert [words(place) for place in card.find_class("place")] == ["ligne 3", "ligne 5", "ligne 8"]


def test_findings_carry_what_they_are_filtered_by() -> None:
    (card,) = page(check_report([judgement("a b.xml", findings=[finding("W", Severity.WARNING)])])).find_class("finding")
    assert (card.get("data-severity"), card.get("data-rule"), card.get("data-document")) == ("warning", "W", "a b.xml")


def test_the_worst_documents_stand_first_and_their_shared_folder_is_said_once() -> None:
    table = page(check_report()).find_class("overview")[0]
    names = [words(header) for header in table.xpath("./tbody//th")]
    assert names == ["vsm.xml", "broken.xml", "anest.xml", "ldl-ses.xml"]
    assert words(table.find("caption")).endswith("documents/")


def test_of_one_verdict_the_document_with_most_errors_stands_first_and_with_most_warnings_where_there_is_none() -> None:
    errors, warnings = ([finding(f"R{n}", severity) for n in range(80)] for severity in (Severity.ERROR, Severity.WARNING))
    told = [
        ("one", errors[:1]),
        ("two", errors[:2]),
        ("warned", warnings[:9]),
        ("many", errors),
        ("as many", errors),
        ("clean", []),
    ]
    verdicts = {"warned": DocumentVerdict.PASS, "clean": DocumentVerdict.PASS}
    report = check_report([judgement(path, verdicts.get(path, DocumentVerdict.FAIL), found) for path, found in told])
    names = [words(header) for header in page(report).find_class("overview")[0].xpath("./tbody//th")]
    assert names == ["many", "as many", "two", "one", "warned", "clean"]


@pytest.mark.parametrize(
    ("paths", "folder"),
    [
        (["a/b/x.xml", "a/b/y.xml"], "a/b/"),
        (["a/b/x.xml", "a/c/y.xml"], "a/"),
        (["/a/x.xml", "/b/y.xml"], ""),
        (["ab/x.xml", "abc/y.xml"], ""),
        (["x.xml", "y.xml"], ""),
        (["a/x.xml"], ""),
        ([], ""),
    ],
)
def test_a_shared_folder_is_made_of_whole_names(paths: list[str], folder: str) -> None:
    assert Totals.of(judgement(path) for path in paths).folder == folder


def test_what_a_message_quotes_as_typed_is_code_and_stays_harmless() -> None:
    hint = text("Relancer avec `harness packages add <chemin>`, puis voir ` ou `a\u202eb`.")
    report = check_report([judgement(verdict=DocumentVerdict.FAIL, findings=[finding(hint=hint)])])
    (told,) = page(report).find_class("hint")
    assert next(code.text for code in told.iter("code")) == "harness packages add <chemin>"
    assert "\u202e" not in words(told)
    assert "`harness" not in words(told)


def test_what_was_not_judged_and_what_was_skipped_are_on_the_page() -> None:
    told = words(page(check_report(skipped=[Skipped("notes.txt", text("pas un document"))]), "en"))
    for part in ("the body: volet ANEST-CR-ANEST is not covered", "malformed XML, line 7", "notes.txt"):
        assert part in told


# ------------------------------------------------------------------ runs: from a number to its evidence in two clicks


def followed(document: html.HtmlElement, href: str) -> html.HtmlElement:
    return document.get_element_by_id(href.removeprefix("#"))


def test_from_the_number_of_broken_requirements_to_request_and_reply_in_two_clicks() -> None:
    document = page(run_report())
    (first,) = document.xpath("//data[@data-count='broken']/a")
    section = followed(document, first.get("href"))
    kept = [
        item
        for item in section.find_class("requirement")
        if "verdict=broken" in first.get("data-filter") and item.get("data-verdict") == "broken"
    ]
    assert [words(item.find(".//code")) for item in kept] == ["PDSM-65-02"]

    (second,) = kept[0].find_class("proof")
    evidence = followed(document, second.get("href"))
    assert evidence.tag == "details"
    assert "POST https://recipient.example/fhir" in words(evidence)
    assert '"type": "transaction"' in words(evidence)
    assert digest(BODIES["request"]) in words(evidence)
    assert "délai dépassé" in words(evidence)


def test_every_group_number_leads_to_the_requirements_that_it_counts() -> None:
    document = page(run_report())
    for link in document.xpath("//table[contains(@class, 'numbers')]/tbody//a"):
        wanted = dict(part.split("=") for part in link.get("data-filter").split("&"))
        matching = [
            item
            for item in document.find_class("requirement")
            if all(item.get(f"data-{name}") == value for name, value in wanted.items())
        ]
        assert len(matching) == int(words(link))


def test_a_requirement_shows_text_level_source_and_says_when_nothing_tested_it() -> None:
    item = followed(page(run_report()), "requirement-PDSM-68-01")
    told = words(item)
    for part in (
        "non testée",
        "Les octets rendus sont ceux qui ont été déposés.",
        "obligatoire",
        "PDSm 3.1.1 2.1",
        "Aucun scénario joué",
    ):
        assert part in told


def test_an_optional_requirement_that_is_broken_is_shown_and_not_among_the_repairs() -> None:
    optional = requirement("R-MAY", Level.MAY, words="Facultatif.")
    verdicts = {"R-MAY": RequirementVerdict.BROKEN}
    played = scenario("s", [step("t", Verdict.FAIL, requirements=["R-MAY"])], Level.MAY)
    known = {"R-MAY": optional}
    report = run_report(scenarios=(played,), planned=("s",), score=score(verdicts, known), requirements=known)
    document = page(report)
    assert "mute" in followed(document, "requirement-R-MAY").find_class("badge")[0].get("class")
    assert document.find_class("repairs") == []
    assert document.xpath("//table[contains(@class, 'numbers')]/tbody/tr") == []


def test_a_step_leads_back_to_its_requirement() -> None:
    document = page(run_report())
    assert followed(document, "step-pdsm-refuse-refuse").xpath(".//a/@href")[0] == "#requirement-PDSM-65-02"


def test_failed_scenarios_are_open_and_the_others_closed() -> None:
    opened = {details.get("id"): "open" in details.attrib for details in page(run_report()).find_class("scenario")}
    assert opened == {"scenario-pdsm-provide": False, "scenario-pdsm-refuse": True, "scenario-pdsm-optional": False}


def test_paper_has_the_exchanges_of_what_failed_and_says_that_the_others_are_left_out() -> None:
    document = page(run_report())
    exchanges = document.xpath("//details[contains(@class, 'exchange')]")
    printed = {one.get("id") for one in exchanges if one.get("data-unprinted") is None}
    failed = document.xpath("//li[contains(@class, 'step')][h4/*[@class='badge bad']]//details[contains(@class, 'exchange')]/@id")
    assert printed == set(failed)
    assert 0 < len(printed) < len(exchanges)
    assert "Tous les autres se lisent dans la page elle-même." in words(document.xpath("//*[@class='on-paper']")[0])


def test_the_page_says_how_to_replay() -> None:
    told = words(page(run_report()).get_element_by_id("replay"))
    for part in ("--seed 20261124", "cisis-harness 0.1.0", "20261124-0930-ab12", "cda/vsm@2022.01", digest(b"vsm")):
        assert part in told


def test_header_values_are_those_given_and_no_others() -> None:
    pairs = followed(page(run_report()), "exchange-x1").xpath(".//dl[@class='headers']/div")
    assert {words(pair[0]): words(pair[1]) for pair in pairs} == {"Content-Type": "application/fhir+json", "Authorization": "•••"}


def test_a_masked_exchange_says_so_and_gives_both_digests() -> None:
    received = digest(b"as received")
    masked = exchange("x1", "pdsm-provide", "send", *BODIES.values(), masked=True, request_received_sha256=received)
    told = words(followed(page(run_report(exchanges=(masked,))), "exchange-x1"))
    assert received in told
    assert digest(BODIES["request"]) in told
    assert "un matricule de production a été masqué" in told


def test_a_body_that_the_data_folder_lost_is_said_to_be_missing() -> None:
    def lost(sha256: str) -> bytes:
        raise KeyError(sha256)

    assert "Corps absent de ce dossier de données." in words(followed(page(run_report(content=lost)), "exchange-x1"))


def test_documents_judged_in_a_run_are_shown_with_their_findings() -> None:
    judged = judgement("sent.xml", DocumentVerdict.FAIL, [finding()])
    assert "sent.xml" in words(page(run_report(judgements=(judged,))).get_element_by_id("findings"))


# ------------------------------------------------------------------ maturity


def test_the_grid_draws_attained_desired_and_each_confidence_apart() -> None:
    row = followed(page(assess_report()), "item-A05")
    track = row.find(".//svg")
    assert track.get("aria-label") == "niveaux 0 à 4, atteint 4, désiré 3"
    assert [words(mark) for mark in track.find_class("marks")] == ["P", "É"]
    assert [words(cell) for cell in row.find_class("n")] == ["4", "3", "0", "1", "4", "0"]
    assert words(row.find_class("badge")[0]) == "au-delà"


def test_an_item_not_assessed_shows_no_level() -> None:
    row = followed(page(assess_report()), "item-B01")
    assert [words(cell) for cell in row.find_class("n")] == ["–", "3", "3", "–", "–", "–"]


def test_a_proof_of_this_run_leads_to_its_scenario() -> None:
    assert "#scenario-pdsm-provide" in page(run_report()).xpath("//ul[@class='evidence']//a/@href")


def test_paper_has_the_levels_of_what_a_run_tells_of_and_the_whole_grid_of_an_assessment() -> None:
    details = "//tr[@class='more']//details"
    run, assessed = page(run_report()), page(assess_report())
    left_out = {one.getparent().getparent().getprevious().get("id") for one in run.xpath(f"{details}[@data-unprinted]")}
    silent = {row.get("id") for row in run.xpath("//tr[starts-with(@id, 'item-')]") if words(row.find_class("n")[0]) == "–"}
    assert left_out == silent
    assert 0 < len(silent) < len(run.xpath(details))
    assert assessed.xpath(f"{details}[@data-unprinted]") == []


def test_the_two_scores_stand_side_by_side() -> None:
    shown = {one.get("data-count"): words(one) for one in page(assess_report(), "en").iter("data")}
    assert (shown["maturity-proved"], shown["maturity-all"]) == ("42%", "67%")


def test_lists_hold_nothing_but_their_items() -> None:
    for make in MAKERS:
        for element in page(make()).iter("ul", "ol"):
            assert {child.tag for child in element} <= {"li"}
            assert not (element.text or "").strip()
            assert not any((child.tail or "").strip() for child in element)


def test_a_recommended_requirement_that_is_broken_is_told_in_whole_words() -> None:
    broken = {1: "1 should requirement broken", 2: "2 should requirements broken"}
    assert {number: wording.counted(number, wording.BROKEN_SHOULD, "en") for number in broken} == broken


# ------------------------------------------------------------------ words


def test_the_texts_of_a_source_are_held_apart_as_the_language_does() -> None:
    told = [finding(source="IHE MHD 4.2.3 2:3.65.4.1.3 ; FHIR R4, Bundle")]
    report = check_report([judgement("a.xml", DocumentVerdict.FAIL, told)])
    assert "2:3.65.4.1.3 ; FHIR R4" in words(page(report, "fr"))
    assert "2:3.65.4.1.3; FHIR R4" in words(page(report, "en"))


def test_a_page_of_one_document_is_titled_by_it() -> None:
    report = check_report([judgement("a.xml", DocumentVerdict.PASS)])
    assert page(report).findtext(".//title") == "Conforme – a.xml – cisis-harness"


def test_a_document_of_no_kind_shows_that_it_has_none() -> None:
    unread = replace(judgement("a.xml", DocumentVerdict.ERROR), kind="", profile=None)
    row = page(check_report([unread])).find(".//table").find("tbody/tr")
    assert words(row) == "a.xml non jugé – 0 0"


def test_every_part_of_a_bar_has_its_colour() -> None:
    folder = Path(harness.reporting.__file__).parent / "templates"
    drawn = {
        tone
        for file in folder.glob("*.j2")
        for bar in re.findall(r"{{ bar\((.*?)\) }}", file.read_text())
        for tone in re.findall('"([a-z]+)"', bar)
    }
    assert {"good", "open"} <= drawn
    assert [tone for tone in drawn if not re.search(rf"\.bar-{tone}\b[^{{}}]*{{ fill", STYLE)] == []


def test_a_path_breaks_between_its_parts_and_reads_as_it_is() -> None:
    path = "archive.zip!a/<b>.xml"
    heading = page(check_report([judgement(path, DocumentVerdict.PASS)])).find(".//h1")
    assert heading.text_content() == path
    assert len(list(heading.iter("wbr"))) == 2


def test_every_number_of_scenarios_leads_to_those_that_it_counts() -> None:
    document = page(run_report())
    links = document.xpath("//li/data/a[@href='#scenarios']")
    assert [words(link) for link in links] == ["1 réussi", "1 échoué", "1 facultatif (jamais compté)"]
    for link in links:
        name, value = link.get("data-filter").split("=")
        assert len(document.xpath(f"//*[@data-item='scenarios'][@data-{name}='{value}']")) == int(words(link).split()[0])
        assert document.xpath(f"//form[@data-controls='scenarios']//option[@value='{value}']")


def test_an_optional_scenario_that_does_not_hold_has_not_failed() -> None:
    report = run_report(flawed=False)
    missed = replace(report.record.scenarios[-1], verdict=Verdict.FAIL)
    record = replace(report.record, scenarios=(*report.record.scenarios[:-1], missed))
    told = page(replace(report, record=record)).get_element_by_id("scenario-pdsm-optional")
    assert words(told.find_class("badge")[0]) == "non réussi"
    assert "bad" not in told.get("class").split()


def test_a_finding_told_at_the_place_of_another_is_found_by_its_own_rule() -> None:
    document = page(check_report([judgement(verdict=DocumentVerdict.FAIL, findings=[finding("A"), finding("B")])]))
    (card,) = document.find_class("finding")
    asked = [link.get("data-filter") for link in document.xpath("//div[@class='repairs']//a")]
    assert [f"rule={rule}" for rule in card.get("data-rule").split("\n")] == asked == ["rule=A", "rule=B"]
