"""What tests of the command line share: the program in the process of the tests."""

import signal
import sys

import pytest

from charter_score.__main__ import main
from programs import Run


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """The program in this process, for tests that change it or look into it."""

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["charter-score", *words])
        handler = signal.getsignal(signal.SIGTERM)
        try:
            with pytest.raises(SystemExit) as ended:
                main()
        finally:
            signal.signal(signal.SIGTERM, handler)
        told = capfd.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return run
