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
from pathlib import Path
from typing import Any

import duckdb
import validation_page
from apportion_dbt import ROOT, landing_path, opt_out, warehouse_path
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import Progress, SpinnerColumn, TextColumn
from validation_assets import Asset, Check, landing_assets, marts_assets

PAGE = ROOT / "reports" / "validation.html"
SHOWN_ROWS = 10


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
        assets = landing_assets(connection) if stage == "landing" else marts_assets()
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
        observed = f"not so for {unmet:,} of {checked:,} {asset.rows}" if unmet else f"all {checked:,} {asset.rows}"
    elif "observed_value" in detail:
        observed = f"{detail['observed_value']:,} {asset.rows}"
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
    page.write_text(validation_page.render(sections, landing=short(landing_path()), warehouse=short(warehouse_path())), encoding="utf-8")


def short(path: Path) -> str:
    """Inside the project, the path from there."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


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
