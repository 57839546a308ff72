"""Capacity bought by the hour, with the meters' real names: each hour's cost follows the tokens that ran in it, and what nobody used stands idle."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import small_company as small

MODEL_ARN = f"arn:aws:bedrock:us-east-1:{small.MEMBER}:provisioned-model/pm1abc"
UNUSED_ARN = f"arn:aws:bedrock:us-east-1:{small.MEMBER}:provisioned-model/pm2def"
SILENT_ARN = f"arn:aws:bedrock:us-east-1:{small.MEMBER}:provisioned-model/pm3ghi"
SUBSCRIPTION = "3b1f7c52-9a44-4c0e-8f21-5d1f6a7b8c90"
AZURE_RESOURCE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/ai/providers/Microsoft.CognitiveServices/accounts/company-openai"
UNITS = "USE1-NovaPro-ProvisionedThroughput-1MonthCommit-ModelUnits"
RESERVED = "USE1-Claude4.6Sonnet-reserved-1month-input-tpm"
SONNET = "anthropic.claude-sonnet-4-6"


def call(number: int, team: str, hour: int, model: str, given: int, out: int = 0, *, tier: str = "standard", provider: str = "aws", account: str = small.MEMBER, region: str = "us-east-1", cached: int = 0) -> dict:
    return {
        "call_id": f"call-{number}", "provider": provider, "platform": "bedrock", "account_id": account, "region": region, "geo_scope": "in_region", "model": model, "service_tier": tier,
        "operation": "chat", "started_at": small.at(0, hour), "ended_at": small.at(0, hour) + timedelta(seconds=8), "status": "ok", "token_convention": "exclusive", "input_tokens": given,
        "cache_read_tokens": cached, "cache_write_5m_tokens": 0, "cache_write_1h_tokens": 0, "output_tokens": out, "reasoning_tokens": 0, "retrieved_context_tokens": 0, "tags": small.tags(team),
    }  # fmt: skip


CALLS = [
    # Model units of pm1: hours 9, 10 and 11 are billed, nobody calls in hour 10, and nobody says what a unit serves.
    call(1, "support", 9, MODEL_ARN, 700, 300),
    call(2, "search", 9, MODEL_ARN, 1500, 500),
    call(3, "search", 11, MODEL_ARN, 10, 10),
    # 1,000 tokens per minute of input kept: 60,000 an hour. Half used in hour 1, overdrawn in hour 2.
    call(4, "support", 1, SONNET, 30_000, tier="reserved"),
    call(5, "search", 2, SONNET, 60_000, tier="reserved"),
    call(6, "growth", 2, SONNET, 30_000, tier="reserved"),
    # The same model on demand: no part of the reserved capacity.
    call(7, "growth", 2, SONNET, 50_000),
    # 15 PTU of gpt-4.1 are 2.7 million input tokens an hour, an output token is four and a cached one none.
    call(8, "support", 5, "gpt-4.1-2025-04-14", 700_000, 500_000, provider="azure", account=SUBSCRIPTION, region="westeurope"),
    call(9, "search", 6, "gpt-4.1-2025-04-14", 540_000, 0, provider="azure", account=SUBSCRIPTION, region="westeurope", cached=900_000),
]  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    bill = [small.line("AmazonBedrock", UNITS, 0, 1, "20.00", unit="Hrs", resource=arn, hour=hour) for arn in (MODEL_ARN, UNUSED_ARN, SILENT_ARN) for hour in (9, 10, 11)]
    bill.append(small.line("AmazonBedrock", RESERVED, 0, 24, "1", unit="1KTPMHour"))
    bill.append(small.line("AmazonBedrock", "USE1-Claude4.6Sonnet-input-tokens", 0, 50, "0.0033", unit="1K tokens"))
    folder = tmp_path_factory.mktemp("provisioned")
    landing = small.write(folder / "landing", {"aws_cur2": bill, "llm_calls": CALLS})
    export = landing / "azure_actual_costs" / "export"
    export.mkdir(parents=True)
    with (export / "part.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["BillingAccountId", "SubscriptionId", "Date", "MeterCategory", "MeterSubCategory", "MeterName", "UnitOfMeasure", "Quantity", "Cost", "BillingCurrency", "ResourceLocation", "ResourceId", "ChargeType"])
        writer.writerow(["1", SUBSCRIPTION, "09/14/2026", "Cognitive Services", "Azure OpenAI", "Provisioned Managed Global Unit", "1/Hour", "360", "360", "USD", "westeurope", AZURE_RESOURCE, "Usage"])
    policy = small.write_policy(folder / "policy")
    (policy / "provisioned_capacity.csv").write_text(f"provider,resource_id,model_id,comment\naws,{UNUSED_ARN},anthropic.unused-model,bought and not used yet\n")
    return duckdb.connect(str(build(landing, policy, "+int_inference__throughput_split +int_inference__on_demand")), read_only=True)


def shares(warehouse: duckdb.DuckDBPyConnection, where: str) -> dict[str, Decimal]:
    rows = warehouse.execute(f"""
        select case when split.allocation_step = 'idle' then 'idle' else split.team end as who, sum(split.effective_cost)
        from intermediate.int_inference__throughput_split as split left join intermediate.int_charges__pools as pools using (pool_id) where {where} group by all
    """).fetchall()
    return dict(rows)


def test_model_units_follow_the_tokens_of_each_hour(warehouse):
    """$20 an hour: hour 9 by 1,000 and 2,000 tokens, hour 10 is idle, hour 11 is all of the one caller's however few tokens."""
    third = Decimal("6.666666666667")
    assert shares(warehouse, "pools.resource_key = 'pm1abc'") == {"support": third, "search": 40 - third, "idle": Decimal(20)}


