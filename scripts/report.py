"""What the warehouse says, on one screen: who cost what, what is idle or unowned, whether every bill reconciles, who drove the change, and what could not be read.

    python scripts/report.py                    the last billed month
    python scripts/report.py --team discovery   one team, by feature
    python scripts/report.py --sql "from marts.team_costs_monthly"
    python scripts/report.py --svg docs/x.svg   the report as a picture

Reads the marts in APPORTION_WAREHOUSE (default warehouse/apportion.duckdb) and writes nothing there. Exit status 1 when there is no warehouse to read.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import report_data as data
import report_tables as tables
from apportion_dbt import ROOT, warehouse_path
from report_data import ZERO, Months, Warehouse
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.rule import Rule
from rich.text import Text

WIDTH = 108
SHOWN_MOVERS = 6
SHOWN_REJECTED = 8


class NotBuilt(Exception):
    """A section's marts are not in the warehouse; the message says which, and what to run."""


def need(warehouse: Warehouse, *names: str) -> None:
    """Raises NotBuilt when one of these marts is absent."""
    missing = warehouse.missing(*(f"marts.{name}" for name in names))
    if missing:
        raise NotBuilt(f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not built. Build it: dbt build --select {' '.join('+' + table.split('.')[1] for table in missing)}")


def words(text: str, style: str = "") -> Group:
    """A sentence in rich markup."""
    return Group(Text.from_markup(text, style=style))


class Report:
    """The sections, in the order they are printed. Each yields what rich prints, and raises NotBuilt when its marts are absent."""

    def __init__(self, warehouse: Warehouse, team: str | None = None, width: int = WIDTH):
        self.warehouse = warehouse
        self.narrow = width < WIDTH
        self.team = team
        self.currency = data.reporting_currency(warehouse)
        self.months: Months | None = None if warehouse.missing("marts.team_costs_monthly") else data.billed_months(warehouse)
        self.renamed = data.renamed_teams(warehouse, self.months) if self.months else {}

    def sections(self) -> list[tuple[str, Iterator[RenderableType]]]:
        """(title, what to print) in order; without a bill the sections about bills are one."""
        others = [
            (f"Used, but not on a bill yet · estimated by the dated price book, {self.currency}", self.estimated()),
            ("What could not be read or placed", self.rejected()),
            ("Where to look next", self.next_steps()),
        ]
        if not self.months:
            return [("What each team cost", self.costs()), *others]
        month, unit = tables.month_name(self.months.last), f"thousand {self.currency}" if self.narrow else self.currency
        if self.team:
            return [(f"{self.team} in {month}, by feature and layer · effective cost, {unit}", self.costs()), (f"What changed in {self.team} · {self.currency}", self.change())]
        return [
            (f"What each team cost in {month}, by layer · effective cost, {unit}", self.costs()),
            (f"Who drove {self.months.last:%B}'s change, and was it volume, price or mix? · {self.currency}", self.change()),
            (f"What is idle and what has no owner in {month} · {self.currency}", self.unowned()),
            ("Does every bill add up? · billed cost, in the bill's own currency", self.reconciliation()),
            *others,
        ]

    def last_billed(self) -> Months:
        need(self.warehouse, "team_costs_monthly", "feature_costs_monthly", "fct_charges")
        if not self.months:
            raise NotBuilt("No bill has been delivered. Put an export into the landing zone, aws_cur2/ (CUR 2.0), focus/ (FOCUS 1.0 to 1.4, any provider) or a vendor's own (openai_costs/, anthropic_cost_report/, pinecone_usage/), then: make run")
        return self.months

    def costs(self) -> Iterator[RenderableType]:
        months = self.last_billed()
        cells = data.costs(self.warehouse, months, self.renamed, self.team)
        if not cells:
            known = ", ".join(cell.name for cell in data.costs(self.warehouse, months, self.renamed))
            raise NotBuilt(f"No team {self.team} on the bills of {tables.month_name(months.last)}. There are: {known}.")
        yield tables.cost_table(cells, "Feature" if self.team else "Team", months.previous, self.narrow)
        total, other = sum((cell.total for cell in cells), ZERO), sum((cell.layers["other"] for cell in cells), ZERO)
        said = f"AI is {tables.amount(total - other)} of it; Other is everything else on the bills. " if other else ""
        said += "".join(f"{escape(new)} was called {escape(old)} before. " for old, new in self.renamed.items() if self.team in (None, new))
        if not self.team and not self.warehouse.missing("marts.fct_cost_allocations"):
            given = data.credits(self.warehouse, months.last)
            if given:
                said += f"Credits are in it: {', '.join(tables.LAYER_TITLES[row['layer']] + ' ' + tables.amount(row['cost']) for row in given)}."
        if said:
            yield words(said, "dim")

    def change(self) -> Iterator[RenderableType]:
        months = self.last_billed()
        need(self.warehouse, "cost_variance_monthly")
        if not months.previous:
            raise NotBuilt(f"{tables.month_name(months.last)} is the only billed month: there is nothing to compare it with.")
        found = [mover for mover in data.movers(self.warehouse, months, self.renamed) if self.team in (None, mover.team)]
        if found:
            if not self.team:
                yield words(tables.headline(found, self.currency, months.last, self.renamed))
            yield tables.mover_table(found, months.previous, months.last, SHOWN_MOVERS)

    def unowned(self) -> Iterator[RenderableType]:
        months = self.last_billed()
        need(self.warehouse, "fct_cost_allocations")
        found = data.unowned(self.warehouse, months.last)
        if not found:
            yield words("[green]✓[/] Nothing: every amount has an owner, and all capacity was used.")
            return
        total = sum((cell.total for cell in data.costs(self.warehouse, months, {})), ZERO)
        yield tables.unowned_table(found, total)

    def reconciliation(self) -> Iterator[RenderableType]:
        self.last_billed()
        need(self.warehouse, "cost_reconciliation")
        found = data.reconciliation(self.warehouse)
        yield tables.reconciliation_table(found)
        yield words(tables.reconciliation_words(found))

    def estimated(self) -> Iterator[RenderableType]:
        need(self.warehouse, "team_costs_daily")
        found = data.estimates(self.warehouse)
        if not found:
            yield words("Nothing: no priced usage is newer than its provider's bill.")
            return
        yield tables.estimate_table(found)
        total = sum((row["cost"] for row in found), ZERO)
        yield words(f"{tables.amount(total, 2)} {self.currency} in all, in no other table here. It becomes billed cost when the bills arrive.", "dim")

    def rejected(self) -> Iterator[RenderableType]:
        need(self.warehouse, "quarantined_rows", "usage_without_cost")
        found, files, rows = data.rejected(self.warehouse, SHOWN_REJECTED)
        if not found:
            files = data.landed_files(self.warehouse)
            if files == 0:
                raise NotBuilt("The landing zone held no file. Put yours into it, a folder per source (APPORTION_LANDING, default sample/landing), then: make run")
            yield words(f"[green]✓[/] {'Every file' if files is None else f'Each of {files:,} files'} and every row could be read.")
        else:
            yield words(f"[yellow]{files:,} file{'s' * (files != 1)} and {rows:,} row{'s' * (rows != 1)}[/] could not be read; everything else is in the warehouse.")
            yield tables.rejected_table(found)
        uncosted = data.uncosted(self.warehouse)
        outside = [row for row in uncosted if row["why"] in ("not_billed_yet", "before_first_bill")]
        unpaid = [row for row in uncosted if row not in outside]
        if unpaid:
            yield words("Use that no bill line paid for and no price could estimate:")
            yield tables.uncosted_table(unpaid)
        if outside:
            yield words(f"Outside the time the bills cover, and without a price: {escape(tables.uncosted_words(outside))}.", "dim")

    def next_steps(self) -> Iterator[RenderableType]:
        dearest, of_month = "unallocated", ""
        if self.months:
            of_month = f"where billing_month = '{self.months.last}' "
            dearest = next((cell.name for cell in data.costs(self.warehouse, self.months, {})), dearest)
        yield Text('Any DuckDB client reads the warehouse, and so does: .venv/bin/python scripts/report.py --sql "…"', style="dim")
        for sql in [
            f"from marts.feature_costs_monthly where team = '{dearest}' order by billing_month, feature, layer",
            "from marts.agent_session_costs order by effective_cost_reporting desc limit 10",
            "from marts.outcome_costs_monthly where outcomes > 0 order by outcome_month, feature",
            f"from marts.allocation_coverage {of_month}order by month_share desc",
        ]:
            yield Text(sql)


def render(report: Report, console: Console) -> None:
    """Prints every section; one that can not be made says why and the rest goes on."""
    for title, section in report.sections():
        console.print()
        console.print(Rule(f"[bold cyan]{escape(title)}[/]", align="left", style="dim"))
        try:
            for part in section:
                console.print(part, soft_wrap=isinstance(part, Text) and not console.record)  # a line to copy is never broken by us
        except NotBuilt as reason:
            console.print(Text(str(reason), style="yellow"))


def open_warehouse(console: Console) -> Warehouse | None:
    path = warehouse_path()
    try:
        return Warehouse(path)
    except FileNotFoundError:
        console.print(f"[bold]There is no warehouse at {escape(str(path))}.[/] Build it: make run (or dbt build); APPORTION_WAREHOUSE names another one.")
    except duckdb.Error as error:
        console.print(f"[bold]The warehouse {escape(str(path))} can not be opened.[/] A build may be writing to it: run this again when it is done.")
        console.print(Text(str(error).splitlines()[0], style="dim"))
    return None


def make_console(svg: Path | None) -> Console:
    """Fits a terminal up to WIDTH columns; elsewhere (a log, a file, CI) it is WIDTH wide and without colour."""
    if svg:
        return Console(record=True, width=WIDTH, force_terminal=True, color_system="truecolor", highlight=False, file=open(os.devnull, "w"))
    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = WIDTH
    elif console.width > WIDTH:
        console.width = WIDTH
    return console


def answer(warehouse: Warehouse, sql: str, console: Console) -> int:
    """One query's rows as DuckDB draws them; exit status 1 and its message when the SQL is wrong."""
    try:
        warehouse.connection.sql(sql).show(max_rows=1000, max_width=max(console.width, WIDTH))
    except (duckdb.Error, AttributeError) as error:  # a statement without rows gives no relation
        console.print(Text(str(error), style="red"))
        return 1
    return 0


def picture(console: Console) -> str:
    """What was printed, as SVG. rich would have the reader's browser fetch a font; this one asks for none."""
    svg = re.sub(r"@font-face \{.*?\}", "", console.export_svg(title="make run"), flags=re.DOTALL)
    return svg.replace("font-family: Fira Code, monospace", "font-family: 'DejaVu Sans Mono', Menlo, Consolas, monospace")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--team", help="one team, by feature")
    parser.add_argument("--sql", help="answer one query and nothing else")
    parser.add_argument("--svg", type=Path, help="write the report as a picture to this file instead")
    options = parser.parse_args(arguments)
    console = make_console(options.svg)
    warehouse = open_warehouse(console)
    if not warehouse:
        return 1
    try:
        if options.sql:
            return answer(warehouse, options.sql, console)
        render(Report(warehouse, options.team, console.width), console)
    finally:
        warehouse.close()
    if options.svg:
        options.svg.parent.mkdir(parents=True, exist_ok=True)
        options.svg.write_text(picture(console), encoding="utf-8")
        print(options.svg)
    return 0


if __name__ == "__main__":
    sys.exit(main())
