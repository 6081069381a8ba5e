"""A sample: on a terminal, and as the record from which anybody can draw it again."""

import json
from collections.abc import Iterator

from rich.console import RenderableType

from charter_score import __version__
from charter_score.diagnostics import joined
from charter_score.forms.yaml_scalars import key_scalar, quoted
from charter_score.render.results.overview import lettered
from charter_score.render.text.blocks import Hanging, Parts, heading, item, spaced, words
from charter_score.render.text.phrases import count
from charter_score.samples.drawing import ADVISOR, Drawn, Group, Request, Sample
from charter_score.samples.record import SAMPLE_SCHEMA, SampledContact, SampledList, SampleRecord

HOW = "docs/fairness.md says how to draw the same with sha256sum."


def asked_for(request: Request) -> str:
    """What was asked for, in words."""
    if request.per_advisor is not None:
        told = f"{count(request.per_advisor, 'contact')} of each advisor"
    else:
        told = f"{count(request.number or 0, 'contact')} in all"
    if request.strata:
        told += f", shared among {joined(request.strata)} as the list has them"
    if request.shortfalls:
        told += ", and targeted extras"
    return told


def how_drawn(drawn: Drawn) -> str:
    """How a contact was drawn: where its ticket stood, and among which."""
    among = [f"of {drawn.group}"] if drawn.group else []
    if drawn.shortfall is not None:
        below, of = drawn.shortfall
        return (
            f"the next lowest ticket, {drawn.place} of {drawn.of}, because {below} of the last "
            f"{of} reviews fell short"
        )
    among += [f"with {' and '.join(drawn.stratum)}"] if drawn.stratum else []
    return f"ticket {drawn.place} of {drawn.of}{''.join(f' {one}' for one in among)}"


def sample_lines(sample: Sample, name: str, *, names: bool) -> Parts:
    """What was drawn, group by group; advisors by name only where names are wanted."""
    drawn = list(sample.drawn)
    targeted = sum(one.is_targeted for one in drawn)
    found = f"{len(drawn)} of {count(sample.contacts, 'contact')} drawn"
    if targeted:
        found += f", {targeted} of them targeted"
    return spaced(
        [heading(f"To review next, from {name}"), Hanging(words(f"{found}."))],
        *(
            list(_group(group, _label(group, number, sample, names=names)))
            for number, group in enumerate(sample.groups)
        ),
        [
            Hanging(words((f"Asked: {asked_for(sample.request)}.", "faint"))),
            Hanging(words((f"Phrase: {sample.request.phrase}", "faint"))),
            Hanging(words((f"Digest of the list: {sample.digest}", "faint")), hang=2),
            Hanging(words((HOW, "faint"))),
        ],
    )


def _label(group: Group, number: int, sample: Sample, *, names: bool) -> str:
    if sample.request.per_advisor is None:
        return "Drawn"
    if not group.name:
        return "Without an advisor"
    return group.name if names else f"Advisor {lettered(number)}"


def _group(group: Group, label: str) -> Iterator[RenderableType]:
    short = ""
    if group.contacts < group.wanted:
        short = f": all of the {group.contacts} there are, {group.wanted} were asked for"
    yield heading(f"{label}{short}")
    for one in (*group.drawn, *group.extras):
        about = [one.contact.field(name) for name in ("date", "time", "channel", "length")]
        told = ", ".join(text for text in about if text)
        targeted = (" targeted", "warn") if one.is_targeted else ""
        yield item(words((one.contact.reference, "strong"), f" ({told})" if told else "", targeted))


# The record.


def record_of(sample: Sample, name: str) -> SampleRecord:
    """The record of a sample drawn from a list of this name."""
    return SampleRecord(
        schema_=SAMPLE_SCHEMA,
        tool=f"charter-score {__version__}",
        list_=SampledList(name=name, contacts=str(sample.contacts), digest=sample.digest),
        phrase=sample.request.phrase,
        asked=asked_for(sample.request),
        contacts=tuple(
            SampledContact(
                reference=one.contact.reference,
                selection="targeted" if one.is_targeted else "random",
                ticket=one.ticket,
                drawn=how_drawn(one),
                advisor=one.contact.field(ADVISOR) or None,
                fields={
                    key: text for key, text in one.contact.fields.items() if text and key != ADVISOR
                },
            )
            for one in sample.drawn
        ),
    )


def record_json(record: SampleRecord) -> str:
    """The record as JSON."""
    document = record.model_dump(mode="json", by_alias=True, exclude_none=True)
    return json.dumps(document, ensure_ascii=True, allow_nan=False, indent=1) + "\n"


def record_yaml(record: SampleRecord) -> str:
    """The record as YAML, every text in quotes so that it stays as it is."""
    lines = [
        "# Which contacts to review next, and how they were drawn.",
        f"# {HOW}",
        f"schema: {record.schema_}",
        f"tool: {quoted(record.tool)}",
        "list:",
        f"  name: {quoted(record.list_.name)}",
        f"  contacts: {record.list_.contacts}",
        f"  digest: {quoted(record.list_.digest)}",
        f"phrase: {quoted(record.phrase)}",
        f"asked: {quoted(record.asked)}",
        "contacts:" if record.contacts else "contacts: []",
    ]
    for one in record.contacts:
        lines += [
            f"  - reference: {quoted(one.reference)}",
            f"    selection: {one.selection}",
            f"    ticket: {quoted(one.ticket)}",
            f"    drawn: {quoted(one.drawn)}",
        ]
        if one.advisor is not None:
            lines.append(f"    advisor: {quoted(one.advisor)}")
        if one.fields:
            lines.append("    fields:")
            lines += [
                f"      {key_scalar(key)}: {quoted(text)}" for key, text in one.fields.items()
            ]
    return "\n".join(lines) + "\n"
