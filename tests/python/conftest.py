"""What the Python tests share: the project, the real data beside it, the built sample, and a way to build any landing folder.

Every build here has its own warehouse in a temporary folder. dbt runs inside this process and each build starts from one parse of the project, so that a
small landing folder takes seconds.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import apportion_dbt  # noqa: E402 - the scripts are no package

NO_UNIT_TESTS = ["--exclude-resource-type", "unit_test"]  # they bring their own rows, and are the same on any landing folder
NO_TESTS = ["--exclude-resource-type", "test", *NO_UNIT_TESTS]


@pytest.fixture(scope="session", autouse=True)
def own_environment() -> Iterator[None]:
    """Nobody's own landing zone, policy or warehouse is touched, whatever the shell says."""
    apportion_dbt.opt_out()
    kept = {name: os.environ.pop(name, None) for name in ("APPORTION_LANDING", "APPORTION_POLICY", "APPORTION_WAREHOUSE")}
    yield
    os.environ.update({name: value for name, value in kept.items() if value is not None})


@pytest.fixture(scope="session")
def project_root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Real bills and telemetry, kept beside the repository: not everybody who clones it has them."""
    path = Path(os.environ.get("APPORTION_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not path.is_dir():
        pytest.skip(f"no real data at {path}: set APPORTION_REAL_DATA to a folder with billing/ and telemetry/, or put shared/data beside the repository")
    return path


@pytest.fixture(scope="session")
def parsed_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A target folder with the project parsed once, for all builds to start from."""
    folder = apportion_dbt.twin_project(tmp_path_factory.mktemp("parsed") / "project")
    outcome = apportion_dbt.run_dbt(["parse"], project=folder)
    assert outcome.success, outcome.error
    return folder / "target"


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory, parsed_project: Path) -> Callable[..., Path]:
    """build(landing, policy=None, select=None, tests=False, onto=None) -> the warehouse file.

    select is a dbt selection (everything when None). tests runs dbt's data tests too. onto continues an earlier build: its warehouse gets what the landing folder holds now.
    """

    def build(landing: Path, policy: Path | None = None, select: str | None = None, tests: bool = False, onto: Path | None = None) -> Path:
        project = onto.parents[1] if onto else apportion_dbt.twin_project(tmp_path_factory.mktemp("build") / "project", parsed=parsed_project)
        arguments = ["build", *(NO_UNIT_TESTS if tests else NO_TESTS), *(["--select", *select.split()] if select else [])]
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("APPORTION_LANDING", str(landing))
            if policy:
                environment.setenv("APPORTION_POLICY", str(policy))
            outcome = apportion_dbt.run_dbt(arguments, project=project)
        assert outcome.success, "\n".join([outcome.error or "", *(f"{node.name} ({node.path}): {node.message}" for node in outcome.failed)])
        return project / "warehouse" / "apportion.duckdb"

    return build


@pytest.fixture(scope="session")
def built_sample(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The warehouse of the sample company. `make test` has built it already and says where; alone, pytest builds it (a minute)."""
    ready = os.environ.get("APPORTION_TEST_WAREHOUSE")
    if ready:
        path = (ROOT / ready).resolve()
        assert path.exists(), f"APPORTION_TEST_WAREHOUSE names {path}, which is not there: make test builds it"
        return path
    if not (ROOT / "sample" / "landing").is_dir():
        subprocess.run([sys.executable, str(ROOT / "scripts" / "make_sample.py")], cwd=ROOT, check=True)
    return request.getfixturevalue("build")(ROOT / "sample" / "landing")


@pytest.fixture(scope="session")
def sample(built_sample: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that can only read the sample's warehouse."""
    with duckdb.connect(str(built_sample), read_only=True) as connection:
        yield connection


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """An empty landing zone."""
    path = tmp_path / "landing"
    path.mkdir()
    return path
