"""The limits that a teacher sets on requests and tokens: learnt from its answers, and kept."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")
LOOK_AGAIN = 1.0  # seconds: an answer that comes while one waits may say that there is room
SHORTEST_WAIT = 0.01  # seconds
LONG_WAIT = 30.0  # seconds that are worth a word

logger = logging.getLogger(__name__)


def seconds_of(duration: str) -> float | None:
    """Read a duration of an `x-ratelimit-reset-*` header, None where it is none.

    Example:
        >>> seconds_of("6m0s"), seconds_of("20ms"), seconds_of("1h1.5s"), seconds_of("3"), seconds_of("soon")
        (360.0, 0.02, 3601.5, 3.0, None)
    """
    if re.fullmatch(r"\d+(\.\d+)?", duration):
        return float(duration)
    match = _DURATION.fullmatch(duration)
    if not duration or not match:
        return None
    hours, minutes, seconds, milliseconds = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000


@dataclass
class _Allowance:
    """What is left of one limit; without headers there is none."""

    limit: float = float("inf")
    left: float = float("inf")
    resets_in: float = 0.0
    reset_at: float = 0.0
    in_flight: int = 0

    def learn(self, headers: Mapping[str, str], kind: str, now: float) -> None:
        """Take over what a response says of this limit, if it says anything that can be read."""
        left, limit = headers.get(f"x-ratelimit-remaining-{kind}", ""), headers.get(f"x-ratelimit-limit-{kind}", "")
        resets_in = seconds_of(headers.get(f"x-ratelimit-reset-{kind}", ""))
        if not left.isdecimal() or resets_in is None:
            return
        self.limit = float(limit) if limit.isdecimal() else float("inf")
        # The server may have counted some of those in flight: to take off all of them errs on the safe side.
        self.left = float(left) - self.in_flight
        self.resets_in, self.reset_at = resets_in, now + resets_in

    def seconds_to_wait(self, need: int, now: float) -> float:
        need_at_most = min(need, self.limit)  # one request over the whole limit is for the server to refuse
        if self.left < need_at_most and now >= self.reset_at:
            self.left, self.reset_at = self.limit - self.in_flight, now + self.resets_in
        return 0.0 if self.left >= need_at_most else max(self.reset_at - now, SHORTEST_WAIT)

    def take(self, need: int) -> None:
        self.left -= need
        self.in_flight += need


class RateLimits:
    """Lets requests through as a teacher's `x-ratelimit-*` headers and its `retry-after` allow.

    Example:
        >>> limits = RateLimits()
        >>> limits.learn({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "2s"})
        >>> 1 < limits.seconds_to_wait(tokens=100) <= 2
        True
    """

    def __init__(self) -> None:
        self._requests, self._tokens, self._paused_until = _Allowance(), _Allowance(), 0.0

    def learn(self, headers: Mapping[str, str]) -> None:
        """Take in the headers of an answer or of a refusal."""
        now = time.monotonic()
        self._requests.learn(headers, "requests", now)
        self._tokens.learn(headers, "tokens", now)

    def pause(self, seconds: float) -> None:
        """Let nothing through for some seconds, as a `retry-after` asks."""
        if seconds > LONG_WAIT:
            logger.warning("the teacher asks to wait %.0f s", seconds)
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)

    def seconds_to_wait(self, tokens: int) -> float:
        """Return for how long a request of so many tokens has to wait."""
        now = time.monotonic()
        allowed = max(self._requests.seconds_to_wait(1, now), self._tokens.seconds_to_wait(tokens, now))
        return max(allowed, self._paused_until - now)

    async def begin(self, tokens: int) -> None:
        """Wait until a request of so many tokens may be sent, and count it."""
        while (seconds := self.seconds_to_wait(tokens)) > 0:
            await asyncio.sleep(min(seconds, LOOK_AGAIN))
        self._requests.take(1)
        self._tokens.take(tokens)

    def end(self, tokens: int) -> None:
        """Say that a request is no longer in flight."""
        self._requests.in_flight -= 1
        self._tokens.in_flight -= tokens
