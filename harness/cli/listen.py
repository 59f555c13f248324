"""`harness listen`: receive what a product sends, and judge it."""

from __future__ import annotations

import json
import threading
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Any

import click

from harness.cli import options
from harness.cli.delivery import cannot_write, silence
from harness.cli.help import Command, option
from harness.errors import UsageError
from harness.exchange import PROTOCOLS
from harness.model import NO_TEXT, Finding, Lang, Severity, Text, ToldExchange, Verdict, counted, labelled

LOOPBACK = "127.0.0.1"
_WAITING = Text("À l'écoute ; Ctrl-C termine par le décompte.", "Listening; Ctrl-C ends with the count.")


ABOUT = Text(
    f"""
    Simule le correspondant d'un produit : reçoit, répond et juge ce qui arrive ; Ctrl-C termine par le décompte.

    PROTOCOLE : {", ".join(PROTOCOLS)} ; sans PORT, un port libre est pris. L'adresse est affichée au démarrage.
    """,
    f"""
    Simulate the partner of a product: receive, answer and judge what comes; Ctrl-C ends with the count.

    PROTOCOL: {", ".join(PROTOCOLS)}; without PORT a free one is taken. The address is shown at the start.
    """,
)


@click.command(
    "listen", cls=Command, told=ABOUT, examples=("harness listen pdsm:8080 --system my-product --output exchanges.jsonl",)
)
@click.argument("protocols", nargs=-1, required=True, metavar="PROTOCOL[:PORT]...")
@option("--bind", default=LOOPBACK, show_default=True, help=Text("adresse d'écoute", "address to listen on"))
@option("--flaw", "flaws", multiple=True, help=Text("défaut à simuler (docs/pdsm.md)", "flaw to simulate (docs/pdsm.md)"))
@option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, readable=False, path_type=Path),
    default=None,
    help=Text("une ligne JSON par échange", "one JSON line per exchange"),
)
@option(
    "--system",
    default=None,
    help=Text(
        "garde les documents reçus comme preuve de ce système, pour `harness assess`",
        "keep the documents received as evidence of this system, for `harness assess`",
    ),
)
@options.lang
def command(
    protocols: tuple[str, ...], bind: str, flaws: tuple[str, ...], output: Path | None, system: str | None, lang: Lang
) -> int:
    from harness.cli.judging import Received, check_kept, kept
    from harness.exchange import protocol_module

    if system:
        check_kept()
    received = Received(options.open_library())
    with ExitStack() as stack:
        lines = stack.enter_context(_opened(output)) if output else None
        log = _Log(lang, lines)
        try:
            for protocol, port in map(_parsed, protocols):
                simulator = protocol_module(protocol).Simulator(
                    port=port,
                    host=bind,
                    flaws=frozenset(flaws),
                    judge=received.judge,
                    on_exchange=log.told,
                    library=received.library,
                )
                stack.enter_context(simulator)
                click.echo(f"{protocol} {simulator.url}")
                for flaw in flaws:
                    options.say(labelled(flaw, simulator.FLAWS[flaw].in_(lang), lang), "  ")
            click.echo(_WAITING.in_(lang), err=True)
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("")
    log.say(log.score())
    if system:
        click.echo(kept(system, received.keep(system)).in_(lang), err=True)
    if log.unwritten is not None:
        raise log.unwritten
    return 1 if log.verdicts[Verdict.FAIL] else 0


class _Log:
    """Tells each exchange on the terminal, and as a JSON line when a file is given.

    What cannot be told must not keep the product from its answer: unwritten says why the file stops before the end.
    """

    def __init__(self, lang: Lang, lines: IO[str] | None) -> None:
        self.verdicts: Counter[Verdict] = Counter()
        self.unwritten: UsageError | None = None
        self._lang = lang
        self._lines = lines
        self._lock = threading.Lock()

    def told(self, exchange: ToldExchange, verdict: Verdict, findings: tuple[Finding, ...]) -> None:
        from harness.reporting import wording

        with self._lock:
            self.verdicts[verdict] += 1
            status = exchange.response.status if exchange.response else "-"
            self.say(f"{wording.word(verdict, self._lang):<10} {exchange.transaction:<8} {exchange.request.method} {status}")
            for finding in findings:
                if finding.severity is not Severity.INFO:
                    severity = wording.word(finding.severity, self._lang)
                    self.say(f"      {severity} {finding.rule} {finding.message.in_(self._lang)}")
            if self._lines and self.unwritten is None:
                self._write(self._lines, json.dumps(self._line(exchange, verdict, findings), ensure_ascii=False))

    def say(self, line: str) -> None:
        """On standard output, as long as somebody reads it."""
        try:
            click.echo(line)
        except OSError:
            silence()

    def _write(self, lines: IO[str], line: str) -> None:
        try:
            lines.write(line + "\n")
            lines.flush()
        except OSError as error:
            self.unwritten = cannot_write(Path(lines.name), error)
            with suppress(OSError):  # what it still holds cannot be written either
                lines.close()

    def score(self) -> str:
        counts = self.verdicts
        exchanges = counted(counts.total(), Text("échange", "exchange"), Text("échanges", "exchanges"))
        conformant = counted(counts[Verdict.PASS], Text("conforme", "conformant"), Text("conformes", "conformant"))
        failed, unjudged = counts[Verdict.FAIL], counts[Verdict.ERROR]
        more = counted(unjudged, Text("non jugé", "not judged"), Text("non jugés", "not judged"))
        beside = Text(f", {more.fr}", f", {more.en}") if unjudged else NO_TEXT
        return Text(
            f"{exchanges.fr} : {conformant.fr}, {failed} en échec{beside.fr}.",
            f"{exchanges.en}: {conformant.en}, {failed} failed{beside.en}.",
        ).in_(self._lang)

    def _line(self, exchange: ToldExchange, verdict: Verdict, findings: tuple[Finding, ...]) -> dict[str, Any]:
        from harness.reporting.json import finding_object

        return {
            "exchange": exchange.id,
            "protocol": exchange.protocol,
            "transaction": exchange.transaction,
            "verdict": verdict.value,
            "findings": [finding_object(finding, self._lang) for finding in findings],
        }


def _parsed(said: str) -> tuple[str, int]:
    protocol, _, port = said.partition(":")
    if port and not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise UsageError(
            Text(f"{said} : le port n'est pas un nombre entre 0 et 65535", f"{said}: the port is not a number from 0 to 65535"),
            Text("Écrire par exemple pdsm:8080.", "Write for instance pdsm:8080."),
        )
    return protocol, int(port or 0)


def _opened(path: Path) -> IO[str]:
    try:
        return path.open("a", encoding="utf-8")
    except OSError as error:
        raise cannot_write(path, error) from None
