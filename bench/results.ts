import { arch, cpus, platform, totalmem } from 'node:os'
import type { Measurement } from './measure.ts'

export interface Result {
  readonly task: string
  readonly rows: number
  readonly phase: string
  /** `offpeak`, or the name of the hand-written variant. */
  readonly contestant: string
  /** One measurement per round, in order. */
  readonly rounds: readonly Measurement[]
}

export interface Summary {
  readonly task: string
  readonly rows: number
  readonly phase: string
  readonly contestant: string
  /** Of so many rows; a variant that takes long does only the first of them. */
  readonly measuredRows: number
  readonly rounds: number
  readonly wallMs: number
  readonly cpuMs: number
  readonly peakBytes: number
  readonly rowsPerSecond: number
  readonly bytesPerSecond: number
  /** How many times as long the hand-written variant takes; null for Offpeak itself. */
  readonly wallRatio: number | null
  readonly cpuRatio: number | null
  readonly facts: Measurement['facts']
}

/** Medians, with each hand-written variant compared to Offpeak in the same phase. */
export function summarise(results: readonly Result[]): readonly Summary[] {
  return results.map((result) => {
    const { task, rows, phase, contestant, rounds } = result
    const own =
      contestant === 'offpeak'
        ? null
        : results.find(
            (other) =>
              other.contestant === 'offpeak' &&
              other.task === task &&
              other.rows === rows &&
              other.phase === phase,
          )
    const wallMs = median(rounds.map((round) => round.wallMs))
    // A variant may have done only some of the rows; ratios are per row.
    const done = rounds[0]?.rows ?? rows
    const cpuMs = median(rounds.map((round) => round.cpuMs))
    return {
      task,
      rows,
      phase,
      contestant,
      measuredRows: done,
      rounds: rounds.length,
      wallMs,
      cpuMs,
      peakBytes: Math.max(...rounds.map((round) => round.peakBytes)),
      rowsPerSecond: (done / wallMs) * 1000,
      bytesPerSecond: (median(rounds.map((round) => round.bytes)) / wallMs) * 1000,
      wallRatio: own ? (wallMs / median(own.rounds.map((round) => round.wallMs))) * (rows / done) : null,
      cpuRatio: own ? (cpuMs / median(own.rounds.map((round) => round.cpuMs))) * (rows / done) : null,
      facts: rounds.at(-1)?.facts ?? {},
    }
  })
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  const [low = 0, high = 0] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]]
  return (low + high) / 2
}

const headings = [
  'data',
  'phase',
  'contestant',
  'measured',
  'wall s',
  'CPU s',
  'rows/s',
  'MB/s',
  'peak MB',
  'wall x',
  'CPU x',
] as const

/** The summaries as a table for people; the ratios say how many times as much as Offpeak. */
export function tableOf(summaries: readonly Summary[]): string {
  const lines = summaries.map((one) => [
    `${one.task} ${one.rows.toLocaleString('en-US')}`,
    one.phase,
    one.contestant,
    one.measuredRows.toLocaleString('en-US'),
    (one.wallMs / 1000).toFixed(2),
    (one.cpuMs / 1000).toFixed(2),
    Math.round(one.rowsPerSecond).toLocaleString('en-US'),
    (one.bytesPerSecond / 1e6).toFixed(1),
    (one.peakBytes / 1e6).toFixed(0),
    one.wallRatio?.toFixed(1) ?? '',
    one.cpuRatio?.toFixed(1) ?? '',
  ])
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...lines.map((line) => line[column]?.length ?? 0)),
  )
  const row = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column < 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
  return [row(headings), row(widths.map((width) => '-'.repeat(width))), ...lines.map(row)].join('\n')
}

/** Figures mean little without the machine that gave them. */
export function machineFacts(script: string, arguments_: readonly string[]): object {
  const [processor] = cpus()
  return {
    date: new Date().toISOString(),
    command: [`npm run ${script}`, ...(arguments_.length > 0 ? ['--', ...arguments_] : [])].join(' '),
    processor: processor?.model ?? '',
    cores: cpus().length,
    memoryBytes: totalmem(),
    platform: `${platform()} ${arch()}`,
    node: process.versions.node,
  }
}
