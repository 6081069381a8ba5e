"""Checks that a model alone cannot make. They speak in routes; the document knows the lines.

Errors keep a document from being scored, warnings do not.
"""

from charter_score.linting.review_checks import ReviewLinter, review_problems
from charter_score.linting.rubric_checks import rubric_problems

__all__ = ["ReviewLinter", "review_problems", "rubric_problems"]
