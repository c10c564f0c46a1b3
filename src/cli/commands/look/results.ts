import { stat } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import type { CsvStyle } from '../../../wording/csv-line.ts'
import { OffpeakError } from '../../../domain/errors.ts'
import type { ResultsFilter, ResultStatus, RunResult } from '../../../engine/queries/results.ts'
import type { Project } from '../../../compose/project.ts'
import type { RunRow } from '../../../ports/state.ts'
import { command, type CommandContext } from '../../command.ts'
import { choiceFlag, textFlag, yesFlag } from '../../../wording/commands/flags.ts'
import { formatBytes } from '../../../wording/bytes.ts'
import { plural } from '../../../wording/count.ts'
import {
  checkedResults,
  csvLines,
  learnColumns,
  type ReadResults,
} from '../../../engine/queries/result-csv.ts'
import { isOfAnswer, readFields, usualFields, valueOf } from '../../../engine/queries/result-fields.ts'
import { forceFlag, noteOwnFile, requireOwnFile } from './own-file.ts'
import { type LineOutput, linesTo, linesToFile, wholeFile } from './result-output.ts'
import { writeParquet } from './result-parquet.ts'
import { cleanLine } from '../../screen/clean.ts'
import { SeenFields } from './seen-fields.ts'

const formats = ['jsonl', 'csv', 'parquet'] as const
type Format = (typeof formats)[number]

const results = command({
  name: 'results',
  summary: 'every record with its output: JSON lines, CSV or Parquet',
  group: 'Look',
  arguments: [{ syntax: '<run>', summary: 'a run (or the start of its id, or a job: its newest run)' }],
  options: {
    format: choiceFlag('--format <format>', 'jsonl, csv or parquet; else by the name of the file', formats),
    out: textFlag('-o, --out <file>', 'into this file instead of stdout; Parquet needs one'),
    status: choiceFlag('--status <status>', 'ok (merged), failed (ended otherwise) or all', [
      'ok',
      'failed',
      'all',
    ]),
    answer: textFlag('--answer <text>', 'only those whose answer has this, in whatever case'),
    sort: textFlag('--sort <field>', 'in the order of this field: output.<name>, score, costUsd, key, …'),
    desc: yesFlag('--desc', 'with --sort, the highest first'),
    escapeFormulas: yesFlag(
      '--escape-formulas',
      'in CSV, an apostrophe before a cell that a spreadsheet would run as a formula',
    ),
    force: forceFlag,
    fields: textFlag('--fields <fields>', `only these, in this order: key,output.<name>,…`),
  },
  examples: [
    'offpeak results 7k2m > results.jsonl',
    'offpeak results headnotes --status ok --fields key,output.headnote --format csv',
    'offpeak results 7k2m -o results.parquet',
    'offpeak results 7k2m --status failed | jq .reason',
    "offpeak results 7k2m --answer 'summary judgment' --sort output.confidence",
  ],
  notes: [
    `Fields: ${usualFields.join(', ')}; also text (what the model wrote), batch, sameAs (the record whose identical request was paid for this one too).`,
    'Searching and sorting read the answers first, of at most 50,000 records; --status narrows them.',
    'A file that is there is left alone without --force, unless it is as this command has written it; files that jobs read or write always are. A text with half of a surrogate pair, which no CSV or Parquet file can hold, is its JSON there: "\\ud83d".',
    'Read from the stored answers, and judged by the job as merge judges them; nothing is sent. In CSV and Parquet each field of the output is a column of its own, and what is nested is JSON. A CSV cell is as it is in the output; open one in a spreadsheet with --escape-formulas only, as a model may have written a formula.',
  ],
  async run(context, [named = ''], options) {
    const offpeak = await context.open()
    const run = await offpeak.find(named)
    const fields = readFields(options.fields)
    const { escapeFormulas } = options
    const file = options.out === null ? null : resolve(context.io.cwd, context.globals.cwd, options.out)
    const format = options.format ?? formatOf(file)
    if (options.desc && options.sort === null)
      throw new OffpeakError('E_USAGE', '--desc turns the order of --sort, and none is named', {
        fix: '--sort output.score --desc',
      })
    const filter: ResultsFilter & { readonly status: ResultStatus } = {
      status: options.status ?? 'all',
      answers: fields.some(isOfAnswer),
      ...(options.answer === null ? {} : { answer: options.answer }),
      ...(options.sort === null ? {} : { sort: { field: options.sort, descending: options.desc } }),
    }
    const outputs = new SeenFields(options.sort === null ? fields : [...fields, options.sort])
    const read = (): AsyncIterable<RunResult> => outputs.noting(offpeak.results(run.id, filter))
    if (file === null) {
      requireStream(format, context.globals.json)
      await writeLines(linesTo(context.io.stdout), {
        format,
        fields,
        read,
        escapeFormulas,
        withSchema: context.globals.json,
      })
    } else {
      await requireOwnFile(file, offpeak, options.force)
      const records = await writeFile(file, { format, fields, read, escapeFormulas, withSchema: false })
      await noteOwnFile(file, offpeak)
      const { size } = await stat(file)
      if (context.globals.json)
        context.printJson({
          schema: 'offpeak.results/2',
          run: run.id,
          job: run.job,
          file,
          format,
          records,
          bytes: size,
        })
      else context.say(`  Wrote ${options.out ?? file}: ${plural(records, 'record')}, ${formatBytes(size)}.`)
    }
    for (const words of outputs.unknown())
      context.say(`  ${context.paintWords.warn('!')} ${cleanLine(words)}`)
    await sayWhatIsMissing(context, offpeak, run, filter)
    return 0
  },
})
export { results as command }

