"""A report as Markdown: the same sentences and tables, without pictures."""

from collections.abc import Iterator

from charter_score import __version__
from charter_score.render.report.cells import NUMERIC, text
from charter_score.render.text.escaping import escaped, quoted_lines, table_row
from charter_score.report.model import Block, Report, Table
from charter_score.report.team import PERSON_DECIDES


def report_markdown(report: Report) -> str:
    """The report as one text."""
    return "".join(_parts(report))


def _parts(report: Report) -> Iterator[str]:
    yield f"# {escaped(report.title)}\n\n"
    yield "".join(f"{escaped(told)}\n" for told in report.scope)
    yield f"\n**{escaped(PERSON_DECIDES)}**\n"
    for part in report.parts:
        yield f"\n## {escaped(part.standard)}\n\n{escaped(part.about)}\n"
        for block in part.blocks:
            yield from _block(block)
    yield "\n## How every figure came about\n\n"
    yield "".join(f"- {escaped(told)}\n" for told in report.method)
    yield f"\nMade with charter-score {escaped(__version__)}.\n"


def _block(block: Block) -> Iterator[str]:
    number = f" ({block.reviews:,} reviews)" if block.reviews else ""
    yield f"\n### {escaped(block.title + number)}\n"
    if block.sentences:
        yield "\n" + "".join(f"{escaped(told)}\n" for told in block.sentences)
    for about, texts in block.quotes:
        yield f"\n{escaped(about)}\n" + "".join(f"\n{quoted_lines(said)}" for said in texts)
    for table in block.tables:
        yield from _table(table, alone=len(block.tables) == 1)


def _table(table: Table, *, alone: bool) -> Iterator[str]:
    if not alone:
        yield f"\n**{escaped(table.title)}**\n"
    yield "\n" + table_row(column.title for column in table.columns)
    marks = ["---:" if column.kind in NUMERIC else "---" for column in table.columns]
    yield f"| {' | '.join(marks)} |\n"
    for row in table.rows:
        cells = zip(row, table.columns, strict=True)
        yield table_row(text(value, column, table.bounds) for value, column in cells)
