"""Input that waits behind a line which was just read: what comes of pasting several lines."""

import time
from typing import Any

FIRST_PAUSE = 0.02
"""Seconds in which the rest of a paste is there: it comes in one go, and nobody types so fast."""
NEXT_PAUSE = 0.1
"""Seconds after which nothing more of a paste comes."""
MOST = 1_000_000
"""Bytes or characters that are taken; a file could not hold so long a text anyway."""


def waiting(descriptor: int) -> bytes | str:
    """What waits on a terminal, and is taken from there; empty where nothing does.

    Bytes where a terminal gives bytes, text where the console gives text (Windows).
    """
    try:
        import termios
    except ImportError:
        return _waiting_at_console()
    before = termios.tcgetattr(descriptor)
    at_once = termios.tcgetattr(descriptor)
    # Without this a last line that has no end yet would stay hidden.
    at_once[3] &= ~(termios.ICANON | termios.ECHO)
    at_once[6][termios.VMIN], at_once[6][termios.VTIME] = 0, 0
    termios.tcsetattr(descriptor, termios.TCSANOW, at_once)
    try:
        return _waiting_at_terminal(descriptor)
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, before)


def _waiting_at_terminal(descriptor: int) -> bytes:
    import os
    import select

    taken = b""
    pause = FIRST_PAUSE
    while len(taken) < MOST and select.select([descriptor], [], [], pause)[0]:
        piece = os.read(descriptor, 65_536)
        if not piece:
            break
        taken += piece
        pause = NEXT_PAUSE
    return taken


def _waiting_at_console() -> str:
    """The same on Windows; nothing where there is no console that could tell."""
    try:
        import msvcrt
    except ImportError:
        return ""
    console: Any = msvcrt
    taken: list[str] = []
    until = time.monotonic() + FIRST_PAUSE
    while len(taken) < MOST and time.monotonic() < until:
        if console.kbhit():
            taken.append(console.getwch())
            until = time.monotonic() + NEXT_PAUSE
        else:
            time.sleep(0.005)
    return "".join(taken)
