"""Runs dbt inside this process, for every script and test that needs a build.

One place knows where the landing zone, the policy and the warehouse are, which programs must not call home, and how to say what failed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

# None of the programs in here may report to anyone: a bill is nobody else's business.
OPT_OUTS = {
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "GX_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}

FAILED = {"error", "fail", "runtime error", "partial success"}
TESTS = {"test", "unit_test"}


def opt_out() -> None:
    os.environ.update(OPT_OUTS)


def path_from_environment(name: str, default: str) -> Path:
    """The absolute path a variable names; a relative one counts from the project, as dbt counts it."""
    return (ROOT / os.environ.get(name, default)).resolve()


def landing_path() -> Path:
    return path_from_environment("APPORTION_LANDING", "sample/landing")


def policy_path() -> Path:
    return path_from_environment("APPORTION_POLICY", "seeds/policy")


def warehouse_path() -> Path:
    return path_from_environment("APPORTION_WAREHOUSE", "warehouse/apportion.duckdb")


@dataclass
class NodeOutcome:
    """What became of one model, seed or test."""

    name: str
    kind: str
    status: str
    message: str
    path: str
    compiled_path: str | None
    seconds: float
    failures: int | None

    @property
    def failed(self) -> bool:
        return self.status in FAILED

    @property
    def is_test(self) -> bool:
        return self.kind in TESTS


@dataclass
class Outcome:
    """What became of one dbt command."""

    success: bool
    nodes: list[NodeOutcome] = field(default_factory=list)
    error: str | None = None

    @property
    def failed(self) -> list[NodeOutcome]:
        return [node for node in self.nodes if node.failed]

    @property
    def warned(self) -> list[NodeOutcome]:
        return [node for node in self.nodes if node.status == "warn"]

    @property
    def skipped(self) -> list[NodeOutcome]:
        return [node for node in self.nodes if node.status == "skipped"]


def run_dbt(
    arguments: Iterable[str],
    *,
    project: Path = ROOT,
    target: Path | None = None,
    logs: Path | None = None,
    on_start: Callable[[str, int], None] | None = None,
    on_finish: Callable[[str, str], None] | None = None,
) -> Outcome:
    """Runs one dbt command and closes the warehouse behind it.

    on_start is called with a node's name and the number of nodes, on_finish with its name and status. Nothing is printed; the whole log is in `logs`, by default for this project and not for a twin.
    """
    opt_out()
    warehouse = (project / os.environ.get("APPORTION_WAREHOUSE", "warehouse/apportion.duckdb")).resolve()
    warehouse.parent.mkdir(parents=True, exist_ok=True)

    from dbt.cli.main import dbtRunner  # a second of imports, not paid by those who only want a path

    def tell(event: Any) -> None:
        if event.info.name == "LogStartLine" and on_start:
            on_start(event.data.node_info.node_name, event.data.total)
        elif event.info.name == "NodeFinished" and on_finish:
            on_finish(event.data.node_info.node_name, event.data.node_info.node_status)

    command = [*arguments]
    options = [
        "--project-dir", str(project), "--profiles-dir", str(project),
        "--target-path", str(target or project / "target"), "--log-path", str(logs or project / "logs"),
        "--log-level", "none", "--log-level-file", "debug" if logs or project == ROOT else "none", "--no-print", "--no-use-colors",
    ]  # fmt: skip
    here = Path.cwd()
    try:
        os.chdir(project)
        result = dbtRunner(callbacks=[tell]).invoke([command[0], *options, *command[1:]])
    finally:
        os.chdir(here)
        close_warehouse()
    nodes = [outcome_of(item) for item in result.result.results] if hasattr(result.result, "results") else []
    error = str(result.exception).strip() if result.exception else None
    return Outcome(success=bool(result.success), nodes=nodes, error=error)


def outcome_of(item: Any) -> NodeOutcome:
    return NodeOutcome(
        name=item.node.name,
        kind=str(item.node.resource_type),
        status=str(item.status),
        message=(item.message or "").strip(),
        path=item.node.original_file_path,
        compiled_path=getattr(item.node, "compiled_path", None),
        seconds=item.execution_time,
        failures=item.failures,
    )


def close_warehouse() -> None:
    """Lets go of the file: dbt-duckdb keeps its connection for the next command, and DuckDB lets nobody read meanwhile."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    if DuckDBConnectionManager._ENV is not None:
        DuckDBConnectionManager._ENV.close()
        DuckDBConnectionManager._ENV = None


CODE = ["dbt_project.yml", "profiles.yml", "models", "macros", "seeds", "tests", "scripts"]


def twin_project(folder: Path, *, project: Path = ROOT, copy: bool = False, parsed: Path | None = None) -> Path:
    """A second project folder on the same code, with its own warehouse, target and logs, so that two builds can not meet.

    The warehouse has the default relative path in each: dbt parses everything anew when a value in the profile changes, and starts from `parsed` (a target folder) when none did.
    With copy the code is a copy that may be changed; else it is linked.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in CODE:
        source, here = project / name, folder / name
        if not source.exists() or here.exists():
            continue
        if copy and source.is_dir():
            shutil.copytree(source, here, ignore=shutil.ignore_patterns("__pycache__", "python", "data"))
        elif copy or source.is_file():
            shutil.copy2(source, here)
        else:
            here.symlink_to(source)
    for name in ("warehouse", "target"):
        (folder / name).mkdir(exist_ok=True)
    if (project / "sample").exists() and not (folder / "sample").exists():
        (folder / "sample").symlink_to(project / "sample")
    if parsed and (parsed / "partial_parse.msgpack").exists():
        shutil.copy2(parsed / "partial_parse.msgpack", folder / "target")
    return folder


def what_to_do(node: NodeOutcome) -> str:
    """One line that says how to go on from a failed node."""
    if node.kind == "unit_test":
        return f"The model no longer gives the hand-worked figures. See it alone: dbt test --select {node.name}"
    if node.kind == "test" and node.status == "fail":
        return f"Its rows are the fault. See it alone: dbt test --select {node.name}"
    return f"Mend {node.path}, then go on from there: dbt build --select {node.name}+"
