"""The wait at the keyboard: CPU time of whole processes, in one run.

    python benchmarks/startup.py [ROUNDS]

Every round runs each command once, so that a busy moment of the machine falls on all of them. The
ratios printed are the medians of the rounds' ratios: to `python -c pass`, and to the floor, which
is what the libraries cost that the program is made of: typer reads one parameter, PyYAML is there,
pydantic builds strict frozen models with as many fields as ours, and rich prints one table (or
nothing, for JSON). The review lies in a folder of its own, as a reviewer's does. Bytecode is
compiled first. yamllint and check-jsonschema (extra `bench`) check the same file as peers.
"""

import compileall
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from subprocess import DEVNULL

import charter_score
from charter_score.review import Action, Dispute, Rated, Review
from charter_score.rubric import Band, Criterion, FieldRule, Rubric, Section

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples/plymouth/needs.yaml"
REVIEW = "review.yaml"
PYTHON = sys.executable


FLOOR = """
from typing import Annotated, Optional
import typer
import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
Text = Annotated[str, StringConstraints(pattern=r"\\S")]
{models}
app = typer.Typer(rich_markup_mode=None)
@app.command()
def main(word: str) -> None:
    {shown}
app()
"""
MODEL = """
class {name}(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")
{fields}
"""
TABLE = """from rich.console import Console
    from rich.table import Table
    table = Table()
    table.add_column("a")
    table.add_row(word)
    Console().print(table)"""


def floor(shown: str) -> str:
    """A program that loads the same libraries, with models of as many fields as ours."""
    models = [Band, Criterion, Section, FieldRule, Rubric, Rated, Action, Dispute, Review]
    written = [
        MODEL.format(
            name=model.__name__,
            fields="\n".join(
                f'    f{number}: Optional[Text] = Field(default=None, description="A field.")'
                for number, _ in enumerate(model.model_fields)
            ),
        )
        for model in models
    ]
    return FLOOR.format(models="".join(written), shown=shown)


def commands() -> dict[str, list[str]]:
    """What is timed: `python -c pass` first, then the floors."""
    beside = Path(PYTHON).parent
    score = str(beside / "score")
    found = {
        "python -c pass": [PYTHON, "-c", "pass"],
        "the floor": [PYTHON, "-c", floor(TABLE), "word"],
        "the floor without rich": [PYTHON, "-c", floor("print(word)"), "word"],
        "python -c 'import yaml'": [PYTHON, "-c", "import yaml"],
        "score review.yaml": [score, REVIEW],
        "score review.yaml -f json": [score, REVIEW, "-f", "json"],
        "charter-score check": [str(beside / "charter-score"), "check", REVIEW],
    }
    if yamllint := shutil.which("yamllint", path=str(beside)):
        found["yamllint (peer)"] = [yamllint, REVIEW]
    if checker := shutil.which("check-jsonschema", path=str(beside)):
        schema = str(ROOT / "schemas/review-v1.schema.json")
        found["check-jsonschema (peer)"] = [checker, "--schemafile", schema, REVIEW]
    return found


def cpu_seconds(command: list[str], folder: str) -> float:
    """The processor time that one run of a command takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=False, stdout=DEVNULL, stderr=DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Time every command and print milliseconds and ratios."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    compileall.compile_dir(str(Path(charter_score.__file__).parent), quiet=1)
    timed = commands()
    took: dict[str, list[float]] = {name: [] for name in timed}
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(EXAMPLE, Path(folder) / REVIEW)
        for number in range(rounds + 1):
            for name, command in timed.items():
                seconds = cpu_seconds(command, folder)
                if number:  # the first round warms the caches
                    took[name].append(seconds)
    print(f"{'process':28} {'CPU ms':>8} {'x pass':>8} {'x floor':>8}   ({rounds} rounds)")
    for name, times in took.items():
        floor_of = "the floor without rich" if "json" in name else "the floor"
        ratios = [
            median(one / base for one, base in zip(times, took[of], strict=True))
            for of in ("python -c pass", floor_of)
        ]
        print(f"{name:28} {median(times) * 1000:8.1f} {ratios[0]:8.1f} {ratios[1]:8.2f}")


if __name__ == "__main__":
    main()
