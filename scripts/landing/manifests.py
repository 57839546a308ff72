"""What a provider says a delivery consists of, held against what is there.

A manifest names the files of one delivery. While one of them is missing, or has another size or number of rows, every file of that delivery waits and nothing of it is
counted: half a month would replace the whole one delivered before it. Read are the manifests of AWS's legacy report (reportKeys) and data exports (dataFiles), of Azure exports
(blobs, with sizes, row counts and the time of the run), and the recency metadata of FOCUS 1.3. No manifest: what lies there is the delivery.

A file in a manifest's folder that the manifest does not name is a leftover of an earlier delivery, as AWS leaves it when an overwritten report gets fewer parts; with it money would
count twice, so it is ignored and says so.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .discover import LandedFile

LARGEST = 1 << 26
NAMES = ("manifest", "metadata", "recency")
STATUS_TABLE = "cost_and_usage_data_status"  # AWS writes it for Athena, beside the data of a report
_STAMP = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})T(\d{2}):?(\d{2}):?(\d{2})(?:\.?(\d{1,6}))?")


@dataclass(frozen=True)
class Part:
    """A file as the manifest names it."""

    key: str
    bytes: int | None = None
    rows: int | None = None

    @property
    def name(self) -> str:
        return PurePosixPath(self.key).name


@dataclass
class Manifest:
    file: LandedFile
    identity: str  # which report it is a manifest of
    parts: tuple[Part, ...] = ()
    says: int | None = None  # how many files it says there are
    made_at: datetime | None = None
    is_partial: bool = False  # it says itself that the data are not complete
    open_sectors: int = 0
    folder: str = ""  # what recency metadata speaks of
    paths: dict[str, Part] = field(default_factory=dict)  # where each part should be, below the landing root
    present: dict[str, LandedFile] = field(default_factory=dict)

    @property
    def folders(self) -> set[str]:
        return {path.rpartition("/")[0] for path in self.paths} or {self.folder}

    @property
    def age(self) -> tuple:
        when = self.made_at or datetime.fromtimestamp(self.file.path.stat().st_mtime, timezone.utc).replace(tzinfo=None)
        return when, -self.file.file_path.count("/"), self.file.file_path


def may_be_manifest(file: LandedFile) -> bool:
    folders = PurePosixPath(file.file_path).parts[1:-1]
    return file.format == "json" and file.path.suffix.lower() == ".json" and (any(name in file.path.name.lower() for name in NAMES) or "metadata" in map(str.lower, folders))


def settle(files: list[LandedFile]) -> None:
    """Files of incomplete deliveries wait, leftovers are ignored, manifests get their status. Bills only."""
    bills = [file for file in files if file.status in ("pending", "unreadable", "ignored") and file.declaration and file.declaration.kind == "bill"]
    for file in bills:
        if STATUS_TABLE in PurePosixPath(file.file_path).parts[:-1]:
            file.fail("manifest", "AWS's own table of when the report was written: it holds no rows of it")
    candidates = [file for file in bills if file.status == "pending" and may_be_manifest(file)]
    manifests = [manifest for file in candidates for manifest in _read(file)]
    data = {file.file_path: file for file in bills if file.status != "manifest" and file not in candidates}
    # A JSON file called metadata that holds rows is data.
    data |= {file.file_path: file for file in candidates if file.status == "pending"}
    for manifest in manifests:
        _place(manifest, data)
    for manifest in _newest(manifests):
        _judge(manifest)
    _judge_the_unnamed(manifests, data)


def demote(files: list[LandedFile]) -> bool:
    """After the load: deliveries whose files turned out unreadable or with another number of rows wait. True when something changed and the rest must be loaded again."""
    demoted: list[LandedFile] = []
    for manifest in {id(file.manifest): file.manifest for file in files if file.manifest}.values():
        faults = []
        for path, part in manifest.paths.items():
            file = manifest.present.get(path)
            if file is None or file.status not in ("loaded", "unreadable"):
                continue
            rows = file.rows_loaded + file.rows_rejected
            if file.status == "unreadable":
                faults.append(f"{part.name} can not be read")
            elif part.rows is not None and rows != part.rows:
                faults.append(f"{part.name} has {rows:,} rows and should have {part.rows:,}")
        if faults:
            demoted += _wait(manifest, faults)
    return bool(demoted)


# Reading


def _read(file: LandedFile) -> list[Manifest]:
    is_called_manifest = "manifest" in file.path.name.lower()
    try:
        if file.bytes > LARGEST:
            raise ValueError(f"larger than {LARGEST >> 20} MB")
        document = json.loads(file.path.read_bytes().decode("utf-8-sig"))
        manifest = _understood(file, document)
    except (OSError, ValueError, TypeError, AttributeError, LookupError, StopIteration) as problem:
        if is_called_manifest:
            said = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
            file.fail("ignored", f"the manifest can not be read ({said}): its delivery was taken as it is. Deliver the manifest again to have the delivery checked")
        return []
    if manifest is None:
        if is_called_manifest:
            file.fail("ignored", "the manifest names no files (known: reportKeys, dataFiles, blobs, entries): its delivery was taken as it is, nothing to do")
        return []
    file.fail("manifest", None)
    return [manifest]


def _understood(file: LandedFile, document: Any) -> Manifest | None:
    if not isinstance(document, dict):
        return None
    if isinstance(document.get("blobs"), list):  # Azure
        config, run = document.get("exportConfig") or {}, document.get("runInfo") or {}
        parts = tuple(Part(blob["blobName"], _number(blob.get("byteCount")), _number(blob.get("dataRowCount"))) for blob in document["blobs"])
        identity = f"{config.get('resourceId')}/{config.get('exportName')}/{config.get('type')}/{run.get('startDate')}"
        return Manifest(file, identity, parts, _number(document.get("blobCount")), _time(run.get("submittedTime")))
    for name in ("reportKeys", "dataFiles"):  # AWS: the legacy report, and data exports
        if isinstance(document.get(name), list):
            parts = tuple(Part(_key(entry)) for entry in document[name])
            identity = f"{document.get('reportName') or document.get('exportArn') or document.get('exportName') or file.path.name}/{_period(file, document)}"
            return Manifest(file, identity, parts, made_at=_time(document.get("assemblyId")) or _time(document.get("executionId")))
    if isinstance(document.get("entries"), list):  # Redshift's, beside a legacy report
        return Manifest(file, file.path.name, tuple(Part(_key(entry)) for entry in document["entries"]))
    return _recency(file, document)


def _recency(file: LandedFile, document: dict) -> Manifest | None:
    """FOCUS 1.3. Of a dataset with time sectors some are always open while the month runs, and what is billed so far counts; without them the dataset is whole or it is not."""
    objects = document.get("Recency", document)
    objects = objects if isinstance(objects, list) else [objects]
    objects = [entry for entry in objects if isinstance(entry, dict) and ("DatasetInstanceComplete" in entry or "TimeSectors" in entry)]
    if not objects:
        return None
    sectors = [sector for entry in objects for sector in entry.get("TimeSectors") or ()]
    updated = [_time(entry.get(name)) for entry in objects for name in ("RecencyLastUpdated", "DatasetInstanceLastUpdated")]
    folders = file.file_path.split("/")[:-1]
    if "metadata" in map(str.lower, folders):
        place = [folder.lower() for folder in folders].index("metadata")
        folders = folders[:place] + ["data"] + folders[place + 1 :]
    return Manifest(
        file,
        "recency",
        made_at=max((moment for moment in updated if moment), default=None),
        is_partial=not sectors and any(entry.get("DatasetInstanceComplete") is False for entry in objects),
        open_sectors=sum(sector.get("TimeSectorComplete") is False for sector in sectors),
        folder="/".join(folders),
    )


def _key(entry: Any) -> str:
    name = entry if isinstance(entry, str) else next(entry[name] for name in ("key", "path", "url", "name") if isinstance(entry.get(name), str))
    return re.sub(r"^\w+://[^/]+/", "", name)  # s3://bucket/


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, (int, float, str)) and str(value).strip().isdigit() else None


def _time(value: Any) -> datetime | None:
    match = _STAMP.search(value) if isinstance(value, str) else None
    try:
        return datetime(*(int(part) for part in match.groups()[:6]), int((match.group(7) or "").ljust(6, "0"))) if match else None
    except ValueError:
        return None


def _period(file: LandedFile, document: dict) -> str:
    period = document.get("billingPeriod")
    if isinstance(period, dict):
        return str(period.get("start"))
    return next((folder for folder in PurePosixPath(file.file_path).parts if folder.upper().startswith("BILLING_PERIOD=")), "")


# Finding the files


def _place(manifest: Manifest, data: dict[str, LandedFile]) -> None:
    """Keys begin at the bucket, files at wherever the user copied them to: of all ways to lay one over the other, the one under which most files are there, by their longest names."""
    if not manifest.parts:
        manifest.present = {path: file for path, file in data.items() if path.rpartition("/")[0] == manifest.folder}
        return
    keys = [PurePosixPath(part.key).parts for part in manifest.parts]
    home = PurePosixPath(manifest.file.file_path).parts[:-1]
    best: tuple[int, int, int, list[str]] = (-1, 0, 0, [])
    for depth in range(len(home), 0, -1):
        for cut in range(min(map(len, keys))):
            suffixes = [key[cut:] for key in keys]
            if depth < len(home) and min(map(len, suffixes)) == 1:
                continue  # a bare file name is looked for beside its manifest only: parts of all months are called alike
            paths = ["/".join((*home[:depth], *suffix)) for suffix in suffixes]
            found = sum(_there(path, data) is not None for path in paths)
            fits = any(cut and key[cut - 1] == home[depth - 1] for key in keys)  # the folder's own name precedes what lies in it
            best = max(best, (found, fits if not found else 0, -cut, paths), key=lambda way: way[:3])
    manifest.paths = dict(zip(best[3], manifest.parts))
    manifest.present = {path: file for path in manifest.paths if (file := _there(path, data))}


def _there(path: str, data: dict[str, LandedFile]) -> LandedFile | None:
    """The file, or the same one unpacked or packed on its way here."""
    return data.get(path) or data.get(path.removesuffix(".gz")) or data.get(f"{path}.gz")


# Judging


def _newest(manifests: list[Manifest]) -> list[Manifest]:
    """Of the manifests of one report that speak of the same folder, the newest counts."""
    counting: list[Manifest] = []
    for manifest in sorted(manifests, key=lambda manifest: manifest.age, reverse=True):
        newer = next((other for other in counting if other.identity == manifest.identity and other.folders & manifest.folders), None)
        if newer is None:
            counting.append(manifest)
        else:
            same = newer.paths == manifest.paths
            manifest.file.reason = f"says the same as {newer.file.file_path}" if same else f"{newer.file.file_path} is a newer manifest of the same folder and counts"
            manifest.paths, manifest.present = {}, {}
    return counting


def _judge(manifest: Manifest) -> None:
    named = [file for file in manifest.present.values() if file.status == "pending"]
    for file in named:
        file.manifest = manifest
        if manifest.made_at and not file.dated_by_key:
            file.delivered_at = manifest.made_at
        if manifest.open_sectors:
            file.note = f"{manifest.file.path.name} says that {manifest.open_sectors:,} of its time sectors are still open: the figures may grow"
    faults = ["it says that the data are not complete"] if manifest.is_partial else []
    if manifest.says is not None and manifest.says != len(manifest.parts):
        faults.append(f"it says {manifest.says:,} files and names {len(manifest.parts):,}")
    missing = [part.name for path, part in manifest.paths.items() if path not in manifest.present]
    if missing:
        faults.append(f"{_some(missing)} {'is' if len(missing) == 1 else 'are'} not there")
    for path, file in manifest.present.items():
        part = manifest.paths.get(path)
        if part is None:
            continue
        if file.status in ("unreadable", "ignored"):
            faults.append(f"{part.name} can not be read")
        elif part.bytes is not None and _has_another_size(file, path, part.bytes):
            faults.append(f"{part.name} has {file.bytes:,} bytes and should have {part.bytes:,}")
    if faults:
        _wait(manifest, faults)
    if manifest.paths and not manifest.present:
        manifest.file.reason = f"of the {len(manifest.paths):,} files it names none is there: they count when they all are"


def _has_another_size(file: LandedFile, path: str, size: int) -> bool:
    """The size may be meant packed or unpacked; of a file unpacked on its way here the packed size is not known."""
    if size == file.bytes or path.removesuffix(".gz") == file.file_path != path:
        return False
    if file.compression != "gz":
        return True
    try:
        with gzip.open(file.path) as stream:
            return size != sum(map(len, iter(lambda: stream.read(1 << 20), b"")))
    except (OSError, EOFError, zlib.error):
        return True


def _wait(manifest: Manifest, faults: list[str]) -> list[LandedFile]:
    waiting = [file for file in manifest.present.values() if file.status in ("pending", "loaded")]
    reason = (
        f"its delivery is not complete by {manifest.file.path.name}: {'; '.join(faults[:3])}{f'; and {len(faults) - 3} more' if len(faults) > 3 else ''}. "
        "Nothing of it is counted until it is, and an earlier complete delivery stands. Deliver what is missing, or delete the manifest to count what is there"
    )
    for file in waiting:
        file.fail("waiting", reason)
        file.rows_rejected = 0
    manifest.file.reason = f"the delivery is not complete: {'; '.join(faults[:3])}"
    manifest.is_partial = True
    return waiting


def _judge_the_unnamed(manifests: list[Manifest], data: dict[str, LandedFile]) -> None:
    """A delivery is what its manifest names; beside an incomplete one nobody can say what else belongs to it."""
    named = {id(file) for manifest in manifests for file in manifest.present.values()}
    for manifest in manifests:
        for path, file in data.items():
            if not manifest.paths or file.status != "pending" or id(file) in named or path.rpartition("/")[0] not in manifest.folders:
                continue
            own = manifest.file.file_path
            if manifest.is_partial and manifest.present or not manifest.present:
                file.fail("waiting", f"{own} does not name it, and the files it names are not complete. Deliver what is missing, or delete the manifest to count what is there")
            else:
                file.fail("ignored", f"{own} names the files of this folder and this is none of them, as a leftover of an earlier delivery would be. If it is a bill of its own, move it to a folder of its own")


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
