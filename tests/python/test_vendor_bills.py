"""Vendors' own bills, from the landing zone to the classified charge: OpenAI's costs API, Anthropic's cost report, Pinecone's usage report, accelerator clouds through FOCUS.

Strings and shapes are those of the vendors' references and of answers people have published (read 2026-11). One build of one landing zone serves all tests that only look.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

DAY = 86_400
AUGUST_1 = 1_785_542_400  # 2026-08-01

OPENAI_LINES = {
    # line item: (model, token kind, tier, layer, driver)
    "gpt-4o-2024-08-06, input": ("gpt-4o", "input", "standard", "inference", "llm_tokens"),
    "gpt-5-mini-2025-08-07, cached input": ("gpt-5-mini", "cache_read", "standard", "inference", "llm_tokens"),
    "gpt-4.1-2025-04-14, output": ("gpt-4.1", "output", "standard", "inference", "llm_tokens"),
    "GPT-4o mini, input": ("gpt-4o-mini", "input", "standard", "inference", "llm_tokens"),
    "gpt-4o-mini-2024-07-18, cached input": ("gpt-4o-mini", "cache_read", "standard", "inference", "llm_tokens"),
    "priority | gpt-5.4-2026-03-05, input": ("gpt-5.4", "input", "priority", "inference", "llm_tokens"),
    "priority | gpt-5.6-sol, output, long context": ("gpt-5.6-sol", "output", "priority", "inference", "llm_tokens"),
    "gpt-5.6-sol, cache writes": ("gpt-5.6-sol", "cache_write_5m", "standard", "inference", "llm_tokens"),
    "flex | gpt-5-mini-2025-08-07, output": ("gpt-5-mini", "output", "flex", "inference", "llm_tokens"),
    "batch | gpt-4o-2024-08-06, output": ("gpt-4o", "output", "batch", "inference", "llm_tokens"),
    "evals | gpt-4o-mini, input": ("gpt-4o-mini", "input", "standard", "inference", "llm_tokens"),
    "o3-2025-04-16, output": ("o3", "output", "standard", "inference", "llm_tokens"),
    "gpt-4o": ("gpt-4o", None, "standard", "inference", "llm_tokens"),
    "text-embedding-3-small, input": ("text-embedding-3-small", "input", "standard", "retrieval", "embedding"),
    "web search tool calls": (None, None, "standard", "inference", "none"),
    "assistants api | file search": (None, None, "standard", "inference", "none"),
    "code interpreter sessions": (None, None, "standard", "inference", "none"),
    "Vector storage": (None, None, "standard", "inference", "none"),
    "Image models": (None, None, "standard", "inference", "none"),
    "whisper-1, audio": (None, None, "standard", "inference", "none"),
}
TOKEN_TYPES = {
    "uncached_input_tokens": ("Input", "Uncached", "input"),
    "cache_read_input_tokens": ("Input", "Read", "cache_read"),
    "cache_creation.ephemeral_5m_input_tokens": ("Input", "Write", "cache_write_5m"),
    "cache_creation.ephemeral_1h_input_tokens": ("Input", "Write", "cache_write_1h"),
    "output_tokens": ("Output", None, "output"),
}


def openai_page(days: dict[int, list[dict]]) -> dict:
    return {
        "object": "page",
        "data": [{"object": "bucket", "start_time": AUGUST_1 + day * DAY, "end_time": AUGUST_1 + (day + 1) * DAY, "results": results} for day, results in days.items()],
        "has_more": False,
        "next_page": None,
    }


def openai_result(value: str, line: str | None, **more) -> dict:
    """The value as the answer writes it: a bare JSON number, whatever its form."""
    return {"object": "organization.costs.result", "amount": {"value": f"<{value}>", "currency": "usd"}, "line_item": line, "organization_id": "org-acme", **more}


def as_json(document: dict) -> str:
    return json.dumps(document).replace('"<', "").replace('>"', "").replace("\\", "")


def anthropic_day(day: str, *results: dict) -> dict:
    return {"starting_at": f"{day}T00:00:00Z", "ending_at": f"{day[:8]}{int(day[8:]) + 1:02d}T00:00:00Z", "results": list(results)}


def anthropic_result(cents: str, token_type: str | None = "uncached_input_tokens", **more) -> dict:
    return {
        "currency": "USD", "amount": cents, "workspace_id": "wrkspc_01JwQvzr7rXLA5AGx3HKfFUJ", "description": "Claude Sonnet 4 Usage - Input Tokens", "cost_type": "tokens",
        "context_window": "0-200k", "model": "claude-sonnet-4-20250514", "service_tier": "standard", "token_type": token_type, "inference_geo": "not_available", **more,
    }


def write(landing: Path, name: str, text: str) -> None:
    path = landing / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


PINECONE = """Date,Organization,Project,Index,Cloud,Region,SKU,Usage,Unit,Cost (USD),tag:team,project tag:env
2026-08-01,Acme,retrieval,kb-support,aws,us-east-1,Read Units,1500000,RU,24.00,support,prod
2026-08-01,Acme,retrieval,kb-support,aws,us-east-1,Write Units,250000,WU,1.00,support,prod
2026-08-01,Acme,retrieval,kb-support,aws,us-east-1,Storage,12.5,GB-mo,4.125,support,prod
2026-08-31,Acme,,,,,Minimum usage commitment top-up,,,20.875,,
2026-08-31,Acme,,,,,Promotional credit,,,-5.00,,
"""
FOCUS_HEADER = "BilledCost,EffectiveCost,ListCost,ContractedCost,BillingAccountId,BillingCurrency,BillingPeriodStart,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ServiceName,ProviderName,ConsumedQuantity,ConsumedUnit,SkuMeter,ResourceId,SkuPriceDetails"
# provider, service, meter, details -> provider code, layer, driver, GPUs as the bill counts them, accelerator and count by its name
GPU_CLOUDS = [
    ("CoreWeave, Inc.", "GPU Compute", "gd-8xh100ib-i128", {"InstanceType": "gd-8xh100ib-i128", "GpuCount": 8}, "coreweave", "gpu", "gpu_node", "8", "H100", 8),
    ("CoreWeave", "CPU Compute", "cd-gp-i64-erapids", {"InstanceType": "cd-gp-i64-erapids"}, "coreweave", "other", "none", None, None, None),
    ("CoreWeave", "Object Storage", "AI Object Storage GiB-hours", {}, "coreweave", "storage", "volume", None, None, None),
    ("Lambda Labs", "On-Demand Cloud", "gpu_8x_h100_sxm5", {"GpuCount": 8}, "lambda_labs", "gpu", "gpu_node", "8", "H100", 8),
    ("Lambda", "On-Demand Cloud", "gpu_1x_a10", {"GpuCount": 1}, "lambda_labs", "gpu", "gpu_node", "1", "A10", 1),
    ("Lambda", "File System", "Filesystem storage", {}, "lambda_labs", "storage", "volume", None, None, None),
    ("RunPod", "Secure Cloud", "NVIDIA H100 80GB HBM3", {"GpuCount": "2"}, "runpod", "gpu", "gpu_node", "2", "H100", None),
    ("RunPod", "Network Volume", "Network volume", {}, "runpod", "storage", "volume", None, None, None),
    ("Crusoe Cloud", "Compute", "h100-80gb-sxm-ib.8x", {"GpuCount": 8}, "crusoe", "gpu", "gpu_node", "8", "H100", 8),
    ("Crusoe Energy Systems LLC", "Storage", "persistent-disk", {}, "crusoe", "storage", "volume", None, None, None),
    ("Nebius B.V.", "Compute", "On demand", {"InstanceType": "gpu-h100-sxm 8gpu-128vcpu-1600gb", "GpuCount": 8}, "nebius", "gpu", "gpu_node", "8", "H100", 8),
]


@pytest.fixture(scope="module")
def bills(build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Each vendor once, with its traps; nothing delivered twice."""
    landing = tmp_path_factory.mktemp("vendors") / "landing"
    amounts = [f"0.{number:02d}" for number in range(1, len(OPENAI_LINES) + 1)]
    results = [openai_result(amount, line, project_id="proj_abc", quantity=1000 if ", input" in line else None) for line, amount in zip(OPENAI_LINES, amounts)]
    odd = [
        openai_result("6e-05", None), openai_result("0.34090000000000000", None), openai_result("1E-7", None), openai_result("1234567.89", None), openai_result('"2.25"', None),
        openai_result("-3.25", "Promotional credit"), openai_result("null", "gpt-4o, input"),
    ]
    write(landing, "openai_costs/2026-09-02T0300/page-1.json", as_json(openai_page({0: results, 1: [], 2: odd})))
    nameless = openai_page({0: [{"amount": {"value": 0.5, "currency": "usd"}}]})
    write(landing, "openai_costs/second-org/2026-09-02T0300/page-1.json", as_json(nameless))

    tokens = [anthropic_result("1.10", kind, description=f"Claude Sonnet 4 Usage - {kind}") for kind in TOKEN_TYPES]
    guard = anthropic_result("4.614", "cache_creation.ephemeral_5m_input_tokens", description="Claude Sonnet 4 Usage - Input Tokens, Cache Write")
    others = [
        anthropic_result("500", None, cost_type="web_search", description="Web Search Usage", model=None, context_window=None, service_tier=None),
        anthropic_result("12", None, cost_type="code_execution", description="Code Execution Usage", model=None, context_window=None, service_tier=None),
        anthropic_result("3", None, cost_type="session_usage", description="Session Usage", model=None, context_window=None, service_tier=None),
        anthropic_result("7.5", "output_tokens", service_tier="batch", description="Claude Sonnet 4 Usage - Output Tokens, Batch"),
        {"currency": "USD", "amount": "123.78912", "workspace_id": None, "description": None, "cost_type": None, "model": None, "token_type": None},
        anthropic_result("1", None, currency="JPY"),
    ]
    report = {"data": [anthropic_day("2026-08-01", *tokens), anthropic_day("2026-08-02", guard, *others), anthropic_day("2026-08-03")], "has_more": True, "next_page": "page_MjA="}
    write(landing, "anthropic_cost_report/2026-09-02T0300/page-1.json", json.dumps(report))

    write(landing, "pinecone_usage/2026-09-02T0300/usage.csv", PINECONE)

    rows = [FOCUS_HEADER]
    for number, (provider, service, meter, details, *_) in enumerate(GPU_CLOUDS):
        quoted = json.dumps(details).replace('"', '""')
        rows.append(f'{number + 1}.25,,,,acct,USD,2026-08-01,2026-08-0{number % 9 + 1},,Usage,{service},"{provider}",24,Hours,{meter},node-{number},"{quoted}"')
    for provider in ("OpenAI, LLC", "Anthropic, PBC", "Pinecone Systems, Inc."):
        rows.append(f'0.5,,,,acct,USD,2026-08-01,2026-08-01,,Usage,API,"{provider}",1,Tokens,x,,')
    write(landing, "focus/gpu/focus.csv", "\n".join(rows) + "\n")

    warehouse = build(landing, select="+int_charges__skus +int_charges__accelerators +int_charges__in_force")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        yield connection


