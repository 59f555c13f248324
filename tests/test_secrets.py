"""What opens a door is hidden wherever an address or a header tells it, and nothing else is."""

from __future__ import annotations

import pytest

from harness.secrets import HIDDEN, headers_without_secrets, without_secrets

ADDRESSES = {
    "a parameter": ("https://h/d?a=1&token=s3cr3t&b=2", "https://h/d?a=1&token=***&b=2"),
    "a key": ("https://h/d?key=s3cr3t", "https://h/d?key=***"),
    "in capitals": ("https://h/d?Access_Token=s3cr3t", "https://h/d?Access_Token=***"),
    "an escaped name": ("https://h/d?access%5Ftoken=s3cr3t", "https://h/d?access%5Ftoken=***"),
    "another escaped name": ("https://h/d?X-Amz%2DSignature=s3cr3t", "https://h/d?X-Amz%2DSignature=***"),
    "a fragment": ("https://h/cb#access_token=s3cr3t&state=1", "https://h/cb#access_token=***&state=1"),
    "a parameter of the path": ("https://h/d;token=s3cr3t?a=1", "https://h/d;token=***?a=1"),
    "an address in an address": ("https://h/?next=%2Fd%3Ftoken%3Ds3cr3t%26a%3D1", "https://h/?next=%2Fd%3Ftoken%3D***%26a%3D1"),
    "one more address in it": (
        "https://h/?next=https%3A%2F%2Fk%3Fto%3D%252Fd%253Ftoken%253Ds3cr3t%2526a",
        "https://h/?next=https%3A%2F%2Fk%3Fto%3D%252Fd%253Ftoken%253D***%2526a",
    ),
    "a user and a password": ("https://bob:s3cr3t@h/d", "https://***@h/d"),
    "a password with its sign": ("https://bob:s3@cr3t@h/d", "https://***@h/d"),
    "without a scheme": ("//bob:s3cr3t@h/d", "//***@h/d"),
    "a user in an address in an address": (
        "https://h/?n=https%253A%252F%252Fbob%253As3cr3t%2540k",
        "https://h/?n=https%253A%252F%252F***%2540k",
    ),
    "no address": ("https://[h/?token=s3cr3t", "https://[h/?token=***"),
}


@pytest.mark.parametrize(("written", "shown"), ADDRESSES.values(), ids=ADDRESSES)
def test_a_secret_of_an_address_is_hidden(written: str, shown: str) -> None:
    assert without_secrets(written) == shown
    assert headers_without_secrets({"Location": written, "Link": written}) == {"Location": shown, "Link": shown}


def test_what_is_hidden_stays_so_in_a_sentence() -> None:
    said = "redirects to https://h/d?token=***, away; see https://bob:pw@h."
    assert without_secrets(said) == "redirects to https://h/d?token=***, away; see https://***@h."
    assert without_secrets("https://h/d?token=***s3cr3t") == "https://h/d?token=***"


def test_a_secret_header_is_hidden_and_a_header_that_asks_for_one_is_not() -> None:
    for name in ("Authorization", "X-Vault-Token", "x-API-key", "Set-Cookie", "Proxy-Authorization", "X-Session-Id"):
        assert headers_without_secrets({name: "abc"}) == {name: HIDDEN}
    plain = {"WWW-Authenticate": 'Basic realm="x"', "Content-Type": "text/plain", "X-Tenant": "abc"}
    assert headers_without_secrets(plain) == plain
    assert headers_without_secrets(plain, ["x-tenant"])["X-Tenant"] == HIDDEN
    assert headers_without_secrets({"x-tenant": "abc"}, ["X-Tenant"]) == {"x-tenant": HIDDEN}
    asking = {"Proxy-Authenticate": "Basic realm=x"}
    assert headers_without_secrets(asking) == asking


NAMES = (
    *("access_token", "api_key", "apikey", "authorization", "client_assertion", "client_secret", "cookie", "id_token"),
    *("jsessionid", "jwt", "passwd", "password", "pwd", "refresh_token", "secret", "session_id", "sessionid", "set-cookie"),
    *("token", "x-api-key", "x-auth-token"),
)


@pytest.mark.parametrize("name", NAMES)
def test_what_has_the_name_of_a_secret_is_hidden_wherever_it_stands(name: str) -> None:
    for written in (
        f'{{"{name}": "%s"}}',
        f"<{name}>%s</{name}>",
        f"refused for {name}=%s of bob",
        f"https://h/d?a=1&{name}=%s&b=2",
    ):
        assert without_secrets(written % "s3cr3t") == written % HIDDEN
    assert without_secrets(f"https%3A%2F%2Fh%3F{name}%3Ds3cr3t") == f"https%3A%2F%2Fh%3F{name}%3D***"


@pytest.mark.parametrize(
    "name",
    [
        *("key", "SAMLResponse", "sig", "signature"),
        *("X-Amz-Credential", "X-Amz-Security-Token", "X-Amz-Signature", "X-Goog-Credential", "X-Goog-Signature"),
    ],
)
def test_what_signs_an_address_is_hidden_in_it_and_a_word_elsewhere(name: str) -> None:
    assert without_secrets(f"https://h/d?{name}=s3cr3t&b=2") == f"https://h/d?{name}=***&b=2"
    assert without_secrets(f'{{"{name.lower()}": "s3"}}') == f'{{"{name.lower()}": "s3"}}'


@pytest.mark.parametrize("name", ["Authorization", "Cookie", "Proxy-Authorization", "Set-Cookie", "X-API-Key", "X-Auth-Token"])
def test_a_header_that_is_quoted_has_its_value_hidden(name: str) -> None:
    assert without_secrets(f"sent {name}: abc def") == f"sent {name}: ***"


@pytest.mark.parametrize("scheme", ["Bearer", "basic", "DPoP", "Negotiate"])
def test_a_token_after_its_scheme_is_hidden(scheme: str) -> None:
    assert without_secrets(f"refused: {scheme} abcd1234efgh, sorry") == f"refused: {scheme} ***, sorry"
    assert without_secrets(f"refused: {scheme} authentication, sorry") == f"refused: {scheme} authentication, sorry"
