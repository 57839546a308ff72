"""Deliveries that say of themselves what they consist of: manifests of AWS, Azure and FOCUS 1.3, as each of them writes them.

What must hold: a delivery counts whole or not at all, an earlier whole one stands meanwhile, a leftover part of an overwritten delivery never counts, and each file says why.
"""

from __future__ import annotations

import gzip
import json
import os
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from test_landing import FOCUS_HEADER, Zone, focus_line, zone  # noqa: F401 - a fixture

CUR_HEADER = "bill_payer_account_id,bill_billing_period_start_date,line_item_line_item_type,line_item_usage_start_date,line_item_unblended_cost"
REPORT = "aws_cur2/cur/daily/20260901-20261001"
EXPORT = "aws_cur2/payer"
AZURE = "focus/azure/exports/focus-cost/20260901-20260930"
RUN = "5c2f9a10-4c1e-4d55-9b0a-7d1f3a2b8c01"


def cur(*costs: object) -> str:
    return "\n".join([CUR_HEADER, *(f"111,2026-09-01,Usage,2026-09-02,{cost}" for cost in costs)]) + "\n"


def focus(*costs: object) -> str:
    return "\n".join([FOCUS_HEADER, *(focus_line(str(cost)) for cost in costs)]) + "\n"


def legacy_manifest(*keys: str, assembly: str = "20261001T053012Z", name: str = "daily") -> str:
    period = {"start": "20260901T000000.000Z", "end": "20261001T000000.000Z"}
    return json.dumps({"assemblyId": assembly, "account": "111", "columns": [], "reportName": name, "billingPeriod": period, "bucket": "bills", "reportKeys": list(keys), "compression": "GZIP"})


def export_manifest(*keys: str) -> str:
    return json.dumps({"executionId": "9b1c7a52-2f6e-4a57-8d3e-000000000001", "exportArn": "arn:aws:bcm-data-exports:us-east-1:111:export/payer", "columns": [], "dataFiles": [f"s3://bills/{key}" for key in keys]})


def azure_manifest(*blobs: tuple[str, int | None, int | None], count: int | None = None, submitted: str = "2026-10-02T01:41:03.4000587Z", run: str = RUN) -> str:
    return json.dumps({
        "manifestVersion": "2024-04-01", "blobCount": len(blobs) if count is None else count, "byteCount": 1, "dataRowCount": 1,
        "exportConfig": {"exportName": "focus-cost", "resourceId": "/subscriptions/1", "dataVersion": "1.0r2", "type": "FocusCost", "timeFrame": "MonthToDate", "granularity": "Daily"},
        "deliveryConfig": {"partitionData": True, "dataOverwriteBehavior": "CreateNewReport", "fileFormat": "Csv", "compressionMode": "None", "containerUri": "x", "rootFolderPath": "exports"},
        "runInfo": {"executionType": "Scheduled", "submittedTime": submitted, "runId": run, "startDate": "2026-09-01T00:00:00", "endDate": "2026-09-30T00:00:00"},
        "blobs": [{"blobName": f"exports/focus-cost/20260901-20260930/{run}/{name}", "byteCount": size, "dataRowCount": rows} for name, size, rows in blobs],
    })  # fmt: skip


def total(zone: Zone, table: str = "aws_cur2", cost: str = "line_item_unblended_cost") -> Decimal:
    return zone.rows(f"select coalesce(sum(cast({cost} as decimal(18, 6))), 0) from raw.{table} where x_reject_reason is null")[0][0]


def age(path: Path, moment: str) -> None:
    stamp = datetime.fromisoformat(moment).replace(tzinfo=timezone.utc).timestamp()
    os.utime(path, (stamp, stamp))


# AWS, the legacy report


