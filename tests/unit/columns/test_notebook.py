"""The example notebook runs from top to bottom, and finds what it says."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
NOTEBOOK = ROOT / "examples/notebook.ipynb"


def test_the_notebook_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its cells run in order as plain Python; every review is scored, every team has figures."""
    monkeypatch.chdir(ROOT)
    document = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert document["nbformat"] == 4
    names: dict[str, Any] = {}
    for number, cell in enumerate(document["cells"]):
        if cell["cell_type"] == "code":
            assert not cell["outputs"], "outputs are left out, so that nothing in them grows old"
            place = f"{os.fspath(NOTEBOOK)}, cell {number + 1}"
            exec(compile("".join(cell["source"]), place, "exec"), names)  # noqa: S102
    assert names["ready"].height == names["calls"].height == 500
    assert names["by_team"]["len"].sum() == 500
    assert names["means"]["team"].to_list() == ["Council Tax", "Housing", "Parking"]
    assert names["resting"] > 0
