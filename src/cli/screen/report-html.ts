import type { RunReport } from '../../engine/queries/report.ts'
import { formatUsd } from '../../wording/amount.ts'
import { reportFacts } from './report-facts.ts'

/** The report as one file that needs nothing else: no script, no request, readable in light and dark. */
export function reportHtml(report: RunReport): string {
  const { title, summary, tables } = reportFacts(report)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)} · Offpeak</title>
<style>${style}</style>
</head>
<body>
<main>
<header><p>Offpeak report</p><h1>${escapeHtml(title)}</h1></header>
<dl>${summary.map(([label, text]) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(text)}</dd>`).join('')}</dl>
${moneyBars(report)}
${tables.map(({ title, head, rows, right }) => section(title, head, rows, right)).join('\n')}
</main>
</body>
</html>
`
}

function section(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[],
): string {
  const cells = (tag: 'th' | 'td', line: readonly string[]): string =>
    line
      .map(
        (text, at) =>
          `<${tag}${tag === 'th' ? ' scope="col"' : ''}${right.includes(at) ? ' class="n"' : ''}>${escapeHtml(text)}</${tag}>`,
      )
      .join('')
  const body = rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n')
  return `<section><h2>${escapeHtml(title)}</h2><div class="scroll"><table><thead><tr>${cells('th', head)}</tr></thead><tbody>${body}</tbody></table></div></section>`
}

/** Plan, actual and real time beside each other. */
function moneyBars({ status: { money, plan } }: RunReport): string {
  const bars = [
    ['Plan', plan?.cost?.likelyMicroUsd ?? 0],
    ['Actual', money.spentMicroUsd],
    ['Real time', money.realtimeMicroUsd],
  ] as const
  const most = Math.max(...bars.map(([, amount]) => amount))
  if (most === 0) return ''
  const rows = bars
    .filter(([, amount]) => amount > 0)
    .map(
      ([label, amount]) =>
        `<div><span>${label}</span><i style="width:${((70 * amount) / most).toFixed(1)}%"></i><b>${formatUsd(amount)}</b></div>`,
    )
  return `<section class="bars" aria-label="Cost compared">${rows.join('')}</section>`
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0) ?? 0};`)
}

const style = `
:root{color-scheme:light dark;--ink:#1c1d21;--soft:#62656e;--line:#e1e2e6;--paper:#fff;--bar:#3b6fd4}
@media (prefers-color-scheme:dark){:root{--ink:#e9eaee;--soft:#9a9ea9;--line:#33363e;--paper:#17181c;--bar:#7aa2f0}}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2rem 1.25rem 4rem}
header p{margin:0;color:var(--soft)}
h1{margin:0 0 1rem;font-size:1.6rem}
h2{margin:2rem 0 .5rem;font-size:1.05rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.25rem;margin:0 0 1.5rem}
dt{color:var(--soft)}dd{margin:0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .9rem .35rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere;min-width:3rem}
th{color:var(--soft);font-weight:500}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.bars div{display:flex;align-items:center;gap:.75rem;margin:.3rem 0}
.bars span{width:5rem;color:var(--soft)}
.bars i{height:.9rem;background:var(--bar);border-radius:2px;min-width:2px}
.bars b{font-weight:600;font-variant-numeric:tabular-nums}
`
