"""The one Jinja environment of all HTML: everything is escaped, and nothing may be missing."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from charter_score.errors import UsageError
from charter_score.render.text.hostile import visible, visible_lines

if TYPE_CHECKING:
    from jinja2 import Environment


@lru_cache(maxsize=1)
def environment() -> "Environment":
    """The environment, with the templates of `render/templates`.

    Raises:
        UsageError: where Jinja2 is not installed.
    """
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError:
        raise UsageError(
            "HTML needs Jinja2, which is not installed", "pip install 'charter-score[report]'"
        ) from None
    pages = Environment(
        loader=PackageLoader("charter_score.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["primary"] = lambda language: language.split("-")[0].casefold()
    pages.filters |= {"line": one_line, "lines": visible_lines}
    return pages


def one_line(text: str) -> str:
    """A text on one line, with nothing in it that acts or hides."""
    return visible(re.sub(r"[ \t\r\n]+", " ", text).strip())
