/**
 * Measures Offpeak beside a script as one would write it by hand, on a real PostgreSQL, and prints the ratios:
 * `npm run bench [-- --quick | --only build,merge,limit | --rows N | --task judgments | --rounds N |
 * --alone]`.
 * Writes bench/results.json unless options narrow what is measured.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { shareServer } from '../test/support/postgres.ts'
import { behindDoneLine, type BehindDone, measureBehindDone } from './behind-done.ts'
import { contest, type Phase } from './contest.ts'
import { serverVersion } from './database.ts'
import { compile } from './dist.ts'
import { measureCommands, type CommandTime } from './commands.ts'
import type { TaskName } from './project/tasks.ts'
import { machineFacts, type Result, summarise, tableOf } from './results.ts'

interface DataSet {
  readonly task: TaskName
  readonly rows: number
  readonly rounds: number
}

const allSets: readonly DataSet[] = [
  { task: 'judgments', rows: 10_000, rounds: 3 },
  { task: 'events', rows: 10_000, rounds: 3 },
  { task: 'vectors', rows: 20_000, rounds: 3 },
  { task: 'judgments', rows: 118_498, rounds: 1 },
  { task: 'events', rows: 1_000_000, rounds: 1 },
]
const quickSets: readonly DataSet[] = [
  { task: 'judgments', rows: 2_000, rounds: 1 },
  { task: 'events', rows: 10_000, rounds: 1 },
  { task: 'vectors', rows: 2_000, rounds: 1 },
]
/** Records that are done in front of those that a run with `--limit` comes to. */
const doneRows = { all: 100_000, quick: 10_000 }
const phaseNames: readonly Phase[] = ['build', 'upload', 'merge']

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    rows: { type: 'string' },
    task: { type: 'string' },
    rounds: { type: 'string' },
    alone: { type: 'boolean', default: false },
    profile: { type: 'string' },
    out: { type: 'string' },
  },
})

const wholeResults = join(import.meta.dirname, 'results.json')
const given = process.argv.slice(2)
const out = options.out ?? (given.length === 0 ? wholeResults : null)
const only = options.only?.split(',')
const phases = new Set(phaseNames.filter((name) => only === undefined || only.includes(name)))
const profileDir = options.profile === undefined ? null : resolve(options.profile)

const stopServer = shareServer()
const directory = mkdtempSync(join(tmpdir(), 'offpeak-bench-'))
const tidy = (): void => rmSync(directory, { recursive: true, force: true })
process.once('exit', tidy)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
try {
  const results: Result[] = []
  const commands: CommandTime[] = []
  let behindDone: BehindDone | null = null
  console.error('compiling')
  const dist = await compile(directory)
  const bin = join(directory, 'package', 'bin', 'offpeak.js')
  for (const set of phases.size === 0 ? [] : chosenSets()) {
    results.push(
      ...(await contest({
        ...set,
        phases,
        dist,
        directory: join(directory, 'work'),
        profileDir,
        alone: options.alone,
        say: (words) => console.error(words),
        afterwards: async (project, runId, env) => {
          commands.push(...(await measureCommands({ bin, project, runId, env, rows: set.rows })))
        },
      })),
    )
  }
  if ((only?.includes('limit') ?? true) && options.task === undefined && options.rows === undefined)
    behindDone = await measureBehindDone({
      rows: options.quick ? doneRows.quick : doneRows.all,
      dist,
      directory: join(directory, 'work'),
      profileDir,
      say: (words) => console.error(words),
    })
  const summaries = summarise(results)
  console.log(tableOf(summaries))
  for (const { command, rows, wallMs } of commands)
    console.log(`${command} (${rows} rows): ${wallMs.toFixed(0)} ms`)
  if (behindDone !== null) console.log(behindDoneLine(behindDone))
  const facts = { ...machineFacts('bench', given), postgres: await serverVersion() }
  if (out !== null)
    writeFileSync(out, `${JSON.stringify({ machine: facts, summaries, commands, behindDone }, null, 2)}\n`)
} finally {
  await stopServer()
  tidy()
}

function chosenSets(): readonly DataSet[] {
  const rounds = options.rounds === undefined ? null : Number(options.rounds)
  const rows = options.rows === undefined ? null : Number(options.rows)
  if (rows !== null && !(Number.isSafeInteger(rows) && rows > 0))
    throw new Error('--rows takes a number of rows')
  const sets = options.quick ? quickSets : allSets
  const tasks = [...new Set(sets.map(({ task }) => task))]
  const sized = rows === null ? sets : tasks.map((task) => ({ task, rows, rounds: 1 }))
  return sized
    .filter(({ task }) => options.task === undefined || options.task === task)
    .map((set) => ({ ...set, rounds: rounds ?? set.rounds }))
}