def test_a_legacy_report_waits_for_its_last_part_and_the_earlier_assembly_stands(zone: Zone) -> None:
    key = "prefix/cur/daily/20260901-20261001"
    for assembly, costs in (("20260930T053012Z", (1, 2)), ("20261001T053012Z", (10,))):
        for number, cost in enumerate(costs, start=1):
            zone.write(f"{REPORT}/{assembly}/daily-{number:05d}.csv.gz", gzip.compress(cur(cost).encode()))
        names = [f"{key}/{assembly}/daily-{number:05d}.csv.gz" for number in (1, 2)]
        for place in (assembly, "."):  # AWS writes it into the assembly's folder, and over the one above
            zone.write(f"{REPORT}/{place}/daily-Manifest.json", legacy_manifest(*names, assembly=assembly))
    files = zone.load()
    waiting = files[f"{REPORT}/20261001T053012Z/daily-00001.csv.gz"]
    assert waiting["status"] == "waiting" and waiting["rows_loaded"] == 0
    for said in ("daily-Manifest.json", "daily-00002.csv.gz is not there", "an earlier complete delivery stands", "delete the manifest"):
        assert said in waiting["reason"]
    assert total(zone) == 3
    assert {file["status"] for path, file in files.items() if path.endswith("Manifest.json")} == {"manifest"}

    zone.write(f"{REPORT}/20261001T053012Z/daily-00002.csv.gz", gzip.compress(cur(20).encode()))
    assert {file["status"] for file in zone.load().values()} == {"manifest", "loaded"}
    assert total(zone) == 33  # both deliveries are in raw; which one counts is settled by their time


def test_a_part_left_over_from_a_longer_assembly_is_ignored(zone: Zone) -> None:
    """Parquet for Athena is overwritten in place; the manifest lies in another folder than the data."""
    data = "aws_cur2/cur/daily/daily/year=2026/month=9"
    for number in (1, 2, 3):
        zone.parquet(f"{data}/daily-{number:05d}.snappy.parquet", f"select '111' as bill_payer_account_id, 'Usage' as line_item_line_item_type, '2026-09-02' as line_item_usage_start_date, '{number}' as line_item_unblended_cost")
    zone.parquet("aws_cur2/cur/daily/daily/cost_and_usage_data_status/daily.parquet", "select 'READY' as status")
    names = [f"prefix/cur/daily/daily/year=2026/month=9/daily-{number:05d}.snappy.parquet" for number in (1, 2, 3)]
    age(zone.write(f"{REPORT}/old/daily-Manifest.json", legacy_manifest(*names, assembly="a-guid")), "2026-09-30T00:00:00")
    age(zone.write(f"{REPORT}/daily-Manifest.json", legacy_manifest(*names[:2], assembly="another-guid")), "2026-10-01T00:00:00")
    files = zone.load()
    left_over = files[f"{data}/daily-00003.snappy.parquet"]
    assert left_over["status"] == "ignored" and "this is none of them" in left_over["reason"] and "daily-Manifest.json" in left_over["reason"]
    assert files[f"{REPORT}/old/daily-Manifest.json"]["reason"] == f"{REPORT}/daily-Manifest.json is a newer manifest of the same folder and counts"
    assert files["aws_cur2/cur/daily/daily/cost_and_usage_data_status/daily.parquet"]["status"] == "manifest"
    assert total(zone) == 3


# AWS data exports


@pytest.mark.parametrize("execution", ["", "/20261001T053012Z-9b1c", "/2026-10-01T05:30:12.123Z-9b1c7a52"])
@pytest.mark.parametrize("copied_from", ["bucket/", ""])
def test_a_data_export_is_found_wherever_it_was_copied_to(zone: Zone, execution: str, copied_from: str) -> None:
    home = f"aws_cur2/{copied_from}payer"
    keys = [f"bucket/payer/data/BILLING_PERIOD=2026-09{execution}/payer-{number:05d}.csv" for number in (1, 2)]
    zone.write(f"{home}/metadata/BILLING_PERIOD=2026-09{execution}/payer-Manifest.json", export_manifest(*keys))
    zone.write(f"{home}/data/BILLING_PERIOD=2026-09{execution}/payer-00001.csv", cur(1))
    zone.write(f"{home}/data/BILLING_PERIOD=2026-08{execution}/payer-00002.csv", cur(5))  # called alike, and another month's
    files = zone.load()
    assert files[f"{home}/data/BILLING_PERIOD=2026-09{execution}/payer-00001.csv"]["status"] == "waiting"
    assert total(zone) == 5
    zone.write(f"{home}/data/BILLING_PERIOD=2026-09{execution}/payer-00002.csv", cur(2))
    files = zone.load()
    assert total(zone) == 8
    if execution:
        assert str(files[f"{home}/data/BILLING_PERIOD=2026-09{execution}/payer-00001.csv"]["delivered_at"])[:19] == "2026-10-01 05:30:12"


