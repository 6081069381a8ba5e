"""charter-score: reviews of customer service scored against a rubric, exactly and honestly."""

__version__ = "0.1.0"
