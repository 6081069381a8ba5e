"""A report as JSON: every table of it with named values, and what is said of them."""

from typing import Any

from charter_score.render.report.cells import document
from charter_score.report.model import Block, Part, Report, Table
from charter_score.wire.encoding import encode, tool
from charter_score.wire.report import REPORT_SCHEMA, ReportDocument


def report_document(report: Report) -> ReportDocument:
    """The report as the published document."""
    return {
        "schema": REPORT_SCHEMA,
        "tool": tool(),
        "title": report.title,
        "since": report.since or None,
        "until": report.until or None,
        "reviews": report.reviews,
        "scope": list(report.scope),
        "rubrics": [_part(part) for part in report.parts],
        "method": list(report.method),
    }


def report_json(report: Report) -> str:
    """The report as a JSON text."""
    return encode(report_document(report)) + "\n"


def _part(part: Part) -> Any:
    return {
        "id": part.rubric.id,
        "version": part.rubric.version,
        "title": part.rubric.title,
        "reviews": part.reviews,
        "blocks": [_block(block) for block in part.blocks],
    }


def _block(block: Block) -> Any:
    return {
        "id": block.id,
        "title": block.title,
        "reviews": block.reviews,
        "says": list(block.sentences),
        "quotes": [{"about": about, "texts": list(texts)} for about, texts in block.quotes],
        "tables": [_table(table) for table in block.tables],
    }


def _table(table: Table) -> Any:
    return {
        "id": table.id,
        "title": table.title,
        "columns": [
            {"id": column.id, "title": column.title, "kind": column.kind.value}
            for column in table.columns
        ],
        "rows": [
            {
                column.id: document(value, column, table.bounds)
                for column, value in zip(table.columns, row, strict=True)
            }
            for row in table.rows
        ],
    }
