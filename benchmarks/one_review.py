"""What one review costs inside the process, stage by stage, against libyaml's own event loop.

    python benchmarks/one_review.py [ROUNDS]

The floor is reading the file and running `CParser(text).get_event()` to the end of the stream; the
ratio is the median over rounds in which floor and stages alternate.
"""

import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from statistics import median

import yaml

from charter_score.library import load_rubric
from charter_score.outcome import Scored
from charter_score.review import Review
from charter_score.source.files import read_bytes
from charter_score.source.validation import validate
from charter_score.source.yaml_reader import parse_yaml
from charter_score.wire import encoding as wire

ROOT = Path(__file__).resolve().parent.parent
REVIEW = ROOT / "examples/plymouth/needs.yaml"
RUBRIC = ROOT / "rubrics/plymouth-quality-monitoring.yaml"
REPEAT = 50


def _events(text: str) -> None:
    parser = yaml.cyaml.CParser(text)
    while not isinstance(parser.get_event(), yaml.StreamEndEvent):
        pass


def main() -> None:
    """Time each stage and print microseconds and ratios."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    data = REVIEW.read_bytes()
    text = data.decode()
    value = parse_yaml(text, "review.yaml", note_places=False).value
    review, _ = validate(Review, value)
    loaded = load_rubric(RUBRIC)
    if review is None:
        raise SystemExit("the example is not right")
    result = loaded.scorer.score(review)
    scored = Scored("review.yaml", "id", sha256(data).hexdigest(), loaded.sha256, result)
    writer = wire.ResultWriter()
    stages: dict[str, Callable[[], object]] = {
        "floor: read + libyaml events": lambda: _events(read_bytes(REVIEW, "r").decode()),
        "read the file": lambda: read_bytes(REVIEW, "r"),
        "YAML to values": lambda: parse_yaml(text, "r", note_places=False),
        "values to review": lambda: validate(Review, value),
        "check against the rubric": lambda: loaded.linter.problems(review),
        "score": lambda: loaded.scorer.score(review),
        "result to JSON line": lambda: writer.result(scored),
    }
    took: dict[str, list[float]] = {name: [] for name in stages}
    for _ in range(rounds):
        for name, stage in stages.items():
            begin = time.perf_counter()
            for _ in range(REPEAT):
                stage()
            took[name].append((time.perf_counter() - begin) / REPEAT)
    floor = took["floor: read + libyaml events"]
    print(f"{'stage':30} {'µs':>8} {'x floor':>8}")
    for name, times in took.items():
        ratio = median(one / base for one, base in zip(times, floor, strict=True))
        print(f"{name:30} {median(times) * 1e6:8.1f} {ratio:8.2f}")


if __name__ == "__main__":
    main()
