"""What every test shares: properties are drawn the same way on every run."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "charter-score",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("charter-score")
