"""AWS bills line by line: commitments over their life, private discounts, split rows, principals, optional columns, and the real legacy report.

One build serves all. Each concern has its own payer account, so that the totals of one say nothing about another.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import small_company

LEGACY_CUR = "billing/focus_converters/aws_cur_sample-anonymous-aws-export-dataset.csv"
PLAN, RESERVATION, NODE = "arn:aws:savingsplans::1:savingsplan/sp-1", "arn:aws:ec2:us-east-1:1:reserved-instances/ri-1", "i-0aaaaaaaaaaaaaaa1"
COMMITMENT, DISCOUNT, DISCOUNT_LINES, PODS, WATCHED, PEOPLE, BARE = (f"{number}00000000000" for number in range(1, 8))


def line(payer: str, kind: str, cost: str, month: int = 9, **values: Any) -> dict[str, Any]:
    return {
        "bill_payer_account_id": payer, "line_item_usage_account_id": payer, "bill_bill_type": "Anniversary", "line_item_line_item_type": kind, "line_item_unblended_cost": cost,
        "bill_billing_period_start_date": f"2026-{month:02}-01T00:00:00Z", "bill_billing_period_end_date": f"2026-{month + 1:02}-01T00:00:00Z",
        "line_item_usage_start_date": f"2026-{month:02}-02T03:00:00Z", "line_item_usage_end_date": f"2026-{month:02}-02T04:00:00Z",
        "line_item_product_code": "AmazonEC2", "line_item_usage_type": "BoxUsage:p5.48xlarge", "line_item_operation": "RunInstances", "line_item_currency_code": "USD", "pricing_unit": "Hrs",
        "line_item_usage_amount": "1", "product_region_code": "us-east-1", **values,
    }  # fmt: skip


def plan_month(payer: str, month: int, on_demand: str, used: str, *, upfront: str = "0", net: bool = False) -> list[dict[str, Any]]:
    """A month of a savings plan of 600, of which `upfront` was paid at its start; net: 10 % are taken off inside the lines."""

    def less(amount: str) -> str:
        return str(Decimal(amount) * Decimal("0.9"))

    plan = {"savings_plan_savings_plan_a_r_n": PLAN}
    fee = {"savings_plan_amortized_upfront_commitment_for_billing_period": "200", "savings_plan_recurring_commitment_for_billing_period": "400"}
    lines = [
        line(payer, "SavingsPlanCoveredUsage", on_demand, month, **plan, savings_plan_savings_plan_effective_cost=used, pricing_public_on_demand_cost=on_demand),
        line(payer, "SavingsPlanNegation", f"-{on_demand}", month, **plan),
        line(payer, "SavingsPlanRecurringFee", "400", month, **plan, **fee, savings_plan_total_commitment_to_date="600", savings_plan_used_commitment=used),
    ]
    if Decimal(upfront):
        lines.append(line(payer, "SavingsPlanUpfrontFee", upfront, month, **plan))
    if net:
        for row in lines:
            row["line_item_net_unblended_cost"] = row["line_item_unblended_cost"] if "Covered" in row["line_item_line_item_type"] or "Negation" in row["line_item_line_item_type"] else less(row["line_item_unblended_cost"])
        lines[0]["savings_plan_net_savings_plan_effective_cost"] = less(used)
        lines[2] |= {f"savings_plan_net_{name.removeprefix('savings_plan_')}": less(amount) for name, amount in fee.items()}
    return lines


def reservation_month(payer: str, month: int, used: str, unused: tuple[str, str], upfront: str = "0") -> list[dict[str, Any]]:
    held = {"reservation_reservation_a_r_n": RESERVATION}
    lines = [
        line(payer, "DiscountedUsage", "0", month, **held, reservation_effective_cost=used, pricing_public_on_demand_cost="300"),
        line(payer, "RIFee", "30", month, **held, reservation_unused_amortized_upfront_fee_for_billing_period=unused[0], reservation_unused_recurring_fee=unused[1]),
    ]
    return lines + ([line(payer, "Fee", upfront, month, **held)] if Decimal(upfront) else [])


def split_row(payer: str, pod: str, cost: str, unused: str, kind: str = "EKS-EC2-vCPU-Hours", hour: int = 3, **values: Any) -> dict[str, Any]:
    return line(
        payer, "Usage", "0", line_item_product_code="AmazonEKS", line_item_operation="EKSPod-EC2", line_item_usage_type=f"USE1-{kind}",
        line_item_usage_start_date=f"2026-09-02T{hour:02}:00:00Z", line_item_usage_end_date=f"2026-09-02T{hour + 1:02}:00:00Z",
        line_item_resource_id=f"arn:aws:eks:us-east-1:{payer}:pod/train/ml-{pod}/{pod}/uid-{pod}", split_line_item_parent_resource_id=NODE if payer == PODS else f"{NODE}-watched",
        split_line_item_split_cost=cost, split_line_item_unused_cost=unused, split_line_item_split_usage="1", **values,
    )  # fmt: skip


def bill() -> list[dict[str, Any]]:
    lines = plan_month(COMMITMENT, 9, "900", "540", upfront="400") + plan_month(COMMITMENT, 10, "800", "480")
    lines += reservation_month(COMMITMENT, 9, "140", ("8", "2"), upfront="240") + reservation_month(COMMITMENT, 10, "150", ("0", "0"))
    # Private discounts, both ways AWS writes them: inside the lines, or as lines of their own beside net amounts that already hold them.
    lines += plan_month(DISCOUNT, 9, "900", "540", upfront="400", net=True) + plan_month(DISCOUNT, 10, "800", "480", net=True)
    lines += [
        line(DISCOUNT_LINES, "Usage", "100", line_item_net_unblended_cost="90", pricing_public_on_demand_cost="110"),
        line(DISCOUNT_LINES, "EdpDiscount", "-10", line_item_net_unblended_cost="0"),
        line(DISCOUNT_LINES, "Usage", "50", pricing_public_on_demand_cost="50"),
        line(DISCOUNT_LINES, "PrivateRateDiscount", "-5"),
        line(DISCOUNT_LINES, "DiscountedUsage", "0", reservation_reservation_a_r_n=RESERVATION, reservation_effective_cost="20", reservation_net_effective_cost="18", pricing_public_on_demand_cost="40"),
        line(DISCOUNT_LINES, "RIFee", "7", line_item_net_unblended_cost="6.3", reservation_reservation_a_r_n=RESERVATION, reservation_unused_amortized_upfront_fee_for_billing_period="1",
             reservation_unused_recurring_fee="2", reservation_net_unused_amortized_upfront_fee_for_billing_period="0.9", reservation_net_unused_recurring_fee="1.8"),
        line(DISCOUNT_LINES, "Usage", "1", line_item_net_unblended_cost="0,9"),
    ]  # fmt: skip
    # One instance hour of 98.32 that AWS splits over two pods and their unused part, and one whose pods the cluster's own telemetry knows.
    for payer, node in [(PODS, NODE), (WATCHED, f"{NODE}-watched")]:
        lines += [line(payer, "Usage", "98.32", line_item_resource_id=node)]
        lines += [
            split_row(payer, "a", "30", "5", resource_tags='{"user_team": "search", "aws_eks_namespace": "ml-a"}'),
            split_row(payer, "a", "19.16", "4", "EKS-EC2-GB-Hours", resource_tags='{"user_team": "search"}'),
            split_row(payer, "b", "24.58", "15.58"),
        ]
    lines += [
        line(PEOPLE, "Usage", "3", line_item_product_code="AmazonBedrock", line_item_usage_type="USE1-Claude4.6Sonnet-input-tokens", line_item_iam_principal=f"arn:aws:sts::{PEOPLE}:assumed-role/Trainer/alice"),
        line(PEOPLE, "Usage", "4", line_item_product_code="AmazonBedrock", line_item_usage_type="USE1-Claude4.6Sonnet-input-tokens", line_item_iam_principal=f"arn:aws:sts::{PEOPLE}:assumed-role/Trainer/bob@example.com"),
        line(PEOPLE, "Usage", "5", line_item_product_code="AmazonBedrock", line_item_usage_type="USE1-Claude4.6Sonnet-input-tokens", line_item_iam_principal=f"arn:aws:iam::{PEOPLE}:user/carol"),
        line(PEOPLE, "Usage", "6", line_item_product_code="AmazonBedrock", line_item_usage_type="USE1-Claude4.6Sonnet-input-tokens", line_item_user_identifier="dave", tags='{"iamPrincipal/Team": "support"}'),
    ]  # fmt: skip
    return lines


@pytest.fixture(scope="module")
def connection(real_data: Path, build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    root = tmp_path_factory.mktemp("aws")
    landing, policy = root / "landing", small_company.write_policy(root / "policy")
    small_company.write(landing, {"aws_cur2": bill()})
    rules = small_company.policy()["owner_rules"] + [
        {"rule_id": "role", "scope": "any", "match_type": "principal", "match_value": f"arn:aws:sts::{PEOPLE}:assumed-role/Trainer", "priority": 50, "team": "training", "comment": "whoever trains"},
        {"rule_id": "bob", "scope": "any", "match_type": "principal", "match_value": f"arn:aws:sts::{PEOPLE}:assumed-role/Trainer/bob@example.com", "priority": 45, "team": "bobs", "comment": "one session"},
        {"rule_id": "pods-b", "scope": "usage", "match_type": "namespace", "match_value": "ml-b", "priority": 60, "team": "growth", "comment": "a namespace"},
    ]  # fmt: skip
    (policy / "owner_rules.csv").write_text(small_company.as_csv(rules))
    # A report with only what it must have, in another order and with a column nobody knows.
    bare = landing / "aws_cur2" / "bare" / "part-0.csv"
    bare.parent.mkdir(parents=True)
    bare.write_text(
        "line_item_unblended_cost,something_new,line_item_usage_start_date,line_item_line_item_type,bill_payer_account_id,bill_billing_period_start_date\n"
        f"1.25,x,2026-09-02,Usage,{BARE},2026-09-01\n2E-2,y,2026-09-03,Fee,{BARE},2026-09-01\n"
    )
    legacy = landing / "aws_cur2" / "legacy"
    legacy.mkdir()
    shutil.copy(real_data / LEGACY_CUR, legacy)
    for folder, rows in {
        "node_hours": [{"provider": "aws", "account_id": WATCHED, "region": "us-east-1", "cluster": "train", "node_name": "n", "resource_id": f"{NODE}-watched", "instance_type": "p5.48xlarge",
                        "gpus": 8, "started_at": "2026-09-02T03:00:00Z", "ended_at": "2026-09-02T04:00:00Z"}],
        "gpu_pods": [{"cluster": "train", "node_name": "n", "namespace": "ml-b", "pod_name": "b", "workload": "b", "gpus": 2, "scheduled_at": "2026-09-02T03:00:00Z", "ended_at": "2026-09-02T04:00:00Z"}],
    }.items():  # fmt: skip
        small_company.write(landing, {folder: rows})
    warehouse = build(landing, policy=policy, select="+int_gpu__split +fct_charges +quarantined_rows")
    with duckdb.connect(str(warehouse), read_only=True) as opened:
        yield opened


def amounts(connection: duckdb.DuckDBPyConnection, payer: str, by: str = "billing_period_start") -> list[tuple]:
    return connection.execute(
        f"select sum(billed_cost), sum(effective_cost) from staging.stg_aws__cur2_line_items where billing_account_id = '{payer}' and x_quarantine_reason is null group by {by} order by {by}"
    ).fetchall()


def test_a_commitment_costs_over_its_life_what_it_was_billed_and_every_month_shows_both(connection: duckdb.DuckDBPyConnection) -> None:
    months = amounts(connection, COMMITMENT)
    assert months == [(Decimal(400 + 400 + 240 + 30), Decimal(600 + 150)), (Decimal(400 + 30), Decimal(600 + 150))]
    assert sum(billed for billed, _ in months) == sum(effective for _, effective in months) == Decimal(1500)


def test_unused_commitment_is_its_own_line_and_no_quantity_counts_twice(connection: duckdb.DuckDBPyConnection) -> None:
    rows = connection.execute(f"""
        select x_line_item_type, sum(effective_cost), sum(consumed_quantity) from staging.stg_aws__cur2_line_items
        where billing_account_id = '{COMMITMENT}' and (commitment_discount_status is not null or x_line_item_type = 'SavingsPlanNegation') group by all order by all
    """).fetchall()
    assert rows == [
        ("DiscountedUsage", Decimal(290), Decimal(2)), ("RIFee", Decimal(10), None), ("SavingsPlanCoveredUsage", Decimal(1020), Decimal(2)),
        ("SavingsPlanNegation", Decimal(0), None), ("SavingsPlanRecurringFee", Decimal(180), None),
    ]  # fmt: skip


def test_a_private_discount_inside_the_lines_is_billed_and_amortised(connection: duckdb.DuckDBPyConnection) -> None:
    months = amounts(connection, DISCOUNT)
    assert months == [(Decimal(720), Decimal(540)), (Decimal(360), Decimal(540))]
    unused = connection.execute(f"select effective_cost from staging.stg_aws__cur2_line_items where billing_account_id = '{DISCOUNT}' and x_line_item_type = 'SavingsPlanRecurringFee' order by 1").fetchall()
    assert unused == [(Decimal(54),), (Decimal(108),)]


def test_a_private_discount_is_never_taken_off_twice_and_gross_amounts_stand_in_where_net_ones_lack(connection: duckdb.DuckDBPyConnection) -> None:
    rows = connection.execute(f"""
        select x_line_item_type, billed_cost, effective_cost, contracted_cost, list_cost, charge_category from staging.stg_aws__cur2_line_items
        where billing_account_id = '{DISCOUNT_LINES}' and x_quarantine_reason is null order by x_source_row_number
    """).fetchall()
    assert rows == [
        ("Usage", 90, 90, 90, 110, "Usage"), ("EdpDiscount", 0, 0, 0, 0, "Adjustment"), ("Usage", 50, 50, 50, 50, "Usage"), ("PrivateRateDiscount", -5, -5, -5, 0, "Adjustment"),
        ("DiscountedUsage", 0, 18, 40, 40, "Usage"), ("RIFee", Decimal("6.3"), Decimal("2.7"), Decimal("2.7"), Decimal("2.7"), "Purchase"),
    ]  # fmt: skip
    assert connection.execute("select kind, reason from marts.quarantined_rows where kind <> 'quantity'").fetchall() == [
        ("row", "line_item_net_unblended_cost is '0,9': not a decimal(38, 12); write a plain number with a decimal point and no thousands separator")
    ]


def test_split_rows_divide_their_instance_and_are_never_added_to_it(connection: duckdb.DuckDBPyConnection) -> None:
    assert connection.execute(f"select sum(billed_cost), count(*) from marts.fct_charges where billing_account_id = '{PODS}'").fetchall() == [(Decimal("98.32"), 1)]
    rows = connection.execute(f"""
        select split.team, split.allocation_step, split.workload, split.allocation_method, split.driver, split.driver_units, split.effective_cost, split.evidence_grade
        from intermediate.int_gpu__split as split join intermediate.int_charges__pools as pools using (pool_id) where pools.billing_account_id = '{PODS}' order by all
    """).fetchall()
    assert rows == [
        ("growth", "metered", "b", "split_cost_share", "split_cost_micros", 24_580_000, Decimal("24.58"), "B"),
        ("search", "metered", "a", "split_cost_share", "split_cost_micros", 49_160_000, Decimal("49.16"), "B"),
        ("unallocated", "idle", None, "idle_capacity", "split_cost_micros", 24_580_000, Decimal("24.58"), "B"),
    ]  # fmt: skip


def test_measured_pods_come_before_the_split_of_the_bill(connection: duckdb.DuckDBPyConnection) -> None:
    rows = connection.execute(f"""
        select split.team, split.allocation_step, split.driver, split.driver_units, split.effective_cost
        from intermediate.int_gpu__split as split join intermediate.int_charges__pools as pools using (pool_id) where pools.billing_account_id = '{WATCHED}' order by all
    """).fetchall()
    assert rows == [("growth", "metered", "gpu_seconds", 7200, Decimal("24.58")), ("unallocated", "idle", "gpu_seconds", 21600, Decimal("73.74"))]


def test_a_rule_for_a_role_owns_its_sessions_and_a_rule_for_a_session_comes_first(connection: duckdb.DuckDBPyConnection) -> None:
    rows = connection.execute(f"select billed_cost, owner_team from intermediate.int_charges__pools where billing_account_id = '{PEOPLE}' order by 1").fetchall()
    assert rows == [(3, "training"), (4, "bobs"), (5, None), (6, "support")]
    assert connection.execute(f"select principal_id from marts.fct_charges where billing_account_id = '{PEOPLE}' and billed_cost >= 5 order by billed_cost").fetchall() == [
        (f"arn:aws:iam::{PEOPLE}:user/carol",), ("dave",),
    ]  # fmt: skip


def test_a_report_without_optional_columns_has_the_same_shape(connection: duckdb.DuckDBPyConnection) -> None:
    rows = connection.execute(f"""
        select billed_cost, effective_cost, list_cost, resource_id, principal_id, cast(tags as varchar), x_cost_scope, billing_currency, charge_period_end - charge_period_start = interval '1' hour
        from staging.stg_aws__cur2_line_items where billing_account_id = '{BARE}' order by 1 desc
    """).fetchall()
    assert rows == [(Decimal("1.25"),) * 3 + (None, None, "{}", "normal", "USD", True), (Decimal("0.02"),) * 3 + (None, None, "{}", "normal", "USD", True)]


def test_the_real_legacy_report_is_exact_and_nothing_of_it_is_quarantined(connection: duckdb.DuckDBPyConnection, real_data: Path) -> None:
    with (real_data / LEGACY_CUR).open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    total = sum(Decimal(row["lineItem/UnblendedCost"]) for row in lines)
    assert any("E-" in row["lineItem/UnblendedCost"] for row in lines) and len({row["identity/LineItemId"] for row in lines}) < len(lines)
    where = "x_source_file like '%/legacy/%'"
    assert connection.execute(f"select count(*), sum(billed_cost), sum(effective_cost), any_value(x_source_schema) from staging.stg_aws__cur2_line_items where {where}").fetchall() == [
        (len(lines), total, total, "aws_cur1")
    ]
    assert connection.execute(f"select count(*), sum(billed_cost) from marts.fct_charges where {where}").fetchall() == [(len(lines), total)]
    assert connection.execute("select count(*) from marts.quarantined_rows where source_file like '%/legacy/%'").fetchall() == [(0,)]
    tax = connection.execute(f"select distinct charge_category, charge_period_start, charge_period_end from marts.fct_charges where {where} and charge_category = 'Tax'").fetchall()
    assert [(category, str(starts), str(ends)) for category, starts, ends in tax] == [("Tax", "2023-11-01 00:00:00", "2023-12-01 00:00:00")]
