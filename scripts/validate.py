"""Great Expectations before and after the build: is what came in fit to be counted, and is what came out fit to be shown?

dbt's own tests look at every row. This looks at the two ends the way a reader does, and writes one page that opens without a network: reports/validation.html.

    python scripts/validate.py                    both stages
    python scripts/validate.py --stage landing    what came in (needs `dbt build --select landing_files`)
    python scripts/validate.py --stage marts      what came out

Exit status: how many things need mending (failed expectations; each file that failed counts), 100 at most. A warning is shown and not counted.
"""

from __future__ import annotations

import argparse
import logging
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import validation_page
from apportion_dbt import ROOT, landing_path, opt_out, warehouse_path
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import Progress, SpinnerColumn, TextColumn

PAGE = ROOT / "reports" / "validation.html"
SHOWN_ROWS = 10

LAYERS = ["inference", "gpu", "retrieval", "storage", "agents", "egress", "other"]
STEPS = ["direct", "metered", "idle", "shared", "unallocated"]
GRADES = ["A", "B", "C", "D", "E"]
METHODS = [
    "direct_owner", "token_share", "gpu_seconds_share", "query_unit_share", "storage_share", "log_bytes_share", "bytes_share",
    "idle_capacity", "even", "fixed", "weighted", "proportional", "none", "price_book",
]  # fmt: skip

# Without these no line of a bill can be placed: whose, when, what and how much.
REQUIRED_IN_BILLS = {
    "aws_cur2": [
        "bill_payer_account_id", "line_item_usage_account_id", "bill_billing_period_start_date", "line_item_usage_start_date", "line_item_usage_end_date",
        "line_item_line_item_type", "line_item_product_code", "line_item_currency_code", "line_item_unblended_cost",
    ],
    "focus": ["billing_account_id", "billing_period_start", "charge_period_start", "charge_period_end", "charge_category", "billing_currency", "billed_cost"],
}  # fmt: skip

MOST_UNALLOCATED = 0.2
LATE_AFTER_DAYS = 35  # a monthly bill's longest regular silence


@dataclass
class Check:
    """One expectation, with what it says in plain words and what to do when it fails."""

    says: str
    do: str
    kind: str
    arguments: dict[str, Any]
    severity: str = "critical"
    counts_each: bool = False  # in the exit status, each row that fails counts, not the expectation once


@dataclass
class Asset:
    """One small table of facts, asked of the warehouse, and what is expected of it."""

    name: str
    title: str
    query: str
    checks: list[Check]
    show: list[str] = field(default_factory=list)


@dataclass
class Finding:
    says: str
    do: str
    severity: str
    passed: bool
    observed: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    unmet: int = 1
    counts_each: bool = False


@dataclass
class Section:
    stage: str
    title: str
    findings: list[Finding]


