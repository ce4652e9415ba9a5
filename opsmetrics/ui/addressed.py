"""Controls that show what the address says and only write to it: the address is the truth, so every view is a link."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st


def write(name: str, chosen: str) -> None:
    """One parameter of the address; "" takes it away."""
    if chosen:
        st.query_params[name] = chosen
    else:
        st.query_params.pop(name, None)


def select(
    label: str,
    options: Mapping[str, str],
    current: str,
    *,
    key: str,
    write: Callable[[str], None],
    width: int,
    shown: bool = False,
) -> None:
    """One of several, value → words. `write` gets a new choice; `current` is offered even where nobody else knows it.

    shown: the label stands above; else it is for those who cannot see the control.
    """
    given = options if current in options else {**options, current: current}
    st.session_state[key] = current
    st.selectbox(
        label,
        list(given),
        format_func=given.__getitem__,
        key=key,
        on_change=lambda: write(str(st.session_state[key])),
        label_visibility="visible" if shown else "collapsed",
        width=width,
    )


def segments(label: str, options: Mapping[str, str], current: str, *, key: str, write: Callable[[str], None]) -> None:
    """The same as a row of segments; one of them is always chosen."""
    st.session_state[key] = current
    st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        key=key,
        required=True,
        on_change=lambda: write(str(st.session_state[key])),
        label_visibility="collapsed",
    )
