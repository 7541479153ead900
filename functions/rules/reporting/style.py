"""How a report's page looks on phone, desk and paper and in the dark, in the colours of the approval page."""

from __future__ import annotations

from typing import Final

_LIGHT: Final = (
    "--ground:#f4f5f7;--sheet:#fff;--ink:#15181d;--muted:#4a515c;--line:#d3d8df;--soft:#eceff2;--act:#1a4f9f;"
    "--good:#17633a;--good-fill:#d9f1e2;--bad:#9b1c1c;--bad-fill:#fbdfdd;--warn:#7a4b00;--warn-fill:#fdefcb;"
    "--calm:#4a515c;--calm-fill:#eceef2;--unknown:#7a4b00;--unknown-fill:#fdefcb;"
    "--work:#1a4f9f;--work-fill:#d8e5fa;--wait:#5d6673;--wait-fill:#f3f4f6;--person:#6a35a3;--person-fill:#ecdffb;"
)
_DARK: Final = (
    "--ground:#0e1116;--sheet:#171c23;--ink:#e9ecf1;--muted:#b4bcc8;--line:#39424f;--soft:#232a34;--act:#8fbcff;"
    "--good:#8fdcae;--good-fill:#17392a;--bad:#ffaaa5;--bad-fill:#481c1c;--warn:#f4c873;--warn-fill:#3b2d0f;"
    "--calm:#b4bcc8;--calm-fill:#2a323d;--unknown:#f4c873;--unknown-fill:#3b2d0f;"
    "--work:#8fbcff;--work-fill:#1c3358;--wait:#98a3b2;--wait-fill:#1d232c;--person:#cfa6ff;--person-fill:#37234f;"
)
_TEXT: Final = (
    "*,*::before,*::after{box-sizing:border-box}html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}"
    "body{margin:0 auto;max-width:70rem;padding:1.25rem 1rem 3rem;background:var(--ground);color:var(--ink);"
    'font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;overflow-wrap:anywhere}'
    "h1{font-size:1.5rem;line-height:1.25;letter-spacing:-.01em;margin:0 0 1rem;text-wrap:balance}"
    "h2{font-size:1.125rem;line-height:1.3;margin:0 0 .75rem}a{color:var(--act);text-underline-offset:.15em}"
    ":focus-visible{outline:3px solid #b34700;outline-offset:2px;border-radius:4px}"
    "nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.125rem 1rem;margin:0 0 1.25rem;padding:0;"
    "font-size:.9375rem}nav li{margin:0}nav a{display:inline-block;padding:.1875rem 0}"
    "section{background:var(--sheet);border:1px solid var(--line);border-radius:12px;padding:1rem 1.125rem;"
    "margin:0 0 1rem;scroll-margin-top:1rem}"
    "main>section:first-child{border-top:4px solid var(--act)}main>section:first-child h2{font-size:1.25rem}"
    "section>:last-child{margin-bottom:0}ul{margin:0 0 1rem;padding-left:1.125rem}li{margin:.25rem 0}"
)
_TABLES: Final = (
    "table{border-collapse:collapse;width:100%;margin:0 0 1rem;font-size:.9375rem;line-height:1.45}"
    "th,td{padding:.4375rem .75rem .4375rem 0;text-align:left;vertical-align:top;"
    "border-bottom:1px solid var(--line)}"
    "thead th{color:var(--muted);font-size:.8125rem;font-weight:600;border-bottom-color:var(--muted)}"
    "th,td{overflow-wrap:break-word}td.when{white-space:nowrap}tbody tr:last-child>*{border-bottom:0}"
    "td{font-variant-numeric:tabular-nums}"
    ".bare thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}"
    ".facts tbody th{width:13rem;padding-right:1rem;color:var(--muted);font-weight:500}"
    "main>section:first-child .facts{font-size:1rem}"
    "td>ul{list-style:none;margin:0;padding:0}td>ul>li{margin:0 0 .25rem}td>ul>li:last-child{margin:0}"
    "main>section:first-child tr:first-child li:first-child{font-weight:650}"
    "code{font:.8125rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--soft);"
    "padding:.0625rem .25rem;border-radius:4px;overflow-wrap:anywhere;box-decoration-break:clone;"
    "-webkit-box-decoration-break:clone}.loud{color:var(--bad);font-weight:700}"
    ".good,.bad,.warn,.calm{display:inline-block;padding:0 .5rem;border-radius:999px;font-weight:600;"
    "font-size:.875rem;line-height:1.6;white-space:nowrap}"
    ".good{color:var(--good);background:var(--good-fill)}.bad{color:var(--bad);background:var(--bad-fill)}"
    ".warn{color:var(--warn);background:var(--warn-fill)}.calm{color:var(--calm);background:var(--calm-fill)}"
)
_LISTS: Final = (
    "ul.timed{list-style:none;padding:0;font-size:.9375rem}"
    "ul.timed li:has(time){display:grid;grid-template-columns:max-content 1fr;gap:0 .75rem;margin:.1875rem 0}"
    "time{color:var(--muted);font-variant-numeric:tabular-nums}"
    "figure{margin:0 0 1rem}.timeline{display:block;width:100%;height:auto}.timeline .name{font-weight:600}"
    ".timeline .label{paint-order:stroke;stroke:var(--sheet);stroke-width:3px}.timeline.narrow{display:none}"
)
# On a narrow screen a row of many cells stands below one another, each cell after its head.
_PHONE: Final = (
    "@media screen and (max-width:48rem){"
    "body{padding:1rem .5rem 2rem}h1,nav{padding:0 .5rem}section{padding:.875rem .75rem}"
    ".timeline.wide{display:none}.timeline.narrow{display:block}"
    ".wide thead{display:none}table.wide,.wide tbody,.wide tr,.wide td{display:block}"
    ".wide tr{padding:.625rem 0;border-bottom:1px solid var(--line)}.wide tr:first-child{padding-top:0}"
    ".wide tr:last-child{border-bottom:0}"
    ".wide td{border:0;padding:.0625rem 0;display:grid;grid-template-columns:6.5rem minmax(0,1fr);gap:.5rem}"
    ".wide td>span{justify-self:start}"
    ".wide td::before{content:attr(data-head);color:var(--muted);font-size:.8125rem;line-height:1.6}"
    ".wide td.empty{display:none}.facts tbody th{width:36%}"
    # Of the first part each answer stands below its question, over the whole width.
    "main>section:first-child .facts{font-size:.9375rem;line-height:1.4}"
    "main>section:first-child .facts :is(tbody,tr,th,td){display:block;width:auto}"
    "main>section:first-child .facts tr{padding:.3125rem 0;border-bottom:1px solid var(--line)}"
    "main>section:first-child .facts tr:last-child{border:0}"
    "main>section:first-child .facts :is(th,td){padding:0;border:0}"
    "main>section:first-child .facts th{font-size:.8125rem;font-weight:600}td>ul>li{margin:0 0 .125rem}"
    "h1{font-size:1.25rem;margin-bottom:.625rem}h2,main>section:first-child h2{margin-bottom:.375rem}}"
)
_PAPER: Final = (
    "@page{size:A4;margin:14mm 13mm}"
    "@media print{body{max-width:none;padding:0;background:none;font-size:9.5pt;line-height:1.4}nav{display:none}"
    "h1{font-size:15pt}h2{font-size:11.5pt;break-after:avoid}main>section:first-child h2{font-size:12pt}"
    "section{border:0;border-top:1px solid var(--line);border-radius:0;padding:8pt 0 0;margin:0 0 10pt}"
    "table{font-size:8.5pt}main>section:first-child .facts{font-size:9.5pt}thead{display:table-header-group}"
    "thead th{font-size:7.5pt}tr,li,figure{break-inside:avoid}ul.timed{font-size:8.5pt}"
    ".good,.bad,.warn,.calm{font-size:8pt;border:1px solid;print-color-adjust:exact}"
    ".timeline{print-color-adjust:exact;max-height:240mm}a{color:inherit}"
    '.links a::after{content:" (" attr(href) ")";color:var(--muted);font-size:7.5pt;overflow-wrap:anywhere}}'
)
STYLE: Final = (
    f":root{{color-scheme:light dark;{_LIGHT}}}"
    f"@media screen and (prefers-color-scheme:dark){{:root{{{_DARK}}}}}"
    "@media print{:root{color-scheme:light}}"
    f"{_TEXT}{_TABLES}{_LISTS}{_PHONE}{_PAPER}"
)
