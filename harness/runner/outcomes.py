"""The outcome of a step: held, wrong, not judged or left out, with the sentence that says why."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, takewhile

from harness.exchange import Reply, Untold
from harness.model import Finding, Step, Text, Verdict
from harness.values import dataclass

HELD = Text("Conforme à ce qui est attendu.", "As expected.")
WAITED = Text("Attente terminée.", "Waited.")
AFTER_FAILURE = Text("Non joué : une étape précédente n'a pas abouti.", "Not played: an earlier step did not succeed.")
NOT_CONCERNED = Text(
    "Sans objet : la condition de l'étape n'est pas remplie.", "Nothing to do: the step's condition does not hold."
)
UNAUTHENTICATED = Text(
    "Le système demande de s'authentifier (401) : rien n'est jugé. Donner un en-tête Authorization dans le fichier de la cible.",
    "The system asks for authentication (401): nothing is judged. Give an Authorization header in the target file.",
)
NOT_ACCEPTED = Text(
    "Le système refuse l'en-tête Authorization qui lui est envoyé (401) : rien n'est jugé. Vérifier sa valeur et son expiration.",
    "The system refuses the Authorization header that it is sent (401): nothing is judged. Check its value and its expiry.",
)
LATER = Text(
    "Le système demande de revenir plus tard ({status}) : rien n'est jugé. Reprendre la campagne quand il répond (--resume).",
    "The system asks to come back later ({status}): nothing is judged. Resume the run when it answers (--resume).",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """out_of_reach: the system could not be talked to, which the next steps would only find again; silent: nothing is said of the
    requirements of the step; findings: what was found inside the answer, and what of it could not be judged.
    """

    verdict: Verdict
    message: Text
    out_of_reach: bool = False
    silent: bool = False
    findings: tuple[Finding, ...] = ()


def weighed(found: Sequence[Text | Untold]) -> Outcome:
    """found: what does not hold or is not told, said together, and once when several expectations fail for one reason. What does
    not hold decides.
    """
    wrong = [one for one in found if isinstance(one, Text)]
    untold = [one.why for one in found if isinstance(one, Untold)]
    if not wrong and not untold:
        return Outcome(Verdict.PASS, HELD)
    said = list(dict.fromkeys(wrong or untold))
    french = " ; ".join(text.rstrip(".") for text in _without_repetition([one.fr for one in said]))
    english = "; ".join(text.rstrip(".") for text in _without_repetition([one.en for one in said]))
    return Outcome(Verdict.FAIL if wrong else Verdict.ERROR, Text(f"{french}.", f"{english}."))


def _without_repetition(texts: Sequence[str]) -> list[str]:
    """Each without the sentences at its end that the one before ends with: what the system itself says is said once."""
    kept = list(texts[:1])
    for before, text in pairwise(texts):
        same = takewhile(lambda signs: signs[0] == signs[1], zip(reversed(before), reversed(text), strict=False))
        end = text.find(". ", len(text) - sum(1 for _ in same))
        kept.append(text if end < 0 else text[: end + 1])
    return kept


def held_late(seconds: float) -> Outcome:
    """The step passes, but only on an answer that came some seconds after a first one that lacked what was to be found."""
    english = f"{seconds:.1f}"
    french = english.replace(".", ",")
    text = Text(
        f"Conforme à ce qui est attendu, mais trouvé seulement {french} s après une première demande.",
        f"As expected, but found only {english} s after it was first asked for.",
    )
    return Outcome(Verdict.PASS, text)


def not_concerned(why: Text | None) -> Outcome:
    """A step whose condition does not hold; None when what it asks about was left out, or is not in the answer."""
    text = NOT_CONCERNED if why is None else Text(f"{NOT_CONCERNED.fr[:-1]} ({why.fr}).", f"{NOT_CONCERNED.en[:-1]} ({why.en}).")
    return Outcome(Verdict.SKIP, text, silent=True)


def unusable(reply: Reply, step: Step, *, out_of_time: bool = False) -> Outcome | None:
    """A reply that nothing can be expected of: at fault is the system when it answered something, else nothing is judged.

    An address elsewhere that was not called says nothing of the system being there, nor a redirect to one of its answer. A 401 is
    no refusal of what was sent, nor is a 429 or a 503 that says when to come back, unless it is what the step expects; in place of
    a further page, it leaves the whole answer unread. out_of_time: the step took all the time it had.
    """
    exchange = reply.exchange
    if exchange.failure is not None:
        why = _more_time(exchange.failure) if out_of_time else exchange.failure
        if exchange.response is None or exchange.leads_away:
            return Outcome(Verdict.ERROR, why, out_of_reach=reply.called)
        return Outcome(Verdict.FAIL, why)
    status = exchange.response.status if exchange.response is not None else 0
    if str(status) in str(step.expect.get("status", "")):
        return None
    if status == 401:
        is_given = any(name.lower() == "authorization" for name in exchange.request.headers)
        return Outcome(Verdict.ERROR, NOT_ACCEPTED if is_given else UNAUTHENTICATED, out_of_reach=True)
    for one in (exchange, *reply.others):
        if one.response is not None and one.response.asks_for_later:
            return Outcome(Verdict.ERROR, LATER.filled(status=one.response.status), out_of_reach=True)
    return None


def _more_time(failure: Text) -> Text:
    return Text(f"{failure.fr} --step-deadline donne plus de temps.", f"{failure.en} --step-deadline gives more time.")


def not_given(fact: str) -> Outcome:
    """A step that needs a fact that no reply gave."""
    return Outcome(
        Verdict.ERROR,
        Text(
            f"{fact} : aucune réponse reçue ne donne cette valeur, l'étape ne peut pas être jugée.",
            f"{fact}: no answer received gives this value, the step cannot be judged.",
        ),
    )
