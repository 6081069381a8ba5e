"""Runs the scripts of the browser form without a browser, in the node that playwright brings."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import playwright

from charter_score.filling.web_form import rules_script

_NODE = (
    Path(playwright.__file__).parent
    / "driver"
    / ("node.exe" if sys.platform == "win32" else "node")
)
_FRAME = """
"use strict";
{scripts}
const given = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const answersFrom = (one) => ({{
  final: one.final,
  interaction: new Map(one.interaction),
  ratings: new Map(one.ratings),
  whole: new Map(one.whole),
}});
const result = ((given) => {{ {body} }})(given);
process.stdout.write(JSON.stringify(result));
"""


def run(body: str, given: Any) -> Any:
    """What a function body returns that has the pure scripts before it, and `given` as data."""
    program = _FRAME.format(scripts=rules_script(), body=body)
    done = subprocess.run(
        [_NODE, "-e", program],
        input=json.dumps(given),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
