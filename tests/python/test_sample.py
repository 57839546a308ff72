"""The sample company: the same files for the same seed, truth equal to the bills to the last decimal, and every planted case where planted.json says it is."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from make_sample import main  # noqa: E402 - the scripts are no package
from sample import bill_vendors, prices  # noqa: E402

SEED, SIZE = "7", "0.3"
POLICY = Path(__file__).resolve().parents[2] / "seeds" / "policy"
# Amounts as text: a double would do for reading, and not for proving.
GCP_COLUMNS = """billing_account_id: 'varchar', sku: 'struct(id varchar, description varchar)', usage_start_time: 'timestamptz', project: 'struct(id varchar, labels struct("key" varchar, "value" varchar)[])',
    labels: 'struct("key" varchar, "value" varchar)[]', cost: 'varchar', currency: 'varchar', usage: 'struct(amount varchar)', credits: 'struct(type varchar, amount varchar)[]',
    adjustment_info: 'struct(mode varchar)', invoice: 'struct(month varchar)', cost_type: 'varchar', export_time: 'timestamptz'"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sample company, generated once."""
    target = tmp_path_factory.mktemp("company") / "sample"
    assert main(["--out", str(target), "--seed", SEED, "--size", SIZE, "--quiet"]) == 0
    return target


@pytest.fixture(scope="module")
def files(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The generated files as views, read as strangers would read them: bills of the latest deliveries, telemetry in its native shapes."""
    landing, truth = folder / "landing", folder / "truth"
    with duckdb.connect() as connection:
        views = {
            "aws_all": f"select *, regexp_extract(filename, 'BILLING_PERIOD=[^/]+/([^/]+)/', 1) as delivery, regexp_extract(filename, 'aws_cur2/([^/]+)/', 1) as export "
                       f"from read_parquet('{landing}/aws_cur2/*/data/*/*/*.parquet', filename = true, hive_partitioning = false)",
            "aws": "select * from aws_all qualify delivery = max(delivery) over (partition by export, bill_billing_period_start_date)",
            "azure": f"from read_csv('{landing}/azure_amortized_costs/**/*.csv', all_varchar = true)",
            "azure_actual": f"from read_csv('{landing}/azure_actual_costs/**/*.csv', all_varchar = true)",
            "azure_again": f"from read_csv('{landing}/focus/azure/**/*.csv', all_varchar = true)",
            "gcp_lines": f"""select * from (
                    select *, 'parquet' as form from read_parquet('{landing}/gcp_billing/detailed/**/*.parquet', hive_partitioning = false)
                    union all by name select *, 'json' as form from read_json('{landing}/gcp_billing/detailed/**/*.json*', format = 'newline_delimited', columns = {{{GCP_COLUMNS}}}))""",
            "gcp": """select *, billing_account_id as "BillingAccountId", strptime(invoice.month, '%Y%m') as "BillingPeriodStart", currency as "BillingCurrency",
                    cast(cast(cost as varchar) as decimal(38, 12)) + coalesce(list_sum([cast(cast(c.amount as varchar) as decimal(38, 12)) for c in credits]), 0) as "BilledCost",
                    "BilledCost" as "EffectiveCost", usage.amount as "ConsumedQuantity", sku.description as "ChargeDescription" from gcp_lines""",
            "gcp_again": f"from read_csv('{landing}/gcp_billing/handover/*.csv', all_varchar = true)",
            "pinecone": f"""select "Organization ID" as "BillingAccountId", date_trunc('month', cast("Date" as timestamp)) as "BillingPeriodStart", 'USD' as "BillingCurrency",
                "Cost (USD)" as "BilledCost", "Cost (USD)" as "EffectiveCost" from read_csv('{landing}/pinecone_usage/*.csv.gz', all_varchar = true)""",
            "anthropic_pulls": f"""with buckets as (select string_split(filename, '/') as path, unnest(data) as bucket
                    from read_json('{landing}/anthropic_cost_report/*/*/*.json', format = 'newline_delimited', filename = true)),
                results as (select path[-3] as account, path[-2] as pull, bucket.starting_at as starting_at, unnest(bucket.results) as result from buckets)
                select account, pull, cast(starting_at as timestamp) as day, result.model as model, result.token_type as token_type, cast(result.amount as decimal(38, 10)) as cents from results""",
            "anthropic": """select account as "BillingAccountId", date_trunc('month', day) as "BillingPeriodStart", 'USD' as "BillingCurrency",
                cast(cents * 0.01 as decimal(38, 12)) as "BilledCost", cast(cents * 0.01 as decimal(38, 12)) as "EffectiveCost", token_type,
                cast(cents * 10000000000 as hugeint) // price as "ConsumedQuantity" from (from anthropic_pulls qualify pull = max(pull) over (partition by account, day))
                left join anthropic_prices using (model, token_type)""",
            "bedrock": f"select * replace (cast(\"requestId\" as varchar) as \"requestId\") from read_json('{landing}/bedrock_invocation_logs/**/*.json.gz', format = 'newline_delimited', union_by_name = true)",
            "litellm": f"select * replace (cast(request_id as varchar) as request_id) from read_json('{landing}/litellm_spend_logs/*.jsonl.gz', format = 'newline_delimited', union_by_name = true)",
            "calls": f"""select * replace (cast(call_id as varchar) as call_id) from (select * from read_parquet('{landing}/llm_calls/month=*/*.parquet', hive_partitioning = false)
                union all by name select * from read_csv('{landing}/llm_calls/delivery=*/*.csv')
                union all by name select * from read_json('{landing}/llm_calls/month=*/*.jsonl', format = 'newline_delimited'))""",
            "otel_flat": f"from read_parquet('{landing}/otel_spans/azure/**/*.parquet', hive_partitioning = false)",
            "otel": f"""with lines as (select unnest("resourceSpans") as rs from read_json('{landing}/otel_spans/otlp/*.jsonl.gz', format = 'newline_delimited', maximum_object_size = 33554432)),
                spans as (select rs.resource.attributes as resource, unnest(flatten([s.spans for s in rs."scopeSpans"])) as span from lines)
                select span, map_from_entries([(a.key, coalesce(a.value."stringValue", a.value."intValue")) for a in span.attributes]) as attributes,
                    map_from_entries([(a.key, a.value."stringValue") for a in resource]) as resource from spans""",
            "pods": f"from read_csv('{landing}/gpu_pods/*.csv.gz')",
            "nodes": f"from read_parquet('{landing}/node_hours/*.parquet')",
            "queries": f"from read_parquet('{landing}/vector_queries/**/*.parquet', hive_partitioning = false)",
            "flows": f"""select account_id, interface_id, bytes, "start", instance_id, flow_direction, dst_class, log_status from read_parquet('{landing}/vpc_flow_logs/*/*.parquet')
                union all select "account-id", "interface-id", try_cast(bytes as bigint), cast("start" as bigint), nullif("instance-id", '-'), nullif("flow-direction", '-'),
                    nullif("dst-class", '-'), "log-status" from read_csv('{landing}/vpc_flow_logs/*/*.csv.gz', all_varchar = true)""",
            "outcomes": f"from read_csv('{landing}/outcomes/*.csv')",
            "invoices": f"from read_csv('{landing}/focus_invoice_details/aws/*.csv', all_varchar = true)",
            "costs": f"from read_parquet('{truth}/costs.parquet')",
            "bills": f"from read_parquet('{truth}/bills.parquet')",
        }
        connection.register("anthropic_prices", anthropic_prices())
        for name, query in views.items():
            connection.execute(f"create view {name} as {query}")
        for policy in POLICY.glob("*.csv"):
            connection.execute(f"create view policy_{policy.stem} as from read_csv('{policy}', all_varchar = true, header = true)")
        yield connection


def anthropic_prices() -> pd.DataFrame:
    """Pico dollars per token under the names of the cost report, which has amounts and no quantities."""
    mine = prices.token_prices().query("provider == 'anthropic'")
    return pd.DataFrame({"model": mine["model"].map(prices.ANTHROPIC_IDS), "token_type": mine["kind"].map(lambda kind: bill_vendors.TOKEN_TYPES[kind][0]), "price": mine["price"]})


@pytest.fixture(scope="module")
def planted(folder: Path) -> dict[str, dict]:
    """Planted cases by name."""
    cases = json.loads((folder / "truth" / "planted.json").read_text())
    by_name = {case["name"]: case for case in cases}
    assert len(by_name) == len(cases), "a case is planted twice under one name"
    return by_name


def one(files: duckdb.DuckDBPyConnection, query: str):
    """The single value of a query."""
    return files.sql(query).fetchone()[0]


def digests(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_same_seed_same_bytes(folder: Path, tmp_path: Path) -> None:
    main(["--out", str(tmp_path / "again"), "--seed", SEED, "--size", SIZE, "--quiet"])
    assert digests(folder) == digests(tmp_path / "again")


def test_another_seed_other_usage(folder: Path, tmp_path: Path) -> None:
    main(["--out", str(tmp_path / "other"), "--seed", "8", "--size", "0.05", "--quiet"])
    assert digests(folder)["truth/costs.parquet"] != digests(tmp_path / "other")["truth/costs.parquet"]


AMORTISED = """case line_item_line_item_type
    when 'SavingsPlanCoveredUsage' then savings_plan_savings_plan_effective_cost
    when 'SavingsPlanNegation' then 0
    when 'SavingsPlanRecurringFee' then savings_plan_total_commitment_to_date - savings_plan_used_commitment
    when 'DiscountedUsage' then reservation_effective_cost
    when 'RIFee' then reservation_unused_amortized_upfront_fee_for_billing_period + reservation_unused_recurring_fee
    else line_item_unblended_cost end"""


def test_bills_say_what_truth_says(files: duckdb.DuckDBPyConnection) -> None:
    """Read back from the files, each account and month, billed and amortised: no difference at all."""
    focus = " union all ".join(
        f"""select '{name}', "BillingAccountId", cast(cast("BillingPeriodStart" as timestamp) as date), "BillingCurrency",
        sum(cast("BilledCost" as decimal(38, 12))), sum(cast("EffectiveCost" as decimal(38, 12))) from {name} group by all"""
        for name in ("gcp", "pinecone", "anthropic"))
    pair = " union all ".join(
        f"""select 'azure' as provider, "BillingAccountId" as account, cast(strptime("BillingPeriodStartDate", '%m/%d/%Y') as date) as billing_month, "BillingCurrency" as currency,
        cast({billed} as decimal(38, 12)) as billed, cast({effective} as decimal(38, 12)) as effective from {name}"""
        for name, billed, effective in (("azure_actual", '"Cost"', "'0'"), ("azure", "'0'", '"Cost"')))
    focus += f" union all select provider, account, billing_month, currency, sum(billed), sum(effective) from ({pair}) group by all"
    read = f"""select 'aws' as provider, bill_payer_account_id as account, cast(bill_billing_period_start_date as date) as billing_month, 'USD' as currency,
        sum(line_item_unblended_cost) as billed, sum({AMORTISED}) as effective from aws group by all union all {focus}"""
    told = "select provider, billing_account_id, billing_month, currency, billed_cost, effective_cost from bills"
    assert files.sql(f"({read}) except all ({told})").fetchall() == []
    assert files.sql(f"({told}) except all ({read})").fetchall() == []
    assert one(files, "select count(*) from bills") == 18


def test_true_costs_sum_to_the_bills(files: duckdb.DuckDBPyConnection) -> None:
    costs = """select provider, billing_account_id, billing_month, billing_currency, sum(billed_cost), sum(effective_cost) from costs
        where basis <> 'estimated' group by all"""
    told = "select provider, billing_account_id, billing_month, currency, billed_cost, effective_cost from bills"
    assert files.sql(f"({costs}) except all ({told})").fetchall() == []
    assert files.sql(f"({told}) except all ({costs})").fetchall() == []


def test_estimates_lie_beyond_the_bills_and_are_not_billed(files: duckdb.DuckDBPyConnection) -> None:
    assert files.sql("select min(usage_date) >= date '2026-11-01', max(usage_date) <= date '2026-11-02', sum(billed_cost) = 0, sum(effective_cost) > 0 "
                     "from costs where basis = 'estimated'").fetchone() == (True, True, True, True)
    assert one(files, "select max(usage_date) from costs where basis <> 'estimated'").isoformat() == "2026-10-31"


AZURE_TOKENS = """cast("Quantity" as decimal(38, 9)) * case "UnitOfMeasure" when '1K' then 1000 when '1M' then 1000000 end"""
TOKENS = """
    select "requestId" as id, "accountId" as account, region, cast("timestamp" as timestamp) as moment, coalesce(input."inputTokenCount", 0) as input,
        coalesce(input."cacheReadInputTokenCount", 0) as cache_read, coalesce(input."cacheWriteInputTokenCount", 0) as cache_write_5m, 0 as cache_write_1h,
        coalesce(output."outputTokenCount", 0) as output from bedrock
    union all
    select call_id, account_id, region, started_at, input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens from calls where provider = 'aws'
    union all
    select * exclude (prompt) replace (prompt - cache_read - cache_write_5m as input) from (
        select attributes['gen_ai.response.id'] as id, resource['cloud.account.id'] as account, resource['cloud.region'] as region,
            make_timestamp_ns(cast(span."startTimeUnixNano" as bigint)) as moment,
            cast(coalesce(attributes['gen_ai.usage.input_tokens'], attributes['gen_ai.usage.prompt_tokens'], '0') as bigint) as prompt, 0 as input,
            cast(coalesce(attributes['gen_ai.usage.cache_read.input_tokens'], '0') as bigint) as cache_read,
            cast(coalesce(attributes['gen_ai.usage.cache_creation.input_tokens'], '0') as bigint) as cache_write_5m, 0 as cache_write_1h,
            cast(coalesce(attributes['gen_ai.usage.output_tokens'], attributes['gen_ai.usage.completion_tokens'], '0') as bigint) as output
        from otel where attributes['gen_ai.operation.name'] = 'chat')"""


def test_metered_tokens_are_the_billed_tokens(files: duckdb.DuckDBPyConnection, planted: dict[str, dict]) -> None:
    """AWS: every call once, by account, region, day and kind. The one planted gap is the only difference."""
    metered = f"""select account, region, cast(moment as date) as day, kind, sum(tokens) as tokens
        from (unpivot (select * from ({TOKENS}) qualify row_number() over (partition by id order by moment) = 1)
              on input, cache_read, cache_write_5m, cache_write_1h, output into name kind value tokens)
        where moment < timestamp '2026-11-01' and tokens > 0 group by all"""
    billed = """select line_item_usage_account_id as account, product_region_code as region, cast(line_item_usage_start_date as date) as day,
        case when line_item_usage_type like '%cache-read%' then 'cache_read' when line_item_usage_type like '%write-1h%' then 'cache_write_1h'
             when line_item_usage_type like '%cache-write%' then 'cache_write_5m' when line_item_usage_type like '%output%' then 'output' else 'input' end as kind,
        cast(sum(line_item_usage_amount) * 1000 as bigint) as tokens from aws where pricing_unit = '1K tokens' group by all"""
    gaps = files.sql(f"""select account, region, day, kind, billed.tokens as billed, metered.tokens as metered from ({billed}) as billed
        full join ({metered}) as metered using (account, region, day, kind) where billed.tokens is distinct from metered.tokens""").fetchall()
    gap = planted["logging_gap"]
    assert {(a, str(d)) for a, _, d, *_ in gaps} == {(gap["account"], gap["usage_date"])}
    assert all(billed > (metered or 0) for *_, billed, metered in gaps)
    lost = one(files, f"""select sum(line_item_unblended_cost) from aws where line_item_usage_type like '%MistralLarge2407%'
        and cast(line_item_usage_start_date as date) = date '{gap["usage_date"]}'""")
    assert lost == Decimal(gap["amount"])


def test_other_platforms_tokens_are_billed_tokens(files: duckdb.DuckDBPyConnection) -> None:
    azure = one(files, """select sum("gen_ai.usage.input_tokens") + sum("gen_ai.usage.output_tokens") from otel_flat where start_time < timestamp '2026-11-01'""")
    assert one(files, f"""select cast(sum({AZURE_TOKENS}) as bigint) from azure where "MeterName" like '% Tokens'""") == azure
    gateway = one(files, """select sum(prompt_tokens) + sum(completion_tokens) from litellm where cache_hit = 'False' and "startTime" < '2026-11-01'""")
    assert one(files, """select cast(sum(cast("ConsumedQuantity" as decimal(38, 9))) as bigint) from anthropic""") == gateway
    vertex = one(files, "select sum(input_tokens) + sum(output_tokens) from calls where provider = 'gcp' and started_at < timestamp '2026-11-01'")
    assert one(files, """select cast(sum(cast("ConsumedQuantity" as decimal(38, 9))) as bigint) from gcp where "ChargeDescription" like 'Gemini%'""") == vertex


def test_pulls_of_one_vendor_overlap_and_the_later_one_restates(files: duckdb.DuckDBPyConnection) -> None:
    """The first pull of a month holds its last day before it was counted to the end: adding both pulls would double two weeks."""
    twice = files.sql("select day, count(distinct pull), count(distinct total) from (select day, pull, sum(cents) as total from anthropic_pulls group by all) group by day having count(distinct pull) > 1").fetchall()
    assert len(twice) > 30 and sum(totals > 1 for *_, totals in twice) == 3


def test_no_node_ever_holds_more_than_its_gpus(files: duckdb.DuckDBPyConnection) -> None:
    worst = files.sql("""with moves as (
            select node_name, scheduled_at as moment, gpus as change from pods where scheduled_at is not null
            union all select node_name, coalesce(ended_at, timestamp '2026-11-03'), -gpus from pods where scheduled_at is not null),
        held as (select node_name, moment, sum(sum(change)) over (partition by node_name order by moment) as gpus from moves group by node_name, moment)
        select count(*) from held join (select node_name, max(gpus) as gpus from nodes group by all) as nodes using (node_name) where held.gpus > nodes.gpus""").fetchone()[0]
    assert worst == 0
    outside = one(files, """select count(*) from pods where scheduled_at is not null and not exists (
        select 1 from nodes where nodes.node_name = pods.node_name and nodes.started_at <= pods.scheduled_at and nodes.ended_at > pods.scheduled_at)""")
    assert outside == 0


def test_flow_bytes_are_the_billed_bytes(files: duckdb.DuckDBPyConnection) -> None:
    """On the interface where a flow begins, and only there."""
    moved = """select account_id, cast(to_timestamp("start") as date) as day, sum(bytes) / 1073741824 as gib from flows
        where flow_direction = 'egress' and instance_id is not null and dst_class = 'internet' and "start" < epoch(timestamp '2026-11-01') group by all"""
    billed = """select line_item_usage_account_id as account_id, cast(line_item_usage_start_date as date) as day, sum(line_item_usage_amount) as gib from aws
        where line_item_usage_type like '%-DataTransfer-Out-Bytes' group by all"""
    assert one(files, f"select count(*) from ({moved}) as m full join ({billed}) as b using (account_id, day) where coalesce(abs(m.gib - b.gib), 1) > 1e-6") == 0


def test_policy_knows_the_interfaces_and_keys(files: duckdb.DuckDBPyConnection, planted: dict[str, dict]) -> None:
    strangers = files.sql("""select distinct interface_id from flows where flow_direction = 'egress' and interface_id not in (select interface_id from policy_network_interfaces)""").fetchall()
    assert strangers == [(planted["unknown_interface"]["interface_id"],)]
    keys = files.sql("select distinct api_key from litellm where api_key not in (select match_value from policy_owner_rules where match_type = 'credential')").fetchall()
    assert keys == []
    for table in ("owner_rules", "allocation_rules", "allocation_rule_targets", "outcome_definitions", "exchange_rates", "network_interfaces", "tag_activations"):
        assert one(files, f"select count(*) from policy_{table} where coalesce(trim(comment), '') = ''") == 0, f"{table}: a row without a comment"
    assert one(files, "select count(*) from policy_exchange_rates where from_currency = 'EUR' and to_currency = 'USD'") >= 4


# How each planted case is found in the files: a query, and the key of the case it must equal (none: it must be true).
FOUND = {
    "untagged_calls": ("select sum(effective_cost) from costs where basis = 'untagged' and service = 'tokens'", "amount"),
    "logging_gap": ("select sum(effective_cost) from costs where basis = 'no_driver' and service = 'tokens'", "amount"),
    "runaway_loop": ("select count(*) from litellm where session_id = 'ses-code-review-agent-runaway'", "calls"),
    "agent_retries": ("""select (select count(*) from otel where attributes['gen_ai.operation.name'] = 'chat' and attributes['gen_ai.workflow.step'] = 'retry')
        + (select count(*) from litellm where metadata.spend_logs_metadata.step_name = 'retry')""", "retries"),
    "cached_tokens_cache_read": ("""select cast((select sum(line_item_usage_amount) * 1000 from aws where line_item_usage_type like '%cache-read%')
        + (select sum(""" + AZURE_TOKENS + """) from azure where "MeterName" like '%cached%')
        + (select sum(cast("ConsumedQuantity" as decimal(38, 9))) from gcp where "ChargeDescription" like '%Caching')
        + (select coalesce(sum(cast("ConsumedQuantity" as decimal(38, 9))), 0) from anthropic where token_type like 'cache_read%') as bigint)""", "tokens"),
    "cached_tokens_cache_write_5m": ("select cast(sum(line_item_usage_amount) * 1000 as bigint) from aws where line_item_usage_type like '%cache-write-input%'", "tokens"),
    "cached_tokens_cache_write_1h": ("""select cast((select sum(line_item_usage_amount) * 1000 from aws where line_item_usage_type like '%cache-write-1h%')
        + (select sum(cast("ConsumedQuantity" as decimal(38, 9))) from anthropic where token_type like '%ephemeral_1h%') as bigint)""", "tokens"),
    "batch_calls": ("select sum(line_item_unblended_cost) from aws where line_item_usage_type like '%-batch'", "amount"),
    "cross_region_global": ("select sum(line_item_unblended_cost) from aws where line_item_usage_type like '%-cross-region-global'", "amount"),
    "price_change": ("""select sum(line_item_unblended_cost) from aws where line_item_usage_type like '%MistralLarge2407%' and line_item_usage_start_date >= '2026-09-15'
        and round(line_item_unblended_rate * 1000, 6) in (2, 6)""", "after"),
    "nightly_batch_on_demand": ("""select sum(effective_cost) from costs where feature = 'doc_processing' and layer = 'inference' and model = 'sonnet' and basis = 'metered'""", "amount"),
    "repeated_system_prompt": ("""select (select count(*) from bedrock where "requestMetadata".feature ilike 'chat_rag%' and input."inputTokenCount" > 38000 and "timestamp" < '2026-11-01')
        + (select count(distinct attributes['gen_ai.response.id']) from otel where attributes['feature'] ilike 'chat_rag%'
            and cast(attributes['gen_ai.usage.input_tokens'] as bigint) > 38000 and cast(span."startTimeUnixNano" as bigint) < 1793491200000000000)""", "calls"),
    "savings_plan": ("select sum(savings_plan_total_commitment_to_date - savings_plan_used_commitment) from aws where line_item_line_item_type = 'SavingsPlanRecurringFee'", "amount"),
    "reserved_instance": ("select max(reservation_unused_recurring_fee) from aws where line_item_line_item_type = 'RIFee'", "amount"),
    "gpu_idle": ("select sum(effective_cost) from costs where layer = 'gpu' and basis = 'idle' and service = 'gpu_node' and provider = 'aws'", "amount"),
    "gpu_untagged_pods": ("select sum(effective_cost) from costs where layer = 'gpu' and basis = 'untagged' and service = 'gpu_node' and provider = 'aws'", "amount"),
    "spot": ("select sum(line_item_unblended_cost) from aws where line_item_usage_type like '%SpotUsage:p4d%'", "amount"),
    "never_scheduled_pods": ("select count(*) from pods where scheduled_at is null and phase = 'Pending'", "pods"),
    "fractional_and_open_pods": ("""select count(*) filter (where gpus = 0.25) > 0 and count(*) filter (where ended_at is null and phase = 'Running') > 0
        and count(*) filter (where cast(scheduled_at as date) < cast(ended_at as date)) > 0 from pods""", None),
    "shared_vector_index": ("""select sum(line_item_unblended_cost) from aws where line_item_usage_type like '%OCU' and line_item_usage_account_id = '210000000001'
        and (select count(distinct json_extract_string(tags, '$.team')) from queries where index_name in ('kb-shared', 'products')) >= 3""", "amount"),
    "floor_without_queries": ("""select sum(line_item_unblended_cost) from aws where line_item_usage_type like '%OCU' and line_item_usage_account_id = '210000000002' and (
        (line_item_usage_type like '%IndexingOCU' and dayofweek(line_item_usage_start_date) in (0, 6))
        or (line_item_usage_type like '%SearchOCU' and cast(line_item_usage_start_date as date) not in (select cast(queried_at as date) from queries where index_name = 'docs-archive')))""", "amount"),
    "untagged_queries": ("select count(*) from queries where tags is null and index_name = 'kb-support' and queried_at < '2026-11-01'", "rows"),
    "untagged_resources": ("""select sum(line_item_unblended_cost) from aws where line_item_resource_id in ('legacy-dumps', 'vol-0c14a2b3d4e5f6074') and cardinality(resource_tags) = 0""", "amount"),
    "unknown_interface": ("select count(*) > 0 from flows where interface_id = 'eni-0a1000000000000a4'", None),
    "flows_seen_twice": ("""select count(distinct interface_id) = 2 and count(*) filter (where flow_direction = 'egress') > 0 from flows where interface_id like 'eni-0f%'""", None),
    "shared_platform": ("select sum(line_item_unblended_cost) from aws where line_item_usage_type like '%AmazonEKS-Hours%'", "amount"),
    "tax": ("""select (select sum(line_item_unblended_cost) from aws where line_item_line_item_type = 'Tax' and day(line_item_usage_start_date) = 1
        and line_item_usage_end_date - line_item_usage_start_date > interval 27 day)
        + (select sum("BilledCost") from gcp where cost_type = 'tax')""", "amount"),
    "support_fee": ("select sum(line_item_unblended_cost) from aws where line_item_product_code = 'AWSSupportBusiness' and line_item_line_item_type = 'Fee'", "amount"),
    "credits": ("select sum(line_item_unblended_cost) from aws where line_item_line_item_type = 'Credit'", "amount"),
    "refund": ("select sum(line_item_unblended_cost) from aws where line_item_line_item_type = 'Refund'", "amount"),
    "negative_lines": ("""select sum(cast("Cost" as decimal(38, 12))) from azure_actual where "CostAllocationRuleName" is not null and cast("Cost" as decimal(38, 12)) < 0""", "amount"),
    "azure_reservation": ("""select sum(cast("Cost" as decimal(38, 12))) from azure where "ChargeType" = 'UnusedReservation'
        and (select count(*) from azure_actual where "ChargeType" = 'Purchase') = 3 and (select count(*) from azure where "ChargeType" = 'Purchase') = 0""", "amount"),
    "azure_stated_twice": ("""select sum(cast("BilledCost" as decimal(38, 12))) from azure_again
        where (select sum(cast("EffectiveCost" as decimal(38, 12))) from azure_again) = (select sum(cast("Cost" as decimal(38, 12))) from azure)""", "amount"),
    "second_currency": ("""select bool_and("BillingCurrency" = 'EUR') from azure""", None),
    "team_spend_rises": ("""select sum(effective_cost) filter (where team = 'discovery' and billing_month = '2026-10-01')
        - sum(effective_cost) filter (where team = 'search' and billing_month = '2026-09-01') from costs where basis in ('metered', 'direct')""", "amount"),
    "invoice_without_tax": ("""select sum(line_item_unblended_cost) from aws where line_item_line_item_type = 'Tax' and bill_invoice_id in (select "InvoiceId" from invoices)
        and bill_invoice_id not in (select "InvoiceId" from invoices where "ChargeCategory" = 'Tax')""", "amount"),
    "redelivered_month": ("""select case when count(distinct delivery) = 2 and count(*) = 2 * count(distinct identity_line_item_id) then sum(line_item_unblended_cost) / 2 end
        from aws_all where export = 'apportion-daily' and bill_billing_period_start_date = '2026-08-01'""", "amount"),
    "restated_month": ("""select sum(line_item_unblended_cost) from aws_all where export = 'apportion-daily' and bill_billing_period_start_date = '2026-09-01' and bill_invoice_id is null""",
                       "first_delivery"),
    "same_call_twice": ("""select count(distinct "requestId") from bedrock where "requestId" in (select attributes['gen_ai.response.id'] from otel)""", "calls"),
    "deleted_key": ("select count(*) from litellm where api_key = 'hash-9c1f0a7be2d4' and \"startTime\" < '2026-09-18'", "calls"),
    "gateway_cache_hits": ("select count(*) from litellm where cache_hit = 'True' and spend = 0", "calls"),
    "late_telemetry": ("select count(*) from calls where started_at >= '2026-09-18' and started_at < '2026-09-21' and model = 'us.anthropic.claude-sonnet-4-6'", "calls"),
    "renamed_team": ("""select count(*) > 0 and (select count(*) from costs where team = 'search' and usage_date >= '2026-10-01') = 0
        and (select count(*) from costs where team = 'discovery' and usage_date < '2026-10-01') = 0 from otel where lower(trim(attributes['team'])) = 'search'
        and cast(span."startTimeUnixNano" as bigint) > 1790812800000000000""", None),
    "untidy_tags": ("""select count(*) > 0 from bedrock where "requestMetadata".team <> lower(trim("requestMetadata".team))""", None),
    "unbilled_days": ("""select count(*) from (select id from (""" + TOKENS + """) where moment >= '2026-11-01' group by id
        union all select "gen_ai.response.id" from otel_flat where start_time >= '2026-11-01'
        union all select request_id from litellm where "startTime" >= '2026-11-01' union all select call_id from calls where provider = 'gcp' and started_at >= '2026-11-01')""", "calls"),
    "parent_spans_repeat_usage": ("""select count(*) from otel where attributes['gen_ai.operation.name'] = 'invoke_agent'
        and attributes['gen_ai.conversation.id'] is not null""", "spans"),
    "instrumented_twice": ("""select count(*) - count(distinct attributes['gen_ai.response.id']) from otel where attributes['gen_ai.operation.name'] = 'chat'""", "spans"),
    "usage_taken_back": ("""select sum("BilledCost") from gcp where cost_type = 'adjustment' and adjustment_info.mode = 'COMPLETE_NEGATION'""", "amount"),
    "promotion_is_a_payment": ("""select sum(cast(cast(c.amount as varchar) as decimal(38, 12))) from (select unnest(credits) as c from gcp) where c.type = 'PROMOTION'""", "amount"),
    "crossover_month": ("""select sum(cast(cast(cost as varchar) as decimal(38, 12))) from gcp where invoice.month = '202609' and usage_start_time < timestamptz '2026-09-01 00:00:00Z'""", "amount"),
    "two_credits_on_a_line": ("""select sum(cast(cast(c.amount as varchar) as decimal(38, 12))) from (select unnest(credits) as c from gcp where len(credits) = 2)""", "amount"),
    "delivered_again_in_another_form": ("select count(*) from gcp_again", "lines"),
    "late_lines": ("select count(*) from gcp where export_time >= timestamptz '2026-11-03 00:00:00Z'", "lines"),
    "outcome_twice": ("select count(*) - count(distinct outcome_id) from outcomes", "rows"),
}


def test_every_case_has_its_query(planted: dict[str, dict]) -> None:
    assert set(planted) == set(FOUND)


@pytest.mark.parametrize("name", FOUND)
def test_planted_case_is_in_the_files(name: str, files: duckdb.DuckDBPyConnection, planted: dict[str, dict]) -> None:
    query, key = FOUND[name]
    found = one(files, query)
    if key is None:
        assert found is True
        return
    expected = planted[name][key]
    if isinstance(expected, str):
        assert Decimal(str(found)) == Decimal(expected)
    else:
        assert found == expected


def test_restated_month_goes_up_and_down(files: duckdb.DuckDBPyConnection) -> None:
    """Line by line against the first delivery: some lower, some gone, some new."""
    compared = files.sql("""with early as (select * from aws_all where bill_invoice_id is null),
            late as (select * from aws where export = 'apportion-daily' and bill_billing_period_start_date = '2026-09-01'),
            lines as (select line_item_usage_start_date, line_item_usage_account_id, line_item_usage_type, line_item_resource_id, line_item_line_item_type,
                      count(*) filter (where side = 'early') as before, count(*) filter (where side = 'late') as after,
                      sum(line_item_unblended_cost) filter (where side = 'early') as was, sum(line_item_unblended_cost) filter (where side = 'late') as is_now
                from (select *, 'early' as side from early union all select *, 'late' as side from late) group by all)
        select count(*) filter (where is_now < was and before = after), count(*) filter (where after < before), count(*) filter (where after > before) from lines""").fetchone()
    assert all(count > 0 for count in compared)
