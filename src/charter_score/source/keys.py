"""The key of pseudonyms: in a file that others cannot read, made where there is none."""

import os
import re
import secrets
import stat

from charter_score.errors import DocumentError, NotWrittenError, UsageError
from charter_score.pseudonyms import Pseudonyms
from charter_score.source.files import AnyPath, Limit, read_bytes, shown_path

KEY = Limit(1_000, "a key file holds one line of 64 hexadecimal digits")
_DIGITS = 64
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def pseudonyms_of(path: AnyPath) -> tuple[Pseudonyms, bool]:
    """The pseudonyms under the key in a file, and whether the file was made for it.

    Raises:
        UsageError: where others can read the file, or it holds no key.
        NotWrittenError: where there is none and none can be made.
    """
    shown = shown_path(path)
    made = False
    if not os.path.lexists(path):
        made = _make(path, shown)
    if os.name == "posix":
        mode = stat.S_IMODE(os.stat(path).st_mode)
        if mode & _OTHERS:
            raise UsageError(f"--pseudonyms {shown}: others can read the key", f"chmod 600 {shown}")
    try:
        text = read_bytes(path, shown, KEY).decode("ascii", "replace").strip()
    except DocumentError as wrong:
        problem = wrong.diagnostics[0]
        raise UsageError(f"--pseudonyms {shown}: {problem.message}", problem.hint) from None
    if not re.fullmatch(f"[0-9a-f]{{{_DIGITS}}}", text):
        raise UsageError(
            f"--pseudonyms {shown} holds no key", "name a file that is not there, and one is made"
        )
    return Pseudonyms(bytes.fromhex(text)), made


def _make(path: AnyPath, shown: str) -> bool:
    """Make a key file that only its owner can read.

    Raises:
        NotWrittenError: where that is not possible.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False  # another run was faster
    except OSError as wrong:
        why = (wrong.strerror or "it cannot be written").lower()
        raise NotWrittenError(f"{shown}: {why}") from wrong
    with open(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_DIGITS // 2) + "\n")
    return True
