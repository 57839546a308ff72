"""Is everything documented, and is nothing documented that is not there?

Reads dbt's manifest (`dbt parse` writes it), the YAML and the Markdown. Each finding names the file, what is wrong and what to do. Exit status 1 when there is any.

    make check                        parses the project, then runs this
    python scripts/check_docs.py      on the manifest as it is
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from apportion_dbt import ROOT
from mutate import read_mutations
from rich.console import Console
from rich.markup import escape

GUIDES = ["README.md", "DECISIONS.md", "CONTRIBUTING.md", "CHANGELOG.md"]
GRAIN = re.compile(r"^(Grain: |One row (per|for)\b)")
CALLED_BY_DBT = {"generate_schema_name", "generate_alias_name", "generate_database_name"}


@dataclass(frozen=True)
class Problem:
    file: str
    what: str
    fix: str


class Project:
    """The manifest of one project folder, and its files as text."""

    def __init__(self, root: Path, manifest: Path):
        self.root = root
        self.config = yaml.safe_load((root / "dbt_project.yml").read_text())
        whole = json.loads(manifest.read_text())
        mine = self.config["name"]
        self.models = [node for node in whole["nodes"].values() if node["resource_type"] == "model" and node["package_name"] == mine]
        self.seeds = [node for node in whole["nodes"].values() if node["resource_type"] == "seed" and node["package_name"] == mine]
        self.tests = [node for node in whole["nodes"].values() if node["resource_type"] == "test" and node["package_name"] == mine]
        self.unit_tests = list(whole["unit_tests"].values())
        self.sources = [node for node in whole["sources"].values() if node["package_name"] == mine]
        self.macros = [macro for macro in whole["macros"].values() if macro["package_name"] == mine]
        self.marts = [model for model in self.models if model["original_file_path"].startswith("models/marts/")]

    def text(self, name: str) -> str:
        path = self.root / name
        return path.read_text() if path.exists() else ""

    def code(self, *patterns: str) -> Iterator[tuple[str, str]]:
        for pattern in patterns:
            for path in sorted(self.root.glob(pattern)):
                yield str(path.relative_to(self.root)), path.read_text()


def check_columns(project: Project) -> Iterator[Problem]:
    for mart in project.marts:
        where = yaml_of(mart)
        if not mart["config"].get("contract", {}).get("enforced"):
            yield Problem(where, f"{mart['name']} has no enforced contract", "marts are the public contract: set contract.enforced in dbt_project.yml and list its columns with data_type")
        if not mart["columns"]:
            yield Problem(where, f"{mart['name']} lists no columns", "list each column with data_type and description")
        for column in mart["columns"].values():
            if not column.get("data_type"):
                yield Problem(where, f"{mart['name']}.{column['name']} has no data_type", "give its SQL type, as in `decimal(38, 12)`")
    for node in [*project.models, *project.seeds, *project.sources]:
        for column in node["columns"].values():
            if not (column.get("description") or "").strip():
                yield Problem(yaml_of(node), f"{node['name']}.{column['name']} has no description", "say what it is, its unit and what null means")


def check_models(project: Project) -> Iterator[Problem]:
    for model in project.models:
        description = (model.get("description") or "").strip()
        if not description:
            yield Problem(yaml_of(model), f"{model['name']} has no description", "describe it in the folder's _<folder>__models.yml, its grain first: `One row per …`")
        elif not GRAIN.match(description):
            yield Problem(yaml_of(model), f"{model['name']}'s description does not begin with its grain: “{description[:60]}”", "begin it with `One row per …`")
        path = project.root / model["original_file_path"]
        if path.suffix == ".sql" and not re.match(r"\s*({{ config\([^}]*\) }}\s*)?-- Grain: ", path.read_text()):
            yield Problem(model["original_file_path"], "the file does not begin with its grain", "make its first comment `-- Grain: one row per …`")
    for seed in project.seeds:
        if not (seed.get("description") or "").strip():
            yield Problem(yaml_of(seed), f"seed {seed['name']} has no description", "describe it in seeds/reference/_seeds.yml, its grain first")
    for source in project.sources:
        if not (source.get("description") or "").strip():
            yield Problem(yaml_of(source), f"source {source['source_name']}.{source['name']} has no description", "say what one row is and which export it comes from")


def check_macros(project: Project) -> Iterator[Problem]:
    everything = dict(project.code("models/**/*.sql", "macros/**/*.sql", "tests/**/*.sql", "models/**/*.yml", "tests/**/*.yml", "seeds/**/*.yml", "dbt_project.yml"))
    for macro in project.macros:
        name = macro["name"]
        if not (macro.get("description") or "").strip():
            home = str(Path(macro["original_file_path"]).parent)
            yield Problem(macro["original_file_path"], f"macro {name} has no description", f"describe it and its arguments in {home}/_macros.yml")
        if name in CALLED_BY_DBT:
            continue
        called = re.sub(r"^(default|duckdb|spark)__", "", name)
        if called.startswith("test_"):
            used = any(re.search(rf"\b{called.removeprefix('test_')}\b", text) for path, text in everything.items() if path.startswith("models/") or path.startswith("seeds/"))
        else:
            used = any(re.search(rf"(?<!macro )\b{called}\(", text) for text in everything.values())
        if not used:
            yield Problem(macro["original_file_path"], f"macro {name} is called nowhere", "delete it, with its description")


def check_vars(project: Project) -> Iterator[Problem]:
    declared = flat_vars(project.config.get("vars") or {}, project.config["name"])
    code = list(project.code("models/**/*.sql", "models/**/*.py", "models/**/*.yml", "macros/**/*.sql", "tests/**/*.sql", "dbt_project.yml"))
    used = {name for _, text in code for name in re.findall(r"""\bvar\(\s*['"](\w+)['"]""", text)}
    for name in sorted(declared - used):
        yield Problem("dbt_project.yml", f"var {name} is used nowhere", "delete it, here and in the README, or use it")
    for name in sorted(used - declared):
        yield Problem("dbt_project.yml", f"var {name} is used and has no default", "declare it under vars with a one-line comment")
    yield from compare_table(project, "var", declared, "a var of dbt_project.yml")