def landing_assets(connection: duckdb.DuckDBPyConnection) -> list[Asset]:
    now = datetime.now(UTC).replace(tzinfo=None)
    return [
        Asset(
            name="landing_files",
            title="Files that came in",
            query="""
                select source, file_path, status, reason, rows_loaded, coalesce(rows_rejected, 0) as rows_rejected, delivered_at
                from staging.landing_files
                order by source, file_path
            """,
            show=["source", "file_path", "reason", "rows_rejected"],
            checks=[
                Check(
                    "There is at least one file",
                    f"Put provider exports, unchanged, into one folder per source under {landing_path()}; the README's landing table names the folders.",
                    "ExpectTableRowCountToBeBetween",
                    {"min_value": 1},
                ),
                Check(
                    "Every file can be read",
                    "Everything else was built without these files. Replace each by a whole copy of the export, or take it out of the landing zone, and run again.",
                    "ExpectColumnValuesToNotBeInSet",
                    {"column": "status", "value_set": ["unreadable"]},
                    counts_each=True,
                ),
                Check(
                    "Every row of every file can be read",
                    "The rows are in marts.quarantined_rows with file, row number and reason. Mend them at their source and deliver the file again.",
                    "ExpectColumnValuesToBeBetween",
                    {"column": "rows_rejected", "max_value": 0},
                    counts_each=True,
                ),
                Check(
                    "Every file belongs to a source",
                    "A file in a folder no source reads, or of a format none reads, is not counted. Move it, or take it out.",
                    "ExpectColumnValuesToNotBeInSet",
                    {"column": "status", "value_set": ["ignored"]},
                    "warning",
                ),
                Check(
                    "No file was delivered in the future",
                    "The delivery time comes from the file's path (`delivery=`, `export_time=`, a time stamp), else from its clock. One of them is wrong, and the latest delivery counts.",
                    "ExpectColumnValuesToBeBetween",
                    {"column": "delivered_at", "max_value": now + timedelta(days=1)},
                    "warning",
                ),
            ],
        ),
        Asset(
            name="landing_sources",
            title="Sources that came in",
            query="""
                select
                    source,
                    count(*) filter (where status = 'loaded') as files_loaded,
                    coalesce(sum(rows_loaded) filter (where status = 'loaded'), 0) as rows_loaded,
                    cast(max(delivered_at) as date) as latest_delivery,
                    date_diff('day', max(delivered_at), (select max(delivered_at) from staging.landing_files)) as days_behind
                from staging.landing_files
                where source is not null and source not like 'policy%'
                group by source
                order by source
            """,
            checks=[
                Check(
                    "Every source with files has rows",
                    "The files were read and hold no rows. Ask the export's owner whether it still runs.",
                    "ExpectColumnValuesToBeBetween",
                    {"column": "rows_loaded", "min_value": 1},
                    "warning",
                ),
                Check(
                    f"No source has been silent for {LATE_AFTER_DAYS} days while others delivered",
                    "Its usage or cost is missing from the latest days: cost shows as unallocated, or as estimated. Ask whether the export still runs.",
                    "ExpectColumnValuesToBeBetween",
                    {"column": "days_behind", "max_value": LATE_AFTER_DAYS},
                    "warning",
                ),
            ],
        ),
        Asset(
            name="bill_columns",
            title="What no bill can do without",
            query=bill_columns_query(connection),
            checks=[
                Check(
                    "Every bill line says whose, when, what and how much",
                    "Lines without it are quarantined. Check that the export includes the column (AWS: the data export's column selection; FOCUS: the version's required columns).",
                    "ExpectColumnValuesToBeBetween",
                    {"column": "empty_rows", "max_value": 0},
                )
            ],
        ),
    ]


def bill_columns_query(connection: duckdb.DuckDBPyConnection) -> str:
    """Counts the empty cells of each required column; one pass over each bill, whatever its size."""
    parts = ["select '' as source, '' as column_name, 0 as rows, 0 as empty_rows where false"]
    for source, columns in REQUIRED_IN_BILLS.items():
        present = {row[0] for row in connection.execute("select column_name from duckdb_columns() where schema_name = 'raw' and table_name = ?", [source]).fetchall()}
        if not present:
            continue
        counted = ", ".join(f"count(*) filter (where \"{column}\" is null) as \"{column}\"" if column in present else f"count(*) as \"{column}\"" for column in columns)
        parts.append(
            f"""
            select '{source}' as source, column_name, rows, empty_rows
            from (unpivot (select count(*) as rows, {counted} from raw.{source} where x_reject_reason is null)
                  on columns(* exclude (rows)) into name column_name value empty_rows)
            where rows > 0
            """
        )
    return "\nunion all\n".join(parts)


