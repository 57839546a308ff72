"""The report on a warehouse of a few rows, whose tables have exactly the columns the marts' contracts promise."""

import re
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import report
import report_tables as tables
import yaml

ROOT = Path(report.ROOT)
AUGUST, SEPTEMBER, OCTOBER = date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)

# What a column holds when a test does not say.
DEFAULTS = {
    "provider": "aws", "billing_account_id": "111122223333", "billing_currency": "USD", "cost_basis": "billed", "layer": "gpu", "feature": "unallocated", "x_source": "aws_cur2",
    "allocation_step": "metered", "charge_category": "Usage", "status": "reconciled", "billing_month": OCTOBER, "usage_date": OCTOBER, "deliveries": 1, "x_fx_rate_to_reporting": 1,
}  # fmt: skip


def contracts():
    """Every mart's columns as its contract has them: table -> {column: type}."""
    found = {}
    for path in sorted((ROOT / "models" / "marts").rglob("_*__models.yml")):
        for model in yaml.safe_load(path.read_text())["models"]:
            found[model["name"]] = {column["name"]: column["data_type"] for column in model["columns"]}
    return found


class Marts:
    """Tables to put rows into, by the names of some of their columns."""

    def __init__(self, path, columns):
        self.path = path
        self.columns = columns

    def create(self):
        with duckdb.connect(str(self.path)) as connection:
            connection.execute("create schema marts")
            connection.execute("create schema staging")
            for table, columns in self.columns.items():
                connection.execute(f"create table marts.{table} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")
            connection.execute("create table staging.stg_policy__team_renames (team varchar, renamed_to varchar, renamed_on date, x_quarantine_reason varchar)")

    def put(self, table, *rows):
        columns = self.columns[table]
        with duckdb.connect(str(self.path)) as connection:
            for row in rows:
                assert set(row) <= set(columns), f"{table} has no {set(row) - set(columns)}"
                values = {name: row.get(name, DEFAULTS.get(name, 0 if kind.startswith(("decimal", "bigint")) else None)) for name, kind in columns.items()}
                connection.execute(f"insert into marts.{table} ({', '.join(values)}) values ({', '.join('?' * len(values))})", list(values.values()))

    def run(self, sql):
        with duckdb.connect(str(self.path)) as connection:
            connection.execute(sql)


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    """Two warehouses to copy: marts without rows, and a small company."""
    folder, columns = tmp_path_factory.mktemp("templates"), contracts()
    empty, company = (Marts(folder / f"{name}.duckdb", columns) for name in ("empty", "company"))
    empty.create()
    shutil.copy(empty.path, company.path)
    fill(company)
    return {"empty": empty, "company": company}


@pytest.fixture
def marts(templates, tmp_path, monkeypatch):
    return own_copy(templates["empty"], tmp_path, monkeypatch)


@pytest.fixture
def company(templates, tmp_path, monkeypatch):
    return own_copy(templates["company"], tmp_path, monkeypatch)


def own_copy(template, folder, monkeypatch):
    path = folder / "w.duckdb"
    shutil.copy(template.path, path)
    monkeypatch.setenv("APPORTION_WAREHOUSE", str(path))
    monkeypatch.delenv("COLUMNS", raising=False)
    return Marts(path, template.columns)


def fill(marts):
    """Three teams over two months: search becomes discovery and costs 300 more, support costs 20 less."""
    for table, day in [("team_costs_monthly", "billing_month"), ("feature_costs_monthly", "billing_month"), ("team_costs_daily", "usage_date")]:
        for team, month, layer, cost in [
            ("search", SEPTEMBER, "gpu", 1000), ("discovery", OCTOBER, "gpu", 1200), ("discovery", OCTOBER, "agents", "100.25"),
            ("support", SEPTEMBER, "inference", 520), ("support", OCTOBER, "inference", 500), ("unallocated", OCTOBER, "other", 200), ("unallocated", SEPTEMBER, "other", 200),
        ]:  # fmt: skip
            marts.put(table, {"team": team, day: month, "layer": layer, "effective_cost_reporting": cost})
    marts.put("fct_charges", {"x_charge_id": "1"})
    marts.put(
        "cost_variance_monthly",
        {"previous_month": SEPTEMBER, "team": "discovery", "layer": "gpu", "previous_cost_reporting": 1000, "current_cost_reporting": 1200, "volume_effect_reporting": 50, "price_effect_reporting": 150},
        {"previous_month": SEPTEMBER, "team": "discovery", "layer": "agents", "current_cost_reporting": "100.25", "volume_effect_reporting": "100.25"},
        {"previous_month": SEPTEMBER, "team": "support", "layer": "inference", "previous_cost_reporting": 520, "current_cost_reporting": 500, "volume_effect_reporting": -20},
    )
    marts.put("cost_reconciliation", *({"billing_month": month, "delivered_billed_cost": "1000.50", "allocated_billed_cost": "1000.50"} for month in (SEPTEMBER, OCTOBER)))
    marts.run("insert into staging.stg_policy__team_renames values ('search', 'discovery', '2026-10-01', null)")


