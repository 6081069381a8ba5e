"""What a test needs of the system, and the project cannot install: why it is left out elsewhere."""

import os
import shutil
import signal
import sys
from pathlib import Path

import pytest
import yaml

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))),
    None,
)

JAVA = pytest.mark.skipif(
    shutil.which("java") is None,
    reason="pip cannot bring Java, which Spark runs on; `.ci/run spark` installs it where it may",
)
FORKS = pytest.mark.skipif(
    not hasattr(os, "fork"),
    reason="Windows has no forks, which alone carry a fault that a test plants into a worker; "
    "test_workers.py kills workers under `spawn` too",
)
NAMED_PIPES = pytest.mark.skipif(
    not hasattr(os, "mkfifo"),
    reason="Windows has no pipes in folders, so no path can lead to one",
)
NAMED_DESCRIPTORS = pytest.mark.skipif(
    not Path("/dev/fd").exists(),
    reason="Windows gives descriptors no names, so no path can lead to one",
)
PROC = pytest.mark.skipif(
    not Path("/proc/self/fd").is_dir(),
    reason="only Linux lists what a test looks for, processes and open files, as files in /proc",
)
ANY_NAMES = pytest.mark.skipif(
    sys.platform in ("win32", "darwin"),
    reason="the file systems of Windows and macOS take only names that are Unicode",
)
KILLS = pytest.mark.skipif(
    not hasattr(signal, "SIGKILL"),
    reason="Windows has no SIGKILL, by which the test ends the reader's process",
)
FULL_DEVICE = pytest.mark.skipif(
    not Path("/dev/full").exists(),
    reason="only Linux has a device that is always full; elsewhere a disk would have to be filled",
)
HANDLE_LIMIT = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows lets nobody limit the handles of a process"
)
SHA256SUM = pytest.mark.skipif(
    shutil.which("sha256sum") is None,
    reason="the page's commands are those of GNU and Linux; the test beside this one draws too",
)
LIBREOFFICE = pytest.mark.skipif(
    OFFICE is None,
    reason="pip cannot bring LibreOffice; the tests beside this one read the same files otherwise",
)
CHROMIUM = pytest.mark.skipif(
    BROWSER is None,
    reason="pip cannot bring a browser; test_web_form_scripts.py holds what the form's scripts say "
    "against the program without one, test_web_form.py reads its page",
)
LIBYAML = pytest.mark.skipif(
    not yaml.__with_libyaml__,
    reason="this PyYAML was built without libyaml, whose own leniencies these lists hold; the "
    "tests of the fallback run",
)


def device(path: str) -> "pytest.MarkDecorator":
    """What a test of a device needs."""
    return pytest.mark.skipif(
        not Path(path).is_char_device(), reason=f"Windows has no {path}, so no path can lead to it"
    )
