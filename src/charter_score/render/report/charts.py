"""The pictures of a report as SVG: still, searchable, told apart by lightness and shape.

Each is a Vega-Lite specification, plain data that vl-convert (the extra `charts`) draws; without it
a page stands with its tables. Of what it draws only shapes and text are taken over.
"""

import json
import re
from functools import lru_cache
from types import ModuleType
from typing import Any
from xml.etree import ElementTree as ET

from charter_score.render.text.hostile import visible
from charter_score.report.model import Bands, Dots, Funnel, Heat, Picture, Trend
from charter_score.report.wording import percent_number
from charter_score.stats.funnel import Standing

WIDTH = 470
"""Units of a picture: about as many as a phone has, so that its text stays readable there."""
MOST_DOTS = 400
"""Dots of a picture; of more reviews each dot stands for several."""
_INK, _SOFT, _BLUE, _PALE, _LINE = "#16202a", "#51606d", "#2f6288", "#dfe9f0", "#c3ccd4"
_LIGHTEST, _DARKEST = (0xD5, 0xE1, 0xEA), (0x1D, 0x45, 0x63)
_CONFIG = {
    "background": None,
    "font": "Arial, Helvetica, Liberation Sans, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": _SOFT, "titleColor": _SOFT, "titleFontWeight": "normal",
        "gridColor": "#e8edf1", "domainColor": _LINE, "tickColor": _LINE, "labelFontSize": 11,
        "titleFontSize": 11, "labelLimit": 150,
    },
    "legend": {
        "orient": "top", "title": None, "labelFontSize": 11, "labelColor": _INK, "labelLimit": 200,
        "direction": "horizontal", "columns": 2,
    },
    "text": {"fontSize": 11, "color": _INK},
    "line": {"color": _BLUE, "strokeWidth": 2},
    "point": {"color": _BLUE, "filled": True, "size": 50, "opacity": 1},
}  # fmt: skip
_TAGS = frozenset(["svg", "g", "path", "line", "rect", "text", "tspan", "circle"])
_ATTRIBUTES = frozenset(
    [
        *("d", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "cx", "cy", "r", "transform"),
        *("fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity"),
        *("opacity", "font-size", "font-family", "font-weight", "text-anchor", "viewBox", "dy"),
        *("dx", "stroke-miterlimit", "stroke-linecap", "stroke-linejoin"),
    ]
)


@lru_cache(maxsize=1)
def _library() -> ModuleType | None:
    try:
        import vl_convert
    except ImportError:
        return None
    module: ModuleType = vl_convert
    return module


def can_draw() -> bool:
    """Whether the extra is installed."""
    return _library() is not None


def drawn(picture: Picture, description: str) -> str | None:
    """A picture as SVG with its description; None without the extra, or of a heat table."""
    library = _library()
    if library is None or isinstance(picture, Heat):
        return None
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": _CONFIG,
        **_specification(picture),
    }
    return _inert(library.vegalite_to_svg(spec), description)


def _specification(picture: Trend | Funnel | Bands | Dots) -> dict[str, Any]:
    match picture:
        case Trend():
            return _trend(picture)
        case Funnel():
            return _funnel(picture)
        case Bands():
            return _bands(picture)
        case Dots():
            return _dots(picture)


def _inert(svg: str, description: str) -> str:
    """The shapes and texts of an SVG, and nothing else of it, under the description as its name."""
    ET.register_namespace("", "http://www.w3.org/2000/svg")
    root = ET.fromstring(svg)  # noqa: S314 - the library's own output; its texts are escaped
    _strip(root)
    root.set("role", "img")
    root.set("aria-label", visible(" ".join(description.split())))
    root.attrib.pop("width", None)
    root.attrib.pop("height", None)
    text = ET.tostring(root, encoding="unicode")
    return text.replace(' xmlns="http://www.w3.org/2000/svg"', "", 1)


def _strip(element: ET.Element) -> None:
    element.tag = re.sub(r"^\{[^}]*\}", "", element.tag)
    for name in [name for name in element.attrib if name not in _ATTRIBUTES]:
        del element.attrib[name]
    for child in list(element):
        if re.sub(r"^\{[^}]*\}", "", str(child.tag)) in _TAGS:
            _strip(child)
        else:
            element.remove(child)


def _label(text: str) -> str:
    return visible(" ".join(text.split()))


# ── Specifications ────────────────────────────────────────────────────────────────────────────────


