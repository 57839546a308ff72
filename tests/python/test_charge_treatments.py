"""Credits, refunds, tax, support and discounts under each treatment policy can choose: whatever it says, the sums hold.

The small company's bill gets one charge of each kind, at each distance from the usage it belongs to, and is built under three policies: kept apart, following the usage, spread evenly.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import small_company as small

MONEY = ["billed_cost", "effective_cost", "list_cost", "billed_cost_reporting", "effective_cost_reporting", "list_cost_reporting"]
KINDS = ["tax", "credit", "refund", "adjustment", "support"]


def bill() -> small.Rows:
    """The small company's lines and: a credit for one bucket, a refund of a service, support of the account, a discount of the payer, tax with an owner's tag on it."""
    discount = small.line("AmazonEC2", "", 0, 1, "1", kind="EdpDiscount", cost="-3.333333333333")
    discount["line_item_usage_account_id"] = small.PAYER
    tagged_tax = small.line("AmazonS3", "", 1, 1, "1", kind="Tax", cost="0.10")
    tagged_tax["resource_tags"] = '{"user_team": "search"}'
    return [
        *small.bill(),
        small.line("AmazonS3", "TimedStorage-ByteHrs", 1, 0, "0", kind="Credit", cost="-0.000000000007", resource="arn:aws:s3:::corpus"),
        small.line("AmazonCloudWatch", "DataProcessing-Bytes", 1, 0, "0", kind="Refund", cost="-1.00"),
        small.line("AWSSupportBusiness", "", 0, 1, "1", kind="Fee", cost="100.00"),
        discount,
        tagged_tax,
    ]


def policy(folder: Path, method: str) -> Path:
    small.write_policy(folder)
    rules = [{"rule_id": "idle-gpu", "step": "idle", "layer": "gpu", "method": "owner", "priority": 10, "comment": "idle is the cluster owner's"}]
    rules += [{"rule_id": f"{kind}-{method}", "step": "shared", "charge_kind": kind, "method": method, "priority": 20, "comment": "the treatment under test"} for kind in KINDS]
    targets = [{"rule_id": f"{kind}-{method}", "team": team, "weight": 1, "comment": "an equal part"} for kind in KINDS for team in ("search", "growth", "support")]
    (folder / "allocation_rules.csv").write_text(small.as_csv(rules))
    if method == "even":
        (folder / "allocation_rule_targets.csv").write_text(small.as_csv(targets))
    return folder


@pytest.fixture(scope="module")
def ledgers(build, tmp_path_factory) -> dict[str, duckdb.DuckDBPyConnection]:
    """One warehouse per treatment of everything that is not usage."""
    landing = small.write(tmp_path_factory.mktemp("landing"), {**small.tables(), "aws_cur2": bill()})
    found = {}
    for method in ("keep_apart", "follow_usage", "even"):
        warehouse = build(landing, policy(tmp_path_factory.mktemp(method), method), "+int_allocation__ladder")
        found[method] = duckdb.connect(str(warehouse), read_only=True)
        found[method].execute("set schema = 'intermediate'")
    return found


LEDGER = "int_allocation__ladder as ladder left join int_charges__pools as pools using (pool_id)"


@pytest.mark.parametrize("method", ["keep_apart", "follow_usage", "even"])
def test_whatever_the_treatment_every_kind_of_charge_sums_to_the_bill(ledgers, method):
    sums = ", ".join(f"sum({amount})" for amount in MONEY)
    ladder_sums = ", ".join(f"sum(ladder.{amount})" for amount in MONEY)
    billed = ledgers[method].execute(f"select x_charge_kind, {sums} from int_charges__pooled group by all order by all").fetchall()
    placed = ledgers[method].execute(f"select x_charge_kind, {ladder_sums} from {LEDGER} group by all order by all").fetchall()
    assert placed == billed
    assert {row[0] for row in billed} == {"usage", *KINDS}
    assert sum(row[1] for row in placed) == sum(Decimal(line["line_item_unblended_cost"]) for line in bill())


def test_a_treatment_of_credits_and_tax_moves_no_cent_of_the_usage(ledgers):
    usage = [
        connection.execute(f"""select ladder.allocation_step, ladder.team, ladder.feature, sum(ladder.billed_cost), sum(ladder.effective_cost) from {LEDGER}
            where pools.x_charge_kind = 'usage' group by all order by all""").fetchall()
        for connection in ledgers.values()
    ]
    assert usage[0] == usage[1] == usage[2] and len(usage[0]) > 5


def test_kept_apart_is_nobody_s_with_its_rule_and_an_owner_s_tag_does_not_help(ledgers):
    rows = ledgers["keep_apart"].execute(f"""select pools.x_charge_kind, allocation_step, allocation_method, reason, team, rule_id, evidence_grade from {LEDGER}
        where pools.x_charge_kind <> 'usage' group by all""").fetchall()
    assert sorted(rows) == sorted((kind, "unallocated", "keep_apart", "kept_apart", "unallocated", f"{kind}-keep_apart", "E") for kind in KINDS)


def test_a_charge_follows_the_nearest_usage(ledgers):
    levels = dict(ledgers["follow_usage"].execute(f"""select pools.x_charge_kind || coalesce(' ' || resource_id, ''), max(key_level) from {LEDGER}
        where allocation_method = 'follow_usage' group by all""").fetchall())
    assert levels == {"credit": 2, "credit corpus": 1, "refund": 2, "support": 3, "adjustment": 4, "tax": 2}
    direct = ledgers["follow_usage"].execute(f"select distinct team from {LEDGER} where pools.x_charge_kind = 'tax' and allocation_step = 'direct'").fetchall()
    assert direct == [("search",)], "a line that names its owner follows nobody"


def test_what_follows_usage_stands_in_its_proportions_and_is_as_unowned_as_it(ledgers):
    usage = dict(ledgers["follow_usage"].execute(f"""select ladder.team, sum(ladder.effective_cost) from {LEDGER}
        where pools.x_charge_kind = 'usage' and service_name = 'AmazonCloudWatch' group by all""").fetchall())
    refund = dict(ledgers["follow_usage"].execute(f"select ladder.team, sum(ladder.effective_cost) from {LEDGER} where pools.x_charge_kind = 'refund' group by all").fetchall())
    total = sum(usage.values())
    assert set(refund) == set(usage) == {"support", "search"}
    assert all(abs(refund[team] + usage[team] / total) < Decimal("0.000001") for team in usage)
    # Seven units of the last decimal over three consumers: no unit lost, and the untagged part stays nobody's.
    credit = ledgers["follow_usage"].execute(f"""select ladder.team, allocation_step, reason, sum(ladder.billed_cost * 1000000000000)::int from {LEDGER}
        where pools.x_charge_kind = 'credit' and resource_id = 'corpus' group by all order by all""").fetchall()
    assert credit == [("growth", "shared", None, -2), ("support", "shared", None, -4), ("unallocated", "unallocated", "follows_unallocated_usage", -1)]


def test_spread_evenly_is_equal_parts(ledgers):
    support = ledgers["even"].execute(f"select team, sum(ladder.billed_cost) from {LEDGER} where pools.x_charge_kind = 'support' group by all order by all").fetchall()
    assert support == [("growth", Decimal("33.333333333334")), ("search", Decimal("33.333333333333")), ("support", Decimal("33.333333333333"))]