def marts_assets(connection: duckdb.DuckDBPyConnection) -> list[Asset]:
    measures = ["billed_cost", "effective_cost", "list_cost", "effective_cost_reporting"]
    conserved = "\nunion all\n".join(
        f"""
        select
            '{measure}' as measure, provider, billing_currency,
            cast(sum(charge) as varchar) as charges, cast(sum(allocated) as varchar) as ledger, cast(sum(charge) - sum(allocated) as double) as difference
        from (
            select provider, billing_currency, {measure} as charge, 0 as allocated from marts.fct_charges
            union all
            select provider, billing_currency, 0, {measure} from marts.fct_cost_allocations where cost_basis = 'billed'
        )
        group by all
        """
        for measure in measures
    )
    return [
        Asset(
            name="conservation",
            title="Money in equals money out",
            query=conserved,
            checks=[
                Check("There is money to compare", "No bill line counted. See the landing part of this page.", "ExpectTableRowCountToBeBetween", {"min_value": 1}, "warning"),
                Check(
                    "The ledger sums to the charges, to the last decimal, per provider, currency and kind of cost",
                    "This must never happen. See which step lost it: dbt test --select 'conserves_total*'.",
                    "ExpectColumnValuesToBeInSet",
                    {"column": "difference", "value_set": [0.0]},
                ),
            ],
        ),
        Asset(
            name="reconciliation",
            title="Every bill is accounted for",
            query="""
                select
                    provider, billing_account_id, billing_month, billing_currency, status, deliveries,
                    cast(delivered_billed_cost as varchar) as delivered_billed_cost, cast(allocated_billed_cost as varchar) as allocated_billed_cost,
                    cast(billed_cost_difference as double) as billed_cost_difference, cast(effective_cost_difference as double) as effective_cost_difference,
                    latest_lines - charge_lines as lines_missing
                from marts.cost_reconciliation
                order by provider, billing_account_id, billing_month
            """,
            show=["provider", "billing_account_id", "billing_month", "billing_currency", "delivered_billed_cost", "allocated_billed_cost", "billed_cost_difference", "effective_cost_difference"],
            checks=[
                Check(
                    "Every bill's billed cost is allocated, to the last decimal",
                    "This must never happen. dbt test --select cost_reconciliation names the step that lost it.",
                    "ExpectColumnValuesToBeInSet",
                    {"column": "billed_cost_difference", "value_set": [0.0]},
                ),
                Check(
                    "So is its effective (amortised) cost",
                    "This must never happen. dbt test --select cost_reconciliation names the step that lost it.",
                    "ExpectColumnValuesToBeInSet",
                    {"column": "effective_cost_difference", "value_set": [0.0]},
                ),
                Check(
                    "Every line of each bill's latest delivery counts",
                    "A line was lost or doubled between the delivery and fct_charges.",
                    "ExpectColumnValuesToBeInSet",
                    {"column": "lines_missing", "value_set": [0]},
                ),
                Check("Every bill is marked reconciled", "Look at the row in marts.cost_reconciliation.", "ExpectColumnValuesToBeInSet", {"column": "status", "value_set": ["reconciled"]}),
            ],
        ),
        Asset(
            name="vocabulary",
            title="The ledger's words",
            query="""
                select team, feature, layer, allocation_step, allocation_method, evidence_grade, cost_basis, billing_currency, count(*) as ledger_rows
                from marts.fct_cost_allocations
                group by all
            """,
            checks=[
                Check("Every row has a team; unowned money is `unallocated`", "Look at int_allocation__ladder.", "ExpectColumnValuesToNotBeNull", {"column": "team"}),
                Check("Every row has a feature", "Look at int_allocation__ladder.", "ExpectColumnValuesToNotBeNull", {"column": "feature"}),
                Check("Every row is in one of the six layers, or other", "Look at int_charges__skus.", "ExpectColumnValuesToBeInSet", {"column": "layer", "value_set": LAYERS}),
                Check("Every row names its ladder step", "Look at int_allocation__ladder.", "ExpectColumnValuesToBeInSet", {"column": "allocation_step", "value_set": STEPS}),
                Check("Every row names its method", "Look at int_allocation__ladder.", "ExpectColumnValuesToBeInSet", {"column": "allocation_method", "value_set": METHODS}),
                Check("Every row has an evidence grade", "Look at int_allocation__ladder.", "ExpectColumnValuesToBeInSet", {"column": "evidence_grade", "value_set": GRADES}),
                Check(
                    "Every row is billed or estimated",
                    "Look at fct_cost_allocations.",
                    "ExpectColumnValuesToBeInSet",
                    {"column": "cost_basis", "value_set": ["billed", "estimated"]},
                ),
                Check(
                    "Every currency is a three-letter code",
                    "The bill writes its currency in another way: mend the export.",
                    "ExpectColumnValuesToMatchRegex",
                    {"column": "billing_currency", "regex": "^[A-Z]{3}$"},
                ),
            ],
        ),
        Asset(
            name="rules_of_the_ledger",
            title="The ledger's rules",
            query="""
                select 'an estimated row carries billed money' as fact, count(*) as ledger_rows
                from marts.fct_cost_allocations where cost_basis = 'estimated' and billed_cost <> 0
                union all
                select 'unallocated money without a reason', count(*)
                from marts.fct_cost_allocations where allocation_step in ('idle', 'unallocated') and reason is null
                union all
                select 'unallocated money with a grade other than E', count(*)
                from marts.fct_cost_allocations where allocation_step = 'unallocated' and evidence_grade <> 'E'
                union all
                select 'a share outside 0 to 1', count(*)
                from marts.fct_cost_allocations where share < 0 or share > 1
                union all
                select 'an agent session''s cost outside inference and agents', count(*)
                from marts.fct_cost_allocations where layer = 'agents' and agent_session_id is null
            """,
            checks=[
                Check(
                    "No row breaks a rule of the ledger",
                    "See the rows in marts.fct_cost_allocations; the dbt test of the same rule names the model.",
                    "ExpectColumnValuesToBeBetween",
                    {"column": "ledger_rows", "max_value": 0},
                )
            ],
        ),
        Asset(
            name="quarantine",
            title="Rows set aside",
            query="select kind, source, reason, count(*) as set_aside, min(source_file) as first_file, min(source_row_number) as first_row from marts.quarantined_rows group by all order by set_aside desc",
            checks=[
                Check(
                    "No row was set aside",
                    "Each is in marts.quarantined_rows with file, row number and fix. Its money or use is in no report until it is mended and delivered again.",
                    "ExpectTableRowCountToEqual",
                    {"value": 0},
                    "warning",
                )
            ],
        ),
        Asset(
            name="coverage",
            title="How much is known",
            query="""
                select
                    billing_month,
                    sum(effective_cost_reporting) filter (where allocation_step = 'unallocated') / nullif(sum(effective_cost_reporting), 0) as unallocated_share
                from marts.allocation_coverage
                where cost_basis = 'billed' and layer <> 'other'
                group by billing_month
                order by billing_month
            """,
            checks=[
                Check(
                    f"At most {MOST_UNALLOCATED:.0%} of a month's AI cost has no owner",
                    "marts.allocation_coverage says why, by reason; most often a tag is missing, or an owner rule for it.",
                    "ExpectColumnValuesToBeBetween",
                    {"column": "unallocated_share", "max_value": MOST_UNALLOCATED},
                    "warning",
                )
            ],
        ),
        Asset(
            name="outcomes",
            title="What an outcome costs",
            query="""
                select outcome_month, feature, outcome_type, outcomes, successes, outcomes - successes as unsuccessful, cast(effective_cost_reporting as double) as cost
                from marts.outcome_costs_monthly
                where outcome_type <> 'none'
            """,
            checks=[
                Check(
                    "No outcome type has more successes than outcomes",
                    "The outcomes' `success` column is wrong at its source.",
                    "ExpectColumnValuesToBeBetween",
                    {"column": "unsuccessful", "min_value": 0},
                ),
                Check(
                    "Every outcome cost something",
                    "No cost was found for the feature: its name in the outcomes and in the owners' rules may differ.",
                    "ExpectColumnValuesToBeBetween",
                    {"column": "cost", "min_value": 0, "strict_min": True},
                    "warning",
                ),
            ],
        ),
        Asset(
            name="marts",
            title="The tables people read",
            query="select table_name as mart, estimated_size as rows from duckdb_tables() where schema_name = 'marts' and table_name <> 'quarantined_rows' order by mart",
            checks=[
                Check("There are marts", "Build them first: dbt build.", "ExpectTableRowCountToBeBetween", {"min_value": 1}),
                Check(
                    "Every mart has rows",
                    "Right when a source it needs is not delivered (no outcomes, no agents); else look at the landing part of this page.",
                    "ExpectColumnValuesToBeBetween",
                    {"column": "rows", "min_value": 1},
                    "warning",
                )
            ],
        ),
    ]


