"""What is expected of the landing zone and of the marts, in plain words, with what to do when it is not so. validate.py asks and Great Expectations judges."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
from apportion_dbt import landing_path

LAYERS = ["inference", "gpu", "retrieval", "storage", "agents", "egress", "other"]
STEPS = ["direct", "metered", "idle", "shared", "unallocated"]
GRADES = ["A", "B", "C", "D", "E"]
METHODS = [
    "direct_owner", "token_share", "gpu_seconds_share", "split_cost_share", "query_unit_share", "storage_share", "log_bytes_share", "bytes_share",
    "idle_capacity", "even", "fixed", "weighted", "proportional", "follow_usage", "keep_apart", "none", "price_book",
]  # fmt: skip

# Without these no line of a bill can be placed: whose, when, what and how much.
REQUIRED_IN_BILLS = {
    "aws_cur2": [
        "bill_payer_account_id", "line_item_usage_account_id", "bill_billing_period_start_date", "line_item_usage_start_date", "line_item_usage_end_date",
        "line_item_line_item_type", "line_item_product_code", "line_item_currency_code", "line_item_unblended_cost",
    ],
    "azure_actual_costs": ["usage_date", "cost", "billing_currency"],
    "azure_amortized_costs": ["usage_date", "cost", "billing_currency"],
    "focus": ["billing_account_id", "billing_period_start", "charge_period_start", "charge_period_end", "charge_category", "billing_currency", "billed_cost"],
    "openai_costs": ["start_time", "amount_value", "amount_currency"],
    "anthropic_cost_report": ["starting_at", "amount", "currency"],
    "pinecone_usage": ["usage_date", "sku", "cost"],
}  # fmt: skip

MOST_UNALLOCATED = 0.2
LONGEST_WAIT_DAYS = 3  # an export is written in hours
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
    rows: str  # what its rows are, in a word
    query: str
    checks: list[Check]
    show: list[str] = field(default_factory=list)


def landing_assets(connection: duckdb.DuckDBPyConnection) -> list[Asset]:
    now = datetime.now(UTC).replace(tzinfo=None)
    return [
        Asset(
            name="landing_files",
            title="Files that came in",
            rows="files",
            query="""
                select
                    source, file_path, status, reason, rows_loaded, coalesce(rows_rejected, 0) as rows_rejected, delivered_at, coalesce(rows_lost, 0) as rows_lost,
                    case when status = 'waiting' then date_diff('day', delivered_at, loaded_at) else 0 end as days_waiting
                from staging.landing_files
                order by source, file_path
            """,
            show=["source", "file_path", "reason", "rows_rejected", "rows_lost"],
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
                    "No bill that counted can no longer be read",
                    "The marts stay as the last good build left them, and none is built. Deliver the files again, or take them out of the landing zone to build without that bill.",
                    "ExpectColumnValuesToBeBetween",
                    {"column": "rows_lost", "max_value": 0},
                ),
                Check(
                    "Every delivery is complete",
                    "Its manifest names files that are not there, or not whole: nothing of it is counted, and an earlier complete delivery stands. It may still be on its way.",
                    "ExpectColumnValuesToNotBeInSet",
                    {"column": "status", "value_set": ["waiting"]},
                    "warning",
                ),
                Check(
                    f"No delivery has waited for its files for {LONGEST_WAIT_DAYS} days",
                    "It will not complete by itself. Deliver what is missing, or delete the manifest to count what is there.",
                    "ExpectColumnValuesToBeBetween",
                    {"column": "days_waiting", "max_value": LONGEST_WAIT_DAYS},
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
                    "A file in a folder no source reads, of a format none reads, or that the manifest of its folder does not name, is not counted. Move it, or take it out.",
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
            rows="sources",
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
            rows="columns",
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


def marts_assets() -> list[Asset]:
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
            rows="sums",
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
            rows="bills",
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
            rows="kinds of row",
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
            rows="rules",
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
            rows="reasons",
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
            rows="months",
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
            rows="outcome types",
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
            name="marts",  # without those that list exceptions and closes: none is a good answer there
            title="The tables people read",
            rows="tables",
            query="select table_name as mart, estimated_size as rows from duckdb_tables() where schema_name = 'marts' and table_name not in ('quarantined_rows', 'uncounted_charges', 'unmapped_skus', 'month_closes', 'unpriced_usage', 'usage_coverage_daily') order by mart",
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
