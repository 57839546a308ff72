"""What would it cost before it exists? Works out a file of scenarios with dated rates, prints the table and draws a chart.

    python scripts/scenario.py                               the scenarios of the policy folder
    python scripts/scenario.py --file mine.csv               your own (same columns as seeds/policy/scenarios.csv; most may be left out)
    python scripts/scenario.py --file mine.csv --chart x.html

No bill and no telemetry is read: the rates are the seeds', the token prices the price book's with your contract prices. Nothing is written to the warehouse. Exit status 1 when a row can not be used.
"""

from __future__ import annotations

import argparse
import html
import os
import shutil
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import duckdb
from apportion_dbt import ROOT, policy_path, run_dbt, twin_project
from rich.console import Console
from rich.markup import escape
from rich.table import Table

LAYERS = ["inference", "agents", "retrieval", "storage", "gpu", "egress"]
COLOURS = {"inference": "#3b6ea5", "agents": "#c8553d", "retrieval": "#588157", "storage": "#b08968", "gpu": "#6d597a", "egress": "#e09f3e"}
MODELS = ["scenario_costs", "scenario_totals", "commitment_plans", "cloud_comparison"]


def work_out(file: Path, folder: Path) -> Path:
    """Builds the planning marts from one file of scenarios in a warehouse of their own, and returns it."""
    project = twin_project(folder / "project")
    landing, policy = folder / "landing", folder / "policy"
    landing.mkdir()
    policy.mkdir()
    shutil.copy2(file, policy / "scenarios.csv")
    contract = policy_path() / "contract_prices.csv"
    if contract.exists():
        shutil.copy2(contract, policy)
    kept = {name: os.environ.get(name) for name in ("APPORTION_LANDING", "APPORTION_POLICY", "APPORTION_WAREHOUSE")}
    os.environ.update(APPORTION_LANDING=str(landing), APPORTION_POLICY=str(policy))
    os.environ.pop("APPORTION_WAREHOUSE", None)
    try:
        outcome = run_dbt(["build", "--exclude-resource-type", "unit_test", "test", "--select", *(f"+{name}" for name in MODELS)], project=project)
    finally:
        for name, value in kept.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
    if not outcome.success:
        raise SystemExit("\n".join([outcome.error or "The scenarios could not be worked out.", *(f"{node.name}: {node.message}" for node in outcome.failed)]))
    return project / "warehouse" / "apportion.duckdb"


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict]:
    """The rows of a query as dictionaries."""
    result = connection.execute(query)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row)) for row in result.fetchall()]


def money(amount: Decimal | None) -> str:
    """Dollars for people; a dash where there is no figure."""
    return "–" if amount is None else f"{amount:,.0f}" if abs(amount) >= 10_000 else f"{amount:,.2f}"


def bounds(total: dict) -> str:
    """Cheap to dear."""
    return f"{money(total['cost_low_usd'])} … {money(total['cost_high_usd'])}"


def totals_table(totals: list[dict]) -> Table:
    """A line per scenario and cloud."""
    table = Table(title="A month of each scenario, US dollars", title_justify="left", show_edge=False, pad_edge=False)
    table.add_column("scenario")
    table.add_column("cloud")
    for layer in LAYERS:
        table.add_column(layer, justify="right")
    for heading in ("likely", "low … high", "change"):
        table.add_column(heading, justify="right")
    for total in totals:
        table.add_row(
            escape(total["scenario_id"]),
            total["provider"],
            *(money(total[f"{layer}_cost_usd"]) if total[f"{layer}_cost_usd"] else "" for layer in LAYERS),
            f"[bold]{money(total['cost_usd'])}[/]" + ("" if total["is_complete"] else " [red]*[/]"),
            bounds(total),
            "" if total["change_usd"] is None else f"{total['change_usd']:+,.2f}",
        )
    return table


