"""From raw files to the report, in one go: the sample (when no landing zone is given), the landing zone's check, the build, the marts' check, the report.

    make run                              the sample company
    APPORTION_LANDING=/path make run      your own files, one folder per source

Nothing stops for a file that can not be read: everything else is built and shown, and the exit status says how many things need mending (100 at most).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import validate
from apportion_dbt import ROOT, NodeOutcome, Outcome, landing_path, opt_out, policy_path, run_dbt, warehouse_path, what_to_do
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

LANDING_MODEL = "landing_files"
SHOWN_FAILURES = 8


def make_sample(console: Console) -> None:
    """The sample company is made again when the code that makes it changed, and only then."""
    home = landing_path().parent
    code = sorted([ROOT / "scripts" / "make_sample.py", *(ROOT / "scripts" / "sample").rglob("*.py")])
    newest = max(path.stat().st_mtime for path in code if path.exists())
    stamp = home / ".made"
    if stamp.exists() and stamp.stat().st_mtime >= newest:
        return
    console.print("[bold]Sample company[/]")
    finished = subprocess.run([sys.executable, str(ROOT / "scripts" / "make_sample.py")], cwd=ROOT, check=False)
    if finished.returncode:
        console.print("[bold red]The sample could not be made.[/] The message above says why; or give your own files: APPORTION_LANDING=/path make run")
        raise SystemExit(finished.returncode)
    stamp.touch()


def build(arguments: list[str], title: str, console: Console) -> Outcome:
    """One dbt command under a progress bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    running: dict[str, None] = {}
    started = time.monotonic()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(f"{title}: reading the project", total=None)

        def on_start(name: str, total: int) -> None:
            running[name] = None
            progress.update(task, total=total, description=f"{title}: {name[:48]}")

        def on_finish(name: str, status: str) -> None:
            running.pop(name, None)
            progress.update(task, advance=1, description=f"{title}: {next(iter(running), name)[:48]}")

        outcome = run_dbt(arguments, on_start=on_start, on_finish=on_finish)
    counted = {word: sum(node.kind in kinds for node in outcome.nodes) for word, kinds in {"model": {"model", "seed"}, "test": {"test", "unit_test"}}.items()}
    done = ", ".join(f"{number} {word}{'s' if number > 1 else ''}" for word, number in counted.items() if number)
    mark = "[green]✓[/]" if outcome.success else "[bold red]✗[/]"
    console.print(f"{mark} {title}: {done or 'nothing done'} in {time.monotonic() - started:.1f} s", highlight=False)
    return outcome


def show_failures(outcome: Outcome, console: Console) -> None:
    """Each failed node: what it is, what it said, the rows it found, and how to go on."""
    if outcome.error and not outcome.failed:
        console.print(Panel(escape(outcome.error), title="dbt stopped", title_align="left", border_style="red"))
        console.print("→ The whole log: logs/dbt.log", highlight=False)
    for node in outcome.failed[:SHOWN_FAILURES]:
        console.print(f"[bold red]✗ {escape(node.name)}[/]  [dim]{node.kind}, {escape(node.path)}[/]", highlight=False)
        console.print(Padding(escape(node.message[:1200]), (0, 0, 0, 2)), highlight=False)
        show_rows(node, console)
        console.print(Padding(f"→ {what_to_do(node)}", (0, 0, 0, 2)), highlight=False)
    if len(outcome.failed) > SHOWN_FAILURES:
        console.print(f"… and {len(outcome.failed) - SHOWN_FAILURES} more, in logs/dbt.log", highlight=False)
    if outcome.skipped:
        console.print(f"[yellow]{len(outcome.skipped)} nodes that need a failed one were left out.[/]", highlight=False)


def show_rows(node: NodeOutcome, console: Console) -> None:
    """The first rows a failed test found."""
    if node.kind != "test" or node.status != "fail" or not node.compiled_path or not Path(node.compiled_path).exists():
        return
    try:
        with duckdb.connect(str(warehouse_path()), read_only=True) as connection:
            found = connection.execute(f"select * from ({Path(node.compiled_path).read_text()}) limit 3")
            names, rows = [column[0] for column in found.description], found.fetchall()
    except duckdb.Error:
        return  # the message above stands by itself
    for row in rows:
        said = [f"{name}={value}" for name, value in zip(names, row, strict=True) if value is not None and name not in ("problem", "is_broken")]
        console.print(Padding(f"[dim]{escape('  '.join(said))}[/]", (0, 0, 0, 2)), highlight=False)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-report", action="store_true", help="stop after the checks")
    parser.add_argument("--page", type=Path, default=validate.PAGE, help="where the page of expectations goes")
    options = parser.parse_args(arguments)
    opt_out()
    os.chdir(ROOT)
    console = Console()
    started = time.monotonic()

    if not os.environ.get("APPORTION_LANDING"):
        make_sample(console)
    elif not landing_path().is_dir():
        console.print(f"[bold red]There is no folder {landing_path()}.[/] APPORTION_LANDING names the folder that holds one folder per source.")
        return 1
    if os.environ.get("APPORTION_POLICY") and not policy_path().is_dir():
        console.print(f"[bold red]There is no folder {policy_path()}.[/] APPORTION_POLICY names the folder of your policy CSVs; leave it unset to use the sample's.")
        return 1
    console.print(f"[dim]landing {landing_path()}   policy {policy_path()}   warehouse {warehouse_path()}[/]", highlight=False)

    loaded = build(["run", "--select", LANDING_MODEL], "Landing", console)
    if not loaded.success:
        show_failures(loaded, console)
        return 1
    before = validate.validate(["landing"], console)
    validate.show(before, console)

    # The landing zone is read once: the loader has run, its tests have not.
    built = build(["build", "--exclude", LANDING_MODEL, "--indirect-selection", "empty"], "Build", console)
    show_failures(built, console)
    after = []
    if any(not node.is_test for node in [*built.failed, *built.skipped]) or built.error:
        console.print("[yellow]The marts are not checked and not shown: some were not built and are as the last good build left them.[/]")
    else:
        after = validate.validate(["marts"], console)
        validate.show(after, console)
    validate.write_page([*before, *after], options.page)
    console.print(f"[dim]Expectations, one by one: {os.path.relpath(options.page, ROOT)}[/]", highlight=False)

    if after and not options.no_report:
        subprocess.run([sys.executable, str(ROOT / "scripts" / "report.py")], cwd=ROOT, check=False)
    to_mend = validate.count_failures([*before, *after]) + max(len(built.failed), not built.success)
    console.print(f"Done in {time.monotonic() - started:.0f} s.", highlight=False)
    if to_mend:
        rest = " The rest is built and usable." if built.success else ""
        console.print(f"[bold red]{to_mend} {'thing' if to_mend == 1 else 'things'} to mend, named above.[/]{rest}", highlight=False)
    return min(to_mend, 100)


if __name__ == "__main__":
    sys.exit(main())