def told(capsys, *arguments, status=0):
    """What the report prints, blanks run together so that line breaks and column widths do not matter."""
    assert report.main(list(arguments)) == status
    return re.sub(r"\s+", " ", capsys.readouterr().out)


def test_without_a_warehouse_it_says_how_to_make_one(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("APPORTION_WAREHOUSE", str(tmp_path / "none.duckdb"))
    assert "make run" in told(capsys, status=1)


def test_a_file_that_is_no_warehouse_is_named(tmp_path, monkeypatch, capsys):
    (tmp_path / "w.duckdb").write_text("team,cost\n" * 2000)
    monkeypatch.setenv("APPORTION_WAREHOUSE", str(tmp_path / "w.duckdb"))
    assert "can not be opened" in told(capsys, status=1)


def test_a_warehouse_without_marts_names_what_to_build(tmp_path, monkeypatch, capsys):
    duckdb.connect(str(tmp_path / "w.duckdb")).close()
    monkeypatch.setenv("APPORTION_WAREHOUSE", str(tmp_path / "w.duckdb"))
    out = told(capsys)
    assert "marts.team_costs_monthly" in out and "dbt build --select +team_costs_monthly" in out


def test_empty_marts_say_that_no_bill_came_and_what_to_do(marts, capsys):
    out = told(capsys)
    assert out.count("No bill has been delivered") == 1 and "aws_cur2/" in out
    assert "Every file and every row could be read" in out


def test_an_empty_landing_zone_is_named(marts, capsys):
    marts.run("create table staging.landing_files (source varchar)")
    marts.run("insert into staging.landing_files values ('policy_owner_rules')")
    assert "The landing zone held no file" in told(capsys)
    marts.run("insert into staging.landing_files values ('focus')")
    assert "Each of 1 files and every row could be read" in told(capsys)


def test_telemetry_alone_shows_its_estimate(marts, capsys):
    marts.put("team_costs_daily", {"team": "docs", "usage_date": date(2026, 11, 1), "cost_basis": "estimated", "effective_cost_reporting": "12.345"})
    out = told(capsys)
    assert "No bill has been delivered" in out and "aws 1 Nov 2026 12.34 docs (100.0 %)" in out.replace("12.35", "12.34")


def test_teams_by_layer_with_share_and_change(company, capsys):
    out = told(capsys)
    assert "What each team cost in October 2026" in out and "USD" in out
    # 1,300.25 of 2,000.25; search's 1,000 of September is discovery's
    assert "discovery · 100 1,200 · 1,300 65.0 % +300" in out
    assert "support 500 · · · 500 25.0 % -20" in out
    assert "unallocated · · · 200 200 10.0 % ·" in out
    assert "Total 500 100 1,200 200 2,000 100.0 % +280" in out
    assert "AI is 1,800 of it" in out and "discovery was called search before" in out
    assert out.index("discovery ·") < out.index("support 500") < out.index("unallocated ·")


def test_who_drove_the_increase_and_by_what(company, capsys):
    out = told(capsys)
    assert "discovery (until then search) drove October's increase: its cost rose by 300 USD, all teams' together by 280. It was volume (+150; price +150, mix 0), most of it in GPU (+200)." in out
    assert "discovery GPU 1,000 1,200 +200 +50 +150 ·" in out
    assert "Total 1,520 1,800 +280 +130 +150 ·" in out


def test_who_drove_a_decrease(company, capsys):
    company.run("update marts.cost_variance_monthly set current_cost_reporting = 100, volume_effect_reporting = -420 where team = 'support'")
    assert "support drove October's decrease: its cost fell by 420 USD, all teams' together by 120. It was volume (-420; price 0, mix 0), most of it in Inference (-420)." in told(capsys)


def test_one_billed_month_has_nothing_to_compare(marts, capsys):
    marts.put("team_costs_monthly", {"team": "docs", "effective_cost_reporting": 5})
    out = told(capsys)
    assert "October 2026 is the only billed month" in out and "docs 5.00 5.00 100.0 %" in out


def test_idle_and_unallocated_with_reason_and_advice(company, capsys):
    company.put(
        "fct_cost_allocations",
        {"allocation_step": "idle", "reason": "idle_capacity", "team": "support", "effective_cost_reporting": 300},
        {"allocation_step": "unallocated", "reason": "untagged_usage", "team": "unallocated", "layer": "egress", "effective_cost_reporting": 120},
        {"allocation_step": "unallocated", "reason": "no_owner", "team": "unallocated", "layer": "other", "service_name": "AWS Lambda", "effective_cost_reporting": 50},
        {"allocation_step": "unallocated", "reason": "no_policy_for_tax", "team": "unallocated", "layer": "other", "effective_cost_reporting": 20},
        {"allocation_step": "unallocated", "reason": "something_new", "team": "unallocated", "layer": "storage", "effective_cost_reporting": 10},
        {"allocation_step": "metered", "team": "support", "effective_cost_reporting": 999},
    )
    out = told(capsys)
    assert "Idle 300 15.0 % reserved, used by nobody GPU 300 15.0 % support pays: shrink it" in out
    assert "Unallocated 200 10.0 %" in out
    assert "used by someone unnamed Egress 120 6.0 % name the sender in network_interfaces.csv" in out
    assert "mostly AWS Lambda" in out and "tax, not shared by policy" in out and "something new" in out


def test_nothing_idle_is_said(company, capsys):
    assert "every amount has an owner" in told(capsys)


def test_bills_that_add_up(company, capsys):
    company.put("cost_reconciliation", {"billing_month": AUGUST, "billing_currency": "EUR", "provider": "azure", "billing_account_id": "/a/b/7004411", "deliveries": 2, "superseded_billed_cost": 77})
    out = told(capsys)
    assert "aws 111122223333 Sep–Oct 2026 2 2,001.00 2,001.00 USD 0 ✓" in out
    assert "azure 7004411 Aug 2026 1" in out
    assert "3 bills of 2 accounts: each equals its allocations to the twelfth decimal. 1 came more than once; 77 EUR of earlier deliveries count no more." in out


def test_a_bill_that_does_not_add_up_is_shown_to_the_last_digit(company, capsys):
    company.put("cost_reconciliation", {"billing_month": AUGUST, "delivered_billed_cost": 1, "allocated_billed_cost": 1, "billed_cost_difference": "-0.000000000001", "status": "differs"})
    out = told(capsys)
    assert "0.000000000001 ✗ differs" in out and "1 differ" in out


def test_what_could_not_be_read_is_listed_as_it_is(company, capsys):
    company.put(
        "quarantined_rows",
        {"source": "focus", "source_file": "focus/a.csv", "kind": "file_unreadable", "reason": "not a CSV [bold]; save it as text"},
        {"source": "focus", "source_file": "focus/b.csv", "source_row_number": 7, "kind": "row", "reason": "BilledCost is 'n/a'"},
        {"source": "focus", "source_file": "focus/b.csv", "source_row_number": 9, "kind": "row", "reason": "BilledCost is 'n/a'"},
    )
    out = told(capsys)
    assert "1 file and 2 rows could not be read" in out
    assert "focus/a.csv file 1 not a CSV [bold]; save it as text" in out
    assert "focus/b.csv 7 2 BilledCost is 'n/a'" in out


def test_use_nobody_billed_is_listed_and_unbilled_time_is_one_sentence(company, capsys):
    company.put(
        "usage_without_cost",
        {"layer": "gpu", "usage_date": date(2026, 10, 3), "what": "i-1", "reason": "no_bill_line_for_this_usage", "driver_units": 5},
        {"layer": "gpu", "usage_date": date(2026, 10, 5), "what": "i-2", "reason": "no_bill_line_for_this_usage", "driver_units": 9},
        {"layer": "egress", "usage_date": date(2026, 11, 1), "what": "eni", "reason": "not_billed_yet", "driver_units": 9},
    )
    out = told(capsys)
    assert "GPU aws 3–5 Oct 2026 2 i-2 no bill line for this usage" in out
    assert "1 Nov 2026, not billed yet: aws Egress" in out


def test_one_team_by_feature(company, capsys):
    out = told(capsys, "--team", "discovery")
    assert "discovery in October 2026, by feature" in out and "unallocated 100 1,200 1,300 100.0 % +300" in out
    assert "support" not in out


def test_an_unknown_team_gets_the_known_ones(company, capsys):
    assert "No team serach on the bills of October 2026. There are: discovery, support, unallocated." in told(capsys, "--team", "serach")


def test_one_query(company, capsys):
    assert "support" in told(capsys, "--sql", "select distinct team from marts.team_costs_monthly")
    assert "nothing_here" in told(capsys, "--sql", "from marts.nothing_here", status=1)
    told(capsys, "--sql", "delete from marts.team_costs_monthly", status=1)
    assert "discovery" in told(capsys)


def test_plain_text_outside_a_terminal(company, capsys):
    report.main([])
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert max(len(line) for line in out.splitlines() if "marts." not in line) <= report.WIDTH


def test_a_narrow_terminal_cuts_no_figure(company, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for layer in ("retrieval", "storage", "egress"):
        company.put("team_costs_monthly", {"team": "a_team_of_14_l", "layer": layer, "effective_cost_reporting": 100_000})
    report.main([])
    out = capsys.readouterr().out
    table = out[: out.index("AI is")]
    assert "thousand USD" in table and "…" not in table
    assert re.search(r"discovery +· +0\.1 +1\.2( +·){4} +1\.3 +\+0\.3", table)
    assert max(len(line) for line in table.splitlines()) <= 80


def test_the_picture_asks_the_reader_for_nothing(company, tmp_path, capsys):
    assert report.main(["--svg", str(tmp_path / "docs" / "report.svg")]) == 0
    svg = (tmp_path / "docs" / "report.svg").read_text()
    assert "discovery" in svg and "url(" not in svg.replace("url(#", "")


@pytest.mark.parametrize("warehouse", ["marts", "company"])
def test_a_query_to_copy_runs(warehouse, capsys, request):
    request.getfixturevalue(warehouse)
    report.main([])
    queries = [line for line in capsys.readouterr().out.splitlines() if line.startswith("from marts.")]
    assert len(queries) >= 3
    for query in queries:
        told(capsys, "--sql", query)


@pytest.mark.parametrize(
    ("first", "last", "months", "days"),
    [
        (date(2026, 10, 1), date(2026, 10, 1), "Oct 2026", "1 Oct 2026"),
        (date(2026, 11, 1), date(2026, 11, 2), "Nov 2026", "1–2 Nov 2026"),
        (date(2026, 8, 3), date(2026, 10, 2), "Aug–Oct 2026", "3 Aug–2 Oct 2026"),
        (date(2025, 12, 31), date(2026, 1, 2), "Dec 2025–Jan 2026", "31 Dec 2025–2 Jan 2026"),
    ],
)
def test_periods_in_words(first, last, months, days):
    assert tables.span(first.replace(day=1), last.replace(day=1)) == months
    assert tables.days(first, last) == days


def test_numbers_in_words():
    assert tables.amount(Decimal("-1234.5"), 2) == "-1,234.50"
    assert tables.amount(Decimal("0.4")) == "·"
    assert tables.amount(Decimal("0.4"), 0, sign=True, nothing="0") == "0"
    assert tables.exact(Decimal("-0.000000000010")) == "-0.00000000001"
    assert tables.exact(Decimal("1200.000000000000")) == "1,200"
    assert tables.percent(Decimal(1), Decimal(0)) == "·"
