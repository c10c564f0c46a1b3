import type { RunReport } from '../../engine/queries/report.ts'
import { reportFacts } from './report-facts.ts'

/** The report as Markdown, as a CI summary or a pull request shows it. */
export function reportMarkdown(report: RunReport): string {
  const { title, summary, tables } = reportFacts(report)
  const parts = [
    `## Offpeak: ${escapeMarkdown(title)}`,
    summary.map(([label, text]) => `- **${label}:** ${escapeMarkdown(text)}`).join('\n'),
  ]
  for (const { title, head, rows, right } of tables) {
    const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`
    parts.push(
      `### ${escapeMarkdown(title)}`,
      [
        line(head),
        `|${head.map((_, at) => (right.includes(at) ? ' ---: ' : ' --- ')).join('|')}|`,
        ...rows.map(line),
      ].join('\n'),
    )
  }
  return `${parts.join('\n\n')}\n`
}

/** Reasons and keys come from outside: they must not become markup, links or mentions. */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>()#|~!@&]/g, (sign) =>
    /[<>&@]/.test(sign) ? `&#${sign.codePointAt(0) ?? 0};` : `\\${sign}`,
  )
}
