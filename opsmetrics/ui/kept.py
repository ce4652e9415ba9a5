"""What the pages keep between runs: results under the key of all that they are a function of, the newest used first."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import streamlit as st

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """At most `most` results for all sessions of this process; what was not asked for longest goes first.

    Streamlit's own caches digest every argument at each call, which takes longer than the look into a dictionary that
    it saves. waiting: what a reader is told while a result is made.
    """

    def __init__(self, most: int, waiting: str = "") -> None:
        self._most, self._waiting = most, waiting
        self._gate = threading.Lock()
        self._held: OrderedDict[K, V] = OrderedDict()
        self._making: dict[K, threading.Lock] = {}

    def of(self, key: K, make: Callable[[], V]) -> V:
        """The result under this key, made where it is not there yet: once, for however many readers wait for it.

        What `make` raises passes through, and nothing is kept.
        """
        with self._gate:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._gate:
                if key in self._held:
                    return self._held[key]
            try:
                with st.spinner(self._waiting) if self._waiting else contextlib.nullcontext():
                    found = make()
                with self._gate:
                    self._held[key] = found
                    while len(self._held) > self._most:
                        self._held.popitem(last=False)
            finally:
                with self._gate:
                    self._making.pop(key, None)
        return found
