"""Python code as a user writes it. mypy checks it, strictly, and a test runs it."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import assert_never, assert_type

import charter_score
from charter_score import (
    Action,
    Band,
    CharterScoreError,
    Combine,
    CommentRule,
    Criterion,
    CriterionResult,
    Diagnostic,
    Dispute,
    DisputeOutcome,
    DocumentError,
    Failed,
    FieldRule,
    Location,
    Need,
    NextBand,
    Observed,
    OnCritical,
    Outcome,
    Outlook,
    Permission,
    Policy,
    Rated,
    Rating,
    Review,
    ReviewResult,
    Rubric,
    Score,
    Scored,
    ScoredTable,
    Section,
    SectionResult,
    Severity,
    Skipped,
    Status,
    UsageError,
    load_review,
    load_rubric,
    score,
    score_frame,
    score_paths,
    score_table,
    to_json,
)


def made_rubric() -> Rubric:
    """A rubric with most of what one can say."""
    name = Criterion(id="name", title="Gave their name", not_applicable=Permission.FORBIDDEN)
    tone = Criterion(
        id="tone",
        title="Was friendly",
        points=Fraction(3),
        critical=True,
        comment=CommentRule.WHEN_MISSED,
    )
    return Rubric(
        id="greeting",
        version="1",
        title="Greeting",
        sections=(Section(id="welcome", title="Welcome", criteria=(name, tone)),),
        bands=(Band(name="Not yet"), Band(name="Good", from_=Fraction(70))),
        not_applicable=Policy.MET,
        combine=Combine.POINTS,
        on_critical=OnCritical.LOWEST_BAND,
        fields={"channel": FieldRule(values=("phone", "e-mail"), required=True)},
    )


def made_review() -> Review:
    """A review with most of what one can say."""
    return Review(
        id="call-1",
        status=Status.FINAL,
        ratings={
            "welcome": {"name": Rated(rating="not met"), "tone": Rated(rating=Rating.MET.value)}
        },
        interaction={"channel": "phone"},
        actions=(Action(what="Practise", who="Advisor 7", by="May"),),
        disputes=(
            Dispute(section="welcome", criterion="name", says="met", outcome=DisputeOutcome.OPEN),
        ),
    )


def needs_of(result: ReviewResult) -> Iterator[str]:
    """What to develop, as text."""
    assert_type(result.score, Score)
    assert_type(result.observed, Observed)
    assert_type(result.outlooks, tuple[Outlook, ...])
    assert_type(result.next_band, NextBand | None)
    needs: tuple[Need, ...] = result.needs
    for need in needs:
        criterion: CriterionResult = need.result
        yield f"{need.route}: {criterion.rated.comment or criterion.criterion.advice}"
    sections: tuple[SectionResult, ...] = result.sections
    for section in sections:
        share: Fraction | None = section.score.share
        yield f"{section.section.title}: {share}"


def described(outcome: Outcome) -> str:
    """One outcome in a line; the type checker knows that there is no fourth kind."""
    match outcome:
        case Scored():
            return f"{outcome.id}: {outcome.result.share}"
        case Failed():
            return "; ".join(place(diagnostic) for diagnostic in outcome.diagnostics)
        case Skipped():
            return f"{outcome.id}: {outcome.reason}"
        case _:
            assert_never(outcome)


def place(diagnostic: Diagnostic) -> str:
    """Where something is wrong."""
    location: Location | None = diagnostic.location
    word = "note" if diagnostic.severity is Severity.WARNING else diagnostic.code
    return f"{diagnostic.path} {location.line if location else ''} {word}"


def use(folder: Path) -> list[str]:
    """Every function once; the lines it gives are compared by the test."""
    lines = [charter_score.__version__]
    result = score(made_rubric(), made_review())
    lines += needs_of(result)
    lines.append(to_json(result))
    assert_type(load_rubric({"id": "x"} if folder.name == "x" else made_file(folder)), Rubric)
    try:
        load_review({"ratings": {"welcome": True}}, rubric=made_rubric())
    except DocumentError as wrong:
        lines += map(place, wrong.diagnostics)
    try:
        score_paths(folder, rubric="nothing-of-that-name", rubrics=[folder], comments=False)
    except UsageError as wrong_call:
        lines.append(wrong_call.hint or "")
    except CharterScoreError:
        raise
    try:
        assert_type(score_frame([1], made_rubric()), list[int])
    except UsageError as no_frame:
        lines.append(no_frame.hint or "")
    lines += map(described, score_paths([folder, str(folder / "absent.yaml")]))
    lines.append(to_json(score_paths(folder)))
    rows = folder / "rows.csv"
    rows.write_text("id,welcome.name\n7,met\n", encoding="utf-8")
    table: ScoredTable = score_table(rows, made_rubric())
    lines += [described(table[0]), str(table.summary.reviews)]
    return lines


def made_file(folder: Path) -> Path:
    """A rubric in a file."""
    path = folder / "rubric.json"
    path.write_text(
        '{"id": "g", "version": "1", "title": "G", "sections": [{"id": "a", "title": "A",'
        ' "criteria": [{"id": "b", "title": "B"}]}]}',
        encoding="utf-8",
    )
    return path
