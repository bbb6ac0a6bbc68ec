/** The look of a report: the page's colours, light and dark, and paper. */

export const STYLE = `
:root{--paper:#faf9f6;--ink:#1e1c19;--muted:#625d55;--line:#ddd8ce;--accent:#0e6a5b;--warn:#fcefcd}
@media screen and (prefers-color-scheme:dark){:root{--paper:#171614;--ink:#ece8e0;--muted:#aaa398;--line:#3a3731;--accent:#63cdb7;--warn:#43320d}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:52rem;padding:2rem 1rem;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1,h2{line-height:1.2}h2{margin-top:2rem}h3{margin:0}
h3 span,.score span{color:var(--muted);font-weight:400;font-size:.85rem}
p,ul,blockquote{margin:.5rem 0}
.caveat,.warning{padding:.5rem 1rem;background:var(--warn);border-left:3px solid #8a5a00}
.caveat h2{margin:.25rem 0;font-size:1.1rem}
table{border-collapse:collapse;font-size:.85rem}th,td{text-align:left;padding:.2rem 1rem .2rem 0;border-bottom:1px solid var(--line);font-weight:400}
caption{text-align:left;color:var(--muted)}
.both{display:flex;flex-wrap:wrap;gap:2rem;align-items:flex-start}
svg{width:min(100%,24rem);height:auto}rect{fill:var(--accent)}text{font-size:11px;fill:var(--muted);text-anchor:middle}
article{border-top:1px solid var(--line);padding:1rem 0;break-inside:avoid}
.score{font:500 1.6rem/1.2 Georgia,serif}
blockquote{padding-left:1rem;border-left:3px solid var(--line);white-space:pre-wrap;font-family:Georgia,serif}
.instruction{color:var(--muted)}.points{font-size:.85rem}code,pre{font-size:.8rem;white-space:pre-wrap}
@media print{body{max-width:none;padding:0}rect{print-color-adjust:exact}}
`;
