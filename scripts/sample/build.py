"""Puts the parts together: simulate, bill, write, check."""

from __future__ import annotations

from pathlib import Path

import duckdb

from . import (
    bill_aws, bill_azure, bill_focus, bill_gcp, bill_gpu, bill_retrieval, bill_storage, bill_tokens, bill_training, bill_vendors, business, invoices, planted_tokens, telemetry_canonical,
    telemetry_gpu, telemetry_llm,
    telemetry_network, telemetry_otel, telemetry_stores, truth, usage_llm, usage_network, usage_other, usage_retrieval,
)  # fmt: skip
from .book import Book


def build(root: Path, seed: int, size: float, say=lambda text: None) -> Book:
    """Write the sample company under `root` (landing/ and truth/) and return its book."""
    book = Book()
    landing = root / "landing"
    say("simulating usage")
    calls = usage_llm.simulate(seed, size)
    asked = usage_retrieval.queries(seed, size, calls)
    say("deriving bills")
    usage = bill_tokens.add(book, calls)
    planted_tokens.record(book, usage, calls)
    bill_gpu.add(book, seed)
    bill_training.add(book, seed)
    bill_retrieval.add(book, asked)
    bill_storage.add(book, seed)
    usage_network.add(book, seed)
    usage_other.add(book, seed)
    bill_gcp.add(book)
    book.check()
    truth.plant_rise(book)
    say("writing bills")
    with duckdb.connect() as connection:
        connection.execute("set threads to 1")
        bill_aws.write(book, landing)
        bill_azure.write(book, landing, connection)
        bill_focus.write(book, landing, connection)
        bill_vendors.write(book, landing, connection)
        bill_gcp.write(book, landing)
        invoices.write(book, landing, connection)
        say("writing telemetry")
        telemetry_llm.bedrock(calls, seed, landing, connection, book)
        telemetry_llm.litellm(calls, seed, landing, connection, book)
        telemetry_canonical.write(calls, seed, landing, connection, book)
        telemetry_otel.otlp(calls, seed, landing, connection, book)
        telemetry_otel.flattened(calls, seed, landing)
        telemetry_gpu.write(seed, landing, connection)
        telemetry_stores.retrieval(asked, landing)
        telemetry_stores.storage(seed, landing, connection)
        telemetry_network.write(seed, landing, connection)
        runs = business.agent_runs(calls, seed, landing)
        events = business.outcomes(calls, runs, seed, landing, connection, book)
    say("writing truth")
    (root / "truth").mkdir(parents=True, exist_ok=True)
    truth.write(book, events, root / "truth")
    return book
