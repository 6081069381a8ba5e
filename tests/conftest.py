"""What every test shares: properties are drawn the same way on every run."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from effort import LONG, examples

settings.register_profile(
    "charter-score",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=examples(100),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("charter-score")

_LONG_TESTS = Path(__file__).parent / "long"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In the long run, leave out what the usual suite does just the same."""
    if LONG:
        left_out = [item for item in items if not _has_more_to_try(item)]
        items[:] = [item for item in items if _has_more_to_try(item)]
        config.hook.pytest_deselected(items=left_out)


def _has_more_to_try(item: pytest.Item) -> bool:
    return (
        item.path.is_relative_to(_LONG_TESTS)
        or item.get_closest_marker("at_length") is not None
        or hasattr(getattr(item, "obj", None), "hypothesis")
    )
