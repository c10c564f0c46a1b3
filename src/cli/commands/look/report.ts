import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { OffpeakError } from '../../../domain/errors.ts'
import type { RunReport } from '../../../engine/queries/report.ts'
import { command } from '../../command.ts'
import { textFlag, yesFlag } from '../../../wording/commands/flags.ts'
import { formatBytes } from '../../../wording/bytes.ts'
import { forceFlag, noteOwnFile, requireOwnFile } from './own-file.ts'
import type { Paint } from '../../screen/paint.ts'
import { reportFacts } from '../../screen/report-facts.ts'
import { reportHtml } from '../../screen/report-html.ts'
import { reportMarkdown } from '../../screen/report-markdown.ts'
import { labelled, table } from '../../screen/table.ts'

const report = command({
  name: 'report',
  summary: 'plan against actual: cost, outcomes, batches, lines',
  group: 'Look',
  arguments: [{ syntax: '<run>', summary: 'a run (or the start of its id, or a job: its newest run)' }],
  options: {
    md: yesFlag('--md', 'as Markdown'),
    html: yesFlag('--html', 'as one self-contained HTML file'),
    out: textFlag('-o, --out <file>', 'write it to a file; .md, .html and .json say the form'),
    force: forceFlag,
  },
  examples: ['offpeak report 7k2m', 'offpeak report headnotes --md', 'offpeak report 7k2m -o report.html'],
  notes: [
    'In a CI job whose GITHUB_STEP_SUMMARY is set, run and resume append the Markdown there automatically.',
  ],
  async run(context, [named = ''], { md, html, out, force }) {
    const { globals, io } = context
    const form = chooseForm({ md, html, json: globals.json, out })
    const offpeak = await context.open()
    const found = await offpeak.report(named)
    const text = {
      md: reportMarkdown,
      html: reportHtml,
      json: (value: RunReport) => `${JSON.stringify(value)}\n`,
    }
    if (out !== null || form === 'html') {
      const name = out ?? `offpeak-${found.status.run}.html`
      const whole = text[form === 'screen' ? 'md' : form](found)
      const path = resolve(io.cwd, globals.cwd, name)
      await requireOwnFile(path, offpeak, force)
      await writeFile(path, whole)
      await noteOwnFile(path, offpeak)
      if (globals.json)
        context.printJson({ schema: 'offpeak.file/2', file: name, bytes: Buffer.byteLength(whole) })
      else context.say(`  Wrote ${name} (${formatBytes(Buffer.byteLength(whole))})`)
      return 0
    }
    if (form === 'json') context.printJson(found)
    else
      context.show(
        form === 'md' ? text.md(found).trimEnd() : screen(found, context.paint, io.stdout.columns()),
      )
    return 0
  },
})
export { report as command }

type Form = 'screen' | 'md' | 'html' | 'json'

function chooseForm({
  md,
  html,
  json,
  out,
}: {
  readonly md: boolean
  readonly html: boolean
  readonly json: boolean
  readonly out: string | null
}): Form {
  if (md && html)
    throw new OffpeakError('E_USAGE', '--md and --html are two forms; one at a time', {
      fix: 'call it twice with -o',
    })
  const ending = /\.(md|html|json)$/.exec(out ?? '')?.[1]
  if (md) return 'md'
  if (html) return 'html'
  if (ending === 'md' || ending === 'html' || ending === 'json') return ending
  return json ? 'json' : 'screen'
}

function screen(found: RunReport, paint: Paint, columns: number): string {
  const { title, summary, tables } = reportFacts(found)
  const sections = tables.map(({ title, head, rows, right }) => {
    const shape = head.map((name, at) => ({
      title: name,
      value: (row: readonly string[]) => row[at] ?? '',
      right: right.includes(at),
      shrink: !right.includes(at),
    }))
    return `  ${paint.strong(title)}\n${table(shape, rows, { paint, width: columns })}`
  })
  return [`  ${paint.strong(title)}\n${labelled(summary, paint, columns)}`, ...sections].join('\n\n')
}
