"""Documents that charter-score wrote, known by what they hold."""

from charter_score.mapping import MAPPING_SCHEMA
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


def is_mapping(value: Value) -> bool:
    """Whether a document says that it is the mapping of a table."""
    return isinstance(value, dict) and value.get("schema") == MAPPING_SCHEMA


RUBRIC_SCHEMA = "charter-score/rubric/v1"


def envelope_of(value: Value) -> tuple[tuple[str, ...], Value]:
    """The route to the rubric of a document, and what stands there.

    A rubric stands at the top, or in the envelope in which `rubrics ID -f json` writes it.
    """
    if isinstance(value, dict) and value.get("schema") == RUBRIC_SCHEMA and "rubric" in value:
        return ("rubric",), value["rubric"]
    return (), value


def is_output(value: Value) -> bool:
    """Whether a document among others is an output: ours, or GitLab's list without findings."""
    return value == [] or is_ours(value)


AGREEMENT_SCHEMA = "charter-score/agreement/v1"


def is_agreement(value: Value) -> bool:
    """Whether a document is an agreement as code, which people write."""
    return isinstance(value, dict) and value.get("schema") == AGREEMENT_SCHEMA