def test_a_path_rewritten_with_new_content_counts_as_what_it_is(zone: Zone) -> None:
    path = zone.write(f"{EXPORT}/data/BILLING_PERIOD=2026-09/payer-00001.csv", cur(1, 2, 3))
    zone.write(f"{EXPORT}/metadata/BILLING_PERIOD=2026-09/payer-Manifest.json", export_manifest("p/payer/data/BILLING_PERIOD=2026-09/payer-00001.csv"))
    age(path, "2026-10-01T00:00:00")
    first = zone.load()
    assert total(zone) == 6
    path.write_text(cur(7))
    age(path, "2026-10-03T00:00:00")
    second = zone.load()
    [name] = [name for name, file in first.items() if file["status"] == "loaded"]
    assert total(zone) == 7
    assert (str(first[name]["delivered_at"]), str(second[name]["delivered_at"])) == ("2026-10-01 00:00:00", "2026-10-03 00:00:00")


def test_a_manifest_that_came_before_its_data_or_stayed_after_them_changes_nothing(zone: Zone) -> None:
    zone.write(f"{EXPORT}/metadata/BILLING_PERIOD=2026-09/payer-Manifest.json", export_manifest("p/payer/data/BILLING_PERIOD=2026-09/payer-00001.csv"))
    zone.write(f"{EXPORT}/data/BILLING_PERIOD=2026-08/payer-00001.csv", cur(1))
    files = zone.load()
    manifest = files[f"{EXPORT}/metadata/BILLING_PERIOD=2026-09/payer-Manifest.json"]
    assert (manifest["status"], manifest["reason"]) == ("manifest", "of the 1 files it names none is there: they count when they all are")
    assert total(zone) == 1


def test_a_manifest_delivered_twice_is_one_manifest(zone: Zone) -> None:
    keys = ["p/payer/data/BILLING_PERIOD=2026-09/payer-00001.csv"]
    for name in ("payer-Manifest.json", "payer-Manifest (1).json"):
        zone.write(f"{EXPORT}/metadata/BILLING_PERIOD=2026-09/{name}", export_manifest(*keys))
    zone.write(f"{EXPORT}/data/BILLING_PERIOD=2026-09/payer-00001.csv", cur(1))
    assert sorted(file["status"] for file in zone.load().values()) == ["loaded", "manifest", "manifest"]
    assert total(zone) == 1


@pytest.mark.parametrize("content", ["{cut o", "[]", '{"reportKeys": [5]}', '{"files": []}', b"\xff\xfe\x00", '{"blobs": [{"byteCount": 1}]}'])
def test_a_manifest_that_can_not_be_read_is_said_and_its_data_count(zone: Zone, content: str | bytes) -> None:
    zone.write(f"{EXPORT}/payer-Manifest.json", content)
    zone.write(f"{EXPORT}/payer-00001.csv", cur(1))
    files = zone.load()
    assert files[f"{EXPORT}/payer-Manifest.json"]["status"] == "ignored"
    assert "taken as it is" in files[f"{EXPORT}/payer-Manifest.json"]["reason"]
    assert total(zone) == 1


