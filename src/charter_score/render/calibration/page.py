"""A calibration as one HTML page to talk over. Nothing in it acts, and nothing is fetched.

Needs the extra `report` (Jinja2).
"""

from collections.abc import Mapping, Sequence

from charter_score import __version__
from charter_score.calibration.findings import Calibration
from charter_score.calibration.reviews import Aside
from charter_score.render.calibration.view import (
    CONVENTIONS,
    HOW_TO_READ,
    People,
    aside_lines,
    calibration_view,
)
from charter_score.render.html import environment
from charter_score.render.results.junit import legal
from charter_score.render.text.hostile import visible_line


def calibration_page(
    calibrations: Sequence[Calibration],
    aside: Mapping[Aside, int],
    *,
    names: bool,
    comments: bool,
) -> str:
    """The page.

    Raises:
        UsageError: where Jinja2 is not installed.
    """
    pages = environment()
    pages.filters |= {"shown": visible_line, "lines": legal}
    people = People(calibrations, names=names)
    return (
        pages.get_template("calibration.html").render(
            rounds=[calibration_view(one, people, comments=comments) for one in calibrations],
            aside=list(aside_lines(aside)),
            how_to_read=HOW_TO_READ,
            conventions=CONVENTIONS,
            tool_version=__version__,
        )
        + "\n"
    )
