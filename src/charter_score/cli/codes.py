"""What the codes of diagnostics mean, and the view of one, from the pages of the documentation."""

import os
import re
from typing import NamedTuple

from charter_score.render.text.blocks import Hanging, Parts, heading, words
from charter_score.render.text.console import Line

_ROW = re.compile(r"^\| `([a-z0-9-]+)` +\| (.+?) \| (.+?) \|$", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


class Meaning(NamedTuple):
    """What a code means, how to mend it, and where a page has them, a bad and a good example."""

    code: str
    means: str
    way_out: str
    bad: str | None = None
    good: str | None = None


def _pages() -> str:
    """The folder of the pages: in the wheel, or at the top of a source checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    folder = os.path.join(package, "explanations")
    if not os.path.isdir(folder):
        folder = os.path.join(os.path.dirname(os.path.dirname(package)), "docs")
    return folder


def _page(*names: str) -> str:
    with open(os.path.join(_pages(), *names), encoding="utf-8") as page:
        return page.read()


def known_codes() -> dict[str, Meaning]:
    """Every code of a diagnostic, with what the tables say of it."""
    return {
        code: Meaning(code, _LINK.sub(r"\1", means), _LINK.sub(r"\1", way_out))
        for code, means, way_out in _ROW.findall(_page("diagnostics.md"))
    }


def with_examples(meaning: Meaning) -> Meaning:
    """The same with the examples of its page; as it is where it has none."""
    try:
        page = _page("lints", f"{meaning.code}.md")
    except FileNotFoundError:
        return meaning
    return meaning._replace(bad=_example(page, "Bad"), good=_example(page, "Good"))


def _example(page: str, heading: str) -> str | None:
    """The first block of YAML under a heading."""
    _, _, below = page.partition(f"\n## {heading}\n")
    block = re.search(
        r"^```yaml\n(.*?)^```$", below.partition("\n## ")[0], re.MULTILINE | re.DOTALL
    )
    return block[1] if block else None


def explanation(meaning: Meaning) -> Parts:
    """The view of a code: what it means, how to mend it, and its examples."""
    view: Parts = [
        heading(meaning.code),
        Hanging(words(meaning.means), "  Means  "),
        Hanging(words(meaning.way_out), "  Mend   "),
    ]
    for title, example in (("Bad", meaning.bad), ("Good", meaning.good)):
        if example is not None:
            view += ["", heading(title), *(Line(f"  {line}") for line in example.splitlines())]
    return view
