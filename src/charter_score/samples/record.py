"""The record of a sample: what was drawn from which list, and how, to draw it again."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from charter_score.field_types import FROM_LIST, READ_ONLY, AnyText, Model, ReadOnly, Text

SAMPLE_SCHEMA: Final = "charter-score/sample/v1"


class SampledList(Model):
    """The list that was drawn from."""

    name: Text = Field(description="What its file was called.")
    contacts: AnyText = Field(description="How many contacts stood in it.")
    digest: Text = Field(description="SHA-256 of its references, sorted, a line feed behind each.")


class SampledContact(Model):
    """One contact that was drawn: how, and what the list says of it."""

    reference: AnyText = Field(description="Its reference.")
    selection: Literal["random", "targeted"] = Field(description="How it was chosen.")
    ticket: Text = Field(description="SHA-256 of digest, phrase, reference, a line feed each.")
    drawn: Text = Field(description="In words: where its ticket stood, and among which.")
    advisor: AnyText | None = Field(default=None, description="Whose contact it was.")
    fields: Annotated[Mapping[str, AnyText], READ_ONLY] = Field(
        default_factory=ReadOnly, description="What else the list says of it, by heading."
    )


class SampleRecord(Model):
    """A sample as a document, `charter-score/sample/v1`."""

    schema_: Literal["charter-score/sample/v1"] = Field(description="What this document is.")
    tool: AnyText = Field(description="What drew it.")
    list_: SampledList = Field(description="The list that was drawn from.")
    phrase: AnyText = Field(description="The phrase, fixed before the list was known.")
    asked: Text = Field(description="What was asked for, in words.")
    contacts: Annotated[tuple[SampledContact, ...], FROM_LIST] = Field(
        description="What was drawn."
    )
