"""What `verify` found: as lines for people, as a document for programs."""

from collections.abc import Iterator

from rich.console import RenderableType

from charter_score.render.text.blocks import Hanging, Parts, heading, spaced, words
from charter_score.render.text.phrases import count
from charter_score.verified import Difference, Finding, Verification
from charter_score.wire.encoding import encode, tool
from charter_score.wire.fairness import VerificationDocument

MOST_DIFFERENCES = 20
"""Fields of one result that are shown; JSON has all."""


def verification_lines(found: Verification) -> Parts:
    """The verdict, then each result that is not the same."""
    notes = []
    if found.without_digest:
        notes.append(
            f"{count(found.without_digest, 'review')} in it without a score, and so without a "
            "digest: taken as recorded."
        )
    if found.without_comments and found.recorded:
        notes.append("The results hold no free text, so none was compared.")
    if not found.summary_compared:
        notes.append("The summary was not compared, since not every result could be.")
    return spaced(
        [
            heading(f"Recomputed: {found.shown}"),
            Hanging(words(_verdict(found))),
        ],
        *(list(_finding(finding)) for finding in found.findings),
        [Hanging(words((note, "faint"))) for note in notes],
    )


def _verdict(found: Verification) -> tuple[str, str]:
    of = count(found.recorded, "result")
    if not found.findings:
        every = "The one result is" if found.recorded == 1 else f"All {of} are"
        if not found.recorded:
            return "There is no result in it; the summary says so too.", "good"
        return f"{every} as the reviews and rubrics give today, and so is the summary.", "good"
    told = f"{found.same} of {of} are as recorded."
    if found.differs:
        return f"{told} It DIFFERS from what the reviews and rubrics give today.", "bad"
    return f"{told} The rest could not be recomputed.", "warn"


def _finding(finding: Finding) -> Iterator[RenderableType]:
    name = f" ({finding.id})" if finding.id and finding.id not in finding.path else ""
    told = f": {finding.told}" if finding.told else ""
    style = "warn" if finding.kind.is_missing else "bad"
    yield Hanging(
        words((finding.kind.value.upper(), style), "  ", (f"{finding.path}{name}", "strong"), told),
        hang=2,
    )
    for difference in finding.differences[:MOST_DIFFERENCES]:
        yield Hanging(words(_difference(difference)), 2, 4)
    more = len(finding.differences) - MOST_DIFFERENCES
    if more > 0:
        yield Hanging(words((f"and {more} more; -f json has all", "faint")), 2, 4)


def _difference(one: Difference) -> str:
    if one.recorded is None:
        return f"{one.field}: differs"
    if one.recomputed is None:
        return f"{one.field}: {one.recorded}"
    return f"{one.field}: recorded {one.recorded}, recomputed {one.recomputed}"


def verification_json(found: Verification) -> str:
    """`charter-score/verification/v1`."""
    document: VerificationDocument = {
        "schema": "charter-score/verification/v1",
        "tool": tool(),
        "results_file": found.shown,
        "verified": not found.findings,
        "recorded": found.recorded,
        "same": found.same,
        "without_digest": found.without_digest,
        "summary_compared": found.summary_compared,
        "without_comments": found.without_comments,
        "findings": [
            {
                "finding": finding.kind.value,
                "path": finding.path,
                "id": finding.id or None,
                "message": finding.told or None,
                "differences": [
                    {
                        "field": one.field,
                        "recorded": one.recorded,
                        "recomputed": one.recomputed,
                    }
                    for one in finding.differences
                ],
            }
            for finding in found.findings
        ],
    }
    return encode(document) + "\n"
