"""The one Plotly layout of this project: transparent, without grid behind a band, without legend."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from opsmetrics.figures.plotted import Plotted
from opsmetrics.figures.text import plain, tick_labels
from opsmetrics.figures.tokens import FONT, Tokens
from opsmetrics.verdict import wording

#: Passed to Plotly with every figure.
CONFIG: dict[str, Any] = {"displayModeBar": False, "showSendToCloud": False, "responsive": True}

MARGIN = {"r": 92, "t": 34, "b": 46}
SPREAD_MARGIN = {**MARGIN, "t": 8}

#: Width of a digit of the axis text, and of a letter of a name on the average, in pixels.
_DIGIT, _LETTER = 7, 6

#: From here on the axis shortens its values, as to "3.15M", to so many signs.
_SHORTENED, _LONGEST = 1e6, 7

#: Named periods: more would touch each other on a phone.
TICKS = 6

#: Steps between named periods that fall on the same day of the week, month of the year and so on.
_STEPS: dict[str, tuple[int, ...]] = {
    "day": (1, 2, 3, 7, 14, 21, 28, 56, 91, 182, 364, 728),
    "week": (1, 2, 4, 8, 13, 26, 52, 104),
    "month": (1, 2, 3, 6, 12, 24, 36, 60),
    "quarter": (1, 2, 4, 8, 20),
}
_PLAIN_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


def left_margin(series: Plotted, domain: tuple[float, float]) -> int:
    """Room for the longest value on the axis: known beforehand, so that charts above each other line up."""
    longest = max(min(len(series.text(value)), _LONGEST) if abs(value) >= _SHORTENED else len(series.text(value))
                  for value in domain)  # fmt: skip
    return max(46, 16 + _DIGIT * (longest + len(_axis_unit(series))))


def right_margin(texts: Iterable[str]) -> int:
    """Room for the longest name at the right end."""
    return max(MARGIN["r"], 14 + _LETTER * max((len(text) for text in texts), default=0))


def _axis_unit(series: Plotted) -> str:
    """A short unit stands at each tick; a long one is left to the head of the page."""
    return wording.unit_text(series.unit) if len(series.unit) <= 3 else ""


def base_layout(colours: Tokens, height: int, margin: dict[str, int]) -> dict[str, Any]:
    """Font, grounds, hover and interaction, the same for every figure."""
    return {
        "template": None,
        "height": height,
        "margin": {**margin, "pad": 0},
        "font": {"family": FONT, "size": 13, "color": colours.ink},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "bargap": 0.28,
        "hovermode": "closest",
        "hoverdistance": 40,
        "dragmode": False,
        "hoverlabel": {
            "bgcolor": colours.page,
            "bordercolor": colours.limit,
            "align": "left",
            "font": {"family": FONT, "size": 13, "color": colours.ink},
        },
    }


def period_axis(series: Plotted, colours: Tokens) -> dict[str, Any]:
    """The periods along x: one slot each, at most six of them named."""
    positions = series.position.tolist()
    steps = _STEPS.get(series.grain, _PLAIN_STEPS)
    step = next((s for s in steps if len(positions) / s <= TICKS), max(len(positions) // TICKS, 1))
    named = slice((len(positions) - 1) % step, None, step)  # counted from the newest
    return bottom_axis(colours) | {
        "range": [positions[0] - 0.6, positions[-1] + 0.6],
        "tickvals": positions[named],
        "ticktext": tick_labels([str(label) for label in series.label[named]]),
        "ticklabelstandoff": 4,
    }


def bottom_axis(colours: Tokens) -> dict[str, Any]:
    """An axis along the foot of a figure: a hair line with ticks, level labels, no grid; its range is the caller's."""
    return {
        "tickangle": 0,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": colours.hair,
        "tickfont": {"size": 12, "color": colours.muted},
        "showline": True,
        "linecolor": colours.hair,
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
    }


def value_axis(series: Plotted, domain: tuple[float, float], colours: Tokens, ticks: int = 7) -> dict[str, Any]:
    """The values along y, with a short unit beside each tick and no grid: the band gives the scale."""
    return {
        "range": list(domain),
        "nticks": ticks,
        "ticksuffix": plain(_axis_unit(series)),
        "tickfont": {"size": 12, "color": colours.muted},
        "ticklabelstandoff": 8,
        "showgrid": False,
        "showline": False,
        "zeroline": False,
        "fixedrange": True,
    }
