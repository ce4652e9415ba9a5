"""Results kept under the key of all that they are a function of, the newest used first."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Results for all sessions of this process, as many as weigh `most` together, or the newest one alone; what was not
    asked for longest goes first. weigh: how much of the bound a result takes; each takes 1 unless told.

    Streamlit's own caches digest every argument at each call, which takes longer than the look into a dictionary that
    it saves. meanwhile: entered while a result is made, such as what a reader is told.
    """

    def __init__(
        self,
        most: int,
        meanwhile: Callable[[], AbstractContextManager[object]] = contextlib.nullcontext,
        weigh: Callable[[V], int] = lambda _: 1,
    ) -> None:
        self._most, self._meanwhile, self._weigh = most, meanwhile, weigh
        self._weight = 0
        self._gate = threading.Lock()
        self._held: OrderedDict[K, V] = OrderedDict()
        self._making: dict[K, threading.Lock] = {}

    def __contains__(self, key: K) -> bool:
        with self._gate:
            return key in self._held

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
                with self._meanwhile():
                    found = make()
                self._keep(key, found)
            finally:
                with self._gate:
                    self._making.pop(key, None)
        return found

    def _keep(self, key: K, found: V) -> None:
        with self._gate:
            self._held[key] = found
            self._weight += self._weigh(found)
            while self._weight > self._most and len(self._held) > 1:
                self._weight -= self._weigh(self._held.popitem(last=False)[1])


class OncePer(Generic[K, V]):
    """A function whose result is kept for as long as what it was made of, such as a review, is kept by others.

    `thing in function` says whether it answers at once.
    """

    def __init__(self, make: Callable[[K], V]) -> None:
        self._make = make
        self._made: WeakKeyDictionary[K, V] = WeakKeyDictionary()

    def __contains__(self, thing: K) -> bool:
        return thing in self._made

    def __call__(self, thing: K) -> V:
        if thing not in self._made:
            self._made[thing] = self._make(thing)
        return self._made[thing]