def classified(bills: duckdb.DuckDBPyConnection, columns: str, where: str) -> list[tuple]:
    """Charges beside what they were found to be: every column the two have in common is the same, null or not."""
    names = "select column_name from information_schema.columns where table_schema = 'intermediate' and table_name = '{}'"
    shared = [name for (name,) in bills.sql(f"{names.format('int_charges__unioned')} intersect {names.format('int_charges__skus')}").fetchall()]
    same = " and ".join(f"charges.{name} is not distinct from skus.{name}" for name in shared)
    return bills.sql(
        f"""select {columns} from intermediate.int_charges__unioned as charges left join intermediate.int_charges__skus as skus on {same}
        where {where} order by charges.x_source_file, charges.x_source_row_number"""
    ).fetchall()


def one(bills: duckdb.DuckDBPyConnection, query: str):
    return bills.sql(query).fetchone()[0]


# OpenAI


def test_openai_line_items_name_model_direction_cache_and_tier(bills) -> None:
    rows = classified(bills, "charge_description, skus.model_id, token_kind, service_tier, layer, driver_kind", "x_source = 'openai_costs' and sub_account_id = 'proj_abc'")
    assert {line: tuple(found) for line, *found in rows} == OPENAI_LINES


def test_openai_amounts_are_the_digits_of_the_answer_whatever_their_form(bills) -> None:
    """A double turned into a decimal by its value instead of its shortest text brings binary dust; E-notation read with few decimals is zero."""
    odd = bills.sql("select billed_cost from staging.stg_openai__costs where charge_period_start = timestamp '2026-08-03' and x_quarantine_reason is null order by x_source_row_number").fetchall()
    assert [row[0] for row in odd] == [Decimal(text) for text in ("0.00006", "0.3409", "0.0000001", "1234567.89", "2.25", "-3.25")]
    names = sum(Decimal(number) for number in range(1, len(OPENAI_LINES) + 1)) / 100
    assert one(bills, "select sum(billed_cost) from staging.stg_openai__costs where sub_account_id = 'proj_abc'") == names


