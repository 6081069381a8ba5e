"""The plain words of `score`, understood without loading typer.

`score FILE` is what a reviewer types all day, and importing typer would be most of its time. This
recognises the plainest spellings and makes the same request that typer's command makes; anything
else, right or wrong, is None and goes to typer, which alone has messages.
"""

from collections.abc import Mapping, Sequence

from charter_score.cli.formats import Format
from charter_score.cli.score import ScoreRequest

_FORMATS = {one.value: one for one in Format}


def plain_request(arguments: Sequence[str], environment: Mapping[str, str]) -> ScoreRequest | None:
    """The request of `score PATH… [-f FORMAT] [-o FILE]`, or None for typer to understand."""
    if not arguments or arguments[0] != "score":
        return None
    if any(name.endswith("SCORE_COMPLETE") for name in environment):
        return None  # a shell is asking for completions
    paths: list[str] = []
    outputs: list[str] = []
    chosen: Format | None = None
    words = iter(arguments[1:])
    for word in words:
        if word in ("-f", "--output-format"):
            chosen = _FORMATS.get(next(words, ""))
            if chosen is None:
                return None
        elif word in ("-o", "--output"):
            name = next(words, "")
            if not name or name.startswith("-"):
                return None
            outputs.append(name)
        elif word.startswith("-") or not word:
            return None
        else:
            paths.append(word)
    if not paths:
        return None
    return ScoreRequest(paths=paths, format=chosen, outputs=outputs)
