"""Registries that ask who one is: credentials of .npmrc go to the place they are of, and are seen nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from fhir_registry import Registry, package, served, structure
from harness.cli.packages import command
from harness.errors import UnreachableSystem, UsageError
from harness.packages.fhir import npmrc, registry, resolving
from harness.packages.fhir.store import Store

NOW = "2026-01-01T00:00:00+00:00"
BASE = package("base", "1.2.3", {}, structure("base"))
SECRET = "s3cr3t-t0k3n"


def place(address: str) -> str:
    return address.partition(":")[2]


def configured(tmp_path: Path, *lines: str, **variables: str) -> dict[str, str]:
    mine = tmp_path / "npmrc"
    mine.write_text("\n".join(lines) + "\n")
    return {"NPM_CONFIG_USERCONFIG": str(mine), "PATH": "", **variables}


def install(store: Store, address: str, settings: dict[str, str]) -> None:
    list(resolving.install("base", "1.2.3", store, registry.Registry(address, npmrc.credentials(settings)), now=NOW))


@pytest.mark.parametrize(
    ("line", "sent"),
    [
        (f":_authToken={SECRET}", f"Bearer {SECRET}"),
        (f'/:_authToken="{SECRET}"', f"Bearer {SECRET}"),
        ("/:_authToken=${MY_TOKEN}", f"Bearer {SECRET}"),
        ("/:_auth=dTpw", "Basic dTpw"),
        ("/:username=u\n{place}/:_password=cA==", "Basic dTpw"),
    ],
)
def test_a_registry_gets_the_credentials_that_npm_would_send(tmp_path: Path, line: str, sent: str) -> None:
    with served(source := Registry(BASE)) as address:
        source.secret = sent
        said = "{place}" + line
        settings = configured(tmp_path, said.replace("{place}", place(address)), MY_TOKEN=SECRET)
        install(store := Store(tmp_path / "home"), address, settings)
    assert [one.id for one in store.packages()] == ["base#1.2.3"]
    assert source.authorised == [sent, sent]


def test_without_them_the_refusal_says_where_to_write_the_token(tmp_path: Path) -> None:
    with served(source := Registry(BASE)) as address:
        source.secret = f"Bearer {SECRET}"
        for lines in ((), ("//127.0.0.1:1/:_authToken=other",), (f"{place(address)}/elsewhere/:_authToken={SECRET}",)):
            with pytest.raises(UnreachableSystem, match="access refused") as refused:
                install(Store(tmp_path / "home"), address, configured(tmp_path, *lines))
            assert "_authToken" in refused.value.hint.en
    assert source.authorised == [None, None, None]


def test_a_token_does_not_follow_a_redirect_to_another_host(tmp_path: Path) -> None:
    with served(source := Registry(BASE)) as address, served(elsewhere := Registry(BASE)) as other:
        source.secret, source.moved = f"Bearer {SECRET}", other
        install(Store(tmp_path / "home"), address, configured(tmp_path, f"{place(address)}/:_authToken={SECRET}"))
    assert source.authorised == [f"Bearer {SECRET}"] * 2
    assert elsewhere.authorised == [None]


def test_each_host_of_a_redirect_gets_its_own_token(tmp_path: Path) -> None:
    with served(source := Registry(BASE)) as address, served(elsewhere := Registry(BASE)) as other:
        source.secret, source.moved, elsewhere.secret = "Bearer one", other, "Bearer two"
        lines = (f"{place(address)}/:_authToken=one", f"{place(other)}/:_authToken=two")
        install(Store(tmp_path / "home"), address, configured(tmp_path, *lines))
    assert elsewhere.authorised == ["Bearer two"]


def test_what_netrc_says_is_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text(f"machine 127.0.0.1 login u password {SECRET}\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with served(source := Registry(BASE)) as address:
        assert requests.get(address, timeout=5).request.headers.get("Authorization")  # it would be
        install(Store(tmp_path / "home"), address, configured(tmp_path))
    assert source.authorised[1:] == [None, None]


def test_a_registry_that_redirects_without_end_is_told(tmp_path: Path) -> None:
    with served(source := Registry(BASE)) as address:
        source.moved = address
        with pytest.raises(UnreachableSystem, match="too many redirects"):
            install(Store(tmp_path / "home"), address, configured(tmp_path))
    assert list((tmp_path / "home" / "packages" / "fhir").glob("*")) == []


def test_secrets_are_in_no_message_and_in_nothing_that_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("HARNESS_HOME", str(home))
    with served(source := Registry(BASE)) as address:
        host = place(address).removeprefix("//")
        for name, value in configured(tmp_path, f"//{host}/:_authToken={SECRET}").items():
            monkeypatch.setenv(name, value)
        source.secret = "other"
        told = CliRunner().invoke(command, ["install", "base@1.2.3", "--registry", address])
        assert told.exit_code != 0
        source.secret = ""
        named = CliRunner().invoke(command, ["install", "base@1.2.3", "--registry", f"http://user:{SECRET}@{host}"])
        assert named.exit_code == 0, named.output
        listed = CliRunner().invoke(command, ["list"])
    said = told.output + str(told.exception) + repr(told.exception) + named.output + listed.output
    assert SECRET not in said
    assert source.authorised[-1].startswith("Basic ")
    for path in home.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes()
    assert SECRET not in repr(npmrc.credentials({"NPM_CONFIG_USERCONFIG": str(tmp_path / "npmrc")}))


def test_the_address_of_an_archive_is_told_without_its_token(tmp_path: Path) -> None:
    with served(Registry(BASE)) as address:
        signed = registry.Published("base", "1.2.3", f"{address}/nowhere?token={SECRET}", ())
        with pytest.raises(UsageError) as told:
            registry.Registry(address).download(signed, tmp_path / "archive")
    assert SECRET not in told.value.message.en and "/nowhere?token=***" in told.value.message.en


def test_what_is_longest_in_an_address_tells_its_credentials(tmp_path: Path) -> None:
    places = {"//h.example/": "all", "//h.example/a/b/": "part", "//h.example:81/": "port", "; //x/": "no"}
    found = npmrc.credentials(configured(tmp_path, *(f"{one}:_authToken={token}" for one, token in places.items())))
    for url, token in (
        ("https://h.example/a/b/c.tgz", "part"),
        ("https://h.example/a/bc", "all"),
        ("https://H.EXAMPLE/", "all"),
        ("https://h.example:81/a/b", "port"),
    ):
        assert found.of(url) == f"Bearer {token}"
    for url in ("https://h.example.org/a", "https://example/", "https://x/", "https://evil/h.example/", "https://h.example@evil/"):
        assert found.of(url) is None
