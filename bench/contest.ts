import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ask, cloneDatabase, dropDatabase, seed } from './database.ts'
import { memoryEnvironment, nodeFlags } from '../bin/node-flags.js'
import { makeProject } from './dist.ts'
import type { Measurement } from './measure.ts'
import { runScript, startProvider } from './processes.ts'
import { answersOf, type TaskName } from './project/tasks.ts'
import type { Result } from './results.ts'

export type Phase = 'build' | 'upload' | 'merge'

export interface ContestOptions {
  readonly task: TaskName
  readonly rows: number
  readonly rounds: number
  readonly phases: ReadonlySet<Phase>
  /** Compiled Offpeak. */
  readonly dist: string
  /** Where everything that is made may lie; emptied afterwards. */
  readonly directory: string
  readonly profileDir: string | null
  /** Only Offpeak is measured, nothing beside it. */
  readonly alone: boolean
  readonly say: (words: string) => void
  /** Called with the project and its run when Offpeak is through, before they are removed. */
  readonly afterwards: (
    project: string,
    runId: string,
    env: Readonly<Record<string, string>>,
  ) => Promise<void>
}

/** Keeps one measurement, after a look at whether all of the work was done. */
type Note = (phase: Phase, contestant: string, measured: Measurement, expectedRows?: number) => void

/** Counting takes so long by hand that only the first rows are counted; every row costs the same. */
const countedUpTo = 20_000

/** Has Offpeak and the hand-written scripts do the same work on the same rows, in turns. */
export async function contest(options: ContestOptions): Promise<readonly Result[]> {
  const { task, rows, rounds, directory, say } = options
  say(`${task}: making ${rows} rows`)
  const template = await seed(task, rows)
  const results = new Map<string, { phase: Phase; contestant: string; rounds: Measurement[] }>()
  const note: Note = (phase, contestant, measured, expected = rows) => {
    if (measured.rows !== expected)
      throw new Error(`${contestant} did ${measured.rows} of ${expected} rows in ${phase}`)
    const name = `${phase} ${contestant}`
    const entry = results.get(name) ?? { phase, contestant, rounds: [] }
    results.set(name, { ...entry, rounds: [...entry.rounds, measured] })
    say(
      `${task} ${rows}: ${name}: ${(measured.wallMs / 1000).toFixed(2)} s, CPU ${(measured.cpuMs / 1000).toFixed(2)} s, ${(measured.peakBytes / 1e6).toFixed(0)} MB ${JSON.stringify(measured.facts)}`,
    )
  }
  try {
    for (let round = 0; round < rounds; round += 1) await playRound(options, template, note)
  } finally {
    await dropDatabase(template)
    rmSync(directory, { recursive: true, force: true })
  }
  return [...results.values()].map((entry) => ({ task, rows, ...entry }))
}

async function playRound(options: ContestOptions, template: string, note: Note): Promise<void> {
  const { task, rows, phases, dist, directory, profileDir, alone } = options
  rmSync(directory, { recursive: true, force: true })
  const folder = (name: string): string => {
    mkdirSync(join(directory, name), { recursive: true })
    return join(directory, name)
  }
  await using provider = await startProvider(task, folder('provider'))
  await using ourDatabase = await cloneDatabase(template, `${template}_ours`)
  const keys = { OPENAI_API_KEY: 'bench', OPENAI_BASE_URL: `${provider.url}/v1` }
  const ours = {
    cwd: makeProject(folder('project')),
    env: { ...keys, ...memoryEnvironment, DATABASE_URL: ourDatabase.url },
    // As the command line starts itself for work like this.
    nodeFlags,
    profileDir,
  }
  const built = await runScript('ours/build.ts', [dist, task], ours)
  note('build', 'offpeak', built)
  const run = String(built.facts['run'])

  await using handDatabase = await cloneDatabase(template, `${template}_hand`)
  const hand = { cwd: directory, env: { ...keys, DATABASE_URL: handDatabase.url } }
  const requests = folder('hand')
  const buildByHand = (flags: readonly string[]): Promise<Measurement> =>
    runScript('hand/build.ts', [task, requests, ...flags], hand)
  if (phases.has('build') && !alone) {
    const counted = Math.min(rows, countedUpTo)
    note('build', 'by hand', await buildByHand(['--limit', String(counted)]), counted)
    note('build', 'by hand, not counting', await buildByHand(['--no-count']))
  }
  // The quickest variant makes the files that the next phases need.
  if (!alone) note('build', 'by hand, pages, not counting', await buildByHand(['--no-count', '--pages']))
  if (!phases.has('upload') && !phases.has('merge')) return
  note('upload', 'offpeak', await runScript('ours/upload.ts', [dist, run], ours))
  if (!alone)
    note('upload', 'by hand', await runScript('hand/upload.ts', [task, requests, String(rows)], hand))
  if (!phases.has('merge')) return
  const completed = await fetch(`${provider.url}/v1/complete`, { method: 'POST' })
  if (!completed.ok) throw new Error(`the provider answered ${completed.status}`)
  note('merge', 'offpeak', await runScript('ours/merge.ts', [dist, run], ours))
  await check(task, ourDatabase.url, rows)
  if (alone) return
  await options.afterwards(ours.cwd, run, ours.env)
  note('merge', 'by hand', await runScript('hand/ingest.ts', [task, requests], hand))
  await check(task, handDatabase.url, rows)
  await using again = await cloneDatabase(template, `${template}_hand2`)
  const grouped = { ...hand, env: { ...hand.env, DATABASE_URL: again.url } }
  note(
    'merge',
    'by hand, 1,000 per transaction',
    await runScript('hand/ingest.ts', [task, requests, '--transactions'], grouped),
  )
}

/** A quick result that is wrong counts for nothing. */
async function check(task: TaskName, url: string, rows: number): Promise<void> {
  const { column } = answersOf[task]
  const written = Number(await ask(url, `select count(*) from ${task} where ${column} is not null`))
  if (written !== rows) throw new Error(`${written} of ${rows} rows were written`)
}
