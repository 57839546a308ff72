"""Calls whose price somebody worked out: public cases, price changes by day and by day of knowledge, and what must stay unpriced rather than cost nothing.

Each case goes from the call through the project's own models, so that band, geography, tier, kind and day are found the way a run finds them.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from price_lab import PriceLab

MILLION = 1_000_000
BEDROCK = {"provider": "aws", "region": "us-east-1", "started_at": "2026-10-15 12:10:00"}
# Input and output of a million tokens each cost what the price list prints.
A_MILLION_EACH = {"input_tokens": MILLION, "output_tokens": MILLION}
SONNET = "anthropic.claude-sonnet-4-6"
HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0"
LONG = {"model_id_raw": "claude-sonnet-4-6", "output_tokens": 1000}


def on_bedrock(model: str, geo_scope: str = "in_region", region: str | None = "us-east-1", **more: object) -> dict[str, object]:
    return {**BEDROCK, **A_MILLION_EACH, "model_id_raw": model, "geo_scope": geo_scope, "region": region, **more}


CASES: dict[str, tuple[dict[str, object], str]] = {
    # litellm#9812: the console billed $0.05439; counting the cache write as fresh input again gives $0.091311.
    "3 fresh, 12,304 written and 550 out on 3.7 Sonnet": (
        {"model_id_raw": "claude-3-7-sonnet-20250219", "started_at": "2025-04-08", "input_tokens": 3, "cache_write_5m_tokens": 12_304, "output_tokens": 550}, "0.054399"),
    # Prices on Bedrock, global and geographic.
    "Sonnet 4.6 global": (on_bedrock("global." + SONNET, "global"), "18"),
    "Sonnet 4.6 us": (on_bedrock("us." + SONNET, "geo"), "19.8"),
    "Sonnet 4.6 eu": (on_bedrock("eu." + SONNET, "geo", "eu-central-1"), "19.8"),
    "Sonnet 4.6 in region": (on_bedrock(SONNET), "19.8"),
    "Sonnet 4.6 by its bare id": (on_bedrock(SONNET, "unknown"), "ambiguous_geo_scope"),
    "Haiku 4.5 global": (on_bedrock("global." + HAIKU, "global"), "6"),
    "Haiku 4.5 us": (on_bedrock("us." + HAIKU, "geo"), "6.6"),
    "Haiku 4.5 by its bare id": (on_bedrock(HAIKU, "unknown"), "ambiguous_geo_scope"),
    "Nova Micro": (on_bedrock("amazon.nova-micro-v1:0"), "0.175"),
    "Nova Micro eu": (on_bedrock("eu.amazon.nova-micro-v1:0", "geo", "eu-west-1"), "0.230"),
    "Nova Micro apac": (on_bedrock("apac.amazon.nova-micro-v1:0", "geo", "ap-southeast-2"), "0.185"),
    "Nova Lite": (on_bedrock("amazon.nova-lite-v1:0"), "0.3"),
    "Nova Lite eu": (on_bedrock("eu.amazon.nova-lite-v1:0", "geo", "eu-central-1"), "0.39"),
    "Nova Lite nobody knows where": (on_bedrock("amazon.nova-lite-v1:0", region=None), "ambiguous_region"),
    "Llama 3.3 70B": (on_bedrock("meta.llama3-3-70b-instruct-v1:0"), "1.44"),
    "Llama 3.3 70B in a batch": (on_bedrock("meta.llama3-3-70b-instruct-v1:0", service_tier="batch"), "0.72"),
    "Mistral Large 2": (on_bedrock("mistral.mistral-large-2407-v1:0", region="us-west-2"), "8"),
    # The price of a day.
    "o3 on its last dear day": ({**A_MILLION_EACH, "provider": "openai", "model_id_raw": "o3", "started_at": "2025-06-09 23:59:59"}, "50"),
    "o3 on its first cheap day": ({**A_MILLION_EACH, "provider": "openai", "model_id_raw": "o3-2025-04-16", "started_at": "2025-06-10"}, "10"),
    "o3 read from the cache on its last dear day": ({"provider": "openai", "model_id_raw": "o3", "started_at": "2025-06-09", "cache_read_tokens": MILLION}, "2.5"),
    "Sonnet 5 as announced and withdrawn": ({**A_MILLION_EACH, "model_id_raw": "claude-sonnet-5", "started_at": "2026-09-15"}, "12"),
    "GPT-5.6 luna before its change": ({"provider": "openai", "model_id_raw": "gpt-5.6-luna", "started_at": "2026-07-29", "input_tokens": 200_000}, "0.2"),
    "GPT-5.6 luna after its change": ({"provider": "openai", "model_id_raw": "gpt-5.6-luna", "started_at": "2026-07-30", "input_tokens": 200_000}, "0.04"),
    # A part of the day.
    "DeepSeek V4 in its dear hours": ({"provider": "deepseek", "model_id_raw": "deepseek-v4-pro", "started_at": "2026-10-15 03:59:00", **A_MILLION_EACH}, "5.28"),
    "DeepSeek V4 in the hour after": ({"provider": "deepseek", "model_id_raw": "deepseek-v4-pro", "started_at": "2026-10-15 04:00:00", **A_MILLION_EACH}, "2.64"),
    "DeepSeek V4 in its second dear hours": ({"provider": "deepseek", "model_id_raw": "deepseek-v4-pro", "started_at": "2026-10-15 09:30:00", **A_MILLION_EACH}, "5.28"),
    "DeepSeek V4 before there were such hours": ({"provider": "deepseek", "model_id_raw": "deepseek-v4-pro", "started_at": "2026-08-16 03:59:00", **A_MILLION_EACH}, "1.305"),
    # A long request is dearer as a whole, until 2026-03-13.
    "200,000 tokens while long context cost more": ({**LONG, "started_at": "2026-03-12", "input_tokens": 200_000}, "0.615"),
    "200,001 tokens while long context cost more": ({**LONG, "started_at": "2026-03-12", "input_tokens": 200_001}, "1.222506"),
    "200,001 tokens of which half were cached": ({**LONG, "started_at": "2026-03-12", "input_tokens": 100_000, "cache_read_tokens": 100_001}, "0.6825006"),
    "200,000 tokens after": ({**LONG, "started_at": "2026-03-13", "input_tokens": 200_000}, "0.615"),
    "200,001 tokens after": ({**LONG, "started_at": "2026-03-13", "input_tokens": 200_001}, "0.615003"),
    # A sum of requests has no length of its own; it tells its band, or leaves it open.
    "a sum of short requests": ({**LONG, "started_at": "2026-03-12", "input_tokens": MILLION, "record_kind": "bucket", "tags": {"context_window": "0-200k"}}, "3.015"),
    "a sum of long requests": ({**LONG, "started_at": "2026-03-12", "input_tokens": MILLION, "record_kind": "bucket", "tags": {"context_window": "200k-1M"}}, "6.0225"),
    "a sum of requests of any length": ({**LONG, "started_at": "2026-03-12", "input_tokens": MILLION, "record_kind": "bucket"}, "ambiguous_context_band"),
    "a sum of requests when length no longer mattered": ({**LONG, "started_at": "2026-03-13", "input_tokens": MILLION, "record_kind": "bucket"}, "3.015"),
    # What has no price costs nothing known, never nothing.
    "a model nobody knows": ({**A_MILLION_EACH, "provider": "openai", "model_id_raw": "gpt-99-preview", "started_at": "2026-10-15"}, "unknown_model"),
    "a model that looks like a known one": (on_bedrock("us.anthropic.claude-sonnet-9-v1:0", "geo"), "unknown_model"),
    "an opaque inference profile": (on_bedrock("arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3d4e5f6"), "unmapped_inference_profile"),
    "a model another provider sells": ({**A_MILLION_EACH, "provider": "cohere", "model_id_raw": "gpt-4o", "started_at": "2026-10-15"}, "no_price_for_this_model"),
    "a kind without a price": (on_bedrock("amazon.nova-lite-v1:0", input_tokens=0, output_tokens=0, cache_write_1h_tokens=5), "missing_token_kind"),
    "a tier without a price": (on_bedrock("us." + SONNET, "geo", service_tier="reserved"), "missing_service_tier"),
}  # fmt: skip

# Input and output of a million tokens each, by tier: the discount is taken once, and by nobody who does not sell the tier.
TIERS: dict[tuple[str, str, str], dict[str, str]] = {
    ("aws", "us." + HAIKU, "geo"): {"standard": "6.6", "batch": "3.3", "flex": "missing_service_tier", "priority": "missing_service_tier"},
    ("anthropic", "claude-haiku-4-5", "unknown"): {"standard": "6", "batch": "3", "flex": "missing_service_tier", "priority": "missing_service_tier"},
    ("openai", "gpt-4.1", "unknown"): {"standard": "10", "batch": "5", "flex": "missing_service_tier", "priority": "17.5"},
    ("openai", "o3", "unknown"): {"standard": "10", "batch": "5", "flex": "5", "priority": "17.5"},
    ("azure", "gpt-4.1", "global"): {"standard": "10", "batch": "5", "flex": "missing_service_tier", "priority": "17.5"},
    ("gcp", "gemini-2.5-flash", "global"): {"standard": "2.8", "batch": "1.4", "flex": "missing_service_tier", "priority": "missing_service_tier"},
}  # fmt: skip
for (provider, model, scope), tiers in TIERS.items():
    for tier, expected in tiers.items():
        CASES[f"{model} of {provider}, {tier}"] = (
            {**A_MILLION_EACH, "provider": provider, "model_id_raw": model, "geo_scope": scope, "region": "us-east-1", "service_tier": tier, "started_at": "2026-10-15"}, expected)  # fmt: skip

# What was held to be true on a day: the book finds withdrawn prices again.
KNOWN: dict[str, dict[str, tuple[dict[str, object], str]]] = {
    "2026-07-15": {
        "Sonnet 5 before the announced increase": ({**A_MILLION_EACH, "model_id_raw": "claude-sonnet-5", "started_at": "2026-08-31"}, "12"),
        "Sonnet 5 after the announced increase": ({**A_MILLION_EACH, "model_id_raw": "claude-sonnet-5", "started_at": "2026-09-15"}, "18"),
        "Sonnet 5 after the announced increase, us": (on_bedrock("us.anthropic.claude-sonnet-5", "geo", started_at="2026-09-15"), "19.8"),
        "Mistral Large 2 at its former price": (on_bedrock("mistral.mistral-large-2407-v1:0", region="us-west-2"), "12"),
        "Haiku 4.5, of which nothing was withdrawn": (on_bedrock("us." + HAIKU, "geo"), "6.6"),
        "Nova Lite eu, before its price was read": (on_bedrock("eu.amazon.nova-lite-v1:0", "geo", "eu-central-1"), "0.3"),
    },
    "2026-08-20": {
        "Sonnet 5 after the increase was withdrawn": ({**A_MILLION_EACH, "model_id_raw": "claude-sonnet-5", "started_at": "2026-09-15"}, "12"),
    },
}


def answers(root: Path, known_at: str | None, cases: dict[str, tuple[dict[str, object], str]]) -> dict[str, str]:
    lab = PriceLab(root, known_at)
    found = lab.priced({**call, "account_id": name.replace("'", "")} for name, (call, _) in cases.items())
    return {name: ", ".join(sorted(answer)) if isinstance(answer := lab.answer(found[name]), set) else f"{answer.normalize():f}" for name in cases}


@pytest.fixture(scope="module")
def today(project_root: Path) -> dict[str, str]:
    return answers(project_root, None, CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_worked_price(today: dict[str, str], name: str) -> None:
    expected = CASES[name][1]
    assert today[name] == (f"{Decimal(expected).normalize():f}" if expected[0].isdigit() else expected)


@pytest.mark.parametrize("known_at", KNOWN)
def test_a_price_as_it_was_known(project_root: Path, known_at: str) -> None:
    assert answers(project_root, known_at, KNOWN[known_at]) == {name: f"{Decimal(expected).normalize():f}" for name, (_, expected) in KNOWN[known_at].items()}


@pytest.mark.parametrize(("unknown_tokens", "max_share", "fails"), [(20, 0.01, True), (10, 0.01, False), (1, 0, True), (0, 0, False)])
def test_the_gate_fails_above_the_share_of_policy(project_root: Path, unknown_tokens: int, max_share: float, fails: bool) -> None:
    """A month of a thousand tokens, some of them of a model nobody knows and no bill paid for; a quiet month and another provider do not dilute it."""
    lab = PriceLab(project_root)
    lab.variables["unpriced_tokens_max_share"] = max_share
    known = {"provider": "openai", "model_id_raw": "gpt-4.1", "started_at": "2026-10-15"}
    lab.priced([
        {**known, "input_tokens": 1000 - unknown_tokens},
        {**known, "input_tokens": unknown_tokens, "model_id_raw": "gpt-99"},
        {**known, "input_tokens": 1_000_000, "started_at": "2026-09-15"},
        {**known, "input_tokens": 1_000_000, "provider": "anthropic", "model_id_raw": "claude-haiku-4-5"},
    ])  # fmt: skip
    lab.connection.execute("create table int_inference__without_cost as from int_inference__priced")
    found = lab.connection.execute(lab.template("tests/singular/assert_usage_without_a_price_is_rare.sql").render()).fetchall()
    assert [(provider, tokens) for provider, _, tokens, _ in found] == ([("openai", unknown_tokens)] if fails else [])
