"""Records the planted cases of model calls, with the tokens and dollars behind each."""

from __future__ import annotations

import pandas as pd

from .bill_tokens import LOG_GAP_DAY, LOG_GAP_STREAM
from .book import Book, iso, text
from .company import BILLED_DAYS, PRICE_CHANGE_ON, day_number
from .llm_streams import SUPPORT_PROMPT
from .usage_llm import RUNAWAY_SESSION


def record(book: Book, usage: pd.DataFrame, calls: pd.DataFrame) -> None:
    """Add the cases to the book."""
    usage = usage[usage["day"] < BILLED_DAYS].assign(cost=lambda f: f["tokens"] * f["price"])

    def total(mask) -> int:
        return int(usage.loc[mask, "cost"].sum())

    book.plant(
        "untagged_calls",
        "bedrock_invocation_logs, account 210000000001, role ai-gateway",
        "calls with neither tags nor an owner rule for their role",
        "support, search",
        total(usage["team"].eq("unallocated")),
    )
    book.plant(
        "logging_gap",
        f"aws_cur2 MistralLarge2407 in account 210000000002 on {iso(LOG_GAP_DAY)}",
        "billed tokens with no telemetry at all",
        "docs",
        total(usage["stream"].eq(LOG_GAP_STREAM) & usage["day"].eq(LOG_GAP_DAY)),
        usage_date=iso(LOG_GAP_DAY),
        account="210000000002",
    )
    book.plant(
        "runaway_loop",
        f"litellm_spend_logs session {RUNAWAY_SESSION}",
        "one agent session of 640 calls crossing midnight",
        "growth",
        total(usage["session"].eq(RUNAWAY_SESSION)),
        agent_session_id=RUNAWAY_SESSION,
        calls=int(calls["session"].eq(RUNAWAY_SESSION).sum()),
    )
    book.plant(
        "agent_retries",
        "otel_spans and litellm_spend_logs, step retry or status error",
        "paid and failed retries in agent sessions",
        None,
        None,
        retries=int(calls["step"].eq("retry").sum()),
        errors=int((calls["status"].eq("error") & calls["session"].notna()).sum()),
    )
    for kind in ("cache_read", "cache_write_5m", "cache_write_1h"):
        book.plant(
            f"cached_tokens_{kind}",
            f"token lines of kind {kind}",
            "cached input, priced apart",
            None,
            total(usage["kind"].eq(kind) & usage["provider"].ne("azure")),
            tokens=int(usage.loc[usage["kind"].eq(kind), "tokens"].sum()),
        )
    book.plant("batch_calls", "aws_cur2 usage types ending in -batch", "half price", "docs", total(usage["tier"].eq("batch")))
    book.plant(
        "cross_region_global",
        "aws_cur2 usage types ending in -cross-region-global",
        "global profiles, 10 % cheaper than regional",
        None,
        total(usage["geo"].eq("global") & usage["provider"].eq("aws")),
    )
    mistral = usage["model"].eq("mistral-large")
    book.plant(
        "price_change",
        "MistralLarge2407 in us-west-2",
        "3/9 falls to 2/6 dollars per million tokens in mid-month",
        "docs",
        total(mistral),
        usage_date=PRICE_CHANGE_ON.isoformat(),
        before=text(total(mistral & (usage["day"] < day_number(PRICE_CHANGE_ON)))),
        after=text(total(mistral & (usage["day"] >= day_number(PRICE_CHANGE_ON)))),
    )
    nightly = usage["stream"].eq("nightly_documents")
    book.plant(
        "nightly_batch_on_demand", "docs/doc_processing, us-west-2, 00:00 to 06:00 UTC", "could run in the batch tier at half the price", "docs", total(nightly)
    )
    chat = usage["stream"].isin(["chat_api", "chat_widget"])
    paid = int((calls["stream"].isin(["chat_api", "chat_widget"]) & calls["status"].eq("ok") & (calls["day"] < BILLED_DAYS)).sum())
    book.plant(
        "repeated_system_prompt",
        "support/chat_rag input tokens",
        "a constant prompt sent uncached with every call",
        "support",
        total(chat & usage["kind"].eq("input")),
        repeated_prompt_cost=text(paid * SUPPORT_PROMPT * 3_300_000),
        prompt_tokens=SUPPORT_PROMPT,
        calls=paid,
    )