def article_table(totals: list[dict]) -> Table | None:
    """What the article prints beside its own parts and our figure."""
    printed = [total for total in totals if total["article_printed_usd"] is not None]
    if not printed:
        return None
    table = Table(title="The article's example: what it prints, what its own parts give, what the rates give", title_justify="left", show_edge=False, pad_edge=False)
    for heading, justify in (("scenario", "left"), ("printed", "right"), ("its parts", "right"), ("ours", "right"), ("which is right", "left")):
        table.add_column(heading, justify=justify)
    for total in sorted(printed, key=lambda row: -row["article_printed_usd"] if row["baseline_id"] is None else row["article_parts_usd"]):
        table.add_row(escape(total["scenario_id"]), *(money(total[name]) for name in ("article_printed_usd", "article_parts_usd", "cost_usd")), escape(total["article_verdict"] or ""))
    return table


def plans_table(plans: list[dict]) -> Table | None:
    """Ways to pay for the GPUs."""
    if not plans:
        return None
    table = Table(title="Ways to pay for the GPUs, US dollars a month", title_justify="left", show_edge=False, pad_edge=False)
    for heading in ("scenario", "cloud", "plan"):
        table.add_column(heading)
    for heading in ("likely", "low … high", "used", "pays from", "lost at the change", "saved until then"):
        table.add_column(heading, justify="right")
    for plan in plans:
        share = [f"{plan[name]:.0%}" if plan[name] is not None else "" for name in ("utilisation_share", "break_even_utilisation_share")]
        table.add_row(
            escape(plan["scenario_id"]), plan["provider"], (plan["plan"] or "–") + (" ←" if plan["is_planned"] else ""), money(plan["monthly_cost_usd"]),
            f"{money(plan['monthly_cost_low_usd'])} … {money(plan['monthly_cost_high_usd'])}", *share,
            money(plan["stranded_cost_usd"]) if plan["stranded_cost_usd"] else "", money(plan["saving_until_change_usd"]) if plan["saving_until_change_usd"] is not None else "",
        )  # fmt: skip
    return table


def comparison_table(compared: list[dict]) -> Table:
    """The clouds side by side."""
    table = Table(title="The clouds side by side (article: what the seed article prints)", title_justify="left", show_edge=False, pad_edge=False)
    clouds = ["aws", "gcp", "azure"]
    for heading in ("what", "unit"):
        table.add_column(heading)
    for cloud in clouds:
        table.add_column(cloud, justify="right")
    for item in dict.fromkeys((row["dimension"], row["item"]) for row in compared):
        mine = {row["provider"]: row for row in compared if (row["dimension"], row["item"]) == item}
        if all(row["figure"] is None for row in mine.values()):
            continue
        cells = []
        for cloud in clouds:
            row = mine.get(cloud) or {"figure": None, "article_figure": None}
            shown = "–" if row["figure"] is None else f"{row['figure']:.0%}" if item[0] == "commitment_discount" else f"{row['figure']:,.2f}" if row["figure"] >= 1 else f"{row['figure']:.3f}"
            if row["article_figure"] is not None and row["article_figure"] != row["figure"]:
                shown += f" [dim](article {row['article_figure']:,.2f})[/]"
            cells.append(shown)
        table.add_row(escape(item[1]), next(row["unit"] for row in mine.values()), *cells)
    return table


