"""One spend stated by two bills counts once: by rank where both are whole bills of one account, by a dated rule where a marketplace repeats a vendor. The loser is kept and labelled."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest
import small_company as small

FOCUS = {
    "BillingAccountId": small.PAYER, "BillingCurrency": "USD", "BillingPeriodStart": "2026-09-01T00:00:00Z", "BillingPeriodEnd": "2026-10-01T00:00:00Z",
    "ChargePeriodStart": "2026-09-14T00:00:00Z", "ChargePeriodEnd": "2026-09-15T00:00:00Z", "ChargeCategory": "Usage", "ProviderName": "AWS", "InvoiceIssuerName": "AWS",
    "SubAccountId": small.MEMBER, "ServiceName": "Amazon EC2", "Tags": "{}",
}  # fmt: skip


def focus(cost: str, **columns: str) -> dict[str, str]:
    return FOCUS | {"BilledCost": cost, "EffectiveCost": cost, "ListCost": cost, "ContractedCost": cost} | columns


RULE = {
    "rule_id": "vendor-over-marketplace", "priority": 10, "preferred_provider": "pinecone", "other_source": "aws_cur2", "other_provider": "aws", "other_service_pattern": "pinecone",
    "valid_from": "2026-09-01", "valid_to": "2026-10-01", "comment": "Pinecone is bought in the marketplace and reported by its own export",
}  # fmt: skip


@pytest.fixture(scope="module")
def connection(build, tmp_path_factory):
    """The small company's AWS bill twice, as CUR and as FOCUS with one more account, and Pinecone in the marketplace of September and October beside its own September bill."""
    landing = tmp_path_factory.mktemp("landing")
    bill = small.bill()
    for month in ("2026-09", "2026-10"):
        market = small.line("abc123opaque", "USE1-MP:read-units", 0, 1, "40") | {"bill_billing_entity": "AWS Marketplace", "product_product_name": "Pinecone Vector Database"}
        bill.append({name: str(value).replace("2026-09", month) if name.endswith("_date") else value for name, value in market.items()} | (
            {"bill_billing_period_end_date": "2026-11-01T00:00:00Z"} if month == "2026-10" else {}
        ))  # fmt: skip
    rows = [
        focus("999.5"), focus("7.25", SubAccountId="210000000099"),
        focus("41", BillingAccountId="org-1", ProviderName="Pinecone", InvoiceIssuerName="Pinecone", SubAccountId="prj-1", ServiceName="Pinecone Database"),
    ]  # fmt: skip
    small.write(landing, {"aws_cur2": bill})
    small.write(landing, {"focus": rows})
    policy = small.write_policy(tmp_path_factory.mktemp("policy"))
    (policy / "source_precedence.csv").write_text(small.as_csv([RULE]))
    with duckdb.connect(str(build(landing, policy, "+cost_reconciliation +uncounted_charges")), read_only=True) as connection:
        yield connection


def test_the_native_report_counts_and_a_focus_copy_of_the_same_account_does_not(connection):
    counted = connection.execute(f"select x_source, sum(billed_cost) from marts.fct_charges where sub_account_id = '{small.MEMBER}' and service_name not like 'Pine%' group by all").fetchall()
    assert counted == [("aws_cur2", sum(Decimal(line["line_item_unblended_cost"]) for line in small.bill()))]


def test_an_account_only_one_of_the_two_states_counts(connection):
    """Nothing vanishes because some other account of the bill was stated twice."""
    assert connection.execute("select x_source, billed_cost from marts.fct_charges where sub_account_id = '210000000099'").fetchall() == [("focus", Decimal("7.25"))]


def test_a_marketplace_line_stands_back_for_the_vendors_own_bill_while_the_rule_holds(connection):
    lines = connection.execute("select provider, cast(billing_month as varchar), billed_cost from marts.fct_charges where service_name like 'Pine%' order by 2").fetchall()
    assert lines == [("pinecone", "2026-09-01", Decimal("41")), ("aws", "2026-10-01", Decimal("40"))], "in October only the marketplace has it"


def test_the_loser_is_kept_and_labelled(connection):
    losers = connection.execute("select x_source, reason, rule_id, counting_source, billed_cost from marts.uncounted_charges order by billed_cost").fetchall()
    assert losers == [
        ("aws_cur2", "policy_prefers_another", "vendor-over-marketplace", "focus", Decimal("40")),
        ("focus", "other_source_states_it", None, "aws_cur2", Decimal("999.5")),
    ]


def test_every_bill_still_reconciles(connection):
    states = connection.execute("select distinct status from marts.cost_reconciliation").fetchall()
    assert states == [("reconciled",)]
