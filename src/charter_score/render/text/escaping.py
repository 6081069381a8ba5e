"""Text as Markdown that shows it and nothing else.

Everything from a file is escaped. What GitHub and GitLab look for in finished text (people,
issues, addresses, emoji) is broken by a character without width, because escapes are gone by the
time they look; so nobody is called and nothing linked. In code they look for nothing: there stands
`id@version`, which can be copied as it is.

Source: GitHub Flavored Markdown; GitLab documentation, GitLab-specific references.
"""

import re
from collections.abc import Iterable

from charter_score.render.text.hostile import visible

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~&$]")
_AT_THE_START = re.compile(r"[-+=:]|[0-9]+(?=[.)](?:\s|$))")
_ACTS = re.compile(
    r"""@(?=\S)                  # people; then issues, merge requests, milestones, labels, …
      | [\#!$%~&^](?=[\w"\\])     # (behind a sign, a backslash is an escape of ours)
      | /(?=/) | \bwww(?=\.)     # addresses
      | :(?=[a-z+-][\w+-]*:)     # emoji
      | \bGH(?=-[0-9])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_RUBRIC = re.compile(r"(?<![^\s(])[a-z0-9][a-z0-9_-]*@(?:[\w.+-]*\w)(?![^\s,;:.)])")
"""A word that could be a rubric's `id@version`: nothing in it could end a code span."""


def escaped(text: str) -> str:
    """Text as Markdown that shows it on one line and nothing else."""
    plain = visible(re.sub(r"[ \t\r\n]+", " ", text).strip())
    pieces = []
    end = 0
    for rubric in _RUBRIC.finditer(plain):
        pieces += [_inert(plain[end : rubric.start()], first=end == 0), f"`{rubric[0]}`"]
        end = rubric.end()
    return "".join([*pieces, _inert(plain[end:], first=end == 0)])


def _inert(text: str, *, first: bool) -> str:
    """A piece of a text, of which nothing acts; the first piece may begin a line."""
    plain = _SPECIAL.sub(r"\\\g<0>", text)
    if first and (begins := _AT_THE_START.match(plain)):
        end = begins.end() if begins[0][0].isdigit() else 0
        plain = f"{plain[:end]}\\{plain[end:]}"
    return _ACTS.sub(r"\g<0>&#8203;", plain)


def table_row(cells: Iterable[str]) -> str:
    """A row of a table, every cell escaped."""
    return "| " + " | ".join(escaped(cell) for cell in cells) + " |\n"


def quoted_lines(text: str) -> str:
    """A free text as a quotation that keeps its lines."""
    lines = [escaped(line) for line in re.split("\r\n|\r|\n", text.strip())]
    return "".join(f"> {line}\n" if line else ">\n" for line in lines)
