"""The full view: sentences that must be true of every review, and that no word of one is lost."""

import random
import re
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len as cells

import random_documents
from charter_score.outcome import Scored
from charter_score.pipeline import Job, Scoring
from charter_score.render.results.full import full
from charter_score.render.text.console import Screen
from charter_score.review import Review, WholeSection
from charter_score.scoring import NothingObservedError
from documents import review_from, rubric_from, scored, scored_documents
from effort import some

EXAMPLES = Path(__file__).parents[4] / "examples"
WIDTHS = (40, 80, 120, *range(45, 80, 5), *range(85, 120, 5))

RUBRIC = """
id: r
version: "1"
title: R
on_critical: {effect}
bands: [{{name: Low}}, {{name: High, from: {bound}}}]
sections:
  - id: s
    title: S
    criteria:
      - {{id: a, title: A, points: 8}}
      - {{id: b, title: B, points: 1}}
      - {{id: c, title: C, points: 1, critical: true}}
"""


def shown(a: str, b: str, c: str, *, effect: str = "lowest_band", bound: int = 70) -> str:
    """The whole view of a review with these ratings, on one line."""
    rubric = rubric_from(RUBRIC.format(effect=effect, bound=bound))
    review = review_from(f"ratings: {{s: {{a: {a}, b: {b}, c: {c}}}}}")
    outcome = Scored("r.yaml", "r", "0", "0", scored(rubric, review))
    return " ".join(Screen().text(full(outcome)).split())


@pytest.mark.parametrize(
    ("effect", "a", "said"),
    [
        ("lowest_band", "met", '"C" was missed, so the band is "Low" although the points are 90%.'),
        (
            "lowest_band",
            "not met",
            '"C" was missed, and the band is "Low", as it is by the points alone.',
        ),
        ("zero", "met", '"C" was missed, so the score is 0% although without it it would be 90%.'),
    ],
)
def test_a_missed_critical_criterion_is_blamed_for_what_it_did(
    effect: str, a: str, said: str
) -> None:
    """Where the points alone give the same band, nothing happened "although" of them."""
    assert said in shown(a, "met", "not met", effect=effect)


def test_a_score_of_nothing_is_not_blamed_on_a_critical_criterion() -> None:
    """Where no point was earned anyway, the score is 0% with the rule and without."""
    said = '"C" was missed, and the score is 0%, as it is by the points alone.'
    assert said in shown("not met", "not met", "not met", effect="zero")


@pytest.mark.parametrize(
    ("c", "said"), [("met", "both needs would make"), ("not met", "all 3 needs would make")]
)
def test_two_needs_are_both_needs(c: str, said: str) -> None:
    """Two needs that are wanted together are "both", three are "all 3"."""
    assert said in shown("not met", "not met", c, bound=100)


def view_of(sections: str, ratings: str, more: str = "", *, bars: bool = True) -> str:
    """The whole view of a review of a rubric with these sections."""
    rubric = rubric_from(f'id: r\nversion: "1"\ntitle: R\nsections: {sections}')
    review = review_from(f"ratings: {ratings}\n{more}")
    outcome = Scored("r.yaml", "r", "0", "0", scored(rubric, review))
    return Screen().text(full(outcome, bars=bars))


ADVISORY = """[
    {id: a, title: Opening, criteria: [{id: one, title: A}, {id: two, title: B, points: 0}]},
    {id: b, title: Close, criteria: [{id: one, title: C, points: 0}]},
]"""


def test_no_sentence_contradicts_an_advisory_criterion_that_was_not_met() -> None:
    """It has no points, is no need and keeps its section from being called a strength."""
    view = view_of(ADVISORY, "{a: {one: met, two: not met}, b: {one: not met}}")
    assert "None: no points were lost, though 2 advisory criteria were not met." in view
    assert "The only criterion with points was observed." in view
    assert "0 of 0      –   no points" in view
    for untrue in ("Every criterion observed", "nothing that was observed", "nothing observed"):
        assert untrue not in view


def test_what_is_true_of_advisory_criteria_that_were_met() -> None:
    """Then nothing was missed, and the section is a strength."""
    view = view_of(ADVISORY, "{a: {one: met, two: met}, b: {one: n/a}}")
    assert "None: nothing that was observed was missed." in view
    assert "Every criterion observed was met: Opening" in view


