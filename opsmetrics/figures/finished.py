"""A finished figure: drawn once, handed to the browser as often as it is asked for."""

from __future__ import annotations

import json
from typing import Any

import plotly.graph_objects as go


class Finished(go.Figure):
    """A figure that nobody changes any more. What it is as data is worked out once; Plotly does it at each use."""

    def __init__(self, drawn: go.Figure) -> None:
        super().__init__(layout={"template": None})
        self._made: dict[str, Any] = json.loads(drawn.to_json())

    def to_dict(self) -> dict[str, Any]:
        """The figure as plain data, which is the same object at each call: it is read, never written to."""
        return self._made

    def with_ring(self, trace: str, place: int | None) -> Finished:
        """A copy in which one point of the traces of this name is chosen (None: all of them are as they were)."""
        chosen = {} if place is None else {"selectedpoints": [place]}
        data = [part | chosen if part.get("name") == trace else part for part in self._made["data"]]
        return self._but(data=data)

    def with_shape(self, shape: dict[str, Any]) -> Finished:
        """A copy with one more shape, as Plotly's layout describes it."""
        layout = self._made["layout"]
        return self._but(layout=layout | {"shapes": [*layout.get("shapes", ()), shape]})

    def _but(self, **changes: Any) -> Finished:
        copy = Finished(go.Figure(layout={"template": None}))
        copy._made = self._made | changes
        return copy