def test_an_openai_amount_that_is_no_number_waits_with_its_fix(bills) -> None:
    reasons = bills.sql("select charge_description, x_quarantine_reason from staging.stg_openai__costs where x_quarantine_reason is not null").fetchall()
    assert len(reasons) == 1 and reasons[0][0] == "gpt-4o, input" and "a number is needed" in reasons[0][1]


def test_an_ungrouped_openai_pull_keeps_nulls_and_the_folder_names_the_organisation(bills) -> None:
    rows = bills.sql("select billing_account_id, sub_account_id, x_sku_text, billed_cost, charge_period_start, charge_period_end from staging.stg_openai__costs where x_report = 'second-org'").fetchall()
    assert [(account, project, text, cost) for account, project, text, cost, *_ in rows] == [("second-org", None, None, Decimal("0.5"))]
    assert (rows[0][5] - rows[0][4]).days == 1


def test_an_openai_credit_is_a_credit_and_a_quantity_has_a_unit_only_where_the_line_counts_tokens(bills) -> None:
    assert bills.sql("select charge_category, x_charge_kind from staging.stg_openai__costs where charge_description = 'Promotional credit'").fetchall() == [("Credit", "credit")]
    units = bills.sql("select distinct consumed_quantity, consumed_unit from staging.stg_openai__costs where sub_account_id = 'proj_abc' order by 1").fetchall()
    assert units == [(Decimal(1000), "Tokens"), (None, None)]


