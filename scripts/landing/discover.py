"""Which files there are, which source they belong to, and which report and delivery they are part of."""

from __future__ import annotations

import difflib
import gzip
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from . import manifests
from .declarations import Declaration

FORMATS = {
    "csv": "csv", "tsv": "csv", "txt": "csv", "log": "csv",
    "json": "json", "jsonl": "json", "ndjson": "json",
    "parquet": "parquet", "parq": "parquet", "pq": "parquet",
}
COMPRESSIONS = ("gz",)
ARCHIVES = ("zip", "bz2", "xz", "zst", "7z", "rar", "tar", "tgz")
_HIVE = re.compile(r"^[^=]+=.*$")
_DATE_RANGE = re.compile(r"^\d{8}-\d{8}$|^\d{4}-\d{2}-\d{2}[_-]\d{4}-\d{2}-\d{2}$")
_PARTIAL_DATE = re.compile(r"^\d{4}(-\d{2}){0,2}$|^\d{6}$|^\d{1,2}$")
_FULL_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_GUID = re.compile(r"^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$", re.IGNORECASE)
_STAMP = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?:[T_ -]?(\d{2})[:-]?(\d{2})(?:[:-]?(\d{2}))?)?(?:\.\d+)?Z?(?!\d)")
_DELIVERY_KEYS = ("delivery", "delivered_at", "export_time", "exported_at", "run_time")
_CONSTANT_FOLDERS = ("data", "metadata")


@dataclass
class LandedFile:
    path: Path
    file_path: str  # as shown: relative to the landing root
    source: str
    bytes: int
    declaration: Declaration | None = None
    format: str | None = None
    compression: str | None = None
    status: str = "pending"
    reason: str | None = None
    rows_loaded: int = 0
    plain_columns: frozenset[str] = frozenset()  # of a Parquet file: see conversions.plainness
    rows_rejected: int = 0
    report: str | None = None
    delivery: str | None = None
    delivered_at: datetime | None = None
    dated_by_key: bool = False  # its path says when it was delivered: delivery=..., export_time=...
    note: str | None = None  # to be said whatever becomes of it
    manifest: manifests.Manifest | None = None  # the one that names it
    twin_of: LandedFile | None = None  # the file that counts in its place
    rows_lost: int | None = None  # what its folder gave when it could last be read, now that nothing of it can

    def fail(self, status: str, reason: str | None) -> None:
        self.status, self.reason, self.rows_loaded = status, reason, 0

    def load_again(self) -> None:
        self.status, self.reason, self.rows_loaded, self.rows_rejected = "pending", None, 0, 0

    def as_row(self, loaded_at: datetime) -> tuple:
        reason = "; ".join(text for text in (self.reason, self.note) if text) or None
        return (
            self.source, self.file_path, self.bytes, self.format, self.status, reason, self.rows_loaded, self.rows_rejected,
            self.report, self.delivery, self.delivered_at, loaded_at, self.rows_lost,
        )

    @property
    def scope(self) -> str:
        """The folder without the parts that change from one delivery to the next: what stays of a report and its period."""
        return "/".join(folder for folder in self.file_path.split("/")[:-1] if _is_partition(folder) or _DATE_RANGE.match(folder) or not (_GUID.match(folder) or "=" in folder or _stamp(folder)))


def discover(declarations: list[Declaration], landing_root: Path, policy_root: Path) -> list[LandedFile]:
    folders = {declaration.folder: declaration for declaration in declarations if declaration.folder}
    policies = {declaration.policy_file: declaration for declaration in declarations if declaration.policy_file}
    files = []
    for path in _files_below(landing_root):
        parts = path.relative_to(landing_root).parts
        source = parts[0] if len(parts) > 1 else "."
        file = LandedFile(path, "/".join(parts), source, path.stat().st_size, folders.get(source))
        _place(file, parts[1:-1], parts[-1])
        if file.declaration is None:
            file.fail("ignored", _unknown_name("folder", source, folders, "move its files there"))
        files.append(file)
    for path in _files_below(policy_root):
        relative = path.relative_to(policy_root)
        file = LandedFile(path, f"policy/{relative.as_posix()}", f"policy_{path.stem}", path.stat().st_size, policies.get(path.stem))
        _place(file, (), path.name)
        if file.declaration is None or len(relative.parts) > 1:
            file.declaration = None
            file.fail("ignored", _unknown_name("policy file", path.stem, policies, "rename it"))
        files.append(file)
    for file in files:
        if file.status == "pending":
            _check_name(file)
    manifests.settle(files)
    _mark_duplicates(files)
    return files


