"""How an internal error is told: one line that the user can report, which quotes nothing of the document."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

from harness import __version__
from harness.errors import CannotJudge
from harness.model import Text


def told(error: Exception) -> CannotJudge:
    """What it was and where, never its message, which may quote a document."""
    frames = traceback.extract_tb(error.__traceback__)
    package = Path(__file__).resolve().parent.parent
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(package)] or frames
    where = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}, {ours[-1].name}" if ours else "?"
    what = f"{type(error).__name__} ({where}), cisis-harness {__version__}"
    return CannotJudge(
        Text(f"défaut du banc d'essai : {what}", f"fault of the harness: {what}"),
        Text(
            "Merci de le signaler avec cette ligne. HARNESS_DEBUG=1 montre le détail, qui peut citer le document.",
            "Please report it with this line. HARNESS_DEBUG=1 shows the details, which may quote the document.",
        ),
    )


def are_detailed() -> bool:
    return os.environ.get("HARNESS_DEBUG") == "1"
