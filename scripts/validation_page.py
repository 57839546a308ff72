"""One page of what was expected and what was found: no scripts, no fonts, nothing from outside, so that it opens anywhere and can be mailed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from typing import Any

STAGES = {
    "landing": ("What came in", "The landing zone before the build: files, rows and the columns no bill can do without."),
    "marts": ("What came out", "The marts after the build: conservation, reconciliation, vocabulary and coverage."),
}

STYLE = """
:root { --ink: #1d2733; --soft: #5c6b7a; --line: #e3e8ee; --paper: #f6f8fa; --good: #13795b; --good-back: #e6f4ef; --bad: #b3261e; --bad-back: #fcebea; --warn: #8a5a00; --warn-back: #fdf3df; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
main { max-width: 1060px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 28px; margin: 0 0 4px; } h2 { font-size: 21px; margin: 40px 0 2px; } h3 { font-size: 16px; margin: 0; }
p { margin: 0; } .soft { color: var(--soft); } .small { font-size: 14px; }
.verdict { display: flex; flex-wrap: wrap; gap: 12px; margin: 24px 0 0; }
.tile { flex: 1 1 180px; background: #fff; border: 1px solid var(--line); border-radius: 10px; padding: 14px 18px; }
.tile b { display: block; font-size: 30px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile.bad { background: var(--bad-back); border-color: #f2c4c1; } .tile.bad b { color: var(--bad); }
.tile.warn { background: var(--warn-back); border-color: #f0d9a8; } .tile.warn b { color: var(--warn); }
.tile.good b { color: var(--good); }
section { background: #fff; border: 1px solid var(--line); border-radius: 10px; margin: 16px 0 0; overflow: hidden; }
section > header { display: flex; justify-content: space-between; align-items: baseline; gap: 16px; padding: 14px 18px; border-bottom: 1px solid var(--line); }
ul { list-style: none; margin: 0; padding: 0; } li { padding: 12px 18px; border-top: 1px solid var(--line); } li:first-child { border-top: 0; }
.row { display: flex; align-items: baseline; gap: 14px; } .row .says { flex: 1; } .row .found { color: var(--soft); text-align: right; font-variant-numeric: tabular-nums; max-width: 45%; overflow-wrap: anywhere; }
.mark { flex: 0 0 84px; font-size: 13px; font-weight: 600; text-align: center; border-radius: 999px; padding: 1px 0; }
.mark.good { color: var(--good); background: var(--good-back); } .mark.bad { color: var(--bad); background: var(--bad-back); } .mark.warn { color: var(--warn); background: var(--warn-back); }
.do { margin: 8px 0 0 98px; } .do b { font-weight: 600; }
.scroll { margin: 10px 0 2px 98px; overflow-x: auto; }
table { border-collapse: collapse; font-size: 14px; width: 100%; } th { text-align: left; font-weight: 600; color: var(--soft); } th, td { padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; } th.number { text-align: right; }
footer { margin-top: 32px; }
@media (max-width: 700px) { .row { flex-wrap: wrap; } .row .says { flex: 1 1 60%; } .row .found { flex: 1 1 100%; max-width: none; text-align: left; } .do, .scroll { margin-left: 0; } }
"""


def render(sections: Iterable[Any], *, landing: str, warehouse: str) -> str:
    sections = list(sections)
    findings = [finding for section in sections for finding in section.findings]
    failed = sum(not finding.passed and finding.severity == "critical" for finding in findings)
    warned = sum(not finding.passed and finding.severity != "critical" for finding in findings)
    passed = len(findings) - failed - warned
    verdict = "Something needs mending" if failed else "Fit to be shown, with remarks" if warned else "Everything is as expected"
    stages = "".join(render_stage(stage, [section for section in sections if section.stage == stage]) for stage in STAGES)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Apportion: validation</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>{verdict}</h1>
<p class="soft">Apportion's expectations of {escape(landing)} and {escape(warehouse)}, checked {datetime.now(UTC):%d %B %Y, %H:%M} UTC.</p>
<div class="verdict">
<div class="tile good"><b>{passed}</b>met</div>
<div class="tile {'bad' if failed else ''}"><b>{failed}</b>failed: mend these</div>
<div class="tile {'warn' if warned else ''}"><b>{warned}</b>warnings: know these</div>
</div>
{stages}
<footer class="soft small"><p>Run by Great Expectations on summaries of the warehouse. The rows themselves are tested by <code>dbt build</code>.</p></footer>
</main>
</body>
</html>
"""


def render_stage(stage: str, sections: list[Any]) -> str:
    if not sections:
        return ""
    title, about = STAGES[stage]
    return f'<h2>{title}</h2>\n<p class="soft">{about}</p>\n' + "\n".join(render_section(section) for section in sections)


def render_section(section: Any) -> str:
    met = sum(finding.passed for finding in section.findings)
    # What needs somebody comes first; what is well stays in its order.
    ordered = sorted(section.findings, key=lambda finding: (finding.passed, finding.severity != "critical"))
    items = "\n".join(render_finding(finding) for finding in ordered)
    return f'<section>\n<header><h3>{escape(section.title)}</h3><span class="soft small">{met} of {len(section.findings)} met</span></header>\n<ul>\n{items}\n</ul>\n</section>'


def render_finding(finding: Any) -> str:
    mark, word = ("good", "met") if finding.passed else ("bad", "failed") if finding.severity == "critical" else ("warn", "warning")
    parts = [
        f'<div class="row"><span class="mark {mark}">{word}</span><span class="says">{code(finding.says)}</span><span class="found small">{escape(finding.observed)}</span></div>'
    ]
    if not finding.passed:
        if finding.rows:
            parts.append(render_rows(finding.rows))
        parts.append(f'<p class="do small"><b>What to do:</b> {code(finding.do)}</p>')
    return "<li>" + "\n".join(parts) + "</li>"


def render_rows(rows: list[dict[str, Any]]) -> str:
    columns = list(rows[0])
    numeric = {column for column in columns if all(isinstance(row[column], int | float) and not isinstance(row[column], bool) for row in rows)}
    head = "".join(f'<th{number(column in numeric)}>{escape(column.replace("_", " "))}</th>' for column in columns)
    body = "".join("<tr>" + "".join(f"<td{number(column in numeric)}>{escape(cell(row[column]))}</td>" for column in columns) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def number(yes: bool) -> str:
    return ' class="number"' if yes else ""


def cell(value: Any) -> str:
    if value is None or str(value) in ("nan", "NaT", "None", "<NA>"):
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if value == int(value) else f"{value:,.12f}".rstrip("0")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value).removesuffix(" 00:00:00")


def code(text: str) -> str:
    """`like this` in code type."""
    pieces = escape(text).split("`")
    return "".join(f"<code>{piece}</code>" if index % 2 else piece for index, piece in enumerate(pieces))