@pytest.mark.parametrize("b", ["met", "not met"])
def test_a_critical_criterion_without_points_is_no_advice(b: str) -> None:
    """It decides although no sum holds it, so it is never called advisory, nor worth 0 points."""
    criteria = "[{id: a, title: A}, {id: b, title: B, points: 0, critical: true}]"
    view = view_of(
        f"[{{id: s, title: S, criteria: {criteria}}}]",
        f"{{s: {{a: met, b: {{rating: {b}, comment: Seen}}}}}}",
    )
    assert "Advisory" not in view
    assert "0 points" not in view
    if b == "met":
        assert "Critical, without points\n  B (S 2): met: Seen\n" in view
    else:
        assert "Development needs (1)\n  - B (S 2) CRITICAL\n    Reviewer: Seen\n" in view
        assert "so this interaction fails, whatever its points" in " ".join(view.split())


def test_a_comment_on_what_was_met_is_no_praise() -> None:
    """It may be coaching: it stands apart from what was done well."""
    view = view_of(
        "[{id: s, title: S, criteria: [{id: a, title: A}, {id: b, title: B}]}]",
        "{s: {a: {rating: met, comment: Only just}, b: not met}}",
        "done_well: [Kept calm]",
    )
    assert 'Done well\n  + Kept calm\n\nNoted on what was met\n  A (S 1): "Only just"\n' in view


def test_bars_can_be_left_out() -> None:
    """Without them no block character stands in the view, and no word about them."""
    words = ("[{id: s, title: S, criteria: [{id: a, title: A}, {id: b, title: B}]}]",)
    words += ("{s: {a: met, b: n/a}}",)
    assert "█████░░░░░" in view_of(*words)
    assert not set("█░·") & set(view_of(*words, bars=False).partition("Sections")[2].split("@")[0])
    assert "  S  2 of 2   100%   1 n/a" in view_of(*words, bars=False)


BROKEN = r'"First.\n\n-\tthen\n"'


def test_every_free_text_breaks_where_its_writer_broke_it() -> None:
    """Comments, evidence, praise, actions, notes, disputes: breaks and tabs are never codes."""
    texts = (
        "[{id: s, title: S, criteria: [{id: a, title: A, advice: TEXT}, {id: b, title: B}, "
        "{id: c, title: C}, {id: d, title: D, points: 0}]}]",
        "{s: {a: {rating: not met, comment: TEXT, evidence: TEXT}, "
        "b: {rating: met, comment: TEXT}, c: {rating: n/a, comment: TEXT}, "
        "d: {rating: met, comment: TEXT}}}",
        "done_well: [TEXT]\ncould_be_better: [TEXT]\nnotes: TEXT\nadvisor_comment: TEXT\n"
        "actions: [{what: TEXT, who: Me}]\ndisputes: [{section: s, criterion: a, says: met, "
        "because: TEXT, outcome: not upheld, decided_by: Me, reason: TEXT}]",
    )
    view = view_of(*(text.replace("TEXT", BROKEN) for text in texts))
    assert "\\u" not in view
    assert view.count("First.") == view.count("- then") == 13
    assert not re.search(r"^(First|- then)", view, re.MULTILINE)


# Nothing that was written is lost.


