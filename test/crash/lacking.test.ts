import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type Cell, openCell, type Scenario, timings } from './cell.ts'
import { checkSettled, readResult } from './check.ts'
import { startWorker } from './process.ts'
import { bedrock } from './scenarios.ts'
import { workUntilDone } from './survive.ts'

const timeout = 300_000

const aws = '@aws-sdk/client-bedrock'

/** Asked of a person after so long, and so many tries. */
function waitingFor(afterMs: number, tries: number): Scenario {
  return {
    ...bedrock,
    settings: { ...bedrock.settings, timings: { ...timings, waits: { package: { afterMs, tries } } } },
  }
}

async function events({ store }: Cell, kind: string): Promise<readonly unknown[]> {
  const [run] = await store.runs({ limit: 1 })
  const all = run === undefined ? [] : await store.events(run.id, 0, 10_000)
  return all.filter((event) => event.kind === kind)
}

/** Begins the run as a process that has everything, which is gone as soon as a first file is uploaded. */
async function begin({ dir }: Cell): Promise<void> {
  const { signal } = await startWorker(dir, 'run', 'upload.record.commit.before:1').ended
  expect(signal).toBe('SIGKILL')
}

/** Waits until something was noted of the run. */
async function until(cell: Cell, kind: string): Promise<void> {
  while ((await events(cell, kind)).length === 0) await sleep(50)
}

async function checkDone(cell: Cell): Promise<void> {
  await checkSettled(cell)
  expect(await readResult(cell)).toMatchObject({ billedRequests: bedrock.rows, duplicateRequests: 0 })
  const [run] = await cell.store.runs({ limit: 1 })
  const attempts = await cell.store.attempts(run?.id ?? '')
  expect(attempts.map(({ waitsFor }) => waitsFor).filter((reason) => reason !== null)).toEqual([])
}

test(
  'a worker without a package leaves the work to one that has it, and nobody is asked',
  { timeout },
  async () => {
    await using cell = await openCell('pg-boss', waitingFor(60_000, 20))
    await begin(cell)
    const without = startWorker(cell.dir, 'fleet', null, aws)
    await until(cell, 'attempt.waits')
    await workUntilDone(cell, [startWorker(cell.dir, 'fleet'), without])
    await checkDone(cell)
    expect(await events(cell, 'run.paused')).toEqual([])
  },
)

test(
  'where no worker has it, the run pauses, names package, command and process, and goes on once one has it',
  { timeout },
  async () => {
    await using cell = await openCell('pg-boss', waitingFor(1, 2))
    await begin(cell)
    const without = startWorker(cell.dir, 'fleet', null, aws)
    await until(cell, 'run.paused')
    const [run] = await cell.store.runs({ limit: 1 })
    expect(run).toMatchObject({ state: 'paused', pauseKind: 'job' })
    expect(run?.pauseReason).toContain(`the package ${aws} is not installed, and Amazon Bedrock`)
    expect(run?.pauseReason).toContain('npm install @aws-sdk/client-bedrock @aws-sdk/client-s3')
    expect(run?.pauseReason).toContain(`missing in process ${without.child.pid} on ${hostname()}`)
    await workUntilDone(cell, [startWorker(cell.dir, 'fleet'), without])
    await checkDone(cell)
  },
)