def test_files_unpacked_on_their_way_here_are_the_ones_the_manifest_names(zone: Zone) -> None:
    zone.write(f"{REPORT}/daily-Manifest.json", legacy_manifest("x/daily/20260901-20261001/daily-00001.csv.gz", "x/daily/20260901-20261001/daily-00002.csv"))
    zone.write(f"{REPORT}/daily-00001.csv", cur(1))
    zone.write(f"{REPORT}/daily-00002.csv.gz", gzip.compress(cur(2).encode()))
    zone.load()
    assert total(zone) == 3


def test_two_equal_parts_that_the_manifest_names_are_both_billed(zone: Zone) -> None:
    keys = [f"p/payer/data/BILLING_PERIOD=2026-09/payer-{number:05d}.csv" for number in (1, 2)]
    zone.write(f"{EXPORT}/metadata/BILLING_PERIOD=2026-09/payer-Manifest.json", export_manifest(*keys))
    for key in keys:
        zone.write(f"{EXPORT}/{key.partition('payer/')[2]}", cur(4))
    zone.write("aws_cur2/backup/copy.csv", cur(4))
    files = zone.load()
    assert files["aws_cur2/backup/copy.csv"]["status"] == "duplicate"
    assert total(zone) == 8


def test_a_part_that_turns_out_unreadable_makes_its_delivery_wait(zone: Zone) -> None:
    keys = [f"p/payer/data/BILLING_PERIOD=2026-09/payer-{number:05d}.csv.gz" for number in (1, 2)]
    zone.write(f"{EXPORT}/metadata/BILLING_PERIOD=2026-09/payer-Manifest.json", export_manifest(*keys))
    zone.write(f"{EXPORT}/data/BILLING_PERIOD=2026-09/payer-00001.csv.gz", gzip.compress(cur(1).encode()))
    zone.write(f"{EXPORT}/data/BILLING_PERIOD=2026-09/payer-00002.csv.gz", gzip.compress(cur(*range(500)).encode())[:-20])
    zone.write(f"{EXPORT}/data/BILLING_PERIOD=2026-08/payer-00001.csv", cur(5))
    files = zone.load()
    assert [files[f"{EXPORT}/{key.partition('payer/')[2]}"]["status"] for key in keys] == ["waiting", "unreadable"]
    assert "payer-00002.csv.gz can not be read" in files[f"{EXPORT}/data/BILLING_PERIOD=2026-09/payer-00001.csv.gz"]["reason"]
    assert total(zone) == 5


# Azure


def test_an_azure_run_takes_its_time_from_its_manifest_and_a_later_run_is_newer(zone: Zone) -> None:
    """Two runs of one month in folders called by GUID: only the manifest says which is newer, since copying gave all files one time."""
    runs = {RUN: "2026-10-02T01:41:03.4000587Z", "0a2f9a10-4c1e-4d55-9b0a-7d1f3a2b8c02": "2026-10-03T01:40:00Z"}
    for run, submitted in runs.items():
        content = focus(1, len(runs)) if run == RUN else focus(3)
        path = zone.write(f"{AZURE}/{run}/part_0_0001.csv", content)
        age(path, "2026-11-01T00:00:00")
        zone.write(f"{AZURE}/{run}/manifest.json", azure_manifest(("part_0_0001.csv", len(content), content.count("\n") - 1), submitted=submitted, run=run))
    files = zone.load()
    times = [str(files[f"{AZURE}/{run}/part_0_0001.csv"]["delivered_at"])[:19] for run in runs]
    assert times == ["2026-10-02 01:41:03", "2026-10-03 01:40:00"]
    assert {files[f"{AZURE}/{run}/part_0_0001.csv"]["report"] for run in runs} == {"azure/exports/focus-cost"}