def run_stage(stage: str, warehouse: Path, tell: Any) -> list[Section]:
    """Asks the warehouse for each asset's facts and gives them to Great Expectations as a dataframe: its SQL assets do not work on DuckDB."""
    opt_out()
    import great_expectations as gx

    logging.disable(logging.INFO)  # it announces its temporary folders
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas(stage)
    sections = []
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        assets = landing_assets(connection) if stage == "landing" else marts_assets(connection)
        for asset in assets:
            tell(asset.title)
            sections.append(Section(stage, asset.title, examine(asset, connection, context, source)))
    return sections


def examine(asset: Asset, connection: duckdb.DuckDBPyConnection, context: Any, source: Any) -> list[Finding]:
    import great_expectations as gx

    try:
        frame = connection.execute(asset.query).df()
    except duckdb.Error as problem:
        return [Finding("The table is there and has its columns", "Build it first: dbt build.", "critical", False, str(problem).splitlines()[0])]
    batch = source.add_dataframe_asset(asset.name).add_batch_definition_whole_dataframe("all")
    expectations = [
        getattr(gx.expectations, check.kind)(**check.arguments, severity=check.severity, meta={"order": order}) for order, check in enumerate(asset.checks)
    ]
    suite = context.suites.add(gx.ExpectationSuite(asset.name, expectations=expectations))
    definition = context.validation_definitions.add(gx.ValidationDefinition(name=asset.name, data=batch, suite=suite))
    results = definition.run(batch_parameters={"dataframe": frame}, result_format={"result_format": "COMPLETE", "include_unexpected_rows": True}).results
    findings = {}
    for result in results:
        order = result.expectation_config.meta["order"]
        findings[order] = finding_of(asset, asset.checks[order], result)
    return [findings[order] for order in sorted(findings)]


