"""A closed month never changes: what is delivered later posts as adjusting entries in the month open then, and as-billed stands beside as-restated.

September is delivered on 1 October and closed on the 5th. On 20 October it is restated: one line is dearer, one is gone, one is new. October is closed on 5 November; on the 20th
September is restated again. Each test builds what was there at some moment and compares.
"""

from __future__ import annotations

import copy
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import small_company as small

BILL = "+cost_reconciliation +month_closes +uncounted_charges"
AT_CLOSE, FIRST_RESTATEMENT, SECOND_RESTATEMENT = "delivery=20261001T000000Z", "delivery=20261020T000000Z", "delivery=20261120T000000Z"
CLOSES = [
    {"billing_month": "2026-09-01", "closed_at": "2026-10-05T18:00:00Z", "comment": "September"},
    {"billing_month": "2026-10-01", "closed_at": "2026-11-05T18:00:00Z", "comment": "October"},
]


def bills() -> dict[str, list[dict]]:
    """The three statements of September."""
    first = small.bill()
    second = copy.deepcopy(first)
    second[0]["line_item_unblended_cost"] = str(Decimal(first[0]["line_item_unblended_cost"]) + 5)  # dearer
    del second[1]  # gone
    second.append(copy.deepcopy(second[7]) | {"line_item_unblended_cost": "2.5", "line_item_usage_type": "BoxUsage:m5.xlarge"})  # new
    second.append(copy.deepcopy(second[6]))  # a true twin of a line that was there once
    for number, line in enumerate(second):
        line["identity_line_item_id"] = f"other-{number}"  # AWS names lines anew in each delivery
    third = copy.deepcopy(second)
    third[-1]["line_item_unblended_cost"] = "0.01"
    return {AT_CLOSE: first, FIRST_RESTATEMENT: second, SECOND_RESTATEMENT: third}


def total(lines: list[dict]) -> Decimal:
    return sum((Decimal(line["line_item_unblended_cost"]) for line in lines), Decimal(0))


@pytest.fixture(scope="module")
def warehouses(build, tmp_path_factory) -> dict[str, Path]:
    """The warehouse as it was after each delivery, all months closed that were closed by then; and the last one with nothing closed."""
    policy = small.write_policy(tmp_path_factory.mktemp("policy"))
    landing = tmp_path_factory.mktemp("landing")
    built = {}
    for delivery, lines in bills().items():
        small.write(landing, {"aws_cur2": lines}, delivery=delivery)
        closes = CLOSES if delivery == SECOND_RESTATEMENT else CLOSES[:1]
        (policy / "close.csv").write_text(small.as_csv(closes))
        built[delivery] = build(landing, policy, BILL)
    (policy / "close.csv").write_text("billing_month,closed_at\n")
    built["open"] = build(landing, policy, BILL)
    return built


