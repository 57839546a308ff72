"""Azure cost details as they come: the real pair of datasets, and exports of every agreement, language and habit, from the file to the stream of charges."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest

PAIR = "billing/finops_toolkit/EA_{}Cost_Small.csv"
CELL = "sub_account_id, charge_period_start, x_sku_text, resource_id, x_charge_kind, pricing_category, commitment_discount_id"
BOM = "\ufeff"

EA = (
    "BillingAccountId,BillingPeriodStartDate,BillingPeriodEndDate,SubscriptionId,Date,MeterCategory,MeterName,Quantity,UnitOfMeasure,"
    "UnitPrice,PayGPrice,Cost,BillingCurrency,ResourceId,Tags,ChargeType,PricingModel,ReservationId\n"
)  # fmt: skip
MCA = (
    "invoiceId,billingAccountId,billingProfileId,billingPeriodEndDate,billingPeriodStartDate,date,SubscriptionId,meterName,meterCategory,quantity,unitOfMeasure,chargeType,"
    "billingCurrency,pricingCurrency,costInBillingCurrency,costInPricingCurrency,costInUsd,paygCostInBillingCurrency,paygCostInUsd,exchangeRatePricingToBilling,PayGPrice,unitPrice,"
    "pricingModel,reservationId,benefitId,somethingNew\n"
)  # fmt: skip
FILES = {
    # An EA export in capitals, with a BOM; the second part was cut off from the first and has the same day.
    "azure_actual_costs/upper/20260901-20260930/part_0.csv": BOM + EA.upper() + '7,09/01/2026,09/30/2026,s,09/04/2026,Storage,Disk Operations,2,10K,0.5,0.5,1.00,usd,,"""env"": ""prod""",Usage,OnDemand,\n',
    "azure_actual_costs/upper/20260901-20260930/part_1.csv": EA + "7,9/1/2026,9/30/2026,s,9/4/2026,Storage,Disk Operations,2,10K,0.5,0.5,1.00,USD,,,Usage,OnDemand,\n",
    # A customer agreement, prices in dollars and bill in euros.
    "azure_actual_costs/mca/part.csv": MCA + "G1,1:2_2019-05-31,PROF,09/30/2026,09/01/2026,09/04/2026,s,D2 v3,Virtual Machines,10,1 Hour,Usage,EUR,USD,0.9,1,1,1.8,2,0.9,0.2,0.1,OnDemand,,,x\n",
    # Pay as you go: other names for the same things, no account, no period.
    "azure_actual_costs/payg/part.csv": "SubscriptionGuid,ResourceGroup,UsageDateTime,MeterCategory,MeterSubcategory,MeterName,UsageQuantity,ResourceRate,PreTaxCost,ConsumedService,InstanceId,Tags,OfferId,Currency,UnitOfMeasure\n"
    'S-3,rg,2026-09-04,Bandwidth,,Standard Data Transfer Out,2,0.087,0.174,Microsoft.Storage,/subscriptions/S-3/resourceGroups/RG/providers/Microsoft.Storage/storageAccounts/Store,"{""org"":""x""}",MS-AZR-0003P,USD,1 GB\n',
    # A German download: English names in brackets, semicolons, decimal commas, days with dots.
    "azure_actual_costs/german/part.csv": BOM + "Abonnement-GUID (SubscriptionGuid);Name des Abonnements (SubscriptionName);Datum (Date);Kategorie der Verbrauchseinheit (MeterCategory);Name der Verbrauchseinheit (MeterName);"
    "Verbrauchte Menge (ConsumedQuantity);Kosten (Cost);Währung (Currency);ID der Instanz (InstanceId);Maßeinheit (UnitOfMeasure)\n"
    "S-4;Forschung;04.09.2026;Storage;Disk Operations;1.234,5;0,75;EUR;/subscriptions/S-4/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/Speicher;10K\n",
    # The same words without the English ones, in French and Spanish.
    "azure_actual_costs/french/part.csv": "ID du compte de facturation,Date,Catégorie du compteur,Nom du compteur,Quantité,Coût,Devise de facturation,Unité de mesure,Date de fin de la période de facturation\n8,2026-09-04,Storage,Disk Operations,1,0.5,EUR,10K,2026-09-30\n",
    "azure_actual_costs/spanish/part.csv": "Id. de cuenta de facturación,Fecha,Categoría del medidor,Nombre del medidor,Cantidad,Coste,Moneda de facturación,Unidad de medida\n9,2026-09-04,Storage,Disk Operations,1,0.25,EUR,10K\n",
    # Amortised cost in the folder of actual cost: held back whole, while its true home counts it.
    "azure_actual_costs/wrong/part.csv": EA + "7,09/01/2026,09/30/2026,s,09/05/2026,Virtual Machines,B1s,1,1 Hour,1,0,5.00,USD,,,UnusedReservation,Reservation,r\n7,09/01/2026,09/30/2026,s,09/05/2026,Storage,Disk,1,10K,1,1,6.00,USD,,,Usage,OnDemand,\n",
    "azure_amortized_costs/right/part.csv": EA + "7,09/01/2026,09/30/2026,s,09/05/2026,Virtual Machines,B1s,1,1 Hour,1,0,5.00,USD,,,UnusedReservation,Reservation,r\n7,09/01/2026,09/30/2026,s,09/05/2026,Storage,Disk,1,10K,1,1,6.00,USD,,,Usage,OnDemand,\n",
    # The same account once more, as Azure's FOCUS export names it.
    "focus/azure/part.csv": "BilledCost,EffectiveCost,BillingAccountId,SubAccountId,BillingCurrency,BillingPeriodStart,ChargePeriodStart,ChargeCategory,ProviderName,ServiceName\n"
    "1.00,1.00,/providers/Microsoft.Billing/billingAccounts/7,/subscriptions/S,USD,2026-09-01,2026-09-04,Usage,Microsoft,Storage\n",
    # A cost allocation rule takes from one resource and gives to another.
    "azure_actual_costs/rules/part.csv": EA.replace("ReservationId", "CostAllocationRuleName") + "7,09/01/2026,09/30/2026,s,09/06/2026,Storage,Disk,-1,10K,1,1,-2.00,USD,,,Usage,OnDemand,rule\n7,09/01/2026,09/30/2026,t,09/06/2026,Storage,Disk,1,10K,1,1,2.00,USD,,,Usage,OnDemand,rule\n",
}  # fmt: skip


def money(text: str) -> Decimal:
    """An amount at the twelve decimals of the ledger; Azure writes up to thirty."""
    return Decimal(text).quantize(Decimal("1E-12"), ROUND_HALF_UP)


def raw_lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def zone(tmp_path_factory: pytest.TempPathFactory, files: dict[str, str]) -> Path:
    root = tmp_path_factory.mktemp("azure") / "landing"
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def bills(build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(build(zone(tmp_path_factory, FILES), select="+int_charges__settled")), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def pair(real_data: Path, build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    files = {f"azure_{name.lower()}_costs/export/part.csv": (real_data / PAIR.format(name)).read_text(encoding="utf-8") for name in ("Actual", "Amortized")}
    with duckdb.connect(str(build(zone(tmp_path_factory, files), select="+int_charges__settled")), read_only=True) as connection:
        yield connection


def report(bills: duckdb.DuckDBPyConnection, name: str, columns: str) -> list[tuple]:
    return bills.execute(f"select {columns} from intermediate.int_charges__unioned where x_source_file like 'azure_%/{name}/%' order by x_source_file, x_source_row_number").fetchall()


# Files nobody has seen before


def test_headers_in_capitals_with_a_bom_and_two_equal_lines_of_two_parts_all_count(bills: duckdb.DuckDBPyConnection) -> None:
    rows = report(bills, "upper", "x_source_schema, billed_cost, billing_currency, consumed_quantity, consumed_unit, cast(tags as varchar), cast(billing_period_end as varchar)")
    assert rows == [
        ("azure_ea", 1, "USD", 2, "10K", "{env=prod}", "2026-10-01 00:00:00"),
        ("azure_ea", 1, "USD", 2, "10K", "{}", "2026-10-01 00:00:00"),
    ]


def test_a_customer_agreement_is_billed_in_its_own_currency_and_never_in_dollars(bills: duckdb.DuckDBPyConnection) -> None:
    columns = "x_source_schema, billing_account_id, invoice_id, billing_currency, pricing_currency, billed_cost, list_cost"
    assert report(bills, "mca", columns) == [("azure_mca", "PROF", "G1", "EUR", "USD", Decimal("0.9"), Decimal("1.8"))]


def test_pay_as_you_go_names_are_the_same_things(bills: duckdb.DuckDBPyConnection) -> None:
    columns = "x_source_schema, billing_account_id, sub_account_id, billed_cost, resource_id, consumed_unit, cast(billing_period_start as varchar), cast(tags as varchar)"
    assert report(bills, "payg", columns) == [("azure_payg", "s-3", "s-3", Decimal("0.174"), "store", "1 GB", "2026-09-01 00:00:00", "{org=x}")]


@pytest.mark.parametrize(
    ("language", "cost", "quantity"),
    [("german", "0.75", "1234.5"), ("french", "0.5", "1"), ("spanish", "0.25", "1")],
)
def test_translated_headers_and_decimal_commas_are_read_at_their_true_scale(bills: duckdb.DuckDBPyConnection, language: str, cost: str, quantity: str) -> None:
    columns = "billed_cost, consumed_quantity, consumed_unit, x_sku_text, service_name, billing_currency, cast(charge_period_start as varchar)"
    assert report(bills, language, columns) == [(Decimal(cost), Decimal(quantity), "10K", "Disk Operations", "Storage", "EUR", "2026-09-04 00:00:00")]


def test_amortised_cost_in_the_folder_of_actual_cost_is_named_and_counts_once(bills: duckdb.DuckDBPyConnection) -> None:
    assert report(bills, "wrong", "1") == []
    reasons = bills.execute("select x_quarantine_reason from staging.stg_azure__actual_costs where x_source_file like '%/wrong/%'").fetchall()
    assert len(reasons) == 2 and all("Move it to azure_amortized_costs" in reason for (reason,) in reasons)
    assert report(bills, "right", "billed_cost, effective_cost, commitment_discount_status") == [(0, 5, "Unused"), (6, 6, None)]


def test_negative_lines_of_a_cost_allocation_rule_stay_and_correct_nothing(bills: duckdb.DuckDBPyConnection) -> None:
    assert report(bills, "rules", "billed_cost, list_cost, charge_class, charge_category") == [(-2, -2, None, "Usage"), (2, 2, None, "Usage")]


def test_the_focus_export_of_an_account_that_delivers_cost_details_does_not_count_again(bills: duckdb.DuckDBPyConnection) -> None:
    assert bills.execute("select count(*) from intermediate.int_charges__unioned where x_source = 'focus'").fetchone() == (1,)
    assert bills.execute("select count(*) filter (x_source = 'focus'), count(*) > 5 from intermediate.int_charges__settled").fetchone() == (0, True)


# The real pair


def test_actual_cost_of_the_real_pair_is_the_delivered_cost_to_the_last_decimal(pair: duckdb.DuckDBPyConnection, real_data: Path) -> None:
    lines = raw_lines(real_data / PAIR.format("Actual"))
    assert pair.execute("select count(*), sum(billed_cost), sum(effective_cost) from intermediate.int_charges__unioned where x_source = 'azure_actual'").fetchone() == (
        11, sum(money(line["Cost"]) for line in lines), sum(money(line["Cost"]) for line in lines),
    )  # fmt: skip


def test_amortised_cost_of_the_real_pair_is_the_delivered_cost_and_bills_no_commitment(pair: duckdb.DuckDBPyConnection, real_data: Path) -> None:
    lines = raw_lines(real_data / PAIR.format("Amortized"))
    covered = [line for line in lines if line["PricingModel"] in ("Reservation", "SavingsPlan")]
    total, commitments = (sum(money(line["Cost"]) for line in some) for some in (lines, covered))
    assert len(covered) == 2 and commitments > 0
    assert pair.execute("select count(*), sum(effective_cost), sum(billed_cost) from intermediate.int_charges__unioned where x_source = 'azure_amortized'").fetchone() == (28, total, total - commitments)


def test_the_real_pair_meets_in_its_cells_and_only_commitments_differ(pair: duckdb.DuckDBPyConnection) -> None:
    """Ten of the eleven lines of actual cost stand in amortised cost too, at the same cost; the eleventh is the purchase of a reservation, which only actual cost has."""
    cells = {
        dataset: Counter(
            {tuple(row[:-1]): row[-1] for row in pair.execute(f"select {CELL}, billed_cost, count(*) from intermediate.int_charges__unioned where x_cost_dataset = ? group by all", [dataset]).fetchall()}
        )
        for dataset in ("actual", "amortised")
    }
    only_actual = cells["actual"] - cells["amortised"]
    assert (cells["actual"] & cells["amortised"]).total() == 10
    assert [(cell[4], cell[5], cell[7]) for cell in only_actual] == [("commitment_purchase", "Committed", Decimal("3.25"))]


def test_list_prices_of_the_real_pair_are_never_below_what_was_paid(pair: duckdb.DuckDBPyConnection) -> None:
    paid = "select effective_cost, list_cost, commitment_discount_type from intermediate.int_charges__unioned where x_source = 'azure_amortized'"
    rows = pair.execute(paid).fetchall()
    assert all(listed >= cost for cost, listed, _ in rows)
    assert {kind: listed for cost, listed, kind in rows if kind} == {"Reservation": Decimal("1.168"), "Savings Plan": Decimal("0.013347594624")}


def test_tags_without_braces_are_read_on_every_real_line(pair: duckdb.DuckDBPyConnection, real_data: Path) -> None:
    tagged = sum(bool(line["Tags"]) for name in ("Actual", "Amortized") for line in raw_lines(real_data / PAIR.format(name)))
    read, quarantined = pair.execute("""
        select
            count(*) filter (cardinality(tags) > 0),
            (select count(*) from staging.stg_azure__actual_costs where x_quarantine_reason is not null) + (select count(*) from staging.stg_azure__amortized_costs where x_quarantine_reason is not null)
        from intermediate.int_charges__unioned
    """).fetchone()
    assert (read, quarantined) == (tagged, 0)


def test_both_totals_of_the_real_pair_are_true_and_never_added(pair: duckdb.DuckDBPyConnection, real_data: Path) -> None:
    """What counts: every line of amortised cost, and of actual cost the one purchase that only it has. Billed is the total of actual cost, effective that of amortised cost."""
    actual, amortised = (sum(money(line["Cost"]) for line in raw_lines(real_data / PAIR.format(name))) for name in ("Actual", "Amortized"))
    totals = pair.execute("select count(*), sum(billed_cost), sum(effective_cost) from intermediate.int_charges__settled").fetchone()
    purchase = pair.execute("select billed_cost, effective_cost, list_cost from intermediate.int_charges__settled where x_cost_dataset = 'actual'").fetchall()
    assert totals == (29, actual, amortised)
    assert purchase == [(Decimal("3.25"), 0, 0)]


# The real FOCUS export


@pytest.fixture(scope="module")
def focus(real_data: Path, build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[duckdb.DuckDBPyConnection, list[dict[str, str]]]]:
    path = real_data / "billing/focus_sample_data/focus_sample.csv"
    root = zone(tmp_path_factory, {"focus/vendor/part.csv": path.read_text(encoding="utf-8-sig")})
    with duckdb.connect(str(build(root, select="landing_files stg_focus__charges")), read_only=True) as connection:
        yield connection, raw_lines(path)


def test_azure_lines_of_the_real_focus_file_are_exact_and_negative_ones_correct_nothing(focus: tuple) -> None:
    connection, lines = focus
    azure = [line for line in lines if line["ProviderName"] == "Microsoft"]
    assert connection.execute("""
        select count(*), sum(billed_cost), sum(effective_cost), count(*) filter (billed_cost < 0), count(charge_class), count(x_quarantine_reason)
        from staging.stg_focus__charges where provider = 'azure'
    """).fetchone() == (51, sum(money(line["BilledCost"]) for line in azure), sum(money(line["EffectiveCost"]) for line in azure), 12, 0, 0)


def test_contracted_cost_of_block_priced_azure_meters_is_not_a_block_too_small(focus: tuple) -> None:
    """31 of the 51 lines say a ten-thousandth of what was paid at an undiscounted price; the other providers' lines, whole numbers as they are, stay as delivered."""
    connection, lines = focus
    small = [line for line in lines if line["ProviderName"] == "Microsoft" and abs(money(line["ContractedCost"])) < abs(money(line["EffectiveCost"]))]
    assert len(small) == 31
    assert connection.execute("select count(*) from staging.stg_focus__charges where provider = 'azure' and contracted_cost <> effective_cost").fetchone() == (0,)
    others = sum(money(line["EffectiveCost" if line["ContractedCost"] == "NULL" else "ContractedCost"]) for line in lines if line["ProviderName"] != "Microsoft")
    assert connection.execute("select sum(contracted_cost) from staging.stg_focus__charges where provider <> 'azure'").fetchone() == (others,)