def _files_below(root: Path) -> list[Path]:
    if not root.is_dir():
        return []
    # Names that start with a dot or an underscore are bookkeeping of the system that wrote the folder (.DS_Store, _SUCCESS); Azure has called its manifest _manifest.json.
    return sorted(
        path for path in root.rglob("*")
        if path.is_file() and not any(part.startswith((".", "_")) and part != "_manifest.json" for part in path.relative_to(root).parts)
    )


def _place(file: LandedFile, folders: tuple[str, ...], name: str) -> None:
    """Report, delivery and delivery time, from the path below the source folder. Hive partitions cut one delivery in parts; they do not make it several."""
    file.delivery = "/".join(folder for folder in folders if not _is_partition(folder)) or "."
    file.report = "/".join(folder for folder in folders if not _is_variable(folder)) or "."
    file.dated_by_key = any(folder.partition("=")[0].lower() in _DELIVERY_KEYS for folder in folders if "=" in folder)
    file.delivered_at = _delivered_at(folders, name) or datetime.fromtimestamp(file.path.stat().st_mtime, timezone.utc).replace(tzinfo=None)


def _is_partition(folder: str) -> bool:
    return bool(_HIVE.match(folder)) and folder.partition("=")[0].lower() not in _DELIVERY_KEYS


def _is_variable(folder: str) -> bool:
    return (
        bool(_HIVE.match(folder) or _DATE_RANGE.match(folder) or _PARTIAL_DATE.match(folder) or _GUID.match(folder))
        or folder.lower() in _CONSTANT_FOLDERS
        or _stamp(folder) is not None
    )


def _delivered_at(folders: tuple[str, ...], name: str) -> datetime | None:
    for folder in reversed(folders):
        key, _, value = folder.partition("=")
        if value and key.lower() in _DELIVERY_KEYS:
            return _stamp(value)
    for folder in reversed(folders):
        if _FULL_DATE.match(folder) or not (_HIVE.match(folder) or _DATE_RANGE.match(folder) or _PARTIAL_DATE.match(folder) or _GUID.match(folder)):
            stamp = _stamp(folder)
            if stamp:
                return stamp
    return _stamp(name, with_time=True)  # a bare date in a file name names its content, not its delivery


def _stamp(text: str, with_time: bool = False) -> datetime | None:
    for match in _STAMP.finditer(text):
        if with_time and not match.group(4):
            continue
        try:
            stamp = datetime(*(int(part or 0) for part in match.groups()))
        except ValueError:
            continue
        if 2000 <= stamp.year < 2100:
            return stamp
    return None


def _unknown_name(what: str, name: str, known: dict[str, Declaration], action: str) -> str:
    nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    advice = f"the nearest known one is {nearest[0]}: {action} if that is meant" if nearest else f"known ones are {', '.join(sorted(known))}"
    return f"{what} {name} belongs to no source; {advice}"


def _check_name(file: LandedFile) -> None:
    pieces = file.path.name.lower().split(".")
    if pieces[-1] in COMPRESSIONS:
        file.compression = pieces.pop()
    file.format = FORMATS.get(pieces[-1]) if len(pieces) > 1 else None
    if file.format == "parquet":
        file.compression = None
    if pieces[-1] in ARCHIVES:  # AWS delivers legacy reports as .csv.zip when asked to: that is a bill nobody reads, not a file of no use
        file.fail("unreadable", f"the file is packed as .{pieces[-1]}, which is not read: unpack it, or export with GZIP")
    elif file.format is None:
        file.fail("ignored", f"extension of {file.path.name} is not one of {', '.join(sorted(FORMATS))} (text also with .gz): convert the file, or rename it")
    elif file.format == "json" and "manifest" in file.path.name.lower() and file.declaration.kind != "bill":
        file.fail("ignored", "a manifest describes a delivery and holds no rows of it: nothing to do")
    elif file.bytes == 0:
        file.fail("unreadable", "the file is empty (0 bytes): deliver it again, or delete it")


