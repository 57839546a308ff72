"""How far is a large AWS report, read through fct_charges, from a bare query over the same columns?

Makes a CUR 2.0 of `--lines` lines in one Parquet file, builds fct_charges from it (in a folder of its own, with dbt), and times the same sums through `marts.fct_charges` and
bare over the file, in turn, on two threads: as the amounts lie there (doubles), and as exact decimals, which fct_charges has. Prints seconds of wall and processor time, medians of
three, and the ratios.

    python scripts/bench_charges.py --lines 5000000 --materialized view
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import tempfile
import time
from pathlib import Path

import apportion_dbt
import duckdb
from rich.console import Console
from rich.table import Table

LINES = """
    copy (
        select
            md5(cast(i as varchar)) as identity_line_item_id, '111122223333' as bill_payer_account_id, 'Payer' as bill_payer_account_name, 'AWS' as bill_billing_entity,
            'Amazon Web Services, Inc.' as bill_invoicing_entity, cast(null as varchar) as bill_invoice_id,
            timestamp '2026-10-01' as bill_billing_period_start_date, timestamp '2026-11-01' as bill_billing_period_end_date,
            cast(210000000000 + i % 60 as varchar) as line_item_usage_account_id, 'account-' || (i % 60) as line_item_usage_account_name,
            case when i % 50 = 0 then 'SavingsPlanCoveredUsage' when i % 97 = 0 then 'DiscountedUsage' when i % 500 = 1 then 'Credit' else 'Usage' end as line_item_line_item_type,
            timestamp '2026-10-01' + to_hours(cast(i % 744 as int)) as line_item_usage_start_date, timestamp '2026-10-01' + to_hours(cast(i % 744 + 1 as int)) as line_item_usage_end_date,
            ['AmazonEC2', 'AmazonBedrock', 'AmazonS3', 'AmazonCloudWatch', 'AmazonSageMaker', 'AWSDataTransfer'][i % 6 + 1] as line_item_product_code,
            ['BoxUsage:p5.48xlarge', 'USE1-Claude4.6Sonnet-input-tokens', 'TimedStorage-ByteHrs', 'DataProcessing-Bytes', 'USE1-Host:ml.g5.xlarge', 'DataTransfer-Out-Bytes'][i % 6 + 1]
                as line_item_usage_type,
            case when i % 6 in (0, 2) then 'arn:aws:ec2:us-east-1:210000000000:instance/i-' || (i % 20000) end as line_item_resource_id,
            (i % 1000) / 10.0 as line_item_usage_amount, 'USD' as line_item_currency_code, (i % 100000) / 100000.0 as line_item_unblended_cost,
            (i % 100000) / 90000.0 as pricing_public_on_demand_cost, (i % 100000) / 120000.0 as savings_plan_savings_plan_effective_cost,
            (i % 100000) / 130000.0 as reservation_effective_cost,
            case when i % 50 = 0 then 'arn:aws:savingsplans::1:savingsplan/' || (i % 7) end as savings_plan_savings_plan_a_r_n,
            'description ' || (i % 3000) as line_item_line_item_description, ['Hrs', '1K tokens', 'GB-Mo', 'GB', 'Hrs', 'GB'][i % 6 + 1] as pricing_unit,
            'us-east-1' as product_region_code, 'sku-' || (i % 3000) as product_sku,
            map {{'user_team': 'team-' || (i % 40), 'user_feature': 'feature-' || (i % 300)}} as resource_tags
        from range({lines}) as numbers (i)
    ) to '{path}' (format parquet)
"""
# What each query reads and sums: the same columns of the file, bare and through the model.
QUESTIONS = {
    "billed cost": ("sum(line_item_unblended_cost)", "sum(billed_cost)"),
    "three costs by service and layer": (
        "line_item_product_code, line_item_usage_type, sum(line_item_unblended_cost), sum(savings_plan_savings_plan_effective_cost + reservation_effective_cost), "
        "sum(pricing_public_on_demand_cost)",
        "service_name, layer, sum(billed_cost), sum(effective_cost), sum(list_cost)",
    ),
}
# The columns no line can be settled without, whatever is asked: period, account, kind, currency, thing sold.
ALWAYS = (
    "max(bill_billing_period_start_date), max(line_item_usage_start_date), sum(strlen(bill_payer_account_id)), sum(strlen(line_item_usage_account_id)), sum(strlen(line_item_line_item_type)), "
    "sum(strlen(line_item_currency_code)), sum(strlen(line_item_product_code)), sum(strlen(line_item_usage_type)), sum(strlen(line_item_line_item_description)), sum(strlen(pricing_unit)), "
    "sum(line_item_usage_amount), sum(savings_plan_savings_plan_effective_cost), sum(reservation_effective_cost), sum(strlen(savings_plan_savings_plan_a_r_n))"
)


def timed(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[float, float]:
    """Wall and processor seconds of a query."""
    wall, before = time.perf_counter(), os.times()
    connection.execute(query).fetchall()
    after = os.times()
    return time.perf_counter() - wall, after.user + after.system - before.user - before.system


def measure(warehouse: Path, file: Path) -> Table:
    table = Table("question", "bare s", "cpu s", "bare, exact s", "cpu s", "through fct_charges s", "cpu s", "cpu to bare", "to exact")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set threads = 2")
        for name, (bare, through) in QUESTIONS.items():
            groups = " group by all" if "," in bare.split("sum(")[0] else ""
            exact = re.sub(r"\b(\w+_cost)\b", r"cast(\1 as decimal(38, 12))", bare)
            queries = [f"select {sums}, {ALWAYS} from read_parquet('{file}'){groups}" for sums in (bare, exact)] + [f"select {through} from marts.fct_charges{groups}"]
            runs = [[timed(connection, query) for query in queries] for _ in range(3)]
            sides = [[statistics.median(run[side][kind] for run in runs) for kind in (0, 1)] for side in range(3)]
            ratios = [sides[2][1] / sides[side][1] for side in (0, 1)]
            table.add_row(name, *(f"{figure:.2f}" for side in sides for figure in side), *(f"{ratio:.1f}" for ratio in ratios))
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=5_000_000)
    parser.add_argument("--materialized", choices=["table", "view"], default="table", help="the var charges_materialized")
    options = parser.parse_args()
    console = Console(width=120)
    with tempfile.TemporaryDirectory() as folder:
        landing = Path(folder) / "landing"
        file = landing / "aws_cur2" / "bench" / "BILLING_PERIOD=2026-10" / "20261101T000000Z" / "part-0.parquet"
        file.parent.mkdir(parents=True)
        duckdb.execute(LINES.format(lines=options.lines, path=file))
        console.print(f"{options.lines:,} lines, {file.stat().st_size / 2**20:,.0f} MiB of Parquet, {os.cpu_count()} cores")
        project = apportion_dbt.twin_project(Path(folder) / "project")
        os.environ["APPORTION_LANDING"] = str(landing)
        begun = time.perf_counter()
        outcome = apportion_dbt.run_dbt(["build", "--select", "+fct_charges", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test", "--vars", "charges_materialized: " + options.materialized], project=project)
        if not outcome.success:
            raise SystemExit(outcome.error or "\n".join(node.message or "" for node in outcome.failed))
        console.print(f"dbt build of fct_charges and all it needs: {time.perf_counter() - begun:.0f} s")
        console.print(measure(project / "warehouse" / "apportion.duckdb", file))


if __name__ == "__main__":
    main()
