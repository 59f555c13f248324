"""An Attachment against its own bytes: its size and its hash, where the content is in it; elsewhere, whether the hash can be one.

Source: FHIR R4, Attachment: size in bytes before base64, hash the SHA-1 of the bytes, in base64.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

from ....documents.fhir_tree import Node
from ....model import Text
from ..remarks import Remarks
from ..shapes import BASE

_SHOWN = 80  # characters of a hash that a message repeats
_DIGEST = 20  # bytes of a SHA-1
_HASH = f"{BASE}Attachment#Attachment.hash"
_RUN = ("javascript:", "vbscript:")
_SCHEME = max(map(len, _RUN))
_NOTHING = hashlib.sha1(b"", usedforsecurity=False).digest()


def judge(node: Node, remarks: Remarks) -> None:
    url = node.only("url")
    if url is not None and isinstance(url.value, str) and url.value[:_SCHEME].lower().startswith(_RUN):
        message = Text("l'adresse d'un contenu est un programme", "the address of a content is a program")
        hint = Text(
            "Ouvrir l'adresse l'exécute : donner l'adresse du contenu lui-même.",
            "Opening the address runs it: give the address of the content itself.",
        )
        remarks.warning("FHIR-HTML", f"{BASE}Attachment#Attachment.url", url, message, hint)
    size, said = node.only("size"), node.only("hash")
    if size is None and said is None:
        return
    content = octets(node.text("data"))
    if not content:
        if said is not None and isinstance(said.value, str):
            _form(said, said.value, remarks)
            if size is not None and isinstance(size.value, int):
                _emptiness(said, said.value, size.value, remarks)
        return
    if size is not None and isinstance(size.value, int) and size.value != len(content):
        actual = len(content)
        message = Text(
            f"size vaut {size.value} ; octets du contenu : {actual}", f"size is {size.value}; bytes of the content: {actual}"
        )
        remarks.error("FHIR-ATTACHMENT", f"{BASE}Attachment#Attachment.size", size, message)
    if said is not None and isinstance(said.value, str) and "".join(said.value.split()) != (expected := digest(content)):
        written = said.value[:_SHOWN]
        message = Text(
            f"hash n'est pas l'empreinte du contenu : « {written} »", f"hash is not the digest of the content: `{written}`"
        )
        hint = Text(f"SHA-1 des octets, en base64 : {expected}.", f"SHA-1 of the bytes, in base64: {expected}.")
        remarks.error("FHIR-ATTACHMENT", _HASH, said, message, hint)


def _emptiness(node: Node, said: str, size: int, remarks: Remarks) -> None:
    """Nothing has one digest, and no other content has it. A warning: published examples carry it for want of another."""
    is_of_nothing = octets(said) == _NOTHING
    if is_of_nothing is (size == 0) or len(octets(said)) != _DIGEST:
        return
    message = Text(
        f"hash est l'empreinte d'un contenu vide, et size vaut {size}"
        if is_of_nothing
        else "size vaut 0, et hash n'est pas l'empreinte d'un contenu vide",
        f"hash is the digest of an empty content, and size is {size}"
        if is_of_nothing
        else "size is 0, and hash is not the digest of an empty content",
    )
    remarks.warning("FHIR-ATTACHMENT", _HASH, node, message)


def _form(node: Node, said: str, remarks: Remarks) -> None:
    """Hexadecimal reads as base64 too, of 30 bytes; SHA-256 has 32. A warning: R4 says SHA-1, and its own examples have others."""
    length = len(octets(said))
    if length in (0, _DIGEST):  # what is no base64 is told of the value itself
        return
    message = Text(
        f"hash n'est pas un SHA-1 en base64 : {length} octets au lieu de {_DIGEST} (« {said[:_SHOWN]} »)",
        f"hash is not a SHA-1 in base64: {length} bytes instead of {_DIGEST} (`{said[:_SHOWN]}`)",
    )
    hint = Text(
        "Coder en base64 les 20 octets du SHA-1, non leur écriture hexadécimale.",
        "Write the 20 bytes of the SHA-1 in base64, not their hexadecimal form.",
    )
    remarks.warning("FHIR-ATTACHMENT", _HASH, node, message, hint)


def octets(data: str) -> bytes:
    """What base64 says; nothing where it is not base64, which is told of the value itself."""
    try:
        return binascii.a2b_base64("".join(data.split()), strict_mode=True)
    except (binascii.Error, ValueError):
        return b""


def digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()