# Anthropic


def test_anthropic_amounts_are_cents_not_dollars(bills) -> None:
    """BerriAI/litellm#9812: 12,304 cache-write tokens at $3.75 a million are 4.614 cents, stated as 4.614. Read as dollars the bill is 100 times too high."""
    cost = one(bills, "select billed_cost from staging.stg_anthropic__cost_report where charge_description like '%Cache Write'")
    assert cost == Decimal("0.04614") == Decimal(12_304) * Decimal("3.75") / 1_000_000
    assert one(bills, "select billed_cost from staging.stg_anthropic__cost_report where charge_description is null") == Decimal("1.2378912")


def test_anthropic_token_types_keep_direction_cache_and_lifetime(bills) -> None:
    rows = classified(
        bills, "x_usage_type, charges.bill_token_direction, charges.bill_token_cache_action, token_kind, skus.model_id", "x_source = 'anthropic_cost_report' and charge_period_start = timestamp '2026-08-01'"
    )
    assert {kind: tuple(found) for kind, *found, _ in rows} == TOKEN_TYPES
    assert {row[4] for row in rows} == {"claude-sonnet-4"}


def test_anthropic_tools_and_sessions_are_no_tokens(bills) -> None:
    rows = classified(bills, "x_operation, layer, driver_kind, token_kind, charges.bill_model_id", "x_source = 'anthropic_cost_report' and x_operation <> 'tokens'")
    assert rows == [(kind, "inference", "none", None, None) for kind in ("web_search", "code_execution", "session_usage")]
    assert classified(bills, "service_tier, token_kind", "charge_description like '%Batch'") == [("batch", "output")]


def test_anthropic_currency_whose_lowest_unit_is_unknown_is_refused(bills) -> None:
    """A yen has no hundredth: dividing it by 100 would lose 99 % of the bill."""
    reason = one(bills, "select x_quarantine_reason from staging.stg_anthropic__cost_report where billing_currency = 'JPY'")
    assert reason.startswith("currency is 'JPY': USD is needed")


