"""The official tool run as it is published, for its times in `make oracle`: with an invented package and an engine as small."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tiny_package
from harness import cli

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
_XSLT = 'version="2.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:s="http://purl.oclc.org/dsdl/schematron"'
_COPY = '<xsl:template match="@*|node()"><xsl:copy><xsl:apply-templates select="@*|node()"/></xsl:copy></xsl:template>'
ENGINE = {
    "iso_dsdl_include": f'<xsl:stylesheet {_XSLT}>{_COPY}<xsl:template match="s:include">'
    '<xsl:copy-of select="document(@href, .)/*"/></xsl:template></xsl:stylesheet>',
    "iso_abstract_expand": f"<xsl:stylesheet {_XSLT}>{_COPY}</xsl:stylesheet>",
    # every assertion of every rule, whatever the pattern; a name that no one declared is refused when it is compiled
    "iso_svrl_for_xslt2": f"""<xsl:stylesheet {_XSLT} xmlns:o="urn:out" xmlns:cda="urn:hl7-org:v3">
  <xsl:namespace-alias stylesheet-prefix="o" result-prefix="xsl"/>
  <xsl:template match="/"><o:stylesheet version="2.0"><o:template match="/"><said>
    <xsl:for-each select="//s:assert[not(../@abstract) and not(contains(., '$'))]">
      <o:for-each select="{{../@context}}"><o:if test="not({{@test}})">
        <xsl:value-of select="normalize-space(.)"/>|</o:if></o:for-each>
    </xsl:for-each></said></o:template></o:stylesheet></xsl:template></xsl:stylesheet>""",
}
SCRIPT = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from harness.library import Library, home
from harness.packages.layout import Layout
from harness.packages.store import Store
from published import published
with published(Store(home()).current(), Layout.read(Library.open()), ("VSM_2022.01",)) as tool:
    told = tool and [sorted(tool.stylesheets), sorted(tool.unusable), tool.judge(Path(sys.argv[2]), "VSM_2022.01")]
print(json.dumps(told))
"""


@pytest.fixture
def told(home: Path, tmp_path: Path):
    """What the package with this engine says of a document without `old`: in a process of its own, where Saxon belongs."""
    pytest.importorskip("saxonche", reason="the official extra is not installed")
    document = tmp_path / "document.xml"
    document.write_bytes(tiny_package.cda("").replace(b"<old/>", b""))

    def told(engine: dict[str, str]) -> Any:
        package = tiny_package.write(tmp_path / "tiny")
        titles = package / "schematrons/profils/IHE.sch"
        titles.write_text(titles.read_text().replace('<include href="../include/absent.sch"/>', ""))
        for name, text in engine.items():
            file = package / "schematrons/moteur" / f"{name}.xsl"
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
        cli.harness.main(["packages", "add", str(package)], standalone_mode=False)
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(BENCHMARKS), str(document)], capture_output=True, text=True, timeout=60, check=True
        )
        return json.loads(done.stdout)

    return told


def test_every_part_runs_on_the_engine_of_the_package(told: Callable[[dict[str, str]], Any]):
    parts, unusable, said = told(ENGINE)
    assert "volet:VSM_2022.01" in parts
    assert "volet:VSM_2023.01" not in parts  # of another volet than those timed
    assert "ihe" in parts  # its include is under another letter case
    assert any("nothing old" in text for text in said)
    assert any("a later rule" in text for text in said)
    assert "terminologies" in unusable


def test_a_package_without_engine_is_not_timed_as_published(told: Callable[[dict[str, str]], Any]):
    assert told({}) is None