def test_a_provisioned_model_nobody_called_is_idle_when_policy_names_it_and_unknown_when_not(warehouse):
    assert shares(warehouse, "pools.resource_key = 'pm2def'") == {"idle": Decimal(60)}
    assert shares(warehouse, "pools.resource_key = 'pm3ghi'") == {}


def test_reserved_tokens_per_minute_are_used_by_the_tier_they_were_bought_for(warehouse):
    """A dollar an hour for 60,000 tokens: 30,000 are half of it; 90,000 share the whole hour; the day's other hours are idle."""
    third = Decimal("0.333333333333")
    found = shares(warehouse, "pools.driver_kind = 'reserved_throughput'")
    assert {who: round(amount, 9) for who, amount in found.items()} == {"support": Decimal("0.5"), "search": round(1 - third, 9), "growth": round(third, 9), "idle": Decimal("22.5")}
    assert sum(found.values()) == 24


def test_a_day_of_ptu_is_cut_into_its_hours(warehouse):
    """$15 an hour for 15 PTU of gpt-4.1. 700,000 and four times 500,000 fill hour 5; 540,000 are a fifth of hour 6; cached tokens take nothing."""
    assert shares(warehouse, "pools.provider = 'azure'") == {"support": Decimal(15), "search": Decimal(3), "idle": Decimal(342)}


def test_every_amount_is_conserved_and_graded(warehouse):
    rows = warehouse.execute("""
        select pools.provider, pools.driver_kind, any_value(split.key_level), any_value(split.evidence_grade), sum(split.effective_cost) = sum(distinct pools.effective_cost) * count(distinct pools.pool_id)
        from intermediate.int_inference__throughput_split as split left join intermediate.int_charges__pools as pools using (pool_id) group by all order by all
    """).fetchall()
    assert rows == [("aws", "provisioned_throughput", 1, "B", True), ("aws", "reserved_throughput", 2, "B", True), ("azure", "provisioned_throughput", 3, "C", True)]


def test_what_capacity_paid_for_waits_for_no_bill_line(warehouse):
    """Only the call on demand has a price per token; the others are neither estimated nor an exception."""
    assert warehouse.execute("select distinct model_id, service_tier, token_kind, tokens from intermediate.int_inference__on_demand").fetchall() == [("claude-sonnet-4-6", "standard", "input", 50_000)]


@pytest.mark.parametrize(
    ("provider", "text", "kind"),
    [
        ("aws", "USE1-ProvisionedThroughput-ClaudeV2-1MonthCommit-ModelUnits", "provisioned_throughput"),
        ("aws", "USE1-CustomModelImport-CustomModelUnit-v1", "provisioned_throughput"),
        ("aws", "USE1-Claude4.6Sonnet-reserved-1month-output-tpm-cross-region-global", "reserved_throughput"),
        ("azure", "Azure OpenAI|Provisioned Managed Data Zone Unit", "provisioned_throughput"),
        ("azure", "Azure OpenAI|Provisioned Managed Regional Unit", "provisioned_throughput"),
        ("gcp", "Vertex AI: Provisioned Throughput 1 month", "provisioned_throughput"),
        ("gcp", "Gemini 2.5 Flash GSU Provisioned Throughput - Predictions", "provisioned_throughput"),
        ("openai", "Scale Tier | gpt-4o-2024-08-06", "provisioned_throughput"),
        ("openai", "gpt-4o-2024-08-06, input", "llm_tokens"),
    ],
)
def test_meters_of_capacity_are_told_from_tokens(project_root, provider, text, kind):
    with (project_root / "seeds" / "reference" / "charge_layers.csv").open(newline="") as file:
        rules = sorted(csv.DictReader(file), key=lambda rule: int(rule["priority"]))
    found = next(rule for rule in rules if rule["provider"] in ("", provider) and rule["service_pattern"] == ".*" and re.search(rule["text_pattern"], text, re.IGNORECASE))
    assert found["driver_kind"] == kind and (not found["text_hints"] or any(hint in text.lower() for hint in found["text_hints"].split("|")))
