"""Puts the parts together: simulate, bill, write, check."""

from __future__ import annotations

from pathlib import Path

import duckdb

from . import bill_aws, bill_focus, bill_gpu, bill_tokens, telemetry_infra, telemetry_llm, telemetry_otel, truth, usage_llm, usage_network, usage_other, usage_retrieval, usage_storage
from .book import Book


def build(root: Path, seed: int, size: float, say=lambda text: None) -> Book:
    """Write the sample company under `root` (landing/ and truth/) and return its book."""
    book = Book()
    landing = root / "landing"
    say("simulating usage")
    calls = usage_llm.simulate(seed, size)
    asked = usage_retrieval.queries(seed, size, calls)
    say("deriving bills")
    bill_tokens.add(book, calls)
    bill_gpu.add(book, seed)
    usage_retrieval.add(book, asked)
    usage_storage.add(book, seed)
    usage_network.add(book, seed)
    usage_other.add(book, seed)
    book.check()
    truth.plant_rise(book)
    say("writing bills")
    with duckdb.connect() as connection:
        connection.execute("set threads to 1")
        bill_aws.write(book, landing)
        bill_focus.write(book, landing, connection)
        say("writing telemetry")
        telemetry_llm.bedrock(calls, seed, landing, connection, book)
        telemetry_llm.litellm(calls, seed, landing, connection, book)
        telemetry_llm.canonical(calls, seed, landing, connection, book)
        telemetry_otel.otlp(calls, seed, landing, connection, book)
        telemetry_otel.flattened(calls, seed, landing)
        telemetry_infra.gpu(seed, landing, connection)
        telemetry_infra.retrieval(asked, landing)
        telemetry_infra.storage(seed, landing, connection)
        telemetry_infra.network(seed, landing, connection)
        runs = telemetry_infra.agent_runs(calls, seed, landing)
        events = telemetry_infra.outcomes(calls, runs, seed, landing, connection, book)
    say("writing truth")
    (root / "truth").mkdir(parents=True, exist_ok=True)
    truth.write(book, events, root / "truth")
    return book