def chart(totals: list[dict]) -> str:
    """One self-contained page: a bar per scenario, by layer, with a line from the cheap to the dear case and a tick where the article prints its total."""
    groups = [[total for total in totals if total["cost_high_usd"] and (total["cost_usd"] < 3000) == small] for small in (True, False)]
    parts, top, left, width = [], 70, 250, 640
    for group in groups:
        if not group:
            continue
        scale = width / float(max(max(total["cost_high_usd"], total["article_printed_usd"] or 0) for total in group))
        for total in group:
            label = html.escape(f"{total['scenario_id']} · {total['provider']}")
            parts.append(f'<text x="{left - 10}" y="{top + 15}" text-anchor="end">{label}</text>')
            x = float(left)
            for layer in LAYERS:
                size = float(total[f"{layer}_cost_usd"]) * scale
                if size:
                    parts.append(f'<rect x="{x:.1f}" y="{top}" width="{size:.1f}" height="20" fill="{COLOURS[layer]}"><title>{layer}: {money(total[f"{layer}_cost_usd"])}</title></rect>')
                    x += size
            low, high = (left + float(total[name]) * scale for name in ("cost_low_usd", "cost_high_usd"))
            parts.append(f'<path d="M{low:.1f} {top + 25}H{high:.1f}M{low:.1f} {top + 22}v6M{high:.1f} {top + 22}v6" stroke="#555" fill="none"/>')
            if total["article_printed_usd"] is not None:
                mark = left + float(total["article_printed_usd"]) * scale
                parts.append(f'<path d="M{mark:.1f} {top - 4}v28" stroke="#111" stroke-width="2" stroke-dasharray="3 2"><title>the article prints {money(total["article_printed_usd"])}</title></path>')
            parts.append(f'<text x="{left + width + 20}" y="{top + 15}">{money(total["cost_usd"])}{"" if total["is_complete"] else " *"}</text>')
            top += 42
        top += 24
    legend = "".join(f'<rect x="{left + 105 * n}" y="34" width="12" height="12" fill="{COLOURS[layer]}"/><text x="{left + 105 * n + 17}" y="45">{layer}</text>' for n, layer in enumerate(LAYERS))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Scenarios</title><body style="margin:0;background:#fff">'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="1020" height="{top + 20}" viewBox="0 0 1020 {top + 20}" font-family="system-ui,sans-serif" font-size="13" fill="#222">'
        '<text x="20" y="22" font-size="17" font-weight="600">What a month would cost, US dollars</text>' + legend + "".join(parts) +
        f'<text x="20" y="{top + 6}" font-size="12" fill="#666">Line: cheap to dear case. Dashed: the total the article prints. *: a part has no price. Two scales: small and large scenarios.</text>'
        "</svg></body></html>\n"
    )  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", type=Path, default=policy_path() / "scenarios.csv", help="scenarios (default: the policy folder's scenarios.csv)")
    parser.add_argument("--chart", type=Path, default=ROOT / "reports" / "scenarios.html", help="page to write (default: reports/scenarios.html)")
    options = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 170, highlight=False)
    if not options.file.is_file():
        console.print(f"[red]There is no {options.file}.[/] Take seeds/policy/scenarios.csv as a pattern: a row per scenario.")
        return 1
    with tempfile.TemporaryDirectory(prefix="scenarios-") as folder:
        with duckdb.connect(str(work_out(options.file.resolve(), Path(folder))), read_only=True) as connection:
            totals = rows(connection, "from marts.scenario_totals order by scenario_id, provider")
            plans = rows(connection, "from marts.commitment_plans order by scenario_id, provider, term_months, plan")
            compared = rows(connection, "from marts.cloud_comparison order by dimension, item, provider")
            missing = rows(connection, "select scenario_id, provider, component, priced_as, missing_reason from marts.scenario_costs where missing_reason is not null order by all")
            unused = rows(connection, "select x_source_row_number, x_quarantine_reason from staging.stg_policy__scenarios where x_quarantine_reason is not null order by 1")
    for table in (totals_table(totals), article_table(totals), plans_table(plans), comparison_table(compared)):
        if table is not None:
            console.print(table)
            console.print()
    for row in missing:
        console.print(f"[red]*[/] {escape(row['scenario_id'])} on {row['provider']}: {row['component']} ({escape(row['priced_as'] or '')}) has no price: {row['missing_reason']}")
    for row in unused:
        console.print(f"[red]✗ {escape(options.file.name)}, row {row['x_source_row_number']}:[/] {escape(row['x_quarantine_reason'])}")
    options.chart.parent.mkdir(parents=True, exist_ok=True)
    options.chart.write_text(chart(totals), encoding="utf-8")
    console.print(f"Chart: {options.chart}", soft_wrap=True)
    return 1 if unused else 0


if __name__ == "__main__":
    sys.exit(main())
