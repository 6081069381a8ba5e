"""What is known of a terminal: whether it wants colours and bars, and how wide it is."""

from io import StringIO

import pytest

from charter_score.cli import terminal
from charter_score.cli.terminal import Color, has_bars, screen_for

NAMES = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM", "COLUMNS")


class Stream(StringIO):
    """A stream that is a terminal, or none."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self.is_terminal


@pytest.fixture(name="environment")
def _environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("variables", "on_a_terminal", "elsewhere"),
    [
        ("", True, False),
        ("TERM=dumb", False, False),
        ("NO_COLOR=1", False, False),
        ("NO_COLOR=", True, False),
        ("FORCE_COLOR=1", True, True),
        ("FORCE_COLOR=0", True, False),
        ("FORCE_COLOR=", True, False),
        ("CLICOLOR_FORCE=1", True, True),
        ("CLICOLOR_FORCE=0", True, False),
        ("FORCE_COLOR=1 TERM=dumb", True, True),
        ("FORCE_COLOR=1 NO_COLOR=1", False, False),
        ("CLICOLOR_FORCE=1 NO_COLOR=1", False, False),
    ],
)
def test_what_the_environment_says_of_colours(
    environment: pytest.MonkeyPatch, variables: str, on_a_terminal: bool, elsewhere: bool
) -> None:
    """Who wants none comes first, then who wants them anyway, then what the stream is."""
    for variable in variables.split():
        environment.setenv(*variable.split("="))
    for is_terminal, wanted in ((True, on_a_terminal), (False, elsewhere)):
        stream = Stream(is_terminal=is_terminal)
        assert screen_for(Color.AUTO, stream).coloured is wanted
        assert screen_for(Color.ALWAYS, stream).coloured
        assert not screen_for(Color.NEVER, stream).coloured


@pytest.mark.parametrize(
    ("columns", "width"),
    [("120", 120), ("40", 40), ("0", 80), ("", 80), ("²", 80), ("1" * 5_000, terminal.WIDEST)],
)
def test_columns(environment: pytest.MonkeyPatch, columns: str, width: int) -> None:
    """COLUMNS is honoured up to what can still be read; 80 where it says nothing of use."""
    environment.setenv("COLUMNS", columns)
    environment.setattr("sys.stdout", Stream(is_terminal=False))
    assert terminal.width() == width


def test_a_dumb_terminal_has_no_bars(environment: pytest.MonkeyPatch) -> None:
    """Where TERM says that a terminal can do nothing, no block characters are drawn."""
    assert has_bars()
    environment.setenv("TERM", "dumb")
    assert not has_bars()