class Texts:
    """Texts that nobody else writes: every word has a number of its own."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._words = 0

    def new(self, most: int = 25) -> str:
        """A text of one word up to `most`, a long word among them now and then."""
        found = []
        for _ in range(self._rng.randint(1, most)):
            self._words += 1
            length = 60 if self._rng.random() < 0.02 else self._rng.randint(1, 9)
            found.append(f"{'w' * length}{self._words}")
        return " ".join(found)


def with_everything_said(rng: random.Random, review: dict[str, Any]) -> dict[str, Any]:
    """The review with texts of its own wherever it has one, and in many places that it has not."""
    texts = Texts(rng)
    for section, ratings in review["ratings"].items():
        if isinstance(ratings, str) or "rating" in ratings:
            own = dict(ratings) if isinstance(ratings, dict) else {"rating": ratings}
            review["ratings"][section] = {**own, "comment": texts.new()}
            continue
        for criterion, rated in ratings.items():
            own = dict(rated) if isinstance(rated, dict) else {"rating": rated}
            if "comment" in own or rng.random() < 0.4:
                own["comment"] = texts.new()
            if "evidence" in own or rng.random() < 0.4:
                own["evidence"] = texts.new(rng.choice((1, 1, 1, 2, 12)))
            ratings[criterion] = own
    for dispute in review.get("disputes", ()):
        dispute["because"] = texts.new()
        dispute["on"] = f"2024-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        dispute.update(
            {
                name: texts.new(3)
                for name in ("decided_by", "reason")
                if dispute["outcome"] != "open" and rng.random() < 0.7
            }
        )
    for name in ("done_well", "could_be_better"):
        review[name] = [texts.new() for _ in range(rng.randint(0, 3))]
    review["actions"] = [
        {
            "what": texts.new(),
            "who": texts.new(2),
            "by": "2024-06-01",
            "agreed": "2024-05-13",
            "done": texts.new(),
        }
        for _ in range(rng.randint(0, 2))
    ]
    for name in ("notes", "advisor_comment", "advisor", "reviewer", "team"):
        if rng.random() < 0.6:
            review[name] = texts.new(3)
    review["interaction"] = {**review.get("interaction", {}), "reference": texts.new(2)}
    if rng.random() < 0.5:
        review["acknowledged"] = "2024-05-12"
    return review


def written_in(review: Review) -> list[str]:
    """Every text that somebody wrote into a review, names and dates among them."""
    found: list[str | None] = [review.notes, review.advisor_comment, review.acknowledged]
    found += [review.advisor, review.reviewer, review.team]
    found += [*review.done_well, *review.could_be_better]
    for ratings in review.ratings.values():
        if isinstance(ratings, WholeSection):
            found.append(ratings.comment)
            continue
        for rated in ratings.values():
            found += [rated.comment, rated.evidence]
    for action in review.actions:
        found += [action.what, action.who, action.by, action.agreed, action.done]
    for dispute in review.disputes:
        found += [dispute.because, dispute.on, dispute.decided_by, dispute.decided_on]
        found += [dispute.reason]
    for name, value in review.interaction.items():
        if name not in ("channel", "date"):
            found += [value] if isinstance(value, str) else value
    return [text for text in found if text]


def is_shown(text: str, view: str) -> bool:
    """Whether every word of a text stands in a view, in order; long words may be broken."""
    at = 0
    for word in text.split():
        found = re.compile(r"\s*".join(map(re.escape, word))).search(view, at)
        if found is None:
            return False
        at = found.end()
    return True


def wrong_at(outcome: Scored, width: int) -> tuple[list[str], list[str]]:
    """What was written into a review and is not in its view, and the lines that do not fit."""
    view = Screen(width).text(full(outcome))
    lost = [text for text in written_in(outcome.result.review) if not is_shown(text, view)]
    return lost, [line for line in view.splitlines() if cells(line) > width]


def examples() -> list[Scored]:
    """Every review among the examples, scored."""
    outcomes = Scoring(Job([str(EXAMPLES)])).outcomes()
    found = [outcome for outcome in outcomes if isinstance(outcome, Scored)]
    assert len(found) > 10
    return found


@pytest.mark.at_length
@pytest.mark.parametrize("outcome", examples(), ids=lambda one: one.id)
def test_no_example_loses_a_word_or_a_line_s_end(outcome: Scored) -> None:
    """Everything the reviewers of the examples wrote is shown at every width, and fits."""
    for width in some(WIDTHS, 3):
        assert (width, *wrong_at(outcome, width)) == (width, [], [])


@pytest.mark.at_length
@pytest.mark.parametrize("seed", some(range(100), 15))
def test_no_review_loses_a_word(seed: int) -> None:
    """Everything somebody wrote into a review is shown, whatever was rated and disputed."""
    rng = random.Random(seed)
    rubric = random_documents.rubric(rng)
    review = with_everything_said(rng, random_documents.review(rng, rubric))
    try:
        outcome = Scored("r.yaml", "r", "0", "0", scored_documents(rubric, review))
    except NothingObservedError:
        return
    assert (20, wrong_at(outcome, 20)[0]) == (20, [])
    for width in (40, 61, 80, 120):
        assert (width, *wrong_at(outcome, width)) == (width, [], [])
