"""Sentences and counts that are true of odd reviews: advisory, critical without points, in part."""

import pytest

from batches import rendered_text, summarise
from charter_score import load_review, load_rubric, score
from charter_score.outcome import Scored
from charter_score.render.results.explain import explain
from charter_score.render.results.findings import Caution, findings, remarks
from charter_score.render.results.full import full
from charter_score.render.results.gitlab import GitLab
from charter_score.render.results.junit import JUnit
from charter_score.render.results.overview import overview
from charter_score.render.text.console import Screen

CRITERIA = {
    "a": [{"id": "greets", "title": "Greets"}, {"id": "smiles", "title": "Smiles", "points": 0}],
    "b": [
        {"id": "check", "title": "ID check", "points": 0, "critical": True},
        {"id": "listens", "title": "Listens", "levels": {"fully": 2, "partly": 1, "no": 0}},
    ],
}
ALL_MET = {"greets": "met", "smiles": "met", "check": "met", "listens": "fully"}


def scored(*, expected: int | None = 70, bands: bool = True, **ratings: str) -> Scored:
    """A review in which all is met but what is said."""
    values: dict[str, object] = {"id": "r", "version": "1", "title": "R", "sections": [
        {"id": name, "title": name.upper(), "criteria": criteria}
        for name, criteria in CRITERIA.items()
    ]}  # fmt: skip
    if expected is not None:
        values["expected"] = expected
    if bands:
        values["bands"] = [{"name": "Low"}, {"name": "Good", "from": 70}]
    rubric = load_rubric(values)
    words = ALL_MET | ratings
    given = {
        name: {one["id"]: words[str(one["id"])] for one in criteria}
        for name, criteria in CRITERIA.items()
    }
    review = load_review({"ratings": given})
    return Scored("r.yaml", "r", "0", "0", score(rubric, review), (), {})


def page(one: Scored, width: int = 80) -> str:
    """`full`, as it is printed."""
    return Screen(width).text(full(one))


def test_an_advisory_criterion_that_was_not_met_is_no_strength() -> None:
    """Its section is not called one, in the result as on the page, and nothing says all was met."""
    one = scored(smiles="not met")
    assert [section.section.id for section in one.result.strengths] == ["b"]
    assert "Every criterion observed was met: B\n" in page(one)
    assert "None: no points were lost, though 1 advisory criterion was not met." in page(one)


def test_a_critical_criterion_without_points_is_not_called_advisory() -> None:
    """Missed, it is told as what decides; met, under a title of its own."""
    assert "Critical, without points\n  ID check (B 1): met\n" in page(scored())
    missed = scored(check="not met")
    assert "not met, without points" in [one.told for one in findings(missed, comments=False)]
    assert "0 of 0" not in page(missed)


@pytest.mark.parametrize("expected", [None, 70])
def test_who_has_all_points_is_not_below_expected(expected: int | None) -> None:
    """A critical criterion that was missed is told as that; a rubric that expects nothing too."""
    one = scored(check="not met", expected=expected, bands=False)
    assert [remark.caution for remark in remarks(one)] == [Caution.CRITICAL]
    assert "None)" not in page(one)
    fails = "does not meet what is expected" if expected else "fails"
    assert f"so this interaction {fails}, whatever its points." in " ".join(page(one).split())


def test_partial_credit_is_told_apart() -> None:
    """What earned a part was not missed: not in the lists, the bars, JUnit or GitLab."""
    batch = [scored(listens="partly"), scored(listens="partly"), scored(greets="not met")]
    (said,) = overview(summarise(batch))
    assert dict(said.lists) == {
        "Missed most (of those observed)": ("Greets: 1 of 3",),
        "Met in part most (of those observed)": ("Listens: 2 of 3",),
    }
    assert said.thanks is None
    assert "█ earned  ░ n/a  · lost" in page(batch[0])
    assert "█ met  ░ n/a  · missed" in page(batch[2])
    assert 'message="partly: 1 of 2 points" type="partly-met"' in rendered_text(
        JUnit(names=False, comments=False), batch[:1]
    )
    assert "charter-score/partly-met" in rendered_text(
        GitLab(names=False, comments=False), batch[:1]
    )


def test_n_a_without_points_counts_as_nothing() -> None:
    """Where there are no points, n/a is not said to count as met."""
    one = scored(smiles="n/a")
    assert "n/a, advisory" in Screen(80).text(explain(one))
    assert "of 2 criteria with points were n/a" in Screen(80).text(explain(one))
    junit = rendered_text(JUnit(names=False, comments=False), [one])
    assert '<skipped message="n/a, and without points"' in junit


def test_what_changes_nothing_is_not_given_as_a_number() -> None:
    """No "(0)" behind the rule, and no mean of one review."""
    one = scored(listens="n/a")
    assert "1 of 2 criteria with points was n/a; this rubric counts it as met.\n" in page(one)
    (said,) = overview(summarise([one]))
    assert dict(said.facts)["Score"] == "100% (1 review)"
    assert dict(said.facts)["Observed"] == "100%; n/a adds nothing"
    assert "Both criteria with points were observed." in page(scored())


def test_a_list_that_is_cut_says_so() -> None:
    """Three criteria of four are named, and the title says of how many."""
    criteria = [{"id": name, "title": name} for name in "abcde"]
    section = {"id": "s", "title": "S", "criteria": criteria}
    rubric = load_rubric({"id": "r", "version": "1", "title": "R", "sections": [section]})
    ratings = dict.fromkeys("abcd", "not met") | {"e": "met"}
    result = score(rubric, load_review({"ratings": {"s": ratings}}))
    (said,) = overview(summarise([Scored("r.yaml", "r", "0", "0", result, (), {})] * 2))
    assert said.lists[0][0] == "Missed most (of those observed), 3 of 4 criteria"


def test_a_wide_terminal_is_used() -> None:
    """A long text takes the columns that there are."""
    values = {"ratings": {"s": {"a": "met"}}, "notes": "word " * 80}
    section = {"id": "s", "title": "S", "criteria": [{"id": "a", "title": "A"}]}
    rubric = load_rubric({"id": "r", "version": "1", "title": "R", "sections": [section]})
    one = Scored("r.yaml", "r", "0", "0", score(rubric, load_review(values)), (), {})
    assert max(map(len, page(one, 160).splitlines())) > 150
    assert max(map(len, page(one, 40).splitlines())) <= 40
