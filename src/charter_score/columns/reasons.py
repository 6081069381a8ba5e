"""Why a review of a frame has no score: codes of diagnostics, and `draft` and `void`."""

REASONS = (
    "unknown-word",
    "single-value",
    "too-many",
    "bad-date",
    "rated-twice",
    "unknown-rating",
    "does-not-apply",
    "na-forbidden",
    "unknown-cause",
    "cause-of-nothing",
    "draft",
    "void",
    "field-required",
    "unrated",
    "comment-missing",
    "nothing-observed",
)
"""In the order in which they are told, since a row tells one."""