def flat_vars(declared: dict, package: str) -> set[str]:
    names = set()
    for name, value in declared.items():
        names |= set(value) if name == package and isinstance(value, dict) else {name}
    return names


def check_environment(project: Project) -> Iterator[Problem]:
    code = project.code("profiles.yml", "dbt_project.yml", "Makefile", "models/**/*.sql", "models/**/*.py", "models/**/*.yml", "macros/**/*.sql", "scripts/**/*.py")
    # APPORTION_TEST_* are between `make test` and pytest, nobody's to set.
    used = {name for _, text in code for name in re.findall(r"\bAPPORTION_[A-Z_]*[A-Z]\b", text) if not name.startswith("APPORTION_TEST_")}
    yield from compare_table(project, "variable", used, "an environment variable the code reads")


def check_marts_table(project: Project) -> Iterator[Problem]:
    yield from compare_table(project, "mart", {mart["name"] for mart in project.marts}, "a mart")


def check_landing_table(project: Project) -> Iterator[Problem]:
    folders = {source["config"].get("meta", {}).get("folder") for source in project.sources} - {None}
    yield from compare_table(project, "folder", folders, "a landing folder of the sources' YAML")
    files = {source["config"].get("meta", {}).get("file") for source in project.sources} - {None}
    yield from compare_table(project, "policy file", files, "a policy file of the sources' YAML")


def compare_table(project: Project, heading: str, there: set[str], kind: str) -> Iterator[Problem]:
    """The README table whose first column is headed so has exactly the names that are there."""
    rows = [row for table in tables(project.text("README.md")) if table[0][0].strip().lower() == heading for row in table[1:]]
    if not rows:
        if there:
            yield Problem("README.md", f"there is no table whose first column is headed “{heading}”", f"add one with a row for each: {', '.join(sorted(there))}")
        return
    written = {Path(name).name.removesuffix(".csv").rstrip("/") for row in rows for name in re.findall(r"`([^`]+)`", row[0])}
    for name in sorted(there - written):
        yield Problem("README.md", f"{name} is not in the table headed “{heading}”", f"it is {kind}: add a row that begins with `{name}`")
    for name in sorted(written - there):
        yield Problem("README.md", f"{name} is in the table headed “{heading}” and is not {kind}", "delete the row, or mend the name")


def tables(markdown: str) -> Iterator[list[list[str]]]:
    """Each Markdown table as rows of cells, header first."""
    table: list[list[str]] = []
    for line in [*markdown.splitlines(), ""]:
        if line.strip().startswith("|"):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
            if not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                table.append(cells)
        elif table:
            yield table
            table = []


def check_links(project: Project) -> Iterator[Problem]:
    for guide in GUIDES:
        text = project.text(guide)
        if not text:
            yield Problem(guide, "the file is not there", "a newcomer looks for it: write it")
            continue
        prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", prose):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            if path and not (project.root / path).exists():
                yield Problem(guide, f"the link to {path} is dead", "mend it, or take it out")
            elif anchor and anchor not in anchors(project.text(path or guide)):
                yield Problem(guide, f"the link to {target} finds no such heading", "mend the part after #")


