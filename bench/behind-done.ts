import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { memoryEnvironment, nodeFlags } from '../bin/node-flags.js'
import { addRows, cloneDatabase, dropDatabase, seed } from './database.ts'
import { makeProject } from './dist.ts'
import type { Measurement } from './measure.ts'
import { runScript, startProvider } from './processes.ts'

const task = 'events'
const limit = 50

export interface BehindDone {
  readonly done: number
  readonly limit: number
  readonly measured: Measurement
}

/** Has Offpeak do so many rows, adds a few behind them, and measures a plan and a run with `--limit` that come to these. */
export async function measureBehindDone({
  rows,
  dist,
  directory,
  profileDir,
  say,
}: {
  readonly rows: number
  /** Compiled Offpeak. */
  readonly dist: string
  /** Where everything that is made may lie; emptied afterwards. */
  readonly directory: string
  readonly profileDir: string | null
  readonly say: (words: string) => void
}): Promise<BehindDone> {
  say(`${task}: making ${rows} rows that are done`)
  rmSync(directory, { recursive: true, force: true })
  const answers = join(directory, 'provider')
  mkdirSync(answers, { recursive: true })
  const template = await seed(task, rows)
  try {
    await using provider = await startProvider(task, answers)
    await using database = await cloneDatabase(template, `${template}_done`)
    const ours = {
      cwd: makeProject(join(directory, 'project')),
      env: {
        OPENAI_API_KEY: 'bench',
        OPENAI_BASE_URL: `${provider.url}/v1`,
        ...memoryEnvironment,
        DATABASE_URL: database.url,
      },
      nodeFlags,
    }
    const built = await runScript('ours/build.ts', [dist, task], ours)
    const run = String(built.facts['run'])
    await runScript('ours/upload.ts', [dist, run], ours)
    const completed = await fetch(`${provider.url}/v1/complete`, { method: 'POST' })
    if (!completed.ok) throw new Error(`the provider answered ${completed.status}`)
    await runScript('ours/merge.ts', [dist, run], ours)
    await addRows(database.url, task, { from: rows + 1, count: 2 * limit })
    const measured = await runScript('ours/limited.ts', [dist, task, String(limit)], { ...ours, profileDir })
    if (measured.facts['done'] !== rows) throw new Error(`${measured.facts['done']} of ${rows} rows are done`)
    say(`${task} ${rows}: --limit ${limit} behind them: ${JSON.stringify(measured.facts)}`)
    return { done: rows, limit, measured }
  } finally {
    await dropDatabase(template)
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The figures in a line. */
export function behindDoneLine({ done, limit, measured: { facts, peakBytes } }: BehindDone): string {
  const seconds = (name: string): string => `${(Number(facts[name]) / 1000).toFixed(2)} s`
  return `--limit ${limit} behind ${done.toLocaleString('en-US')} records done: plan ${seconds('planMs')} (CPU ${seconds('planCpuMs')}), build ${seconds('buildMs')} (CPU ${seconds('buildCpuMs')}), ${(peakBytes / 1e6).toFixed(0)} MB`
}
