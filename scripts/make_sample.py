"""Generate the sample company: `python scripts/make_sample.py --out sample --seed 42 --size 1`."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from sample.build import build


def main(arguments: list[str] | None = None) -> int:
    """Write into a folder beside the target, then swap, so that the target is valid at any time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("sample"), help="folder that gets landing/ and truth/ (default: sample)")
    parser.add_argument("--seed", type=int, default=42, help="same seed, same files (default: 42)")
    parser.add_argument("--size", type=float, default=1.0, help="multiplies the number of calls, sessions and queries (default: 1)")
    parser.add_argument("--quiet", action="store_true", help="print nothing")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".sample-", dir=options.out.resolve().parent))
    try:
        build(fresh, options.seed, options.size, (lambda text: None) if options.quiet else (lambda text: print(f"  {text}", flush=True)))
        fresh.chmod(0o755)
        old = fresh.with_name(fresh.name + "-old")
        if options.out.exists():
            options.out.rename(old)
        fresh.rename(options.out)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    if not options.quiet:
        print(f"sample company in {options.out} ({time.monotonic() - started:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