def _rule(
    value: float, dash: list[int], color: str, label: str, drop: int = 0
) -> list[dict[str, Any]]:
    """A line across the picture with a word at its end, which may stand lower or higher."""
    data = {"values": [{"y": value, "label": label}]}
    y = {"field": "y", "type": "quantitative"}
    return [
        {
            "data": data,
            "mark": {"type": "rule", "strokeDash": dash, "color": color},
            "encoding": {"y": y},
        },
        {
            "data": data,
            "mark": {
                "type": "text",
                "align": "left",
                "dx": 4,
                "dy": drop,
                "color": _SOFT,
                "fontSize": 10,
            },
            "encoding": {"y": y, "x": {"value": "width"}, "text": {"field": "label"}},
        },
    ]


def _drop(picture: Trend) -> int:
    """How far the words of two lines give way to each other: the lower line's word stands lower."""
    mean, expected = picture.chart.mean, picture.expected
    if mean is None or expected is None:
        return 0
    return 6 if mean < expected else -6


def _trend(picture: Trend) -> dict[str, Any]:
    chart = picture.chart
    outside = {place for one in chart.signals if not one.is_run for place in one.places}
    values: list[dict[str, Any]] = [
        {
            "place": place,
            "percent": percent_number(value),
            "text": f"{percent_number(value):.0f}",
            "outside": place in outside,
        }
        for place, value in enumerate(chart.values)
    ]
    shown: list[float] = [row["percent"] for row in values]
    x = {
        "field": "place", "type": "ordinal", "title": None,
        # Two points may have one label, so a point has a place, and the label is looked up.
        "axis": {
            "labelExpr": f"{json.dumps(picture.labels)}[datum.value]",
            "labelAngle": 0 if len(values) <= 8 else -45, "labelOverlap": "greedy",
        },
    }  # fmt: skip
    layers: list[dict[str, Any]] = []
    if chart.limits is not None and chart.mean is not None:
        low = max(0.0, percent_number(chart.limits.low))
        high = min(100.0, percent_number(chart.limits.high))
        shown += [low, high]
        layers.append(
            {
                "data": {"values": [{"low": low, "high": high}]},
                "mark": {"type": "rect", "color": _PALE},
                "encoding": {
                    "y": {"field": "low", "type": "quantitative"}, "y2": {"field": "high"},
                },
            }
        )  # fmt: skip
        layers += _rule(percent_number(chart.mean), [4, 3], _SOFT, "mean", _drop(picture))
    if picture.expected is not None:
        expected = percent_number(picture.expected)
        shown.append(expected)
        layers += _rule(expected, [1, 3], _INK, "expected", -_drop(picture))
    domain = [max(0, min(shown) - 5), min(100, max(shown) + 5)]
    y = {
        "field": "percent", "type": "quantitative", "title": "percent",
        "scale": {"domain": domain, "zero": False, "nice": False},
    }  # fmt: skip
    data = {"values": values}
    layers += [
        {"data": data, "mark": {"type": "line"}, "encoding": {"x": x, "y": y}},
        {
            "data": data,
            "mark": {"type": "point", "filled": True},
            "encoding": {
                "x": x,
                "y": y,
                "shape": {
                    "condition": {"test": "datum.outside", "value": "diamond"}, "value": "circle",
                },
                "size": {"condition": {"test": "datum.outside", "value": 160}, "value": 50},
                "color": {"condition": {"test": "datum.outside", "value": _INK}, "value": _BLUE},
            },
        },
    ]  # fmt: skip
    if len(values) <= 12:
        layers.append(
            {
                "data": data,
                "mark": {"type": "text", "dy": -11},
                "encoding": {"x": x, "y": y, "text": {"field": "text"}},
            }
        )
    return {"height": 190, "layer": layers}


def _funnel(picture: Funnel) -> dict[str, Any]:
    x = {"field": "n", "type": "quantitative", "title": "reviews", "scale": {"zero": False}}
    edges: list[dict[str, Any]] = [
        {"n": edge.number, "y": round(share * 100, 2), "edge": name}
        for edge in picture.edges
        for name, share in (
            ("low_998", edge.low_998),
            ("low_95", edge.low_95),
            ("high_95", edge.high_95),
            ("high_998", edge.high_998),
        )
    ]
    points: list[dict[str, Any]] = [
        {
            "n": point.met.n,
            "y": round(100 * point.met.k / point.met.n, 2),
            "label": _label(point.label) if point.label else "",
            "outside": point.standing is not Standing.AS_EXPECTED,
        }
        for point in picture.points
    ]
    lowest = min(row["y"] for row in [*edges, *points])
    y = {
        "field": "y", "type": "quantitative", "title": "% at or above expected",
        "scale": {"domain": [max(0, lowest - 5), 100], "nice": False, "zero": False},
    }  # fmt: skip
    is_wide = {"field": "edge", "type": "nominal", "legend": None}
    data = {"values": points}
    shape = {"condition": {"test": "datum.outside", "value": "diamond"}, "value": "circle"}
    return {
        "height": 230,
        "layer": [
            {
                "data": {"values": edges},
                "mark": {"type": "line", "color": _SOFT, "strokeWidth": 1},
                "encoding": {
                    "x": x,
                    "y": y,
                    "detail": is_wide,
                    "strokeDash": {
                        "condition": {"test": "indexof(datum.edge, '998') >= 0", "value": [2, 3]},
                        "value": [1, 0],
                    },
                },
            },
            *_rule(percent_number(picture.share), [4, 3], _INK, "the whole"),
            {
                "data": data,
                "mark": {"type": "point", "filled": True},
                "encoding": {
                    "x": x,
                    "y": y,
                    "shape": shape,
                    "size": {"condition": {"test": "datum.outside", "value": 130}, "value": 60},
                    "color": {
                        "condition": {"test": "datum.outside", "value": _INK}, "value": _BLUE,
                    },
                },
            },
            {
                "data": data,
                "mark": {"type": "text", "align": "left", "dx": 8},
                "encoding": {"x": x, "y": y, "text": {"field": "label"}},
            },
        ],
    }  # fmt: skip


