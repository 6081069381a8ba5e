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
    """Leave out what only the long run tries; in it, what the usual suite does just the same."""
    is_wanted = _has_more_to_try if LONG else _is_usual
    left_out = [item for item in items if not is_wanted(item)]
    if left_out:
        items[:] = [item for item in items if is_wanted(item)]
        config.hook.pytest_deselected(items=left_out)


def _is_usual(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("at_length")
    return marker is None or not marker.kwargs.get("only", False)


def _has_more_to_try(item: pytest.Item) -> bool:
    return (
        item.path.is_relative_to(_LONG_TESTS)
        or item.get_closest_marker("at_length") is not None
        or hasattr(getattr(item, "obj", None), "hypothesis")
    )
