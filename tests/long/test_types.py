"""The type checker holds what writes JSON to the published documents."""

import ast
import re
import shutil
from pathlib import Path

from mypy import api

ROOT = Path(__file__).parents[2]
DOCUMENTS = Path("charter_score/wire/documents.py")


def renamed(source: str) -> tuple[str, dict[str, str]]:
    """The module with a field of every document renamed, and the field by the document's name."""
    lines = source.splitlines()
    fields = {}
    for item in ast.parse(source).body:
        if isinstance(item, ast.ClassDef):
            field = next(one for one in item.body if isinstance(one, ast.AnnAssign))
            assert isinstance(field.target, ast.Name)
            fields[item.name] = field.target.id
            line = field.lineno - 1
            lines[line] = lines[line].replace(field.target.id, f"{field.target.id}_renamed", 1)
    return "\n".join(lines) + "\n", fields


def test_a_renamed_field_is_an_error_of_types(tmp_path: Path) -> None:
    """Whichever document's field is renamed, the type checker names what still writes the old."""
    shutil.copytree(ROOT / "src", tmp_path / "src")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    module = tmp_path / "src" / DOCUMENTS
    source, fields = renamed(module.read_text(encoding="utf-8"))
    module.write_text(source, encoding="utf-8")
    out, _, code = api.run(
        [
            *("--config-file", str(tmp_path / "pyproject.toml"), "--no-incremental"),
            *("--cache-dir", str(tmp_path / "cache"), str(tmp_path / "src" / "charter_score")),
        ]
    )
    assert code == 1
    named = set(re.findall(r'TypedDict "(\w+)"', out))
    assert named >= set(fields), out