def test_an_empty_day_is_no_row(bills) -> None:
    assert one(bills, "select count(*) from raw.anthropic_cost_report where starting_at like '2026-08-03%'") == 0
    assert one(bills, "select count(*) from raw.openai_costs where start_time = '1785628800'") == 0


# Pinecone


def test_pinecone_lines_by_sku_index_and_tag_and_the_minimum_apart(bills) -> None:
    rows = classified(bills, "sku_meter, charges.charge_category, x_charge_kind, layer, driver_kind, resource_id, charges.consumed_unit, tags['team'], tags['env']", "x_source = 'pinecone_usage'")
    assert rows == [
        ("Read Units", "Usage", "usage", "retrieval", "vector_search", "kb-support", "RU", "support", "prod"),
        ("Write Units", "Usage", "usage", "retrieval", "vector_index", "kb-support", "WU", "support", "prod"),
        ("Storage", "Usage", "usage", "retrieval", "vector_storage", "kb-support", "GB-mo", "support", "prod"),
        ("Minimum usage commitment top-up", "Purchase", "fee", "retrieval", "none", None, None, None, None),
        ("Promotional credit", "Credit", "credit", "retrieval", "vector_search", None, None, None, None),
    ]
    assert one(bills, "select sum(billed_cost) from staging.stg_pinecone__usage") == Decimal("45.00")
    assert bills.sql("select distinct billing_account_id, billing_currency from staging.stg_pinecone__usage").fetchall() == [("Acme", "USD")]


# Accelerator clouds


def test_accelerator_clouds_through_focus_have_code_layer_machine_and_count(bills) -> None:
    rows = classified(bills, "x_source_row_number, charges.provider, layer, driver_kind, bill_gpu_count", "x_source = 'focus' and charges.provider not in ('openai', 'anthropic', 'pinecone')")
    assert [tuple(row[1:]) for row in rows] == [cloud[4:8] for cloud in GPU_CLOUDS]
    found = dict(bills.sql("select (provider, resource_type, x_sku_text), (gpu_type, cast(gpu_count as integer)) from intermediate.int_charges__accelerators").fetchall())
    asked = bills.sql("select (provider, resource_type, x_sku_text) from intermediate.int_charges__unioned where x_source_file like 'focus/gpu/%' and service_name <> 'API' order by x_source_row_number").fetchall()
    assert [found.get(key, (None, None)) for (key,) in asked] == [cloud[8:] for cloud in GPU_CLOUDS]
    named = bills.sql("select resource_type, x_sku_text from staging.stg_focus__charges where provider = 'nebius'").fetchone()
    assert named == ("gpu-h100-sxm 8gpu-128vcpu-1600gb", "On demand|gpu-h100-sxm 8gpu-128vcpu-1600gb")


def test_a_vendors_legal_name_is_its_code(bills) -> None:
    """Precedence rules and prices name a vendor once: 'OpenAI, LLC' is openai."""
    codes = bills.sql("select distinct provider from staging.stg_focus__charges where service_name = 'API' order by 1").fetchall()
    assert codes == [("anthropic",), ("openai",), ("pinecone",)]


# All of them


@pytest.mark.parametrize(
    ("model", "raw", "units"),
    [
        ("stg_openai__costs", "select sum(cast(amount_value as decimal(38, 12))) from raw.openai_costs where amount_value not like '{%'", 1),
        ("stg_anthropic__cost_report", "select sum(cast(amount as decimal(38, 10))) from raw.anthropic_cost_report", 100),
        ("stg_pinecone__usage", "select sum(cast(cost as decimal(38, 12))) from raw.pinecone_usage", 1),
    ],
)
def test_staging_sums_to_the_raw_total_to_the_last_digit(bills, model: str, raw: str, units: int) -> None:
    assert one(bills, f"select sum(billed_cost) from staging.{model}") * units == one(bills, raw)


