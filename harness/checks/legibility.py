"""Whether a person can read a text as it is shown: no UTF-8 read in another encoding, no tags or entities of HTML."""

from __future__ import annotations

import re

_ILLEGIBLE = re.compile(
    "Ã[\u0080-\u00bf‰€ŠŒŽšœž™]|Â[\u00a0-\u00bf]|\ufffd|&(lt|gt|amp|quot|nbsp|[a-zA-Z](acute|grave|circ|cedil|uml)|#[0-9]+);"
    "|</?(b|i|u|p|br|hr|div|span|font|table|tr|td|th|ul|ol|li|strong|em|h[1-6]|img|html|body)( [^<>]*)?/?>"
)


def is_legible(text: str) -> bool:
    # the beginnings of the above, which are found ten times faster
    suspect = "Ã" in text or "Â" in text or "\ufffd" in text or "<" in text or "&" in text
    return not suspect or _ILLEGIBLE.search(text) is None
