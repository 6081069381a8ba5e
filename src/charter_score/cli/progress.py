"""How far a long run has come: one line on a terminal's standard error, gone at the end."""

import os
import sys
import time
from typing import TYPE_CHECKING

from charter_score.render.text.console import STYLES, for_encoding
from charter_score.render.text.phrases import count
from charter_score.summary import Summary

if TYPE_CHECKING:
    from rich.live import Live

SECONDS_BEFORE = 1.0
"""Work of which nothing is said: most runs are over by then."""
SECONDS_BETWEEN = 0.1


class Progress:
    """The line. It is hidden before anything else is written, so that nothing runs into it."""

    def __init__(self, *, quiet: bool) -> None:
        self._silent = (
            quiet
            or sys.stderr is None
            or not sys.stderr.isatty()
            or os.environ.get("TERM") == "dumb"
        )
        self._began = time.monotonic()
        self._next = self._began + SECONDS_BEFORE
        self._line: Live | None = None

    def show(self, summary: Summary) -> None:
        """Say what a summary has come to, where it is time to."""
        now = time.monotonic()
        if self._silent or now < self._next:
            return
        self._next = now + SECONDS_BETWEEN
        said = f"{count(summary.reviews, 'review')} so far"
        if summary.failed:
            said += f", {summary.failed} could not be scored"
        self._written(f"{said} · {int(now - self._began)} s")

    def _written(self, text: str) -> None:
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        if self._line is None:
            # No thread that refreshes by itself: worker processes are forked.
            self._line = Live(
                console=Console(stderr=True),
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
        self._line.start()
        line = Text(
            for_encoding(text, sys.stderr.encoding),
            style=STYLES["faint"],
            overflow="ellipsis",
            no_wrap=True,
        )
        self._line.update(line, refresh=True)

    def hide(self) -> None:
        """Take the line away."""
        if self._line is not None:
            self._line.stop()