def _mark_duplicates(files: list[LandedFile]) -> None:
    """Byte-identical files of one source count once. Not so a bill's file delivered again in a newer folder of its report: that is a restatement, settled later."""
    sizes: dict[tuple, list[LandedFile]] = {}
    for file in files:
        if file.status == "pending":
            sizes.setdefault((file.source, file.bytes), []).append(file)
    alike: dict[tuple, list[LandedFile]] = {}
    for key, group in sizes.items():
        for file in group if len(group) > 1 else ():
            try:
                alike.setdefault((*key, _digest(file.path)), []).append(file)
            except OSError as problem:
                file.fail("unreadable", f"can not be opened ({problem.strerror}): let the user who runs dbt read it")
    own = _own_files(files, alike.values())
    for group in alike.values():
        # What a manifest names counts before a copy of it, and what lies among files of its own before a folder of copies: so that a delivery stays whole.
        kept: list[LandedFile] = []
        for file in sorted(group, key=lambda file: (file.manifest is None, -own.get((file.source, file.delivery), 0))):
            first = next((other for other in kept if not _is_redelivery(file, other)), None)
            if first:
                file.fail("duplicate", f"byte for byte the same as {first.file_path}, which counts: delete one of the two")
                file.twin_of = first
            else:
                kept.append(file)
    _mark_packed_twins(files)


def _own_files(files: list[LandedFile], alike: Iterable[list[LandedFile]]) -> dict[tuple, int]:
    """How many files of each delivery lie in no other delivery too."""
    copies = {id(file) for group in alike for file in group if any(other.delivery != file.delivery for other in group)}
    own: dict[tuple, int] = {}
    for file in files:
        if file.status == "pending" and id(file) not in copies:
            own[(file.source, file.delivery)] = own.get((file.source, file.delivery), 0) + 1
    return own


def _mark_packed_twins(files: list[LandedFile]) -> None:
    """A file beside its own gzip holds the same rows in other bytes."""
    plain = {file.file_path: file for file in files if file.status == "pending" and file.compression is None}
    for file in files:
        twin = plain.get(file.file_path.removesuffix(".gz"))
        if file.status != "pending" or file.compression != "gz" or twin is None:
            continue
        try:
            same = _digest(file.path, packed=True) == _digest(twin.path)
        except (OSError, EOFError):
            continue  # the reader of the file will say what is wrong with it
        if same:
            file.fail("duplicate", f"the same as {twin.file_path}, packed, which counts: delete one of the two")
            file.twin_of = twin


def count_twins(files: list[LandedFile]) -> bool:
    """A copy was left out for a file that does not count after all: it waits, or can not be read under its name. True when a copy takes its place."""
    found = False
    for gone in [file for file in files if file.status in ("waiting", "unreadable")]:
        copies = [file for file in files if file.status == "duplicate" and file.twin_of is gone]
        alike = [copy for copy in copies if (copy.format, copy.compression) == (gone.format, gone.compression)]
        if gone.status == "unreadable":
            for copy in alike:
                copy.fail("unreadable", gone.reason)
        heir = next((copy for copy in copies if copy.status == "duplicate"), None)
        if heir:
            heir.status, heir.reason, heir.twin_of, found = "pending", None, None, True
            for copy in copies:
                copy.twin_of = None if copy is heir else heir
    return found


def _is_redelivery(file: LandedFile, other: LandedFile) -> bool:
    """Not a copy: another delivery of the report, or another part of a delivery whose manifest names both."""
    if file.manifest is not None and file.manifest is other.manifest:
        return True
    return file.declaration.kind == "bill" and file.report == other.report and file.delivery != other.delivery


def _digest(path: Path, packed: bool = False) -> str:
    with gzip.open(path) if packed else path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