@pytest.mark.parametrize(
    ("blobs", "count", "says"),
    [
        ([("part_0_0001.csv", -1, 2)], None, "bytes and should have"),
        ([("part_0_0001.csv", None, 3)], None, "part_0_0001.csv has 2 rows and should have 3"),
        ([("part_0_0001.csv", None, 1)], None, "part_0_0001.csv has 2 rows and should have 1"),
        ([("part_0_0001.csv", None, 2), ("part_1_0001.csv", None, 2)], None, "part_1_0001.csv is not there"),
        ([("part_0_0001.csv", None, 2)], 2, "it says 2 files and names 1"),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_an_azure_run_that_is_not_whole_waits_with_all_its_files(zone: Zone, blobs: list, count: int | None, says: str, kind: str) -> None:
    if kind == "parquet":
        blobs = [(name.replace("csv", "parquet"), size, rows) for name, size, rows in blobs]
        says = says.replace("csv", "parquet")
        path = zone.parquet(f"{AZURE}/{RUN}/part_0_0001.parquet", "select * from (values ('1', '2026-09-02'), ('2', '2026-09-02')) as t (BilledCost, ChargePeriodStart)")
    else:
        path = zone.write(f"{AZURE}/{RUN}/part_0_0001.csv", focus(1, 2))
    blobs = [(name, path.stat().st_size + 1 if size == -1 else path.stat().st_size if size is None and name == path.name else size, rows) for name, size, rows in blobs]
    zone.write(f"{AZURE}/{RUN}/{'manifest.json' if kind == 'csv' else '_manifest.json'}", azure_manifest(*blobs, count=count))
    copy = path.read_bytes()
    files = zone.load()
    file = files[f"{AZURE}/{RUN}/{path.name}"]
    assert (file["status"], file["rows_loaded"], file["rows_rejected"]) == ("waiting", 0, 0)
    assert says in file["reason"]
    assert total(zone, "focus", "billed_cost") == 0
    zone.write(f"focus/other/{path.name}", copy)  # a copy outside the delivery is no part of it: it counts, and did not vanish as a duplicate of a file that waits
    files = zone.load()
    assert (files[f"focus/other/{path.name}"]["status"], files[f"{AZURE}/{RUN}/{path.name}"]["status"]) == ("loaded", "waiting")
    assert total(zone, "focus", "billed_cost") == 3


def test_rejected_lines_are_rows_of_a_delivery_too(zone: Zone) -> None:
    content = focus(1, 2) + "3,torn\n"
    zone.write(f"{AZURE}/{RUN}/part_0_0001.csv", content)
    zone.write(f"{AZURE}/{RUN}/manifest.json", azure_manifest(("part_0_0001.csv", len(content), 3)))
    file = zone.load()[f"{AZURE}/{RUN}/part_0_0001.csv"]
    assert (file["status"], file["rows_loaded"], file["rows_rejected"]) == ("loaded", 2, 1)


def test_a_packed_azure_file_may_state_either_size(zone: Zone) -> None:
    packed = gzip.compress(focus(1, 2).encode())
    for size, status in ((len(packed), "loaded"), (len(focus(1, 2)), "loaded"), (7, "waiting")):
        zone.write(f"{AZURE}/{RUN}/part_0_0001.csv.gz", packed)
        zone.write(f"{AZURE}/{RUN}/manifest.json", azure_manifest(("part_0_0001.csv.gz", size, 2)))
        assert zone.load()[f"{AZURE}/{RUN}/part_0_0001.csv.gz"]["status"] == status


def test_a_delivery_key_in_the_path_is_stronger_than_the_manifest(zone: Zone) -> None:
    zone.write(f"focus/vendor/delivery=20261012/{RUN}/part.csv", focus(1))
    zone.write(f"focus/vendor/delivery=20261012/{RUN}/manifest.json", azure_manifest(("part.csv", len(focus(1)), 1)))
    assert str(zone.load()[f"focus/vendor/delivery=20261012/{RUN}/part.csv"]["delivered_at"]) == "2026-10-12 00:00:00"


# FOCUS 1.3


@pytest.mark.parametrize(
    ("recency", "status", "says"),
    [
        ({"DatasetInstanceComplete": False}, "waiting", "it says that the data are not complete"),
        ({"DatasetInstanceComplete": True}, "loaded", None),
        ({"Recency": [{"DatasetInstanceId": "1", "DatasetInstanceComplete": False}]}, "waiting", "it says that the data are not complete"),
        # A month that runs always has open sectors; what is billed so far counts.
        ({"TimeSectors": [{"TimeSectorComplete": True}, {"TimeSectorComplete": False}]}, "loaded", "1 of its time sectors are still open"),
        ({"DatasetInstanceComplete": False, "TimeSectors": [{"TimeSectorComplete": False}]}, "loaded", "1 of its time sectors are still open"),
    ],
)
@pytest.mark.parametrize(("place", "data"), [("2026-09/metadata.json", "2026-09"), ("metadata/2026-09/recency.json", "data/2026-09")])
def test_focus_recency_metadata_say_whether_a_delivery_is_whole(zone: Zone, recency: dict, status: str, says: str | None, place: str, data: str) -> None:
    zone.write(f"focus/vendor/{place}", json.dumps(recency | {"RecencyLastUpdated": "2026-10-02T11:15:24z"}))
    zone.write(f"focus/vendor/{data}/part.csv", focus(1))
    zone.write("focus/vendor/2026-08/part.csv", focus(5))
    files = zone.load()
    file = files[f"focus/vendor/{data}/part.csv"]
    assert file["status"] == status
    assert says is None and file["reason"] is None or says in file["reason"]
    assert total(zone, "focus", "billed_cost") == (5 if status == "waiting" else 6)


def test_a_json_bill_called_metadata_is_a_bill(zone: Zone) -> None:
    zone.write("focus/metadata.json", json.dumps({"BilledCost": "1", "ChargePeriodStart": "2026-09-02"}))
    zone.load()
    assert total(zone, "focus", "billed_cost") == 1


def test_a_good_bill_is_not_left_out_for_a_copy_that_can_not_be_read(zone: Zone) -> None:
    """The copy called .parquet comes first by name, is no Parquet, and must not take the good file with it."""
    zone.write("focus/a.parquet", focus(1))
    zone.write("focus/b.csv", focus(1))
    zone.write("focus/c.csv", focus(1))
    files = zone.load()
    assert [files[f"focus/{name}"]["status"] for name in ("a.parquet", "b.csv", "c.csv")] == ["unreadable", "loaded", "duplicate"]
    assert total(zone, "focus", "billed_cost") == 1


def test_a_copy_of_one_part_in_another_folder_does_not_tear_the_delivery_apart(zone: Zone) -> None:
    """By name the copy comes first. Were it the one kept, a newer "delivery" of one part would replace the rest of the month."""
    for number in (1, 2):
        zone.write(f"focus/main/20261001/part-{number}.csv", focus(number))
    zone.write("focus/backup/part-1.csv", focus(1))
    files = zone.load()
    assert [files[f"focus/{name}"]["status"] for name in ("backup/part-1.csv", "main/20261001/part-1.csv", "main/20261001/part-2.csv")] == ["duplicate", "loaded", "loaded"]
    for number in (1, 2):
        zone.write(f"focus/backup/part-{number}.csv", focus(number))
    assert len({file["delivery"] for file in zone.load().values() if file["status"] == "loaded"}) == 1, "of two equal folders one counts whole"


def test_files_that_spell_their_keys_otherwise_are_read_side_by_side(zone: Zone) -> None:
    zone.write("focus/a.jsonl", json.dumps({"BilledCost": "1", "ChargePeriodStart": "2026-09-02"}))
    zone.write("focus/b.jsonl", json.dumps({"billed_cost": "2", "charge_period_start": "2026-09-02"}))
    zone.write("focus/c.jsonl", json.dumps({"BILLEDCOST": "4", "CHARGEPERIODSTART": "2026-09-02"}))
    zone.load()
    assert total(zone, "focus", "billed_cost") == 7