def ask(warehouse: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


def posted(warehouse: Path) -> dict[tuple, Decimal]:
    query = "select x_entry_kind, cast(billing_month as varchar), sum(billed_cost) from marts.fct_charges group by all"
    return {(kind, month): cost for kind, month, cost in ask(warehouse, query)}


def test_what_changed_after_the_close_posts_in_the_month_open_then(warehouses):
    first, second, third = (total(lines) for lines in bills().values())
    assert posted(warehouses[AT_CLOSE]) == {("original", "2026-09-01"): first}
    assert posted(warehouses[FIRST_RESTATEMENT]) == {("original", "2026-09-01"): first, ("adjusting", "2026-10-01"): second - first}
    assert posted(warehouses[SECOND_RESTATEMENT]) == {
        ("original", "2026-09-01"): first,
        ("adjusting", "2026-10-01"): second - first,
        ("adjusting", "2026-11-01"): third - second,
    }
    assert posted(warehouses["open"]) == {("original", "2026-09-01"): third}, "an open month is simply restated"


def test_adjusting_entries_are_the_lines_that_changed_and_no_others(warehouses):
    entries = ask(
        warehouses[FIRST_RESTATEMENT],
        "select billed_cost, charge_class, invoice_id, cast(charge_period_start as date) >= date '2026-10-01' from marts.fct_charges where x_entry_kind = 'adjusting' order by 1",
    )
    first, second, _ = bills().values()
    gone, cheap, dear = (Decimal(line["line_item_unblended_cost"]) for line in (first[1], first[0], second[0]))
    twin = Decimal(second[-1]["line_item_unblended_cost"])
    assert sorted(cost for cost, *_ in entries) == sorted([-gone, -cheap, dear, Decimal("2.5"), twin])
    assert {tuple(rest) for _, *rest in entries} == {("Correction", None, False)}, "they are corrections, on no invoice yet, of the days the use was made"


def test_a_past_close_replays_to_identical_rows(warehouses):
    """Whatever was delivered since, the closed month's lines are those of the build at the close, column by column."""
    query = "select * from marts.fct_charges where billing_month = date '2026-09-01' order by x_charge_id"
    rows = {}
    for moment in (AT_CLOSE, SECOND_RESTATEMENT):
        with duckdb.connect(str(warehouses[moment]), read_only=True) as connection:
            rows[moment] = connection.execute(query).df().astype(str)
    changed = [column for column in rows[AT_CLOSE] if not rows[AT_CLOSE][column].equals(rows[SECOND_RESTATEMENT][column])]
    assert (changed, len(rows[SECOND_RESTATEMENT])) == ([], len(bills()[AT_CLOSE]))


def test_as_billed_and_as_restated_stand_side_by_side(warehouses):
    first, _, third = (total(lines) for lines in bills().values())
    [(closed, adjusted, restated, lines)] = ask(
        warehouses[SECOND_RESTATEMENT],
        "select billed_cost_as_closed, billed_cost_adjustment, billed_cost_as_restated, closed_lines from marts.month_closes",
    )
    assert (closed, adjusted, restated, lines) == (first, third - first, third, len(bills()[AT_CLOSE]))
    prints = {ask(warehouses[delivery], "select charges_fingerprint from marts.month_closes")[0] for delivery in (AT_CLOSE, FIRST_RESTATEMENT, SECOND_RESTATEMENT)}
    assert len(prints) == 1, "the fingerprint of a close never changes"


def test_a_close_that_does_not_replay_fails_by_name(build, tmp_path):
    """The recorded fingerprint is checked on every build: a delivery that vanished from the landing zone is found."""
    policy = small.write_policy(tmp_path / "policy")
    landing = small.write(tmp_path / "landing", {"aws_cur2": bills()[FIRST_RESTATEMENT]}, delivery=AT_CLOSE)
    (policy / "close.csv").write_text(small.as_csv([CLOSES[0] | {"charges_fingerprint": "123"}]))
    warehouse = build(landing, policy, BILL)
    with pytest.raises(AssertionError, match="a_recorded_close_replays"):
        build(landing, policy, "month_closes", tests=True, onto=warehouse)


def test_every_posting_reconciles(warehouses):
    for warehouse in warehouses.values():
        assert ask(warehouse, "select count(*), count(*) filter (status <> 'reconciled') from marts.cost_reconciliation")[0][1] == 0
    assert {month for (month,) in ask(warehouses[SECOND_RESTATEMENT], "select cast(billing_month as varchar) from marts.cost_reconciliation")} == {"2026-09-01", "2026-10-01", "2026-11-01"}


def test_what_does_not_count_is_kept_and_labelled(warehouses):
    query = "select x_delivery, reason, sum(billed_cost) from marts.uncounted_charges group by all order by x_delivery"
    reasons = ask(warehouses[SECOND_RESTATEMENT], query)
    first, second, _ = (total(lines) for lines in bills().values())
    assert [(reason, cost) for _, reason, cost in reasons] == [("not_the_last_delivery", first), ("not_the_last_delivery", second)]
