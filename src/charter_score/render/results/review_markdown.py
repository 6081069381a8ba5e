"""The page of one review as Markdown."""

from collections.abc import Iterable, Iterator

from charter_score.render.results.review_page import Remark, ReviewPage
from charter_score.render.text.escaping import escaped, quoted_lines, table_row


def review_markdown(page: ReviewPage, level: int = 1) -> str:
    """The page as one text; `level` is that of its title."""
    return "".join(_parts(page, "#" * level))


def _parts(page: ReviewPage, title: str) -> Iterator[str]:
    yield f"\n{title} {escaped(page.person or page.id)}\n\n"
    about = ([page.id] if page.person else []) + list(page.contact)
    about += [f"reviewed by {page.reviewer}"] if page.reviewer else []
    about += [page.status] if page.status else []
    yield f"{escaped(' · '.join([page.edition, *about]))}\n"
    if page.provisional:
        yield f"\n**Provisional: {escaped(page.provisional)}**\n"
    yield "\n| | Percent | Points | Band |\n| --- | ---: | ---: | --- |\n"
    for name, figures in (("Score", page.score), ("Observed", page.observed)):
        yield table_row((name, figures.percent, figures.points, figures.band))
    expected = [f"Expected: {page.expected}."] if page.expected else []
    if about_it := [*expected, *page.about]:
        yield f"\n{escaped(' '.join(about_it))}\n"
    for heading, text in page.cautions:
        yield f"\n**{escaped(heading)}** {escaped(text)}\n"
    yield "\n| Section | Points | Percent | To know |\n| --- | ---: | ---: | --- |\n"
    for row in page.sections:
        yield table_row((row.title, row.points, row.percent, row.aside))
    under = f"{title}#"
    if page.done_well or page.strengths:
        yield _list(under, "Done well", [*page.done_well, *filter(None, [page.strengths])])
    if page.noted:
        yield _list(under, page.noted_heading, map(_remark, page.noted))
    yield from _needs(page, under)
    for heading, listed in page.without_points:
        yield _list(under, heading, map(_remark, listed))
    if page.not_applicable:
        yield _list(under, page.not_applicable_heading, map(_remark, page.not_applicable))
    for dispute in page.disputes:
        yield f"\n{under} Dispute ({escaped(dispute.outcome)})\n\n{escaped(dispute.about)}\n"
        if dispute.because:
            yield f"\n{quoted_lines(dispute.because)}"
        yield from (f"\n{escaped(text)}\n" for text in dispute.more)
    if page.notes:
        yield f"\n{under} Notes\n\n{quoted_lines(page.notes)}"
    if page.agreed:
        agreed = (f"{one.what} ({one.who})" if one.who else one.what for one in page.agreed)
        yield _list(under, "Agreed", agreed)
    if page.advisor_comment:
        yield f"\n{under} The advisor's words\n\n{quoted_lines(page.advisor_comment)}"
    yield f"\n{escaped(page.challenge)}\n"
    if page.acknowledged:
        yield f"\nSeen by the advisor: {escaped(page.acknowledged)}\n"
    if page.left_out:
        yield f"\n{escaped(page.left_out)}\n"
    yield f"\n{escaped(page.picture)} {escaped(page.rubric.name)}\n"


def _needs(page: ReviewPage, under: str) -> Iterator[str]:
    yield f"\n{under} {escaped(page.needs_heading)}\n\n"
    if page.no_needs:
        yield f"{escaped(page.no_needs)}\n"
    for need in page.needs:
        marks = [mark for mark, is_so in _marks(need.critical, need.disputed) if is_so]
        aside = [part for part in (need.cost, need.evidence) if part]
        yield f"- **{escaped(need.title)}**{_aside([*marks, *aside])}\n"
        for label, text in need.said:
            yield f"  - {label}: {escaped(text)}\n"
    if page.could_be_better:
        yield _list(f"{under}#", "Could be better", page.could_be_better)
    if page.next_band:
        yield f"\n**Next band:** {escaped(page.next_band)}\n"


def _marks(critical: bool, disputed: bool) -> Iterable[tuple[str, bool]]:  # noqa: FBT001
    return (("critical", critical), ("disputed", disputed))


def _aside(parts: list[str]) -> str:
    return f" ({escaped(', '.join(parts))})" if parts else ""


def _list(under: str, heading: str, texts: Iterable[str]) -> str:
    return f"\n{under} {escaped(heading)}\n\n" + "".join(f"- {escaped(text)}\n" for text in texts)


def _remark(one: Remark) -> str:
    text = f"{one.title}: {one.text}" if one.text else one.title
    return f"{text} ({one.evidence})" if one.evidence else text
