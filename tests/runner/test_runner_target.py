"""A target is a URL or a TOML file; a mistake in it is told where it stands, and its secrets stay out of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import trustme

from harness.errors import DataError, UsageError
from harness.library import Library
from harness.model import Endpoint
from harness.runner import load_target, target_of

WHOLE = """\
name = "Dossier Ex"
product = "DPI"
actors = ["recipient", "responder"]
volets = ["cda/vsm"]

[endpoints.pdsm]
url = "https://ex.example/fhir/"
ca_file = "ca.pem"
headers = { Authorization = "Bearer env:EX_TOKEN", X-Tenant = "file:tenant.txt" }
"""


AUTHORITY = trustme.CA()
CERTIFICATE = AUTHORITY.issue_cert("client.example")


def written(folder: Path, text: str) -> str:
    AUTHORITY.cert_pem.write_to_path(str(folder / "ca.pem"))
    CERTIFICATE.cert_chain_pems[0].write_to_path(str(folder / "client.pem"))
    CERTIFICATE.private_key_pem.write_to_path(str(folder / "client.key"))
    (folder / "tenant.txt").write_text("ward-3\n")
    path = folder / "target.toml"
    path.write_text(text, "utf-8")
    return str(path)


def test_a_url_is_a_pdsm_endpoint_named_by_its_host_and_port() -> None:
    system = load_target("http://localhost:8080/fhir/")
    assert system.name == "localhost:8080"
    assert system.endpoints == (Endpoint("pdsm", "http://localhost:8080/fhir"),)
    assert target_of(system) == "http://localhost:8080/fhir"


def test_the_name_given_by_the_person_comes_first(tmp_path: Path) -> None:
    assert load_target("http://localhost:8080/fhir", "Mine").name == "Mine"
    assert load_target(written(tmp_path, WHOLE), "Mine", {"EX_TOKEN": "t"}).name == "Mine"


def test_a_file_names_everything_and_says_where_its_secrets_are(tmp_path: Path) -> None:
    system = load_target(written(tmp_path, WHOLE), None, {"EX_TOKEN": "t0ken"})
    (endpoint,) = system.endpoints
    assert (system.name, system.product, system.actors, system.volets) == (
        "Dossier Ex",
        "DPI",
        ("recipient", "responder"),
        ("cda/vsm",),
    )
    assert (endpoint.url, endpoint.ca_file) == ("https://ex.example/fhir", str(tmp_path / "ca.pem"))
    assert endpoint.headers == {"Authorization": "Bearer t0ken", "X-Tenant": "ward-3"}
    assert "t0ken" not in repr(system)


@pytest.mark.parametrize(
    ("before", "after", "line", "word"),
    [
        ('name = "Dossier Ex"', 'name = "Dossier', 1, "TOML"),
        ('product = "DPI"', 'prodct = "DPI"', 2, "product"),
        ('product = "DPI"', "product = 3", 2, "product"),
        ('["cda/vsm"]', '"cda/vsm"', 4, "volets"),
        ("[endpoints.pdsm]", "[endpoint.pdsm]", 6, "endpoints"),
        ("[endpoints.pdsm]", "[endpoints.pdms]", 6, "pdsm"),
        ("url = ", "uri = ", 6, "url"),
        ('"https://ex.example/fhir/"', "5", 7, "a quoted text"),
        ("https://ex.example/fhir/", "ftp://ex.example", 7, "http"),
        ("https://ex.example/fhir/", "https://me:secret@ex.example", 7, "headers"),
        ('ca_file = "ca.pem"', 'ca_file = "absent.pem"', 8, "absent.pem"),
        ('ca_file = "ca.pem"', 'ca_fle = "ca.pem"', 8, "ca_file"),
        ('ca_file = "ca.pem"', 'ca_file = "tenant.txt"', 8, "PEM"),
        ('ca_file = "ca.pem"', 'client_certificate = "ca.pem"', 8, "with its key"),
        ('ca_file = "ca.pem"', 'client_certificate = "tenant.txt"', 8, "PEM"),
        ('ca_file = "ca.pem"', 'client_key = "client.key"', 8, "client_certificate"),
        ('"recipient", "responder"', '"recipient", "respondr"', 3, "responder"),
        ("X-Tenant =", '"X Tenant:" =', 9, "X Tenant:"),
        ("Bearer env:EX_TOKEN", "Bearer s3cret", 9, "env:VARIABLE"),
        ("env:EX_TOKEN", "env:NOT_SET", 9, "NOT_SET"),
        ("file:tenant.txt", "file:absent.txt", 9, "absent.txt"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_what_to_write(tmp_path: Path, before: str, after: str, line: int, word: str) -> None:
    path = written(tmp_path, WHOLE.replace(before, after))
    with pytest.raises(DataError) as raised:
        load_target(path, None, {"EX_TOKEN": "t"})
    said = raised.value.message.en + raised.value.hint.en
    assert (raised.value.file, raised.value.line) == (path, line)
    assert word in said
    assert said.count(path) == 1
    assert "s3cret" not in said and "secret@" not in said


@pytest.mark.parametrize(
    ("slip", "line", "french"),
    [
        ('name = "Ex"\nproduct = DPI\n', 2, "cette valeur ne se lit pas : un texte se met entre guillemets"),
        ('name = "Ex\nproduct = "DPI"\n', 1, "un guillemet n'est pas fermé à la fin de sa ligne"),
        ('name = "Ex', 1, "un guillemet n'est pas fermé"),
        ("name = 'Ex\nproduct = 'DPI'\n", 1, "une apostrophe n'est pas fermée à la fin de sa ligne"),
        ("name = 'Ex", 1, "une apostrophe n'est pas fermée"),
        ('name = "\x01"\n', 1, "un signe de contrôle ne s'écrit pas dans un texte"),
        ("# \x01\n", 1, "un signe de contrôle n'a rien à faire ici"),
        ('[endpoints]\npdsm = {url = "http://ex"}\n[endpoints.pdsm.headers]\n', 3, "une table est écrite deux fois"),
        ("endpoints = {pdsm = {}}\nendpoints.x = 1\n", 2, "ceci est déjà écrit, et entier : y ajouter plus haut ce qui manque"),
        ("[a.b]\n[a]\nb.c = 1\n", 3, "une table est écrite à deux endroits : tout y mettre à un seul"),
        ("[[endpoints]\n", 1, "deux crochets ]] manquent après le nom d'une table"),
        ("[]\n", 1, "une clé manque ici, ou son nom a un signe qui demande des guillemets"),
        ("a = {b = 1, b = 2}\n", 1, "une clé est écrite deux fois"),
        ('name = "\\uZZZZ"\n', 1, "après \\u ou \\x vient le numéro d'un caractère, en chiffres hexadécimaux"),
        ('name = "\\uD800"\n', 1, "ce numéro n'est celui d'aucun caractère"),
        ("day = 2024-02-31\n", 1, "cette date n'existe pas"),
        ("é = 1\n", 1, "cette ligne n'est ni une clé (entre guillemets si elle a un accent) et sa valeur, ni une [table]"),
        (f"n = {'1' * 5000}\nm = 1\n", 1, "un nombre a trop de chiffres"),
        (f"n = {'[' * 20000}\n", 1, "trop de crochets sont ouverts l'un dans l'autre"),
    ],
)
def test_what_is_wrong_with_toml_is_said_in_french_too(tmp_path: Path, slip: str, line: int, french: str) -> None:
    with pytest.raises(DataError) as raised:
        load_target(written(tmp_path, slip), None, {})
    assert raised.value.line == line
    assert raised.value.message.fr.endswith(f"TOML mal formé : {french}")


def test_the_mark_that_some_editors_put_at_the_beginning_is_passed_over(tmp_path: Path) -> None:
    text = '\ufeff[endpoints.pdsm]\nurl = "https://ex.example/fhir"\n'
    assert load_target(written(tmp_path, text), None, {}).endpoints[0].url == "https://ex.example/fhir"


def test_a_secret_with_a_line_break_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no possible header"):
        load_target(written(tmp_path, WHOLE), None, {"EX_TOKEN": "a\r\nX-Other: b"})


@pytest.mark.parametrize("text", ["absent.toml", "http://", "http://host:port/fhir", "https://host/fhir?x=1", "file:///etc/passwd"])
def test_what_is_neither_a_url_nor_a_file_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError):
        load_target(text)


def test_a_folder_is_no_target(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        load_target(str(tmp_path))


def test_the_example_of_the_documentation_is_a_target(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "targets.md").read_text("utf-8")
    system = load_target(written(tmp_path, text.partition("```toml\n")[2].partition("```")[0]), None, {"EX_TOKEN": "t"})
    assert system.endpoints[0].headers["Authorization"] == "Bearer t"


@pytest.mark.parametrize(
    ("before", "after", "line", "hint"),
    [
        ('"DPI"', '"DPII"', 2, "Did you mean DPI?"),
        ('"cda/vsm"', '"cda/vms"', 4, "Did you mean cda/vsm?"),
        ("Authorization", "Autorization", 9, "Did you mean Authorization?"),
        ("Bearer", "Bearr", 9, "Did you mean Bearer?"),
        ('"ca.pem"', '"ca.pem"\npatients = "serach"', 9, "Did you mean search?"),
    ],
)
def test_a_word_that_is_misspelt_is_told_before_anything_is_played(
    tmp_path: Path, before: str, after: str, line: int, hint: str
) -> None:
    path = written(tmp_path, WHOLE.replace(before, after, 1))
    with pytest.raises(DataError) as raised:
        load_target(path, None, {"EX_TOKEN": "t"}, Library.open())
    assert (raised.value.line, raised.value.told("en").splitlines()[-1].strip(" →")) == (line, hint)


def test_a_system_may_claim_a_volet_of_its_own(tmp_path: Path) -> None:
    path = written(tmp_path, WHOLE.replace("cda/vsm", "acme/ophtalmo"))
    assert load_target(path, None, {"EX_TOKEN": "t"}, Library.open()).volets == ("acme/ophtalmo",)
