"""Own views and a model's drafts beside the reviews of people."""

from typing import Any

import pytest

from charter_score.calibration.findings import Calibration, calibration_of
from charter_score.calibration.reviews import Aside, ContactReviews
from charter_score.outcome import Scored
from charter_score.render.calibration.view import People, calibration_view
from charter_score.review import Review, Status
from charter_score.scoring import score
from documents import review_from, rubric_from

RUBRIC = rubric_from(
    """
    {id: desk, version: "1", title: Desk, sections: [{id: talk, title: Talk, criteria: [
      {id: greet, title: Greets}, {id: listen, title: Listens}]}]}
    """
)


def _review(reference: str, reviewer: str | None, greet: str, listen: str, **more: Any) -> Review:
    who = "" if reviewer is None else f"reviewer: {reviewer}, "
    review = review_from(
        f"{{rubric: desk, {who}interaction: {{reference: {reference}}}, "
        f"ratings: {{talk: {{greet: {greet}, listen: {listen}}}}}}}"
    )
    return review.model_copy(update=more)


def _calibration(*reviews: Review) -> Calibration:
    collected = ContactReviews()
    for number, review in enumerate(reviews):
        collected.add(Scored(f"{number}.yaml", str(number), "0", "0", score(RUBRIC, review)))
    rounds, aside = collected.rounds()
    assert not aside
    return calibration_of(rounds[0])


def test_own_views_stand_beside_the_reviewers() -> None:
    """An advisor's own view is no reviewer's: it is compared apart, from five on with a mean."""
    reviews = []
    for number in range(5):
        reviews += [
            _review(f"C{number}", "Ann", "met", "not met"),
            _review(f"C{number}", "Ben", "met", "met" if number else "not met"),
            _review(f"C{number}", None, "met", "met", status=Status.SELF),
        ]
    found = _calibration(*reviews)
    assert found.reviewers == ("Ann", "Ben")
    assert found.selves is not None
    assert found.selves.number == 5
    assert len(found.selves.pairings) == 10
    assert sum(pairing.alike for pairing in found.selves.pairings) == 14
    assert found.selves.mean == pytest.approx((0.25 * 4 + 0.5) / 5)
    assert [(criterion.id, number) for _, criterion, number in found.selves.most] == [("listen", 6)]
    told = " ".join(calibration_view(found, People([found], names=False), comments=False).selves)
    assert "14 of 20 ratings are alike" in told


def test_a_drafts_changed_ratings_are_counted() -> None:
    """A model's draft beside the review that came of it, and beside one made without it."""
    draft = _review("C1", None, "met", "met", status=Status.DRAFT, drafted_by="Model 1")
    finished = _review("C1", "Ann", "met", "not met", drafted_by="Model 1")
    alone = _review("C1", "Ben", "not met", "not met")
    found = _calibration(draft, finished, alone)
    assert found.compared == 1
    (view,) = found.drafts
    assert view.model == "Model 1"
    assert [len(pairing.differing) for pairing in view.finished] == [1]
    assert [len(pairing.differing) for pairing in view.others] == [2]
    told = calibration_view(found, People([found], names=False), comments=False).drafts
    assert "1 of 2 ratings were changed" in told[0]
    assert "0 of 2 ratings are alike" in told[1]


def test_a_draft_of_nobody_is_set_aside() -> None:
    """A person's unfinished draft is compared with nothing, and counted."""
    collected = ContactReviews()
    draft = _review("C1", "Ann", "met", "met", status=Status.DRAFT)
    collected.add(Scored("a.yaml", "a", "0", "0", score(RUBRIC, draft)))
    rounds, aside = collected.rounds()
    assert not rounds
    assert aside == {Aside.DRAFT: 1}


def test_parts_come_together_as_the_whole() -> None:
    """The collector combines what was seen apart into what is seen at once."""
    reviews = [_review("C1", name, "met", word) for name, word in (("Ann", "met"), ("Ben", "n/a"))]
    outcomes = [
        Scored(f"{number}.yaml", str(number), "0", "0", score(RUBRIC, review))
        for number, review in enumerate(reviews)
    ]
    whole, first, later = ContactReviews(), ContactReviews(), ContactReviews()
    for outcome in outcomes:
        whole.add(outcome)
    first.add(outcomes[0])
    later.add(outcomes[1])
    first.combine(later)
    assert first == whole