def anchors(markdown: str) -> set[str]:
    headings = re.findall(r"^#+\s+(.+)$", markdown, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def check_decisions(project: Project) -> Iterator[Problem]:
    """Each decision says which test holds it, and the test is there."""
    entries = re.split(r"^## ", project.text("DECISIONS.md"), flags=re.MULTILINE)[1:]
    tests = {test["name"] for test in project.tests} | {macro["name"].removeprefix("test_") for macro in project.macros if macro["name"].startswith("test_")}
    unit_tests = {test["name"] for test in project.unit_tests}
    tested_models = {test["model"] for test in project.unit_tests}
    python_tests = {name for _, text in project.code("tests/python/*.py") for name in re.findall(r"def (test_\w+)", text)}
    for entry in entries:
        title = entry.splitlines()[0]
        held = re.search(r"^Test: (.+?)$", entry, flags=re.MULTILINE)
        if not held:
            yield Problem("DECISIONS.md", f"“{title}” names no test", "add a line `Test: …` that names the test that holds it (or `Test: none, because …`)")
            continue
        if held[1].startswith("none, because "):
            continue
        named = re.findall(r"(unit tests? of )?`([^`]+)`", held[1])
        if not named:
            yield Problem("DECISIONS.md", f"“{title}” names no test in `code type`", "write the test's name or path between backticks")
        for of, name in named:
            if of:
                if name not in tested_models:
                    yield Problem("DECISIONS.md", f"“{title}”: the model {name} has no unit test", "write it, or name the test that is there")
            elif "/" in name:
                if not (project.root / name.partition("::")[0]).exists():
                    yield Problem("DECISIONS.md", f"“{title}”: there is no {name}", "name the test that is there, or write it")
            elif name not in tests | unit_tests | python_tests:
                yield Problem("DECISIONS.md", f"“{title}”: there is no test {name}", "name the test that is there, or write it")


def check_mutations(project: Project) -> Iterator[Problem]:
    """A mutation fits its file, and a test it names is there."""
    path = project.root / "scripts" / "mutations"
    known = {test["name"] for test in [*project.tests, *project.unit_tests]}
    for mutation in read_mutations(path) if path.exists() else []:
        misfit = mutation.misfit(project.root)
        if misfit:
            yield Problem("scripts/mutations", f"“{mutation.name}” fits no more: {misfit}", "give it the text that is there now, or take it out")
        for name in mutation.red:
            if not any(re.fullmatch(re.escape(name).replace(r"\*", ".*"), test) for test in known):
                yield Problem("scripts/mutations", f"“{mutation.name}” waits for a test {name} that is not there", "name one that is: dbt ls --resource-type test unit_test")


def yaml_of(node: dict) -> str:
    return (node.get("patch_path") or node["original_file_path"]).split("://")[-1]


CHECKS = [
    check_columns, check_models, check_macros, check_vars, check_environment, check_marts_table, check_landing_table, check_links, check_decisions, check_mutations,
]  # fmt: skip


def find_problems(root: Path = ROOT, manifest: Path | None = None) -> list[Problem]:
    project = Project(root, manifest or root / "target" / "manifest.json")
    return [problem for check in CHECKS for problem in check(project)]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--project", type=Path, default=ROOT, help="project folder (default: this one)")
    parser.add_argument("--manifest", type=Path, help="dbt's manifest (default: target/manifest.json of the project)")
    options = parser.parse_args(arguments)
    console = Console()
    manifest = options.manifest or options.project / "target" / "manifest.json"
    if not manifest.exists():
        console.print(f"[red]There is no {manifest}.[/] Write it first: dbt parse")
        return 1
    problems = find_problems(options.project, manifest)
    by_file: dict[str, list[Problem]] = {}
    for problem in problems:
        by_file.setdefault(problem.file, []).append(problem)
    for file, found in sorted(by_file.items()):
        console.print(f"[bold]{escape(file)}[/]")
        for problem in found:
            console.print(f"  [red]✗[/] {escape(problem.what)}\n    → {escape(problem.fix)}", highlight=False, soft_wrap=True)
    if problems:
        console.print(f"[bold red]{len(problems)} things are undocumented, or documented and not there.[/]")
        return 1
    console.print(f"[green]✓[/] Documentation and project agree ({len(CHECKS)} checks).", highlight=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
