"""Documents that charter-score wrote, known by what they hold."""

from charter_score.scalars import Value


def is_ours(value: Value) -> bool:
    """Whether a document is something that charter-score wrote.

    Results, rubrics, a schema, or GitLab's list of findings.
    """
    if isinstance(value, list):
        return bool(value) and is_ours(value[0])
    if not isinstance(value, dict):
        return False
    if value.keys() >= {"check_name", "fingerprint"}:
        return True
    schema = value.get("schema", value.get("$id"))
    return isinstance(schema, str) and schema.startswith("charter-score/")


def is_output(value: Value) -> bool:
    """Whether a document among others is an output: ours, or GitLab's list without findings."""
    return value == [] or is_ours(value)
