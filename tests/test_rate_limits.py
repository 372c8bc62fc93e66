"""Limits of a teacher, learnt from headers."""

import asyncio

import pytest

from uniner_hf.distillation.failures import retry_after
from uniner_hf.distillation.rate_limits import RateLimits


class Clock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("uniner_hf.distillation.rate_limits.time", clock)
    return clock


def headers(kind: str, limit: int, left: int, reset: str) -> dict[str, str]:
    return {
        f"x-ratelimit-limit-{kind}": str(limit),
        f"x-ratelimit-remaining-{kind}": str(left),
        f"x-ratelimit-reset-{kind}": reset,
    }


def test_without_headers_there_is_no_limit(clock: Clock) -> None:
    limits = RateLimits()
    limits.learn({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "tomorrow"})
    assert limits.seconds_to_wait(10**9) == 0


def test_requests_are_held_until_the_reset(clock: Clock) -> None:
    limits = RateLimits()
    limits.learn(headers("requests", 10, 2, "6s"))
    for _ in range(2):
        asyncio.run(limits.begin(1))
    assert limits.seconds_to_wait(1) == 6
    clock.now += 6
    assert limits.seconds_to_wait(1) == 0


def test_after_a_reset_the_whole_limit_is_there_and_no_more(clock: Clock) -> None:
    limits = RateLimits()
    limits.learn(headers("requests", 3, 0, "6s"))
    clock.now += 6
    for _ in range(3):
        asyncio.run(limits.begin(1))
    assert limits.seconds_to_wait(1) == 6


def test_requests_in_flight_are_taken_off(clock: Clock) -> None:
    limits = RateLimits()
    for _ in range(3):
        asyncio.run(limits.begin(1))
    limits.learn(headers("requests", 10, 3, "6s"))
    assert limits.seconds_to_wait(1) == 6


def test_tokens_are_counted_too(clock: Clock) -> None:
    limits = RateLimits()
    limits.learn(headers("tokens", 1000, 500, "1m0s"))
    assert limits.seconds_to_wait(500) == 0
    assert limits.seconds_to_wait(501) == 60


def test_a_request_over_the_whole_limit_is_not_held_for_ever(clock: Clock) -> None:
    limits = RateLimits()
    limits.learn(headers("tokens", 1000, 0, "1s"))
    clock.now += 1
    assert limits.seconds_to_wait(5000) == 0


def test_a_pause_is_for_all(clock: Clock) -> None:
    limits = RateLimits()
    limits.pause(5)
    limits.pause(2)
    assert limits.seconds_to_wait(1) == 5


def test_a_long_pause_is_told(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    RateLimits().pause(3600)
    assert "wait 3600 s" in caplog.text


def test_retry_after_as_a_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uniner_hf.distillation.failures.time.time", lambda: 1445412440.0)
    assert retry_after({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 40
    assert retry_after({"retry-after": "soon"}) is None
