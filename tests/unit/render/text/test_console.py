"""The one console: its styles can be read on any background, and colours only add codes."""

import re

import pytest

from charter_score.render.text.blocks import words
from charter_score.render.text.console import STYLES, Line, Screen

CODES = re.compile(r"\x1b\[([0-9;]*)m")
LEAST_CONTRAST = 4.5
"""What WCAG 2 asks of text (level AA)."""
PALETTES = {
    "xterm": (
        "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 "
        "7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff"
    ),
    "VGA": (
        "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa "
        "555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff"
    ),
    "Windows": (
        "0c0c0c c50f1f 13a10e c19c00 0037da 881798 3a96dd cccccc "
        "767676 e74856 16c60c f9f1a5 3b78ff b4009e 61d6d6 f2f2f2"
    ),
}
"""The 16 colours that a terminal decides."""


def colour(number: int, palette: str) -> tuple[int, ...]:
    """One of the 256 colours; those from 16 on are the same everywhere."""
    if number < 16:
        return tuple(bytes.fromhex(palette.split()[number]))
    if number >= 232:
        return (8 + 10 * (number - 232),) * 3
    levels = (0, 95, 135, 175, 215, 255)
    cube = number - 16
    return levels[cube // 36], levels[cube // 6 % 6], levels[cube % 6]


def luminance(rgb: tuple[int, ...]) -> float:
    """The relative luminance of a colour, by WCAG 2."""
    parts = [part / 255 for part in rgb]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: float, other: float) -> float:
    """The contrast of two luminances."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def foregrounds(codes: list[int], palette: str) -> list[tuple[int, ...]]:
    """The colours that codes set text to; bold, reverse and underline set none."""
    found = []
    while codes:
        code = codes.pop(0)
        if code == 38:
            assert codes.pop(0) == 5
            found.append(colour(codes.pop(0), palette))
        elif 30 <= code <= 37 or 90 <= code <= 97:
            found.append(colour(code % 10 + 8 * (code >= 90), palette))
        else:
            assert code in (0, 1, 4, 7), "dim is as faint as a terminal pleases; a background hides"
    return found


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("style", STYLES)
def test_every_style_can_be_read_on_black_and_on_white(style: str, palette: str) -> None:
    """Whatever codes a style puts out, the text has a contrast of 4.5 with both backgrounds."""
    text = Screen(80, coloured=True).text([words(("text", style))])
    for codes in CODES.findall(text):
        for rgb in foregrounds([int(code) for code in codes.split(";")], PALETTES[palette]):
            for background in (0.0, 1.0):
                assert contrast(luminance(rgb), background) >= LEAST_CONTRAST


def test_colours_only_add_codes() -> None:
    """The same text stands in both, blanks at the end of lines in neither."""
    view = [words(("a ", "good"), ("b   ", "bad")), words("  "), words(("::c", "warn"), "##[d")]
    coloured = Screen(80, coloured=True).text(view)
    assert Screen(80).text(view) == "a b\n\n: :c## [d\n"
    assert CODES.sub("", coloured) == "a b\n\n: :c## [d\n"
    assert CODES.search(coloured)


def test_a_text_is_no_markup() -> None:
    """Nothing in a text sets a style, becomes an emoji, or is taken for a number to highlight."""
    text = "[red]x[/red] :tada: 12 'quoted' http://example.org"
    for view in ([words(text)], [Line(text)]):
        assert Screen(80, coloured=True).text(view) == f"{text}\n"


def test_a_line_is_never_broken() -> None:
    """What is copied or searched for stands on one line, however narrow the terminal."""
    assert Screen(20).text([Line("word " * 40)]) == f"{('word ' * 40).rstrip()}\n"


def test_nothing_is_no_line() -> None:
    """A view of nothing prints nothing."""
    assert Screen(80).text([]) == ""
