"""The price book of the bills. Token prices are whole pico per token, so that a split by tokens loses nothing.

AWS and Anthropic prices are the public list of 2026 (Bedrock: global profiles, and regional ones 10 % dearer). Azure bills in EUR: its
list is the dollar list at 0.92, its bill 5 % below the list. Mistral Large 2 changes price in the middle of September.
"""

from __future__ import annotations

import pandas as pd

from .company import DAYS, PRICE_CHANGE_ON, day_number
from .money import per_million, pico

KINDS = ["input", "cache_read", "cache_write_5m", "cache_write_1h", "output"]

# model -> (input, cache read, 5 m write, 1 h write, output) in dollars per million tokens
_CLAUDE = {"opus": ("5", "0.5", "6.25", "10", "25"), "sonnet": ("3", "0.3", "3.75", "6", "15"), "haiku": ("1", "0.1", "1.25", "2", "5")}
_CLAUDE_REGIONAL = {
    "opus": ("5.5", "0.55", "6.875", "11", "27.5"),
    "sonnet": ("3.3", "0.33", "4.125", "6.6", "16.5"),
    "haiku": ("1.1", "0.11", "1.375", "2.2", "5.5"),
}

# short model name -> native names
BEDROCK_IDS = {
    "opus": "anthropic.claude-opus-4-6-v1",
    "sonnet": "anthropic.claude-sonnet-4-6",
    "haiku": "anthropic.claude-haiku-4-5-20251001-v1:0",
    "mistral-large": "mistral.mistral-large-2407-v1:0",
    "nova-micro": "amazon.nova-micro-v1:0",
    "nova-lite": "amazon.nova-lite-v1:0",
    "titan-embed": "amazon.titan-embed-text-v2:0",
}
BEDROCK_USAGE_NAMES = {
    "opus": "Claude4.6Opus",
    "sonnet": "Claude4.6Sonnet",
    "haiku": "Claude4.5Haiku",
    "mistral-large": "MistralLarge2407",
    "nova-micro": "NovaMicro",
    "nova-lite": "NovaLite",
    "titan-embed": "TitanEmbeddingV2-Text",
}
ANTHROPIC_IDS = {"opus": "claude-opus-4-6", "haiku": "claude-haiku-4-5"}
AZURE_IDS = {"gpt-4o": "gpt-4o-2024-08-06", "gpt-4.1": "gpt-4.1-2025-04-14", "embed-small": "text-embedding-3-small"}

SUPPORT_MONTHLY = "100"


def _rows(provider, model, geo, tier, quoted, valid_from=0, valid_to=DAYS, scale=1, list_rate=None):
    for kind, price in zip(KINDS, quoted):
        if price is None:
            continue
        usd = per_million(price) // scale
        listed = usd if list_rate is None else usd * list_rate // 100
        billed = listed if list_rate is None else listed * 95 // 100
        yield (provider, model, geo, tier, kind, valid_from, valid_to, listed, billed, usd)


def token_prices() -> pd.DataFrame:
    """One row per (provider, model, geo_scope, service_tier, token kind, validity): list and billed price in the billing currency, and USD."""
    change = day_number(PRICE_CHANGE_ON)
    rows = []
    for model in _CLAUDE:
        rows += _rows("aws", model, "global", "standard", _CLAUDE[model])
        rows += _rows("aws", model, "geo", "standard", _CLAUDE_REGIONAL[model])
        rows += _rows("aws", model, "geo", "batch", _CLAUDE_REGIONAL[model], scale=2)
        rows += _rows("anthropic", model, "global", "standard", _CLAUDE[model])
    rows += _rows("aws", "mistral-large", "in_region", "standard", ("3", None, None, None, "9"), valid_to=change)
    rows += _rows("aws", "mistral-large", "in_region", "standard", ("2", None, None, None, "6"), valid_from=change)
    rows += _rows("aws", "nova-micro", "in_region", "standard", ("0.035", "0.00875", None, None, "0.14"))
    rows += _rows("aws", "nova-lite", "in_region", "standard", ("0.06", "0.015", None, None, "0.24"))
    rows += _rows("aws", "titan-embed", "in_region", "standard", ("0.02", None, None, None, None))
    rows += _rows("azure", "gpt-4o", "global", "standard", ("2.5", "1.25", None, None, "10"), list_rate=92)
    rows += _rows("azure", "gpt-4.1", "global", "standard", ("2", "0.5", None, None, "8"), list_rate=92)
    rows += _rows("azure", "embed-small", "global", "standard", ("0.02", None, None, None, None), list_rate=92)
    rows += _rows("gcp", "gemini-2.5-flash", "global", "standard", ("0.3", "0.03", None, None, "2.5"))
    return pd.DataFrame(rows, columns=["provider", "model", "geo", "tier", "kind", "valid_from", "valid_to", "list_price", "price", "usd_price"])


# Everything else, in pico of the billing currency.
HOURLY = {
    "p4d.24xlarge": pico("21.957642"),
    "p5.48xlarge": pico("55.04"),
    "ml.p4d.24xlarge": pico("25.251288"),
    "sp:p4d.24xlarge": pico("14.272467"),  # one-year EC2 Instance Savings Plan, no upfront
    "sp:commitment": pico("15"),
    "ri:p4d.24xlarge": pico("14.054"),  # one-year reservation, no upfront
    "Standard_NC48ads_A100_v4": pico("6.7574"),  # EUR
    "ri:Standard_NC48ads_A100_v4": pico("4.0544"),  # EUR, one-year reservation, paid by the month
    "ocu": pico("0.24"),
    "nat": pico("0.045"),
    "eks": pico("0.10"),
    "vertex-vector-node": pico("0.75"),
}
GIB = 1 << 30
PER_GIB = {
    "s3": pico("0.023"),  # GB-month
    "gp3": pico("0.08"),  # GB-month
    "logs_in": pico("0.50"),
    "logs_stored": pico("0.03"),  # GB-month
    "internet": pico("0.09"),
    "inter_region": pico("0.02"),
    "inter_az": pico("0.01"),
    "nat": pico("0.045"),
    "gcs": pico("0.026"),
    "blob": pico("0.0196"),  # EUR
    "azure_egress": pico("0.08"),  # EUR
    "pinecone_storage": pico("0.33"),
}
PINECONE_READ_UNIT = per_million("16")
PINECONE_WRITE_UNIT = per_million("4")
