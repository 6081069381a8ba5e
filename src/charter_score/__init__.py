"""charter-score: reviews of customer service scored against a rubric, exactly and honestly.

The names in `__all__` are what a Python program may rely on; docs/api.md shows how they go
together. Each is loaded when it is first used, so importing the package costs next to nothing.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from charter_score.api import (
        ScoredTable,
        load_review,
        load_rubric,
        score,
        score_frame,
        score_paths,
        score_table,
        to_json,
    )
    from charter_score.diagnostics import Diagnostic, Location, Severity
    from charter_score.errors import CharterScoreError, DocumentError, UsageError
    from charter_score.outcome import Failed, Outcome, Scored, Skipped
    from charter_score.rating import Policy, Rating
    from charter_score.result import (
        CriterionResult,
        Need,
        NextBand,
        Observed,
        Outlook,
        ReviewResult,
        Score,
        SectionResult,
    )
    from charter_score.review import Action, Dispute, DisputeOutcome, Rated, Review, Status
    from charter_score.rubric import (
        Band,
        Combine,
        CommentRule,
        Criterion,
        FieldRule,
        OnCritical,
        Permission,
        Rubric,
        Section,
    )

__all__ = [
    "Action",
    "Band",
    "CharterScoreError",
    "Combine",
    "CommentRule",
    "Criterion",
    "CriterionResult",
    "Diagnostic",
    "Dispute",
    "DisputeOutcome",
    "DocumentError",
    "Failed",
    "FieldRule",
    "Location",
    "Need",
    "NextBand",
    "Observed",
    "OnCritical",
    "Outcome",
    "Outlook",
    "Permission",
    "Policy",
    "Rated",
    "Rating",
    "Review",
    "ReviewResult",
    "Rubric",
    "Score",
    "Scored",
    "ScoredTable",
    "Section",
    "SectionResult",
    "Severity",
    "Skipped",
    "Status",
    "UsageError",
    "__version__",
    "load_review",
    "load_rubric",
    "score",
    "score_frame",
    "score_paths",
    "score_table",
    "to_json",
]

_MODULES = {
    "api": (
        *("ScoredTable", "load_review", "load_rubric", "score", "score_frame"),
        *("score_paths", "score_table", "to_json"),
    ),
    "diagnostics": ("Diagnostic", "Location", "Severity"),
    "errors": ("CharterScoreError", "DocumentError", "UsageError"),
    "outcome": ("Failed", "Outcome", "Scored", "Skipped"),
    "rating": ("Policy", "Rating"),
    "result": (
        *("CriterionResult", "Need", "NextBand", "Observed", "Outlook"),
        *("ReviewResult", "Score", "SectionResult"),
    ),
    "review": ("Action", "Dispute", "DisputeOutcome", "Rated", "Review", "Status"),
    "rubric": (
        *("Band", "Combine", "CommentRule", "Criterion", "FieldRule"),
        *("OnCritical", "Permission", "Rubric", "Section"),
    ),
}
"""The module of each name. The imports above say the same to type checkers and editors."""


def __getattr__(name: str) -> object:
    """A public name, loaded now that it is used (PEP 562)."""
    from importlib import import_module

    for module, names in _MODULES.items():
        if name in names:
            value: object = getattr(import_module(f"{__name__}.{module}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names, loaded or not, beside what there is already."""
    return sorted({*globals(), *__all__})
