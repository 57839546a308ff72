"""How long do many calls take from landing to the cost of each team, beside a bare query that reads and groups them once?

Makes `--calls` calls of 30 days (Parquet, the canonical shape: 40 teams, 300 features, a fifth of them in agent sessions, four models of Bedrock) and the AWS bill of their tokens, builds
the ledger and the costs per call from them (in a folder of its own, with dbt, tests left out), and runs the bare query, all on two threads. Prints seconds of wall and processor time,
the peak of memory, and the slowest models.

    python scripts/bench_calls.py --calls 20000000
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

import apportion_dbt
import duckdb
from rich.console import Console
from rich.table import Table

CALLS = """
    copy (
        select
            'call-' || i as call_id, 'aws' as provider, 'bedrock' as platform, cast(210000000000 + who % 6 as varchar) as account_id, 'us-east-1' as region, 'global' as geo_scope,
            ['anthropic.claude-sonnet-4-6-v1:0', 'anthropic.claude-haiku-4-5-20251001-v1:0', 'amazon.nova-lite-v1:0', 'amazon.nova-micro-v1:0'][who % 4 + 1] as model,
            timestamp '2026-10-01' + to_seconds(cast(hash(who) % 2591000 + i % 40 * 20 as bigint)) as started_at,
            400 + hash(i + 1) % 3000 as input_tokens, case when i % 3 = 0 then cast(300 as bigint) end as cache_read_tokens, 50 + hash(i + 2) % 500 as output_tokens,
            case when i % 5 = 0 then 'session-' || who end as agent_session_id,
            map {{'team': 'team-' || (who % 40), 'feature': 'feature-' || (who % 300)}} as tags
        from (select i, case when i % 5 = 0 then i // 40 else i end as who from range({calls}) as numbers (i))
    ) to '{path}' (format parquet)
"""
# The bill of the same tokens: one line per day, account, model and kind, at round prices.
BILL = """
    copy (
        with used as (
            select
                cast(started_at as date) as usage_date, account_id, model,
                unnest([('input', sum(input_tokens) - sum(coalesce(cache_read_tokens, 0))), ('cache-read-input-token-count', sum(coalesce(cache_read_tokens, 0))), ('output', sum(output_tokens))]) as kind
            from read_parquet('{calls}') group by all
        )
        select
            md5(usage_date || account_id || model || kind[1]) as identity_line_item_id, '111122223333' as bill_payer_account_id, 'Payer' as bill_payer_account_name, 'AWS' as bill_billing_entity,
            timestamp '2026-10-01' as bill_billing_period_start_date, timestamp '2026-11-01' as bill_billing_period_end_date, account_id as line_item_usage_account_id,
            account_id as line_item_usage_account_name, 'Usage' as line_item_line_item_type, cast(usage_date as timestamp) as line_item_usage_start_date,
            cast(usage_date + 1 as timestamp) as line_item_usage_end_date, 'AmazonBedrock' as line_item_product_code,
            'USE1-' || case when model like '%sonnet%' then 'Claude4.6Sonnet' when model like '%haiku%' then 'Claude4.5Haiku' when model like '%lite%' then 'NovaLite' else 'NovaMicro' end
            || '-' || case when kind[1] like 'cache%' then kind[1] else kind[1] || '-tokens' end || '-cross-region-global' as line_item_usage_type,
            kind[2] / 1000 as line_item_usage_amount, 'USD' as line_item_currency_code, kind[2] * 0.000002 as line_item_unblended_cost, '1K tokens' as pricing_unit,
            'us-east-1' as product_region_code, map {{}}::map(varchar, varchar) as resource_tags
        from used
    ) to '{path}' (format parquet)
"""
FLOOR = """
    select
        date_trunc('hour', started_at) as usage_hour, provider, account_id, region, geo_scope, model, agent_session_id, tags, count(*), sum(input_tokens), sum(cache_read_tokens), sum(output_tokens),
        count(call_id)
    from read_parquet('{calls}')
    group by all
"""


def spent(before: os.times_result) -> float:
    """Processor seconds since then."""
    after = os.times()
    return after.user + after.system - before.user - before.system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=20_000_000)
    parser.add_argument("--top", type=int, default=12, help="how many of the slowest models to name")
    options = parser.parse_args()
    console = Console(width=140)
    with tempfile.TemporaryDirectory() as folder:
        landing = Path(folder) / "landing"
        calls, bill = landing / "llm_calls" / "bench" / "calls.parquet", landing / "aws_cur2" / "bench" / "BILLING_PERIOD=2026-10" / "20261101T000000Z" / "part-0.parquet"
        for path in (calls, bill):
            path.parent.mkdir(parents=True)
        duckdb.execute("set threads = 2")
        duckdb.execute(CALLS.format(calls=options.calls, path=calls))
        duckdb.execute(BILL.format(calls=calls, path=bill))
        console.print(f"{options.calls:,} calls, {calls.stat().st_size / 2**20:,.0f} MiB of Parquet, {os.cpu_count()} cores")
        begun, before = time.perf_counter(), os.times()
        groups = duckdb.execute("select count(*) from (" + FLOOR.format(calls=calls) + ")").fetchone()[0]
        console.print(f"bare: read and grouped once ({groups:,} groups) {time.perf_counter() - begun:.0f} s, {spent(before):.0f} s of processor time")

        project = apportion_dbt.twin_project(Path(folder) / "project")
        os.environ["APPORTION_LANDING"] = str(landing)
        begun, before = time.perf_counter(), os.times()
        outcome = apportion_dbt.run_dbt(
            ["build", "--select", "+team_costs_daily", "+fct_charges", "+call_costs", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test", "--threads", "1",
             "--vars", "{call_costs_materialized: view, charges_materialized: view}"],
            project=project,
        )  # fmt: skip
        if not outcome.success:
            raise SystemExit(outcome.error or "\n".join(node.message or "" for node in outcome.failed))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        console.print(f"landing to ledger and calls, with dbt: {time.perf_counter() - begun:.0f} s, {spent(before):.0f} s of processor time, {peak:.1f} GiB at most")
        table = Table("model", "seconds")
        for node in sorted(outcome.nodes, key=lambda node: -node.seconds)[: options.top]:
            table.add_row(node.name, f"{node.seconds:.1f}")
        console.print(table)
        with duckdb.connect(str(project / "warehouse" / "apportion.duckdb"), read_only=True) as connection:
            rows, allocated, billed = connection.execute(
                "select count(*), sum(effective_cost), (select sum(billed_cost) from marts.fct_charges) from marts.fct_cost_allocations"
            ).fetchone()
            metered = connection.execute("select sum(effective_cost) from marts.fct_cost_allocations where team <> 'unallocated'").fetchone()[0]
            console.print(f"ledger: {rows:,} rows, {allocated} USD allocated of {billed} USD billed, {metered} USD of it to teams")


if __name__ == "__main__":
    main()
