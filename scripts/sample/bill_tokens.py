"""Token lines of every bill, derived from the calls, and the true cost of each caller behind them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import prices
from .book import Book
from .company import AZURE_SUBSCRIPTION, BILLED_DAYS, DAY_MS, REGION_CODES, day_ms, day_number
from .company import ANTHROPIC_ORG
from .usage_llm import TOKENS

LOG_GAP_DAY = day_number(pd.Timestamp("2026-08-20").date())  # invocation logging was off in docs' second region for one model
LOG_GAP_STREAM = "nightly_summaries"
_SUFFIX = {
    "input": "input-tokens",
    "output": "output-tokens",
    "cache_read": "cache-read-input-token-count",
    "cache_write_5m": "cache-write-input-token-count",
    "cache_write_1h": "cache-write-1h-input-token-count",
}
_AZURE_METER = {
    ("gpt-4o", "input"): "gpt-4o-0806-Inp-glbl Tokens",
    ("gpt-4o", "output"): "gpt-4o-0806-Outp-glbl Tokens",
    ("gpt-4o", "cache_read"): "gpt-4o-0806-cached-Inp-glbl Tokens",
    ("gpt-4.1", "input"): "gpt 4.1 Inp glbl Tokens",
    ("gpt-4.1", "output"): "gpt 4.1 Outp glbl Tokens",
    ("gpt-4.1", "cache_read"): "gpt 4.1 cached Inp glbl Tokens",
    ("embed-small", "input"): "text-embedding-3-small-glbl Tokens",
}
_GCP_SKU = {
    "input": "Gemini 2.5 Flash GA Text Input - Predictions",
    "output": "Gemini 2.5 Flash GA Text Output - Predictions",
    "cache_read": "Gemini 2.5 Flash GA Input Text Caching",
}
_ANTHROPIC_SKU = {
    "input": "Input Tokens",
    "output": "Output Tokens",
    "cache_read": "Cache Read Input Tokens",
    "cache_write_5m": "Cache Write 5m Input Tokens",
    "cache_write_1h": "Cache Write 1h Input Tokens",
}
BOOK_OF = {"aws": "aws_daily", "azure": "azure", "gcp": "gcp", "anthropic": "anthropic"}


def token_usage(calls: pd.DataFrame) -> pd.DataFrame:
    """Tokens by day, bill key and caller, priced. Gateway cache hits never reached a provider."""
    used = calls[~calls["gateway_hit"].astype(bool)]
    keys = ["day", "provider", "account", "region", "model", "geo", "tier"]
    callers = ["stream", "team", "true_team", "feature", "env", "session", "layer"]
    long = used.melt(id_vars=keys + callers, value_vars=TOKENS, var_name="kind", value_name="tokens")
    long = long[long["tokens"] > 0]
    usage = long.groupby(keys + ["kind"] + callers, dropna=False, sort=True)["tokens"].sum().reset_index()
    priced = usage.merge(prices.token_prices(), on=["provider", "model", "geo", "tier", "kind"], how="left")
    if priced["price"].isna().any():
        raise AssertionError(f"no price: {priced[priced['price'].isna()][['provider', 'model', 'geo', 'tier', 'kind']].drop_duplicates()}")
    priced = priced[(priced["day"] >= priced["valid_from"]) & (priced["day"] < priced["valid_to"])].reset_index(drop=True)
    if len(priced) != len(usage):
        raise AssertionError("a token price is missing for some days")
    for column in ("list_price", "price", "usd_price"):
        priced[column] = priced[column].astype(np.int64)
    return priced


def _aws_usage_type(row) -> str:
    name = f"{REGION_CODES[row.region]}-{prices.BEDROCK_USAGE_NAMES[row.model]}-{_SUFFIX[row.kind]}"
    if row.tier == "batch":
        name += "-batch"
    return name + ("-cross-region-global" if row.geo == "global" else "")


def bedrock_model_id(model: str, geo: str) -> str:
    """The id a caller uses: an inference profile where the route is geographic or global."""
    return {"geo": "us.", "global": "global.", "in_region": ""}[geo] + prices.BEDROCK_IDS[model]


def _bedrock_arn(row) -> str:
    if row.geo == "in_region":
        return f"arn:aws:bedrock:{row.region}::foundation-model/{prices.BEDROCK_IDS[row.model]}"
    return f"arn:aws:bedrock:{row.region}:{row.account}:inference-profile/{bedrock_model_id(row.model, row.geo)}"


def _describe(lines: pd.DataFrame) -> pd.DataFrame:
    """Bill strings, once per distinct SKU."""
    keys = ["provider", "account", "region", "model", "geo", "tier", "kind"]
    skus = lines[keys].drop_duplicates().reset_index(drop=True)
    columns = {"usage_type": [], "resource_id": [], "service": [], "unit": [], "per": []}
    for row in skus.itertuples():
        if row.provider == "aws":
            values = (_aws_usage_type(row), _bedrock_arn(row), "bedrock_models" if row.model in ("opus", "sonnet", "haiku") else "bedrock", "1K tokens", 1000)
        elif row.provider == "azure":
            values = (
                _AZURE_METER[row.model, row.kind],
                f"/subscriptions/{AZURE_SUBSCRIPTION}/resourcegroups/rg-ai-prod/providers/microsoft.cognitiveservices/accounts/oai-apportion-we",
                "azure_openai",
                "1M" if row.model == "gpt-4.1" else "1K",
                1_000_000 if row.model == "gpt-4.1" else 1000,
            )
        elif row.provider == "gcp":
            values = (_GCP_SKU[row.kind], "", "vertex_ai", "count", 1)
        else:
            values = (_ANTHROPIC_SKU[row.kind], "", "anthropic_api", "1000000 Tokens", 1_000_000)
        for column, value in zip(columns, values):
            columns[column].append(value)
    return lines.merge(skus.assign(**columns), on=keys, how="left")


def add(book: Book, calls: pd.DataFrame) -> pd.DataFrame:
    """Bill lines and truth of all token usage; returns the priced usage."""
    usage = token_usage(calls)
    billed = usage[usage["day"] < BILLED_DAYS]
    keys = ["day", "provider", "account", "region", "model", "geo", "tier", "kind"]
    lines = billed.groupby(keys + ["price", "list_price"], sort=True)["tokens"].sum().reset_index()
    lines = _describe(lines)
    for provider, target in BOOK_OF.items():
        part = lines[lines["provider"] == provider]
        tokens = part["tokens"].to_numpy()
        per = part["per"].to_numpy()
        book.bill(
            book=target,
            day=part["day"],
            start_ms=day_ms(part["day"]),
            end_ms=day_ms(part["day"]) + DAY_MS,
            account=ANTHROPIC_ORG if provider == "anthropic" else part["account"],
            region=part["region"],
            service=part["service"],
            usage_type=part["usage_type"],
            resource_id=part["resource_id"],
            operation=np.where(part["tier"] == "batch", "CreateModelInvocationJob", "InvokeModelInference") if provider == "aws" else "",
            qty_nano=tokens * (1_000_000_000 // per),
            unit=part["unit"],
            price=part["price"] * per,
            billed_cost=tokens * part["price"].to_numpy(),
            list_cost=tokens * part["list_price"].to_numpy(),
            model=part["model"],
            kind=part["kind"],
        )
    _truth(book, usage)
    return usage


def _truth(book: Book, usage: pd.DataFrame) -> None:
    day = usage["day"].to_numpy()
    gap = ((usage["stream"] == LOG_GAP_STREAM) & (day == LOG_GAP_DAY)).to_numpy()
    sandbox = (usage["account"] == "210000000004").to_numpy()  # its account names one owner on the bill itself
    unowned = (usage["team"] == "unallocated").to_numpy()
    late = day >= BILLED_DAYS
    basis = np.select([late, gap, unowned, sandbox], ["estimated", "no_driver", "untagged", "direct"], "metered").astype(object)
    cost = usage["tokens"].to_numpy() * np.where(late, usage["usd_price"], usage["price"])
    book.cost(
        book=usage["provider"].map(BOOK_OF),
        day=day,
        layer=usage["layer"],
        team=np.where(gap, "unallocated", usage["team"]),
        feature=np.where(gap | unowned, "unallocated", usage["feature"]),
        environment=np.where(gap | unowned, None, usage["env"]),
        agent_session_id=usage["session"],
        basis=basis,
        true_team=usage["true_team"],
        account=np.where(usage["provider"] == "anthropic", ANTHROPIC_ORG, usage["account"]),
        service="tokens",
        model=usage["model"],
        kind=usage["kind"],
        effective_cost=cost,
        billed_cost=np.where(late, 0, cost),
    )
