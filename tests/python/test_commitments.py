"""The specification's commitment examples, reproduced: what was bought, used and wasted, by month and over the term."""

from __future__ import annotations

import csv
from decimal import Decimal

import duckdb
import pytest
import small_company as small

COLUMNS = "billed_cost, purchased_billed_cost, covered_effective_cost, unused_effective_cost, utilisation_share, not_yet_amortised_cost"


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.fixture(scope="module")
def examples(build, real_data, tmp_path_factory) -> duckdb.DuckDBPyConnection:
    """Each example is a billing account of its own. The examples leave out what every bill has (account, currency, provider); that alone is added."""
    root = tmp_path_factory.mktemp("landing")
    folder = real_data / "billing" / "focus_spec_examples"
    sources = [*sorted(folder.glob("v1.2_commitment_discount*.csv")), folder / "v1.5draft_drawdown_via_prepayment_ai_model_api.csv"]
    for source in sources:
        lines = list(csv.DictReader(source.read_text(encoding="utf-8-sig").splitlines()))
        for line in lines:
            line |= {"BillingAccountId": source.stem, "BillingCurrency": "USD", "ProviderName": "ACME"}
            for name, value in line.items():
                line[name] = "" if value == "null" else value
        (root / "focus" / source.stem).mkdir(parents=True)
        (root / "focus" / source.stem / "bill.csv").write_text(small.as_csv(lines))
    assert len(sources) == 12
    return duckdb.connect(str(build(root, select="+commitment_costs_monthly +int_allocation__idle")), read_only=True)


# What the example's own amounts say: billed, purchased, covered, unused, utilisation, billed and not yet used up.
EXPECTED = {
    "purchase_scenario_1": ("8760", "8760", "0", "0", None, "8760"),  # one upfront payment
    "purchase_scenario_2": ("3", "3", "0", "0", None, "3"),  # three hours of a recurring one
    "purchase_scenario_3": ("4381.5", "4381.5", "0", "0", None, "4381.5"),  # half upfront
    "usage_scenario_1": ("0", "0", "1", "0", "1", "-1"),  # all of an hour used
    "usage_scenario_2": ("0", "0", "0", "1", "0", "-1"),  # nothing of it
    "usage_scenario_3": ("0", "0", "0.75", "0.25", "0.75", "-1"),  # three quarters
    "usage_scenario_4": ("0", "0", "1", "0", "1", "-1"),  # more was used than was bought: the rest is on demand, on a line without the commitment
    "flexibility_with_1_resource": ("0.5", "0.5", "0.5", "0", "1", "0"),
    "flexibility_with_2_resources": ("2", "2", "2", "0", "1", "0"),
    "one_hundred_percent_utilization_without_commitment_discount_flexibility": ("1.5", "1.5", "1.5", "0", "1", "0"),
    "zero_percent_utilization_without_commitment_discount_flexibility": ("1.5", "1.5", "0", "1.5", "0", "0"),
    "drawdown_via_prepayment_ai_model_api": ("500000", "500000", "50", "0", "1", "499950"),
}


@pytest.mark.parametrize("example", EXPECTED)
def test_the_specification_s_example_is_reproduced(examples, example):
    rows = examples.execute(f"select {COLUMNS} from marts.commitment_costs_monthly where ends_with(billing_account_id, '{example}')").fetchall()
    assert len(rows) == 1
    *amounts, share, left = rows[0]
    expected = EXPECTED[example]
    assert [*amounts, left] == [number(text) for text in (*expected[:4], expected[5])]
    assert share == (None if expected[4] is None else float(expected[4]))


def test_billed_and_effective_cost_of_a_prepaid_term_differ_in_the_month_and_are_never_mixed(examples):
    """500,000 dollars bought, 50 drawn down at a list price of 62.50: the billed total is the invoice, the effective total is the use."""
    assert examples.execute("select billed_cost, effective_cost, covered_list_cost, savings from marts.commitment_costs_monthly where billing_account_id like '%drawdown%'").fetchall() == [
        (Decimal(500000), Decimal(50), Decimal("62.5"), Decimal("12.5"))
    ]


def test_unused_commitment_is_an_idle_row_of_its_own(examples):
    idle = examples.execute("""select billing_account_id, sum(idle.effective_cost) from intermediate.int_allocation__idle as idle left join intermediate.int_charges__pools as pools using (pool_id)
        where idle.reason = 'unused_commitment' group by all""").fetchall()
    wasted = examples.execute("select billing_account_id, unused_effective_cost from marts.commitment_costs_monthly where unused_effective_cost <> 0").fetchall()
    assert sorted(idle) == sorted(wasted) and len(idle) == 3


def test_over_the_sample_s_term_what_was_paid_is_what_was_used(sample):
    """A reservation of Azure, a savings plan and a reservation of AWS: each month, and so over the term, the fees are the covered and the unused part to the last decimal."""
    rows = sample.execute("""select commitment_discount_type, sum(billed_cost), sum(effective_cost), sum(covered_effective_cost + unused_effective_cost), sum(purchased_billed_cost),
        arg_max(not_yet_amortised_cost, billing_month), min(utilisation_share) < 1, sum(savings) > 0 from marts.commitment_costs_monthly group by all order by all""").fetchall()
    assert [row[0] for row in rows] == ["Reservation", "Reserved", "Savings Plan"]
    assert all(row[1] == row[2] == row[3] == row[4] and row[5] == 0 and row[6] for row in rows)
    assert [row[7] for row in rows] == [False, True, True], "Azure's reservation stands idle at night: it costs more than it saves"