interface Wanted extends ReadResults, CsvStyle {
  readonly format: Format
  readonly withSchema: boolean
}

function formatOf(file: string | null): Format {
  const ending = file === null ? '' : extname(file).slice(1).toLowerCase()
  return formats.find((format) => format === ending) ?? 'jsonl'
}

/** Throws E_USAGE for what cannot go to stdout. */
function requireStream(format: Format, json: boolean): void {
  if (format === 'parquet')
    throw new OffpeakError('E_USAGE', 'Parquet needs a file', { fix: '-o results.parquet' })
  if (json && format !== 'jsonl')
    throw new OffpeakError('E_USAGE', `--json prints JSON lines, not ${format}`, {
      fix: `leave --json out, or write a file: -o results.${format}`,
    })
}

async function writeFile(file: string, wanted: Wanted): Promise<number> {
  let records = 0
  await wholeFile(file, async (temporary) => {
    if (wanted.format !== 'parquet') {
      await linesToFile(temporary, async (lines) => {
        records = await writeLines(lines, wanted)
      })
      return
    }
    const columns = (await learnColumns(wanted)).columns(wanted.fields)
    async function* counted(): AsyncGenerator<RunResult> {
      for await (const result of checkedResults(wanted, columns)) {
        records++
        yield result
      }
    }
    await writeParquet(temporary, columns, counted())
  })
  return records
}

/** Returns how many records were written; fewer than there are when nobody reads any more. */
async function writeLines(lines: LineOutput, wanted: Wanted): Promise<number> {
  const { format, fields, read, withSchema } = wanted
  // The header of CSV is no record.
  let records = format === 'csv' ? -1 : 0
  if (format === 'csv') {
    for await (const line of csvLines(wanted, wanted)) {
      if (!(await lines.line(line))) return Math.max(0, records)
      records++
    }
  } else {
    const opening = withSchema ? [['schema', 'offpeak.result/2'] as const] : []
    for await (const result of read()) {
      const values = fields.map((name) => [name, valueOf(result, name)] as const)
      if (!(await lines.line(JSON.stringify(Object.fromEntries([...opening, ...values]))))) return records
      records++
    }
  }
  await lines.end()
  return records
}

async function sayWhatIsMissing(
  context: CommandContext,
  offpeak: Project,
  run: RunRow,
  { status }: { readonly status: ResultStatus },
): Promise<void> {
  if (run.liveKey === null) return
  const { pending } = await offpeak.status(run.id)
  if (pending > 0)
    context.say(
      `  Run ${run.id} is running: ${plural(pending, 'record')} without an answer yet${status === 'all' ? '' : ', left out here'}.`,
    )
}
