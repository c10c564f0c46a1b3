import type { CostRow, Costs } from '../../../engine/queries/costs.ts'
import { command } from '../../command.ts'
import { csvLine } from '../../../wording/csv-line.ts'
import { choiceFlag, durationFlag, yesFlag } from '../../../wording/commands/flags.ts'
import { formatCount } from '../../../wording/count.ts'
import { formatDuration } from '../../../wording/duration.ts'
import { formatUsd } from '../../../wording/amount.ts'
import type { Paint } from '../../screen/paint.ts'
import { type Column, table } from '../../screen/table.ts'
import { saySimulated } from './simulated-runs.ts'

const barWidth = 12

const costs = command({
  name: 'costs',
  summary: 'what was spent, by job, model, day or run',
  group: 'Look',
  options: {
    by: choiceFlag('--by <what>', 'job, model, day (UTC) or run', ['job', 'model', 'day', 'run']),
    since: durationFlag('--since <duration>', 'only the last 30d, 24h, …'),
    csv: yesFlag('--csv', 'as CSV, in dollars'),
  },
  examples: [
    'offpeak costs',
    'offpeak costs --by day --since 30d',
    'offpeak costs --by run --csv > costs.csv',
  ],
  async run(context, _args, { by, since, csv }) {
    const offpeak = await context.open()
    const found = await offpeak.costs(by ?? 'job', since === null ? null : context.io.now() - since)
    if (context.globals.json) context.printJson(found)
    else if (csv) context.print(asCsv(found))
    else if (found.rows.length === 0) {
      context.say(
        since === null
          ? '  Nothing was spent yet.'
          : `  Nothing was spent in the last ${formatDuration(since)}.`,
      )
      saySimulated(context, offpeak, 'offpeak costs')
    } else {
      context.show(asTable(found, context.paint, context.io.stdout.columns()))
      if ((await offpeak.emulator()) !== null)
        context.say('  The emulator answers in this project now: its costs are simulated.')
    }
    return 0
  },
})
export { costs as command }

function asTable({ rows, total, by }: Costs, paint: Paint, width: number): string {
  const most = Math.max(...rows.map(({ spentMicroUsd }) => spentMicroUsd), 1)
  const isTotal = (row: CostRow): boolean => row === total
  const columns: Column<CostRow>[] = [
    {
      title: by,
      value: ({ name }) => name,
      shrink: true,
      paint: (text, row) => (isTotal(row) ? paint.strong(text) : text),
    },
    {
      title: 'spent',
      value: ({ spentMicroUsd }) => formatUsd(spentMicroUsd),
      right: true,
      paint: paint.strong,
    },
    {
      title: '',
      value: (row) =>
        isTotal(row)
          ? ''
          : '#'.repeat(
              Math.max(row.spentMicroUsd > 0 ? 1 : 0, Math.round((row.spentMicroUsd / most) * barWidth)),
            ),
      paint: paint.good,
    },
    { title: 'saved', value: ({ savedMicroUsd }) => formatUsd(savedMicroUsd), right: true },
    {
      title: 'unusable',
      value: ({ wastedMicroUsd }) => (wastedMicroUsd === 0 ? '-' : formatUsd(wastedMicroUsd)),
      right: true,
      paint: (text, row) => (row.wastedMicroUsd > 0 ? paint.warn(text) : text),
    },
    {
      title: 'reserved',
      value: ({ reservedMicroUsd }) => (reservedMicroUsd === 0 ? '-' : formatUsd(reservedMicroUsd)),
      right: true,
    },
    { title: 'merged', value: ({ merged }) => formatCount(merged), right: true },
    ...(by === 'run'
      ? []
      : [{ title: 'runs', value: ({ runs }: CostRow) => formatCount(runs), right: true }]),
  ]
  if (total.duplicateMicroUsd > 0)
    columns.push({
      title: 'paid twice',
      value: ({ duplicateMicroUsd }) => (duplicateMicroUsd === 0 ? '-' : formatUsd(duplicateMicroUsd)),
      right: true,
      paint: paint.bad,
    })
  return table(columns, rows.length > 1 ? [...rows, total] : rows, { paint, width })
}

function asCsv({ by, rows }: Costs): string {
  const usd = (microUsd: number): string => (microUsd / 1e6).toFixed(6)
  return [
    csvLine(
      [
        by,
        'runs',
        'merged',
        'need_person',
        'spent_usd',
        'reserved_usd',
        'realtime_usd',
        'saved_usd',
        'unusable_usd',
        'duplicate_usd',
      ],
      { escapeFormulas: true },
    ),
    ...rows.map((row) =>
      csvLine(
        [
          row.name,
          String(row.runs),
          String(row.merged),
          String(row.needsAttention),
          usd(row.spentMicroUsd),
          usd(row.reservedMicroUsd),
          usd(row.realtimeMicroUsd),
          usd(row.savedMicroUsd),
          usd(row.wastedMicroUsd),
          usd(row.duplicateMicroUsd),
        ],
        { escapeFormulas: true },
      ),
    ),
  ].join('\n')
}
