"""Breaks the project in one place at a time and demands that a test goes red.

A test that has never failed has shown nothing. Each mutation in scripts/mutations is a fault somebody could make: the runner copies the project, makes the fault, rebuilds the
changed model and what follows from it on a copy of the warehouse, and looks for a failing test. A mutant nobody notices ("survived") ends the run with exit status 1. So does a
mutation that no longer fits its file ("stale") or that does not run at all ("broken"), since both have tested nothing.

    python scripts/mutate.py                      all of them
    python scripts/mutate.py --only remainder     those with a word in their name
    python scripts/mutate.py --list
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from apportion_dbt import ROOT, Outcome, landing_path, opt_out, policy_path, run_dbt, twin_project, warehouse_path
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

KILLED, SURVIVED, BROKEN, STALE = "killed", "survived", "broken", "stale"
COLOURS = {KILLED: "green", SURVIVED: "bold red", BROKEN: "yellow", STALE: "yellow"}


@dataclass
class Mutation:
    """One fault: in `file`, `old` becomes `new`; one of the tests in `red` must fail (any test downstream, when none is named)."""

    name: str
    file: str
    old: str
    new: str
    regex: bool = False
    times: int = 1
    red: list[str] = field(default_factory=list)
    select: str | None = None

    @property
    def pattern(self) -> str:
        return self.old if self.regex else re.escape(self.old)

    def misfit(self, project: Path) -> str | None:
        """What is wrong with the mutation when it does not fit its file."""
        path = project / self.file
        if not path.exists():
            return f"{self.file} does not exist"
        found = len(re.findall(self.pattern, path.read_text(), flags=re.MULTILINE))
        return None if found == self.times else f"its text stands in {self.file} {found} times, not {self.times}"

    def apply_to(self, project: Path) -> None:
        """Makes the fault."""
        path = project / self.file
        replacement = self.new if self.regex else self.new.replace("\\", r"\\")
        path.write_text(re.sub(self.pattern, replacement, path.read_text(), flags=re.MULTILINE))


@dataclass
class Verdict:
    name: str
    state: str
    detail: str
    seconds: float


def read_mutations(path: Path) -> list[Mutation]:
    """The mutations of one file, or of all files of a folder."""
    files = sorted(path.glob("*.yml")) if path.is_dir() else [path]
    mutations = [Mutation(**item) for file in files for item in yaml.safe_load(file.read_text())["mutations"]]
    names = [mutation.name for mutation in mutations]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise SystemExit(f"{path}: these names stand twice, give each mutation its own: {', '.join(sorted(twice))}")
    return mutations


def models_touched(mutation: Mutation, manifest: dict) -> list[str]:
    """The models whose code the file is part of: its own, or those that call a macro in it, directly or through another."""
    named = [node["name"] for node in manifest["nodes"].values() if node["original_file_path"] == mutation.file]
    if named:
        return sorted(named)
    if mutation.file.startswith(("scripts/", "seeds/policy/")):
        return ["landing_files"]
    touched = {key for key, macro in manifest["macros"].items() if macro["original_file_path"] == mutation.file}
    while True:
        callers = {key for key, macro in manifest["macros"].items() if touched & set(macro["depends_on"]["macros"])} - touched
        if not callers:
            break
        touched |= callers
    return sorted(
        node["name"]
        for node in manifest["nodes"].values()
        if touched & set(node["depends_on"].get("macros", [])) and node["resource_type"] in ("model", "seed", "test")
    )


def dbt_arguments(mutation: Mutation, manifest: dict) -> list[str] | None:
    """What to build: the touched models and what follows; only the part that leads to the named tests, when tests are named."""
    starts = mutation.select.split() if mutation.select else [f"{name}+" for name in models_touched(mutation, manifest)]
    if not starts:
        return None
    if not mutation.red:
        return ["build", "--full-refresh", "--fail-fast", "--select", *starts]
    wanted = [f"{start},+{test}" for start in starts for test in mutation.red]
    return ["build", "--full-refresh", "--indirect-selection", "empty", "--select", *wanted]


def judge(mutation: Mutation, outcome: Outcome) -> tuple[str, str]:
    red = [node.name for node in outcome.failed if node.is_test and node.status == "fail"]
    if red:
        return KILLED, ", ".join(red)
    errors = [node for node in outcome.failed]
    if errors:
        return BROKEN, f"{errors[0].name} does not run: {first_line(errors[0].message)}"
    if outcome.error or not outcome.success:
        return BROKEN, f"dbt stopped: {first_line(outcome.error or 'no reason given')}"
    if not any(node.is_test for node in outcome.nodes):
        return SURVIVED, f"no test was there to notice{': ' + ', '.join(mutation.red) + ' is not downstream' if mutation.red else ''}"
    return SURVIVED, f"{sum(node.is_test for node in outcome.nodes)} tests saw nothing"


def first_line(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return " ".join(lines[:3])[:300]


def try_mutation(mutation: Mutation, base: Path, manifest: dict, keep: bool) -> Verdict:
    """Runs in a process of its own, so that a mutated script is imported anew."""
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="mutant-", dir=base.parent))
    try:
        twin_project(folder, project=base, copy=True, parsed=base / "target")
        problem = mutation.misfit(folder)
        if problem:
            return Verdict(mutation.name, STALE, problem, time.monotonic() - started)
        mutation.apply_to(folder)
        arguments = dbt_arguments(mutation, manifest)
        if arguments is None:
            return Verdict(mutation.name, STALE, f"no model or test uses {mutation.file}: give `select`", time.monotonic() - started)
        shutil.copy2(base / "warehouse" / "apportion.duckdb", folder / "warehouse" / "apportion.duckdb")
        state, detail = judge(mutation, run_dbt(arguments, project=folder))
        return Verdict(mutation.name, state, detail, time.monotonic() - started)
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def prepare_base(folder: Path, project: Path, warehouse: Path | None, console: Console) -> dict:
    """The unbroken copy all mutants start from: parsed once, with a built warehouse."""
    base = twin_project(folder, project=project, copy=True)
    if warehouse and warehouse.exists():
        console.print(f"Starting from the warehouse [bold]{warehouse}[/]")
        shutil.copy2(warehouse, base / "warehouse" / "apportion.duckdb")
        # A view remembers the name of the file it was made in: in a file of another name it is made again.
        outcome = run_dbt(["parse"] if warehouse.stem == "apportion" else ["run", "--select", "config.materialized:view"], project=base)
    else:
        console.print("Building the warehouse the mutants start from")
        outcome = run_dbt(["build"], project=base)
    if not outcome.success:
        names = ", ".join(node.name for node in outcome.failed)
        raise SystemExit(f"The project is not sound before any mutation, so no mutant can show anything. Run `dbt build` first. {names} {outcome.error or ''}")
    return json.loads((base / "target" / "manifest.json").read_text())


def check_green(mutations: list[Mutation], base: Path) -> None:
    """A test that is red already would kill any mutant."""
    named = sorted({test for mutation in mutations for test in mutation.red})
    if not named:
        return
    outcome = run_dbt(["test", "--select", *named], project=base)
    if not outcome.success:
        names = ", ".join(node.name for node in outcome.failed) or outcome.error
        raise SystemExit(f"Red before any mutation: {names}. Mend that first: a test that always fails notices nothing.")


def report(verdicts: list[Verdict], console: Console) -> None:
    table = Table(title="Mutants", title_justify="left", header_style="bold", pad_edge=False)
    table.add_column("fault")
    table.add_column("verdict")
    table.add_column("seen by / why not", overflow="fold")
    table.add_column("s", justify="right")
    for verdict in verdicts:
        table.add_row(verdict.name, f"[{COLOURS[verdict.state]}]{verdict.state}[/]", verdict.detail, f"{verdict.seconds:.1f}")
    console.print(table)


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--project", type=Path, default=ROOT, help="project folder (default: this one)")
    parser.add_argument("--mutations", type=Path, help="list of mutations, or a folder of lists (default: scripts/mutations of the project)")
    parser.add_argument("--warehouse", type=Path, help="a built warehouse to start from (default: the project's; built when absent)")
    parser.add_argument("--only", help="run the mutations with this word in their name")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at a time")
    parser.add_argument("--keep", action="store_true", help="keep the mutants' folders, to look into one")
    parser.add_argument("--list", action="store_true", help="name the mutations and stop")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    options = parse_arguments(arguments)
    console = Console()
    opt_out()
    mutations = read_mutations(options.mutations or options.project / "scripts" / "mutations")
    if options.only:
        mutations = [mutation for mutation in mutations if options.only.lower() in mutation.name.lower()]
    if options.list:
        for mutation in mutations:
            console.print(f"{mutation.name}  [dim]{mutation.file}[/]")
        return 0
    if not mutations:
        console.print("[red]No mutation has that word in its name.[/] See them all: python scripts/mutate.py --list")
        return 1

    warehouse = options.warehouse or warehouse_path()
    os.environ["APPORTION_LANDING"] = str(landing_path())
    os.environ["APPORTION_POLICY"] = str(policy_path())
    os.environ.pop("APPORTION_WAREHOUSE", None)  # each copy has its own
    home = Path(tempfile.mkdtemp(prefix="apportion-mutants-"))
    try:
        manifest = prepare_base(home / "base", options.project, warehouse, console)
        check_green(mutations, home / "base")
        verdicts = try_all(mutations, home / "base", manifest, options, console)
    finally:
        if not options.keep:
            shutil.rmtree(home, ignore_errors=True)
    report(verdicts, console)
    alive = [verdict for verdict in verdicts if verdict.state != KILLED]
    if alive:
        console.print(f"[bold red]{len(alive)} of {len(verdicts)} faults went unnoticed.[/] Write the test that sees them, or mend the mutation.")
        return 1
    console.print(f"[green]All {len(verdicts)} faults were noticed.[/]")
    return 0


def try_all(mutations: list[Mutation], base: Path, manifest: dict, options: argparse.Namespace, console: Console) -> list[Verdict]:
    slim = {
        kind: {key: {part: node.get(part) for part in ("name", "original_file_path", "resource_type", "depends_on")} for key, node in manifest[kind].items()}
        for kind in ("nodes", "macros")
    }  # the whole manifest is megabytes, and goes to each process
    # Each mutant has a fresh process, forked from one that has dbt imported already.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["dbt.cli.main", "dbt.adapters.duckdb", "dbt.task.build", "duckdb"])
    verdicts: dict[str, Verdict] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("Trying mutants", total=len(mutations))
        with ProcessPoolExecutor(options.jobs, mp_context=context, max_tasks_per_child=1) as pool:
            futures = {pool.submit(try_mutation, mutation, base, slim, options.keep): mutation for mutation in mutations}
            for future in as_completed(futures):
                mutation = futures[future]
                try:
                    verdicts[mutation.name] = future.result()
                except Exception as problem:  # noqa: BLE001 - one broken mutant must not hide the others
                    verdicts[mutation.name] = Verdict(mutation.name, BROKEN, f"{type(problem).__name__}: {problem}", 0.0)
                progress.update(bar, advance=1, description=f"Trying mutants, last: {mutation.name[:60]}")
    return [verdicts[mutation.name] for mutation in mutations]


if __name__ == "__main__":
    sys.exit(main())