def test_the_charges_that_count_are_the_staged_ones_that_can_be_read(bills) -> None:
    staged = "select sum(billed_cost) from (select billed_cost, x_quarantine_reason from staging.stg_openai__costs union all select billed_cost, x_quarantine_reason from staging.stg_anthropic__cost_report union all select billed_cost, x_quarantine_reason from staging.stg_pinecone__usage) where x_quarantine_reason is null"
    assert one(bills, staged) == one(bills, "select sum(billed_cost) from intermediate.int_charges__in_force where x_source <> 'focus'")


# Pulls


def pull(days: dict[int, str], workspaces: tuple[str | None, ...] = ("w1",)) -> str:
    """An Anthropic pull: August day -> cents, the same in each workspace."""
    buckets = [anthropic_day(f"2026-08-{day:02d}", *(anthropic_result(cents, workspace_id=workspace) for workspace in workspaces)) for day, cents in sorted(days.items())]
    return json.dumps({"data": buckets, "has_more": False, "next_page": None})


def window(first: int, last: int, cents: str) -> dict[int, str]:
    return {day: cents for day in range(first, last + 1)}


PULLS = {
    # name: (files, what counts in cents). No two files are alike to the byte: those count once wherever they lie.
    "a later pull of more days replaces the days it covers": ([("2026-08-05T0300", pull(window(1, 4, "100"))), ("2026-08-09T0300", pull(window(1, 8, "110")))], 8 * 110),
    "an older pull that arrives later changes nothing": ([("2026-08-09T0300", pull(window(1, 8, "111"))), ("2026-08-05T0300", pull(window(1, 4, "101")))], 8 * 111),
    "days no later pull covers stay": ([("2026-08-05T0300", pull(window(1, 4, "102"))), ("2026-08-09T0300", pull(window(4, 8, "112")))], 3 * 102 + 5 * 112),
    "a rolling window keeps the days that have left it": (
        [(f"2026-08-{day + 1:02d}T0300", pull(window(max(1, day - 3), day, str(200 + day)))) for day in range(1, 13)],
        sum(200 + min(day + 3, 12) for day in range(1, 13)),
    ),
    "a workspace that left a day leaves with it": ([("2026-08-05T0300", pull(window(1, 2, "103"), ("w1", "w2", "w3"))), ("2026-08-06T0300", pull(window(1, 2, "104"), ("w1",)))], 2 * 104),
    "a pull by workspace replaces one that was not": ([("2026-08-05T0300", pull(window(1, 1, "300"), (None,))), ("2026-08-06T0300", pull(window(1, 1, "150"), ("w1", "w2")))], 300),
    "pages and parts of one pull are one pull": (
        [("2026-08-05T0300/page-1", pull(window(1, 2, "105"))), ("2026-08-05T0300/page-2", pull(window(3, 4, "105"))), ("2026-08-05T0300/w9", pull(window(1, 2, "5"), ("w9",)))], 4 * 105 + 2 * 5
    ),
    "the date in the name tells pulls apart": ([("2026-08-05", pull(window(1, 4, "106"))), ("2026-08-09", pull(window(1, 8, "116")))], 8 * 116),
}


@pytest.fixture(scope="module")
def pulled(build, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Decimal]:
    """What counts of every case, by how its files are kept: an organisation each, all in one build."""
    landing = tmp_path_factory.mktemp("pulls") / "landing"
    for number, kept in enumerate(("a folder each", "side by side")):
        for name, (files, _) in PULLS.items():
            for stamp, content in files:
                stamp, _, part = stamp.partition("/")
                path = f"{stamp}/{part or 'page'}.json" if kept == "a folder each" else f"costs-{stamp}{'-' + part if part else ''}.json"
                write(landing, f"anthropic_cost_report/{kept} {name}/{path}", " " * number + content)
    warehouse = build(landing, select="+int_charges__in_force")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.sql("select billing_account_id, sum(billed_cost) from intermediate.int_charges__in_force group by 1").fetchall()
    return dict(rows)


@pytest.mark.parametrize("kept", ["a folder each", "side by side"])
@pytest.mark.parametrize("name", PULLS)
def test_of_overlapping_pulls_the_newest_counts_day_by_day(pulled, name: str, kept: str) -> None:
    """Anthropic restates up to 30 days back, so people pull the last 30 days every day: a whole pull for a whole older one would lose the days that left the window."""
    assert pulled[f"{kept} {name}"] == Decimal(PULLS[name][1]) / 100