def finding_of(asset: Asset, check: Check, result: Any) -> Finding:
    detail = result.result or {}
    unexpected = detail.get("unexpected_rows")
    rows = []
    if unexpected is not None and len(unexpected):
        unexpected = unexpected[[column for column in (asset.show or list(unexpected.columns)) if column in unexpected.columns]].dropna(axis="columns", how="all")
        rows = unexpected.head(SHOWN_ROWS).astype(object).to_dict("records")
    unmet = detail.get("unexpected_count", 0)
    if "unexpected_count" in detail:
        checked = detail["element_count"]
        observed = f"not so for {unmet:,} of {checked:,}" if unmet else f"all {checked:,}"
    elif "observed_value" in detail:
        observed = f"{detail['observed_value']:,}"
    else:
        observed = "could not be checked: " + "; ".join(str(item.get("exception_message", item)) if isinstance(item, dict) else str(item) for item in result.exception_info.values())[:300]
    return Finding(check.says, check.do, check.severity, bool(result.success), observed, rows, max(unmet, 1), check.counts_each)


def show(sections: list[Section], console: Console) -> None:
    """What failed, where and what to do about it; of what passed only the count."""
    findings = [finding for section in sections for finding in section.findings]
    broken = sorted((finding for finding in findings if not finding.passed), key=lambda finding: finding.severity != "critical")
    for finding in broken:
        mark = "[bold red]✗[/]" if finding.severity == "critical" else "[yellow]![/]"
        console.print(f"{mark} [bold]{escape(finding.says)}[/]: {escape(finding.observed)}", highlight=False)
        for row in finding.rows[:3]:
            values = (validation_page.cell(value) for value in row.values())
            console.print(Padding(f"[dim]{escape(' · '.join(value for value in values if value))}[/]", (0, 0, 0, 2)), highlight=False)
        if len(finding.rows) > 3:
            console.print("  [dim]… and more, on the page[/]")
        console.print(Padding(f"→ {escape(finding.do)}", (0, 0, 0, 2)), highlight=False)
    console.print(f"[{'green' if not broken else 'default'}]{len(findings) - len(broken)} of {len(findings)} expectations met.[/]", highlight=False)


def count_failures(sections: list[Section]) -> int:
    """How many things need mending: every file that failed counts, and of the other expectations each that was not met."""
    failed = [finding for section in sections for finding in section.findings if not finding.passed and finding.severity == "critical"]
    return sum(finding.unmet if finding.counts_each else 1 for finding in failed)


def validate(stages: list[str], console: Console, warehouse: Path | None = None) -> list[Section]:
    warehouse = warehouse or warehouse_path()
    if not warehouse.exists():
        return [Section(stages[0], "The warehouse", [Finding("There is a warehouse", "Build it first: make run, or dbt build.", "critical", False, f"no file {warehouse}")])]
    sections: list[Section] = []
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=console, transient=True) as progress:
        task = progress.add_task("Loading Great Expectations")
        for stage in stages:
            sections += run_stage(stage, warehouse, lambda title: progress.update(task, description=f"Checking: {title}"))
    return sections


def write_page(sections: list[Section], page: Path = PAGE) -> None:
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(validation_page.render(sections, landing=str(landing_path()), warehouse=str(warehouse_path())), encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stage", choices=["landing", "marts"], help="one stage only (default: both)")
    parser.add_argument("--page", type=Path, default=PAGE, help="where to write the page")
    options = parser.parse_args(arguments)
    console = Console()
    sections = validate([options.stage] if options.stage else ["landing", "marts"], console)
    show(sections, console)
    write_page(sections, options.page)
    console.print(f"The whole picture: {options.page}")
    return min(count_failures(sections), 100)


if __name__ == "__main__":
    sys.exit(main())