def _bands(picture: Bands) -> dict[str, Any]:
    number = len(picture.bands)
    colors = [_shade(place, number) for place in range(number)]
    values = []
    for group, counts in zip(picture.groups, picture.counts, strict=True):
        start = 0
        for place, count in enumerate(counts):
            values.append(
                {
                    "group": _label(group),
                    "band": _label(picture.bands[place]),
                    "from": start,
                    "to": start + count,
                    "text": str(count) if count else "",
                    "middle": start + count / 2,
                    "dark": place * 2 >= number,
                }
            )
            start += count
    y = {"field": "group", "type": "ordinal", "sort": None, "title": None}
    scale = {"domain": [_label(band) for band in picture.bands], "range": colors}
    data = {"values": values}
    return {
        "height": {"step": 26},
        "layer": [
            {
                "data": data,
                "mark": {"type": "bar", "stroke": "#ffffff", "strokeWidth": 1},
                "encoding": {
                    "y": y,
                    "x": {"field": "from", "type": "quantitative", "title": "reviews"},
                    "x2": {"field": "to"},
                    "color": {"field": "band", "type": "nominal", "scale": scale},
                },
            },
            {
                "data": data,
                "mark": {"type": "text"},
                "encoding": {
                    "y": y,
                    "x": {"field": "middle", "type": "quantitative"},
                    "text": {"field": "text"},
                    "color": {"condition": {"test": "datum.dark", "value": "#fff"}, "value": _INK},
                },
            },
        ],
    }


def _shade(place: int, number: int) -> str:
    """A colour of a row from light to dark, told apart in grey too."""
    part = place / max(1, number - 1)
    mixed = (
        round(light + (dark - light) * part)
        for light, dark in zip(_LIGHTEST, _DARKEST, strict=True)
    )
    return "#" + "".join(f"{one:02x}" for one in mixed)


def dots_for(reviews: int) -> int:
    """How many reviews a dot stands for."""
    return -(-reviews // MOST_DOTS) if reviews > MOST_DOTS else 1


def _dots(picture: Dots) -> dict[str, Any]:
    each = dots_for(sum(number for _, number in picture.shares))
    values: list[dict[str, Any]] = [
        {"percent": percent_number(share), "height": height}
        for share, number in picture.shares
        for height in range(1, -(-number // each) + 1)
    ]
    tallest = max(row["height"] for row in values)
    lowest = min(row["percent"] for row in values)
    domain = [max(0, min(lowest, 50) - 2), 101]
    x = {
        "field": "percent", "type": "quantitative", "title": "score, in percent",
        "scale": {"domain": domain, "nice": False}, "axis": {"grid": False},
    }  # fmt: skip
    y = {
        "field": "height",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, tallest + 1]},
    }
    layers: list[dict[str, Any]] = []
    if picture.expected is not None:
        data = {"values": [{"x": percent_number(picture.expected), "label": "expected"}]}
        at = {"field": "x", "type": "quantitative"}
        layers += [
            {
                "data": data,
                "mark": {"type": "rule", "strokeDash": [1, 3], "color": _INK},
                "encoding": {"x": at},
            },
            {
                "data": data,
                "mark": {"type": "text", "align": "right", "dx": -5, "color": _SOFT},
                "encoding": {"x": at, "y": {"value": 6}, "text": {"field": "label"}},
            },
        ]
    size = max(10, min(60, 9000 // max(1, tallest * 6)))
    layers.append(
        {
            "data": {"values": values},
            "mark": {"type": "point", "filled": True, "size": size},
            "encoding": {"x": x, "y": y},
        }
    )
    return {"height": max(60, min(180, tallest * 12)), "layer": layers}
