"""Which keys of a document's index a step begins at, so that it looks at few elements."""

from __future__ import annotations

import pytest

from harness.library import xpath
from harness.library.programs.keys import index_keys


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        ("*[@root]", ("@root",)),
        ("*[cda:id/@root = 'x']", ("/id",)),
        ("*[cda:id or self::cda:addr]", ("/id", "addr")),
        ("*[@root and cda:id]", ("/id",)),
        ("*[cda:templateId/@root = '1.2' or cda:templateId/@root = '1.3']", ("#1.2", "#1.3")),
        ("*[@root][cda:templateId/@root = '1.2']", ("#1.2",)),
        ("*[cda:templateId[2]/@root = '1.2']", ("/templateId",)),
        ("*[@root][self::cda:id or self::cda:setId]", ("id", "setId")),
        ("*[@code][@codeSystem = 'x' or @codeSystem = 'y']", ("=codeSystem=x", "=codeSystem=y")),
        ("*[@code = 'x' and cda:id]", ("=code=x",)),
        ("*[@code != 'x']", None),
        ("*[not(cda:id)]", None),
        ("*[cda:id or count(*) > 1]", None),
        ("*[1][cda:id]", None),
    ],
)
def test_the_keys_that_fewest_elements_stand_under_are_taken(asked: str, keys: tuple[str, ...] | None) -> None:
    ((_axis, test, predicates),) = xpath.parse(asked, {})[2]

    assert index_keys(test, predicates)[0] == keys
