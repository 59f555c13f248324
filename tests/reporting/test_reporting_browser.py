"""The page in a real browser: no console error, filters that work, nothing wider than a phone."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import html
from reporting_builders import assess_report, check_report, finding, judgement, run_report

from harness.model import DocumentVerdict, Excerpt, Text
from harness.reporting import Report, render

pytestmark = pytest.mark.browser

LONG = "un-identifiant-sans-aucune-espace-" * 8
MEASURE = """<!doctype html><meta charset="utf-8"><iframe id="page" width="390" height="800" src="page.html"></iframe>
<script>page.onload = () => {
  const inner = page.contentDocument;
  for (const details of inner.querySelectorAll("details")) details.open = true;
  const root = inner.documentElement;
  document.body.dataset.overflow = root.scrollWidth - root.clientWidth;
}</script>"""

FOCUSED = """<!doctype html><meta charset="utf-8"><iframe id="page" src="page.html#findings?severity=warning"></iframe>
<script>page.onload = () => {
  const { name, value } = page.contentDocument.activeElement;
  Object.assign(document.body.dataset, { focused: name, value });
}</script>"""

Browser = Callable[..., tuple[html.HtmlElement, str]]


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    """Opens a report, at a fragment; returns the document as the browser has it at rest, and what it logged."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed")

    def opened(report: Report, fragment: str = "", wrapper: str = "") -> tuple[html.HtmlElement, str]:
        (tmp_path / "page.html").write_text(render(report, "html"), "utf-8")
        (tmp_path / "wrapper.html").write_text(wrapper, "utf-8")
        address = (tmp_path / ("wrapper.html" if wrapper else "page.html")).as_uri() + fragment
        options = (
            "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
            "--disable-component-update --disable-sync --allow-file-access-from-files --enable-logging=stderr"
        )
        command = [
            program,
            *options.split(),
            f"--user-data-dir={tmp_path / 'profile'}",
            "--virtual-time-budget=3000",
            "--dump-dom",
            address,
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        return html.document_fromstring(done.stdout), done.stderr

    return opened


def visible(document: html.HtmlElement, kind: str) -> list[html.HtmlElement]:
    return [item for item in document.find_class(kind) if "hidden" not in item.attrib]


@pytest.mark.parametrize("make", [check_report, run_report, assess_report])
def test_nothing_is_logged_to_the_console(browser: Browser, make: Callable[[], Report]) -> None:
    _, logged = browser(make())
    assert [line for line in logged.splitlines() if "CONSOLE" in line] == []


def test_filters_appear_and_count_what_is_shown(browser: Browser) -> None:
    document, _ = browser(check_report())
    (form,) = document.iter("form")
    assert "hidden" not in form.attrib
    assert form.find(".//output").text == "Constats affichés\u00a0: 5 sur 5"


def test_a_link_to_a_filter_shows_only_what_it_names(browser: Browser) -> None:
    document, _ = browser(check_report(), "#findings?severity=warning")
    assert [card.get("data-rule") for card in visible(document, "finding")] == ["section.allergies:code.label"]
    assert document.find(".//output").text == "Constats affichés\u00a0: 1 sur 5"
    assert [section.find("h3").text for section in visible(document, "document")] == ["vsm.xml"]


def test_a_link_to_a_rule_shows_it_where_it_is_told_at_the_place_of_another(browser: Browser) -> None:
    report = check_report(
        [judgement(verdict=DocumentVerdict.FAIL, findings=[finding("A"), finding("B"), finding("C", location="/x")])]
    )
    document, _ = browser(report, "#findings?rule=B")
    assert [card.get("data-rule").split() for card in visible(document, "finding")] == [["A", "B"]]


def test_a_link_to_a_filter_leads_the_keyboard_there_too(browser: Browser) -> None:
    document, _ = browser(check_report(), wrapper=FOCUSED)
    assert (document.body.get("data-focused"), document.body.get("data-value")) == ("severity", "warning")


def test_text_is_found_without_its_accents(browser: Browser) -> None:
    document, _ = browser(check_report(), "#findings?text=LIBELLE+n%27est")
    assert [card.get("data-severity") for card in visible(document, "finding")] == ["warning"]


def test_a_requirement_filter_combines_verdict_and_group(browser: Browser) -> None:
    document, _ = browser(run_report(), "#requirements?verdict=met&group=ITI-65")
    assert [item.get("id") for item in visible(document, "requirement")] == ["requirement-PDSM-65-01"]


def test_a_link_to_an_exchange_opens_it_and_all_around_it(browser: Browser) -> None:
    document, _ = browser(run_report(), "#exchange-x2")
    for id in ("exchange-x2", "scenario-pdsm-provide"):
        assert "open" in document.get_element_by_id(id).attrib
    assert "open" not in document.get_element_by_id("exchange-x1").attrib


@pytest.mark.parametrize("make", [check_report, run_report, assess_report])
def test_no_page_is_wider_than_a_phone_with_everything_open(browser: Browser, make: Callable[[], Report]) -> None:
    document, _ = browser(make(), wrapper=MEASURE)
    assert document.body.get("data-overflow") == "0"


def test_words_that_never_end_do_not_widen_the_page(browser: Browser) -> None:
    spoiled = finding(LONG, message=Text(LONG, LONG), hint=Text(LONG, LONG), location=LONG, source=LONG)
    document, _ = browser(check_report([judgement(f"{LONG}.xml", DocumentVerdict.FAIL, [spoiled], profile=LONG)]), wrapper=MEASURE)
    assert document.body.get("data-overflow") == "0"


def test_only_what_scrolls_is_a_stop_of_the_keyboard(browser: Browser) -> None:
    wide = finding(excerpt=Excerpt(11, ("<a>", "<b " + "x" * 3000 + "/>", "</a>")))
    other = finding("OTHER", location="/ClinicalDocument/title")
    document, _ = browser(check_report([judgement(verdict=DocumentVerdict.FAIL, findings=[wide, other])]))
    assert [pre.get("tabindex") for pre in document.xpath("//figure/pre")] == ["0", None]


def test_a_hostile_document_runs_nothing(browser: Browser) -> None:
    attack = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    document, logged = browser(
        check_report([judgement(attack, DocumentVerdict.FAIL, [finding(attack, message=Text(attack, attack))])])
    )
    assert document.findtext(".//title") != "owned"
    assert not re.search("CONSOLE.*(Refused|violat)", logged)
