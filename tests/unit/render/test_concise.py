"""Many reviews at a glance: what the lines below the summary say."""

from charter_score.outcome import Skipped
from charter_score.render.batch import Closing
from charter_score.render.concise import Concise
from charter_score.render.terminal import plain
from charter_score.summary import Summary


def skipped_part(number: int) -> list[str]:
    """What concise says of this many drafts."""
    concise = Concise(80, plain, names=False)
    for index in range(number):
        concise.add(concise.piece(Skipped(f"{index}.yaml", str(index), "draft")))
    text = "".join(concise.end(Closing(Summary(), [])))
    return text.partition("Skipped\n")[2].splitlines()


def test_few_drafts_are_named() -> None:
    """Up to five drafts are listed, and nothing is said of more."""
    assert skipped_part(5) == [f"  {index}.yaml draft" for index in range(5)]


def test_many_drafts_do_not_bury_the_summary() -> None:
    """Of hundreds of drafts five are listed, and the others counted."""
    assert skipped_part(300) == [
        *(f"  {index}.yaml draft" for index in range(5)),
        "  and 295 more",
    ]
