"""Small phrases that several views share."""

import json

import pytest

from charter_score.render.text.phrases import noun
from documents import review_from, rubric_from

SMALL = (
    "{id: r, version: '1', title: R, sections: [{id: s, title: S, criteria: [{id: c, title: C}]}]}"
)
RUBRIC = rubric_from(SMALL)


@pytest.mark.parametrize(
    ("channel", "called"),
    [
        ("phone", "call"),
        ("Telephone", "call"),
        ("phone call (inbound)", "call"),
        ("e-mail", "e-mail"),
        ("Email", "e-mail"),
        ("E_MAIL", "e-mail"),
        ("visit", "visit"),
        ("home visit", "visit"),
        ("face to face", "visit"),
        ("Face-to-face", "visit"),
        ("web chat", "chat"),
        ("webchat", "chat"),
        ("Facebook", "interaction"),
        ("voicemail", "interaction"),
        ("surface mail letter", "interaction"),
        ("mail", "interaction"),
        ("recall notice", "interaction"),
        ("xylophone", "interaction"),
        ("revisited", "interaction"),
        ("phone and e-mail", "interaction"),
        (["phone", "visit"], "interaction"),
        (["phone", "call"], "call"),
        ([], "interaction"),
        ("", "interaction"),
    ],
)
def test_what_was_reviewed(channel: str | list[str], called: str) -> None:
    """A channel is known by its whole words; of an unknown one, or of two, nothing is guessed."""
    text = f"interaction: {{channel: {json.dumps(channel)}}}\nratings: {{}}"
    assert noun(review_from(text), RUBRIC) == called


def test_no_channel() -> None:
    """A review that says nothing of its channel is of an interaction."""
    assert noun(review_from("ratings: {}"), RUBRIC) == "interaction"


def test_what_the_rubric_says_is_reviewed() -> None:
    """A rubric of services or tests says so, whatever the channel."""
    review = review_from("interaction: {channel: phone}\nratings: {}")
    for unit in ("service", "test"):
        assert (
            noun(review, rubric_from(SMALL.replace("title: R", f"title: R, unit: {unit}"))) == unit
        )
