"""`make run` from the outside: what it says and counts when files are broken, and that its page needs nothing from outside."""

import os
import re
import shutil
import subprocess
import sys

import duckdb
import pytest
import small_company as small
import validate


@pytest.fixture(scope="module")
def broken_run(tmp_path_factory, project_root):
    """The small company with one bill file cut off and one torn line in the outcomes, run from files to page."""
    home = tmp_path_factory.mktemp("run")
    landing = small.write(home / "landing", small.tables())
    (landing / "aws_cur2" / "main" / small.FIRST_DELIVERY / "cut-off.parquet").write_bytes(b"PAR1 and no more")
    with (landing / "outcomes" / "part-0.csv").open("a") as outcomes:
        outcomes.write('o-3,"ticket_resolved,chat\n')
    environment = {
        **os.environ,
        "APPORTION_LANDING": str(landing), "APPORTION_POLICY": str(small.write_policy(home / "policy")), "APPORTION_WAREHOUSE": str(home / "w.duckdb"), "COLUMNS": "200",
    }  # fmt: skip
    command = [sys.executable, str(project_root / "scripts" / "run.py"), "--no-report", "--page", str(home / "page.html")]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=600)
    return finished, home


def test_the_rest_is_built_and_the_broken_files_are_counted(broken_run):
    finished, home = broken_run
    assert "Traceback" not in finished.stderr + finished.stdout, finished.stderr
    assert finished.returncode == 2, finished.stdout
    assert "2 things to mend, named above. The rest is built and usable." in finished.stdout
    with duckdb.connect(str(home / "w.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) > 0 from marts.fct_cost_allocations").fetchone()[0]


def test_the_broken_files_are_named_on_the_screen(broken_run):
    finished, _ = broken_run
    said = re.sub(r"\s+", " ", finished.stdout)
    assert "Every file can be read: not so for 1 of" in said
    assert "cut-off.parquet" in said
    assert "Every row of every file can be read: not so for 1 of" in said
    assert "outcomes/part-0.csv" in said


def test_the_broken_files_are_in_quarantine(broken_run):
    _, home = broken_run
    with duckdb.connect(str(home / "w.duckdb"), read_only=True) as connection:
        rows = connection.execute("select source_file, source_row_number, kind, reason from marts.quarantined_rows").fetchall()
    unreadable = [row for row in rows if "cut-off.parquet" in row[0]]
    torn = [row for row in rows if "outcomes/part-0.csv" in row[0]]
    assert [row[1:3] for row in unreadable] == [(None, "file_unreadable")] and unreadable[0][3]
    assert [row[1] for row in torn] == [3] and torn[0][3]


def test_the_page_needs_nothing_from_outside(broken_run):
    _, home = broken_run
    page = (home / "page.html").read_text()
    assert "Something needs mending" in page and "cut-off.parquet" in page
    assert "<script" not in page
    assert not re.findall(r"""(?:src|href)\s*=|url\(|@import|https?://""", page)


def test_a_bill_that_can_no_longer_be_read_leaves_the_last_good_marts_and_is_said(broken_run, tmp_path, project_root):
    """The next morning every file of the only bill is an error page."""
    _, home = broken_run
    landing = shutil.copytree(home / "landing", tmp_path / "landing")
    shutil.copy(home / "w.duckdb", tmp_path / "w.duckdb")
    for path in (landing / "aws_cur2").rglob("*.*"):
        if path.is_file():
            path.write_text("<html>503 Service Unavailable</html>")
    environment = {**os.environ, "APPORTION_LANDING": str(landing), "APPORTION_POLICY": str(home / "policy"), "APPORTION_WAREHOUSE": str(tmp_path / "w.duckdb"), "COLUMNS": "200"}
    command = [sys.executable, str(project_root / "scripts" / "run.py"), "--no-report", "--page", str(tmp_path / "page.html")]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=600)
    said = re.sub(r"\s+", " ", finished.stdout)
    assert finished.returncode >= 3, finished.stdout
    assert "No bill that counted can no longer be read: not so for" in said
    assert "assert_no_bill_that_counted_is_lost" in said
    assert "some were not built and are as the last good build left them" in said
    assert "The rest is built and usable" not in said
    with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as after, duckdb.connect(str(home / "w.duckdb"), read_only=True) as before:
        ledger = "select count(*), sum(billed_cost) from marts.fct_cost_allocations"
        assert after.execute(ledger).fetchall() == before.execute(ledger).fetchall() != [(0, None)]


def test_a_missing_landing_zone_is_said(tmp_path, project_root):
    environment = {**os.environ, "APPORTION_LANDING": str(tmp_path / "nowhere")}
    finished = subprocess.run([sys.executable, str(project_root / "scripts" / "run.py")], env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 1
    assert "There is no folder" in finished.stdout and "APPORTION_LANDING names the folder" in finished.stdout


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("update marts.fct_cost_allocations set billed_cost = billed_cost + 0.000000000001 where allocation_id = (select min(allocation_id) from marts.fct_cost_allocations)", "The ledger sums to the charges"),
        ("delete from marts.fct_cost_allocations where allocation_step = 'unallocated'", "The ledger sums to the charges"),
        ("update marts.fct_cost_allocations set layer = 'gpus' where layer = 'gpu'", "Every row is in one of the six layers"),
        ("update marts.fct_cost_allocations set allocation_step = 'guess' where allocation_step = 'shared'", "Every row names its ladder step"),
        ("update marts.fct_cost_allocations set evidence_grade = 'A' where allocation_step = 'unallocated'", "No row breaks a rule of the ledger"),
        ("update marts.cost_reconciliation set billed_cost_difference = 0.01", "Every bill's billed cost is allocated"),
        ("update marts.cost_reconciliation set status = 'differs'", "Every bill is marked reconciled"),
        ("update marts.outcome_costs_monthly set successes = outcomes + 1", "No outcome type has more successes than outcomes"),
        ("drop table marts.cost_reconciliation", "The table is there and has its columns"),
    ],
)
def test_each_fault_of_the_marts_is_found(broken_run, tmp_path, change, says):
    _, home = broken_run
    broken = tmp_path / "broken.duckdb"
    broken.write_bytes((home / "w.duckdb").read_bytes())
    with duckdb.connect(str(broken)) as connection:
        connection.execute(change)
    findings = [finding for section in validate.run_stage("marts", broken, lambda _: None) for finding in section.findings]
    assert [finding.says for finding in findings if not finding.passed and finding.severity == "critical" and finding.says.startswith(says)], [
        finding.says for finding in findings if not finding.passed
    ]


def test_the_sample_meets_every_expectation(built_sample):
    findings = [finding for stage in ("landing", "marts") for section in validate.run_stage(stage, built_sample, lambda _: None) for finding in section.findings]
    assert [finding.says for finding in findings if not finding.passed and finding.severity == "critical"] == []
    assert len(findings) > 25
