"""Lets a test see files as somebody sees them who may not read everything, also as root."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

_VERSION = 0x20080522  # _LINUX_CAPABILITY_VERSION_3
_PASSING_MODES_OVER = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


@contextmanager
def modes_obeyed() -> Iterator[None]:
    """Inside, this process and its forks obey the modes of files; others do so always.

    Root's right to pass over them is laid down for a while (capabilities(7)): Linux alone has that.
    """
    if getattr(os, "geteuid", int)() != 0 or os.name == "nt":
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_VERSION, 0)
    # Effective, permitted and inheritable, the lower 32 bits first.
    capabilities = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, capabilities) == 0
    before = capabilities[0]
    capabilities[0] = before & ~_PASSING_MODES_OVER
    assert libc.capset(header, capabilities) == 0
    try:
        yield
    finally:
        capabilities[0] = before
        assert libc.capset(header, capabilities) == 0
