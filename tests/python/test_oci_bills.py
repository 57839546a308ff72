"""Oracle Cloud's own cost reports: two forms of time in one row, corrections that point back, tags as columns, one of which names a person. Each test names the trap it holds."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

TENANCY = "ocid1.tenancy.oc1..aaaaexample"
TAGS = {"tags/Oracle-Tags.CreatedBy": "default/ann@example.com", "tags/Operations.Team": "search", "tags/free-form": "x", "tags/Dev\\lab-4cb4.release": ""}


def line(ref: str, cost: str = "0.012264277499950943", **changes: str) -> dict[str, str]:
    return {
        "lineItem/referenceNo": ref, "lineItem/tenantId": TENANCY, "lineItem/intervalUsageStart": "2026-09-13T10:00Z", "lineItem/intervalUsageEnd": "2026-09-13T11:00:00Z",
        "product/service": "COMPUTE", "product/compartmentId": "ocid1.compartment.oc1..ml", "product/compartmentName": "ml", "product/region": "us-sanjose-1", "product/availabilityDomain": "sj-1",
        "product/resourceId": "ocid1.instance.oc1.us-sanjose-1.anzwexample", "usage/billedQuantity": "0.083333333333000000", "usage/billedQuantityOverage": "", "cost/subscriptionId": "sub",
        "cost/productSku": "B95909", "product/Description": "GPU - A100 - v2", "cost/unitPrice": "4", "cost/unitPriceOverage": "", "cost/myCost": cost, "cost/myCostOverage": "",
        "cost/currencyCode": "USD", "cost/billingUnitReadable": "1 NONE HOURS GPU", "cost/skuUnitDescription": "GPU Per Hour", "cost/overageFlag": "false",
        "lineItem/isCorrection": "false", "lineItem/backreferenceNo": "17053", **TAGS, **changes,
    }  # fmt: skip


def write(path: Path, lines: Iterable[dict[str, str]]) -> Path:
    lines = list(lines)
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", newline="") if path.suffix == ".gz" else path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    return path


LINES = [
    line("a-1"),
    line("a-2", "2.323760000E-9"),
    line("a-3", "6.266090E-12", **{"product/service": "OBJECTSTORE", "product/resourceId": "axi5rjbot4mp/MonitoringData", "product/Description": "Object Storage - Storage"}),
    line("a-4", "100"),
    line("a-5", "-40", **{"lineItem/isCorrection": "true", "lineItem/backreferenceNo": "a-4"}),
    line("a-6", "3", **{"cost/overageFlag": "Y", "lineItem/intervalUsageEnd": ""}),
    line("a-7", "5", **{"lineItem/intervalUsageStart": "2026-10-01T00:00Z", "lineItem/intervalUsageEnd": "2026-10-01T01:00:00Z"}),
    line("a-8", "one"),
    line("a-9", "7", **{"lineItem/tenantId": ""}),
]


@pytest.fixture(scope="module")
def staged(build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    landing = tmp_path_factory.mktemp("oci") / "landing"
    write(landing / "oci_cost_reports" / "reports_cost-csv_0001.csv.gz", LINES)
    with duckdb.connect(str(build(landing, select="+stg_oci__cost_reports")), read_only=True) as connection:
        yield connection


def row(staged: duckdb.DuckDBPyConnection, ref: str, columns: str) -> tuple:
    return staged.execute(f"select {columns} from staging.stg_oci__cost_reports where x_row_ref = ?", [ref]).fetchone()


def test_staging_is_my_cost_exactly(staged: duckdb.DuckDBPyConnection) -> None:
    good = [Decimal(line["cost/myCost"]) for line in LINES if line["cost/myCost"] != "one" and line["lineItem/tenantId"]]
    total = staged.execute("select sum(billed_cost), count(*) from staging.stg_oci__cost_reports where x_quarantine_reason is null").fetchone()
    assert total == (sum(amount.quantize(Decimal("1e-12")) for amount in good), len(good))


def test_two_forms_of_time_stand_in_one_row(staged: duckdb.DuckDBPyConnection) -> None:
    columns = "charge_period_start, charge_period_end, cast(billing_period_start as date), cast(billing_period_end as date)"
    assert [str(value) for value in row(staged, "a-1", columns)] == ["2026-09-13 10:00:00", "2026-09-13 11:00:00", "2026-09-01", "2026-10-01"]
    assert [str(value) for value in row(staged, "a-6", columns)][1] == "2026-09-13 11:00:00", "a line without an end is an hour"
    assert [str(value) for value in row(staged, "a-7", columns)][2:] == ["2026-10-01", "2026-11-01"]


def test_a_correction_stands_beside_the_line_it_corrects(staged: duckdb.DuckDBPyConnection) -> None:
    columns = "billed_cost, charge_class, x_corrects_ref, charge_category, x_line_item_type"
    assert row(staged, "a-4", columns) == (Decimal("100"), None, None, "Usage", None), "a back reference on a line that corrects nothing is none"
    assert row(staged, "a-5", columns) == (Decimal("-40"), "Correction", "a-4", "Usage", None)
    assert row(staged, "a-6", "x_line_item_type") == ("overage",)


def test_who_created_a_resource_is_a_hash(staged: duckdb.DuckDBPyConnection) -> None:
    tags = dict(row(staged, "a-1", "tags")[0])
    creator = tags.pop("oracle-tags.createdby")
    assert creator.startswith("sha256:") and tags.pop("createdby") == creator
    assert tags == {"operations.team": "search", "team": "search", "free-form": "x"}
    assert staged.execute("select count(*) from staging.stg_oci__cost_reports where cast(tags as varchar) ilike '%example.com%'").fetchone() == (0,)


def test_a_bucket_and_an_instance_are_known_by_name(staged: duckdb.DuckDBPyConnection) -> None:
    columns = "resource_id, resource_type, provider, sub_account_name, consumed_unit, x_sku_text"
    assert row(staged, "a-3", columns) == ("MonitoringData", None, "oci", "ml", "GPU Per Hour", "Object Storage - Storage")
    assert row(staged, "a-1", columns) == ("ocid1.instance.oc1.us-sanjose-1.anzwexample", "instance", "oci", "ml", "GPU Per Hour", "GPU - A100 - v2")


def test_a_line_without_a_number_or_a_tenancy_is_quarantined_with_its_fix(staged: duckdb.DuckDBPyConnection) -> None:
    assert row(staged, "a-8", "x_quarantine_reason")[0] == "my_cost is 'one': a number is needed. Export cost/myCost with a decimal point and no thousands separator"
    assert row(staged, "a-9", "x_quarantine_reason")[0] == "tenant_id is empty: the invoiced tenancy is needed. Export lineItem/tenantId"


@pytest.fixture(scope="module")
def appended(build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A report a day, one of them delivered again in another folder and unpacked; the correction comes late."""
    landing = tmp_path_factory.mktemp("oci_appended") / "landing" / "oci_cost_reports"
    write(landing / "2026-09-14" / "reports_cost-csv_0001.csv.gz", [line("b-1", "10"), line("b-2", "100")])
    write(landing / "2026-09-15" / "reports_cost-csv_0002.csv.gz", [line("b-3", "20")])
    write(landing / "2026-09-20" / "reports_cost-csv_0003.csv.gz", [line("b-4", "-30", **{"lineItem/isCorrection": "true", "lineItem/backreferenceNo": "b-2"})])
    write(landing / "again" / "unpacked.csv", [line("b-2", "100"), line("b-1", "10")])
    with duckdb.connect(str(build(landing.parent, select="+int_charges__counted")), read_only=True) as connection:
        yield connection


def test_reports_add_up_corrections_net_out_and_a_report_delivered_twice_counts_once(appended: duckdb.DuckDBPyConnection) -> None:
    assert appended.execute("select sum(billed_cost), count(*) from intermediate.int_charges__counted").fetchone() == (Decimal("100"), 4)
