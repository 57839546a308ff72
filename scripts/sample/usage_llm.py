"""Simulates every model call of the company: plain streams, agent sessions with retries, and one runaway loop."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .company import DAY_MS, DAYS, HOUR_MS, KEY_DELETED_ON, TELEMETRY_END_MS, day_ms, day_number, generator, is_weekend, month_of, ms, owner_on
from .llm_streams import AGENTS, STREAMS, AgentStream, Stream

TOKENS = ["input", "cache_read", "cache_write_5m", "cache_write_1h", "output"]
HOUR_WEIGHTS = {
    "business": [1, 1, 1, 1, 1, 2, 4, 8, 12, 14, 14, 13, 12, 13, 14, 14, 13, 11, 8, 5, 4, 3, 2, 1],
    "night": [4, 14, 16, 16, 14, 6] + [0] * 18,
    "flat": [1] * 24,
}


def _sizes(rng, median: int, spread: float, count: int, cap: int = 190_000) -> np.ndarray:
    if median == 0:
        return np.zeros(count, dtype=np.int64)
    return np.clip(np.rint(median * np.exp(rng.normal(0, spread, count))), 8, cap).astype(np.int64)


def _daily(rng, rates: tuple, weekend: float, size: float) -> np.ndarray:
    expected = [rates[month_of(d)] * size * (weekend if is_weekend(d) else 1.0) for d in range(DAYS)]
    return rng.poisson(expected)


def _moments(rng, days: np.ndarray, profile: str) -> np.ndarray:
    weights = np.array(HOUR_WEIGHTS[profile], dtype=float)
    hours = rng.choice(24, size=len(days), p=weights / weights.sum())
    return day_ms(days) + hours * HOUR_MS + rng.integers(0, HOUR_MS, len(days))


def _frame(stream, count: int, **columns) -> pd.DataFrame:
    route = stream.route
    base = {
        "stream": stream.name,
        "tag_team": stream.team,
        "feature": stream.feature,
        "source": route.source,
        "provider": route.provider,
        "platform": route.platform,
        "account": route.account,
        "region": route.region,
        "model": route.model,
        "geo": route.geo,
        "tier": route.tier,
        "op": route.op,
        "env": "prod",
        "status": "ok",
        "gateway_hit": False,
        "reasoning": 0,
        "retrieved": 0,
        "session": None,
        "agent": None,
        "step": None,
        "step_no": 0,
        "tagged": stream.tagged,
        "credential": stream.credential,
        "principal": getattr(stream, "principal", None),
    }
    base.update(columns)
    return pd.DataFrame(
        {k: v if isinstance(v, np.ndarray) else np.full(count, v, dtype=object if v is None or isinstance(v, str) else None) for k, v in base.items()}
    )


def _plain(stream: Stream, seed: int, part: int, size: float) -> pd.DataFrame:
    rng = generator(seed, 1, part)
    days = np.repeat(np.arange(DAYS), _daily(rng, stream.per_day, stream.weekend, size))
    if stream.name == "copy_keys_old":
        days = days[days < day_number(KEY_DELETED_ON)]
    if stream.name == "copy_keys_new":
        days = days[days >= day_number(KEY_DELETED_ON)]
    count = len(days)
    retrieved = rng.integers(*stream.retrieved, count) if stream.retrieved[1] else np.zeros(count, dtype=np.int64)
    fresh = _sizes(rng, stream.fresh, stream.spread, count) + stream.prompt + retrieved
    output = _sizes(rng, stream.output, stream.spread, count, 16_000)
    # A cached prefix is written when nobody has read it for a while, else read.
    cold = rng.random(count) < (0.08 if stream.cached_prompt else 0)
    read = np.where(cold, 0, stream.cached_prompt)
    written = np.where(cold, stream.cached_prompt, 0)
    if stream.route.provider in ("azure", "gcp"):  # these caches fill themselves: the first pass is plain input
        fresh, written = fresh + written, written * 0
    failed = rng.random(count) < 0.012
    tokens = {
        "input": fresh,
        "cache_read": read,
        "output": output,
        "cache_write_5m": written if stream.cache_write == "5m" else written * 0,
        "cache_write_1h": written if stream.cache_write == "1h" else written * 0,
    }
    tokens = {k: np.where(failed, 0, v) for k, v in tokens.items()}
    env = np.where((rng.random(count) < 0.06) & (stream.tagged != "none"), "staging", stream.env).astype(object)
    hit = (rng.random(count) < 0.05) & ~failed if stream.route.source == "litellm" else np.zeros(count, dtype=bool)
    return _frame(
        stream,
        count,
        **tokens,
        started_ms=_moments(rng, days, stream.hours),
        duration_ms=rng.integers(300, 24_000, count),
        status=np.where(failed, "error", "ok").astype(object),
        env=env,
        gateway_hit=hit,
        reasoning=(tokens["output"] * stream.reasoning).astype(np.int64),
        retrieved=np.where(failed, 0, retrieved),
    )


def _steps(stream: AgentStream, rng, lengths: np.ndarray, first_ms: np.ndarray, ids: np.ndarray, gap_ms: tuple, cached: np.ndarray) -> pd.DataFrame:
    """All calls of the given sessions. Times rise by at least two seconds a step, so the first call is never in doubt."""
    count = int(lengths.sum())
    starts = np.cumsum(lengths) - lengths
    step_no = np.arange(count) - np.repeat(starts, lengths)
    gaps = rng.integers(*gap_ms, count)
    elapsed = np.cumsum(gaps)
    elapsed = elapsed - np.repeat(elapsed[starts], lengths)
    context = np.minimum(stream.base + step_no * stream.growth + rng.integers(0, stream.growth, count), stream.cap)
    before = np.where(step_no == 0, 0, np.roll(context, 1))
    warm = np.repeat(cached, lengths)
    alive = warm & (step_no > 0) & (rng.random(count) < 0.85)
    read = np.where(alive, np.minimum(before, context), 0)
    rest = context - read
    written = np.where(warm, (rest * 0.7).astype(np.int64), 0)
    small = (rng.random(count) < stream.small_share) & (step_no > 0) if stream.small_model else np.zeros(count, dtype=bool)
    read, written = np.where(small, 0, read), np.where(small, 0, written)
    context = np.where(small, context // 6, context)
    fresh = context - read - written
    failed = (rng.random(count) < 0.025) & (step_no > 0)
    retried = np.roll(failed, 1) & (step_no > 0) | ((rng.random(count) < 0.03) & (step_no > 0))
    last = step_no == np.repeat(lengths, lengths) - 1
    step = np.select([step_no == 0, retried, small, last], ["plan", "retry", "sub_agent", "synthesis"], "tool_use").astype(object)
    tokens = {
        "input": fresh,
        "cache_read": read,
        "output": _sizes(rng, stream.output, 0.5, count, 12_000),
        "cache_write_5m": written if stream.cache_write == "5m" else written * 0,
        "cache_write_1h": written if stream.cache_write == "1h" else written * 0,
    }
    tokens = {k: np.where(failed, 0, v).astype(np.int64) for k, v in tokens.items()}
    return _frame(
        stream,
        count,
        **tokens,
        started_ms=np.repeat(first_ms, lengths) + elapsed,
        duration_ms=rng.integers(800, 40_000, count),
        status=np.where(failed, "error", "ok").astype(object),
        model=np.where(small, stream.small_model, stream.route.model).astype(object),
        session=np.repeat(ids, lengths),
        agent=stream.agent,
        step=step,
        step_no=step_no,
    )


def _sessions(stream: AgentStream, seed: int, part: int, size: float) -> pd.DataFrame:
    rng = generator(seed, 2, part)
    days = np.repeat(np.arange(DAYS), _daily(rng, stream.sessions, stream.weekend, size))
    lengths = np.clip(np.rint(stream.steps * np.exp(rng.normal(0, 0.4, len(days)))), 2, 60).astype(np.int64)
    ids = np.array([f"ses-{stream.name.replace('_', '-')}-{n:06d}" for n in range(1, len(days) + 1)], dtype=object)
    return _steps(stream, rng, lengths, _moments(rng, days, "business"), ids, (2_500, 90_000), rng.random(len(days)) < stream.cached)


RUNAWAY_SESSION = "ses-code-review-agent-runaway"


def _runaway(seed: int) -> pd.DataFrame:
    """One review session that calls itself for three hours with a full context and no cache."""
    stream = next(a for a in AGENTS if a.name == "code_review_agent")
    frame = _steps(
        stream,
        generator(seed, 3),
        np.array([640]),
        np.array([ms(2026, 10, 14, 22, 40)]),
        np.array([RUNAWAY_SESSION], dtype=object),
        (9_000, 24_000),
        np.array([False]),
    )
    frame["step"] = np.where(frame["step_no"] == 0, "plan", "retry").astype(object)
    return frame


def _ids(rng, count: int) -> list[str]:
    high, low = rng.integers(0, 1 << 63, count), rng.integers(0, 1 << 63, count)
    words = [f"{h:016x}{l:016x}" for h, l in zip(high.tolist(), low.tolist())]
    return [f"{w[:8]}-{w[8:12]}-{w[12:16]}-{w[16:20]}-{w[20:]}" for w in words]


def simulate(seed: int, size: float) -> pd.DataFrame:
    """One row per model call, ordered by time. Token columns are disjoint; `output` includes `reasoning`."""
    parts = [_plain(s, seed, i, size) for i, s in enumerate(STREAMS)]
    parts += [_sessions(a, seed, i, size) for i, a in enumerate(AGENTS)]
    parts.append(_runaway(seed))
    calls = pd.concat(parts, ignore_index=True)
    calls = calls[calls["started_ms"] < TELEMETRY_END_MS].sort_values(["started_ms", "stream", "step_no"], kind="stable").reset_index(drop=True)
    calls["call_id"] = np.array(_ids(generator(seed, 4), len(calls)), dtype=object)
    calls["day"] = ((calls["started_ms"] - day_ms(0)) // DAY_MS).astype(np.int64)
    unowned = calls["tagged"].eq("none") & calls["stream"].str.startswith("unlabelled")
    calls["true_team"] = owner_on(calls["tag_team"], calls["day"])
    calls["team"] = np.where(unowned, "unallocated", calls["true_team"])
    first = calls[calls["session"].notna()].groupby("session")["started_ms"].transform("min").reindex(calls.index)
    amplified = calls["session"].notna() & (calls["started_ms"] > first)
    calls["layer"] = np.select([calls["op"].eq("embeddings"), amplified], ["retrieval", "agents"], "inference")
    return calls
