"""A batch through one renderer, as the program does it, and a batch to do it with."""

import pickle
from collections.abc import Iterable, Sequence
from pathlib import Path

from charter_score.collectors import Collected, Noted
from charter_score.diagnostics import Diagnostic
from charter_score.gates import Gates, conclusion_of
from charter_score.outcome import Outcome
from charter_score.pipeline import Job, Scoring
from charter_score.render.results.batch import BatchRenderer, Closing
from charter_score.summary import Summary

RUBRIC = """
id: small
version: "1"
title: Small standard
expected: 70
bands: [{name: Low}, {name: Fair, from: 50}, {name: High, above: 90}]
sections:
  - id: welcome
    title: Welcome
    criteria:
      - {id: greeting, title: Greeting}
      - {id: tone, title: Tone of voice, points: 2, advice: Breathe.}
      - {id: identity, title: Identity check, critical: true, not_applicable: forbidden}
  - id: close
    title: Close
    criteria:
      - {id: level, title: Level, levels: {good: 2, fair: 1, poor: 0}}
      - {id: thanks, title: Thanks}
"""
REVIEWS = {
    "a-high": "id: a-high\nadvisor: Ann\nreviewer: Rob\nratings:\n"
    "  welcome: {greeting: met, tone: met, identity: met}\n  close: {level: good, thanks: met}\n",
    "b-low": "id: b-low\nadvisor: Ben\nratings:\n"
    "  welcome: {greeting: not met, tone: {rating: not met, comment: Rushed}, identity: met}\n"
    "  close: {level: fair, thanks: n/a}\n",
    "c-critical": "id: c-critical\nratings:\n"
    "  welcome: {greeting: met, tone: met, identity: not met}\n"
    "  close: {level: good, thanks: met}\n",
    "d-rests": "id: d-rests\ninteraction: {date: 2016-05-04, channel: phone, reference: '007',"
    " topic: [bins, tax]}\nratings:\n"
    "  welcome: {greeting: n/a, tone: n/a, identity: met}\n  close: {level: poor, thanks: n/a}\n",
    "e-calibration": "id: e-calibration\nstatus: calibration\nratings:\n"
    "  welcome: {greeting: met, tone: met, identity: met}\n  close: {level: good, thanks: met}\n",
    "f-draft": "id: f-draft\nstatus: draft\nratings: {}\n",
    "g-unrated": "id: g-unrated\nratings:\n  welcome: {tone: mett}\n  close: {}\n",
    "h-open": "id: h-open\nratings:\n"
    "  welcome: {greeting: met, tone: not met, identity: met}\n"
    "  close: {level: good, thanks: met}\n"
    "disputes: [{section: welcome, criterion: tone, says: met, because: I did}]\n",
}


def write_batch(folder: Path) -> Path:
    """The reviews as files in a folder, their rubric beside it; gives the folder of reviews."""
    (folder / "small.yaml").write_text(RUBRIC, encoding="utf-8")
    reviews = folder / "reviews"
    reviews.mkdir()
    for name, text in REVIEWS.items():
        (reviews / f"{name}.yaml").write_text("rubric: small@1\n" + text, encoding="utf-8")
    return reviews


def batch(folder: Path, *, lines: bool = True) -> list[Outcome]:
    """The outcomes of the batch."""
    reviews = write_batch(folder)
    return list(Scoring(Job([str(reviews)], rubrics=[str(folder)], lines=lines)).outcomes())


def rendered(
    renderer: BatchRenderer,
    outcomes: Iterable[Outcome],
    warnings: Sequence[Diagnostic] = (),
    by: Sequence[str] = (),
    gates: Gates | None = None,
) -> bytes:
    """What a renderer makes of some outcomes; pieces go through pickle as between processes."""
    outcomes = list(outcomes)
    written = [renderer.begin()]
    for outcome in outcomes:
        piece = pickle.loads(pickle.dumps(renderer.piece(outcome)))  # noqa: S301 - our own
        written.append(renderer.add(piece))
    gates = gates or Gates()
    collected = Job((), by=tuple(by), gates=gates).collected()
    for outcome in outcomes:
        collected.add(outcome)
    collected.diagnostics.noted.append(Noted("", "of the batch", tuple(warnings)))
    verdicts = gates.verdicts(collected.gates, collected.summary)
    conclusion = conclusion_of(collected.summary, verdicts)
    written += renderer.end(Closing(collected, verdicts, conclusion))
    return b"".join(one if isinstance(one, bytes) else one.encode("utf-8") for one in written)


def rendered_text(
    renderer: BatchRenderer,
    outcomes: Iterable[Outcome],
    warnings: Sequence[Diagnostic] = (),
    gates: Gates | None = None,
) -> str:
    """The same as text."""
    return rendered(renderer, outcomes, warnings, gates=gates).decode("utf-8")


def closing(summary: Summary) -> Closing:
    """The end of a run of which only the summary matters."""
    return Closing(Collected(summary=summary))


def summarise(outcomes: Iterable[Outcome]) -> Summary:
    """The summary of some outcomes."""
    summary = Summary()
    for outcome in outcomes:
        summary.add(outcome)
    return summary
