import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { AttemptState } from '../../src/domain/attempt.ts'
import { openProject } from '../../src/compose/open-project.ts'
import * as offpeak from '../../src/index.ts'
import { type Cell, type Mode, openCell, rowCount, timings, writeEnvironment } from './cell.ts'
import { startCutRelay } from './cut-relay.ts'
import { limiter, untimed } from './limit.ts'
import { startWorker, type Worker } from './process.ts'
import { claude } from './scenarios.ts'
import { driveMode, workUntilDone } from './survive.ts'
import { checkSettled, readResult } from './check.ts'

/*
 * A service that takes the requests of a batch with its creation and carries no mark of ours: what was made is found by
 * the ids of its requests, and what may never have been made is held and told, since nothing proves it.
 */

const gate = limiter(2)
const rowsPerBatch = 8

/** What may have been paid counts as spent. */
const withRoom = { ...claude, capMicroUsd: 6_000 } as const

describe.concurrent('a run is held and tells of it where nobody can know', () => {
  test.for<readonly [Mode, string]>([
    ['sqlite', 'create.intent.commit.after:1'],
    ['sqlite', 'create.post.before:1'],
    ['pg-boss', 'create.post.before:1'],
  ])('with %s, %s', { timeout: untimed }, ([mode, crashAt]) =>
    gate(async () => {
      await using cell = await openCell(mode, withRoom)
      const workers = Array.from({ length: mode === 'pg-boss' ? 2 : 1 }, () =>
        startWorker(cell.dir, driveMode(mode), crashAt),
      )
      const first = await Promise.race(workers.map(({ ended }) => ended))
      expect(first.signal, 'it is killed').toBe('SIGKILL')
      for (const { child } of workers) child.kill('SIGKILL')
      await Promise.all(workers.map(({ ended }) => ended))
      await checkHeld(cell)
    }),
  )

  test('a process that dies with half of the body sent', { timeout: untimed }, () =>
    gate(async () => {
      await using cell = await openCell('sqlite', withRoom)
      await killInTheBody(cell, 0.5, () => checkHeld(cell))
    }),
  )
})

test(
  'a process that dies with all of the body sent finds its batch by the ids in it',
  { timeout: 300_000 },
  async () => {
    // Of one file: another that is on its way at that moment would be held.
    await using cell = await openCell('sqlite', { ...claude, name: 'claude, one file', rows: rowsPerBatch })
    await killInTheBody(cell, 1, () => workUntilDone(cell, [startWorker(cell.dir, 'run')]))
    await checkSettled(cell)
    expect(await readResult(cell)).toMatchObject({ billedRequests: rowsPerBatch, duplicateRequests: 0 })
  },
)

/** The answer to a create comes after two leases. */
const slowAnswer = {
  ...claude,
  name: 'claude, slow answer',
  settings: { timings: { ...timings, leaseMs: 3_000 } },
  faults: [{ operation: 'batches.create', when: 'after', times: 1, action: { type: 'hang', ms: 7_000 } }],
} as const

test(
  'a create that takes longer than a lease is left to whoever has begun it',
  { timeout: 300_000 },
  async () => {
    await using cell = await openCell('sqlite', slowAnswer)
    await workUntilDone(cell, [startWorker(cell.dir, 'run'), startWorker(cell.dir, 'run')])
    await checkSettled(cell)
    const [run] = await cell.store.runs({ limit: 1 })
    const events = await cell.store.events(run?.id ?? '', 0, 1_000)
    expect(events.filter(({ data }) => data.includes('in_doubt'))).toEqual([])
    expect(await readResult(cell)).toMatchObject({ billedRequests: rowCount, duplicateRequests: 0 })
  },
)

/** Ends a worker as so much of the body of its first batch is through, and goes on over the same way. */
async function killInTheBody(cell: Cell, share: number, then: () => Promise<unknown>): Promise<void> {
  let worker: Worker | null = null
  const kill = async (): Promise<void> => {
    // What has come there whole becomes a batch.
    if (share === 1) while (cell.emulator.state().batches.length === 0) await sleep(10)
    worker?.child.kill('SIGKILL')
  }
  await using relay = await startCutRelay(cell.emulator.baseUrls['anthropic'] ?? '', {
    path: '/anthropic/v1/messages/batches',
    share,
    onCut: () => void kill(),
  })
  await writeEnvironment(cell.dir, cell.emulator, relay.url)
  worker = startWorker(cell.dir, 'run')
  expect((await worker.ended).signal, 'it is killed').toBe('SIGKILL')
  await then()
}

/** Whether the run is paused, and whatever it has at the service is read; at its end, too, it goes no further. */
async function isAtRest({ store }: Cell): Promise<boolean> {
  const [run] = await store.runs({ limit: 1 })
  if (run?.state === 'done') return true
  if (run?.state !== 'paused') return false
  const attempts = await store.attempts(run.id)
  return attempts.every(({ state }) => atRest.includes(state))
}

const atRest: readonly AttemptState[] = ['waiting', 'reserved', 'uploaded', 'in_doubt', 'merged', 'void']

/** Nothing is bought a second time by itself; a person may have it sent again. */
async function checkHeld(cell: Cell): Promise<void> {
  const worker = startWorker(cell.dir, driveMode(cell.mode))
  try {
    while (!(await isAtRest(cell))) await sleep(50)
  } finally {
    worker.child.kill('SIGKILL')
    await worker.ended
  }
  const [run] = await cell.store.runs({ limit: 1 })
  expect(run).toMatchObject({
    pauseKind: 'answers',
    pauseReason: expect.stringMatching(/whether a batch was made: .*no means to prove that none was made/),
  })
  const id = run?.id ?? ''
  const held = (await cell.store.budget(`run:${id}`))?.reservedMicroUsd ?? 0
  expect(held, 'what it may have cost stays held').toBeGreaterThan(0)
  await using project = await openProject({
    cwd: cell.dir,
    configFile: null,
    envFile: null,
    modules: { offpeak, zod: { z } },
  })
  await project.accept(id)
  await project.resume(id, null)
  await project.drive({ runIds: [id], signal: AbortSignal.timeout(120_000) })
  const { state, counts, money } = await project.status(id)
  const { merged = 0, lost = 0 } = counts
  expect([state, merged + lost], 'of the files that were on their way').toEqual(['done', rowCount])
  expect(lost % rowsPerBatch === 0 && lost > 0).toBe(true)
  expect(money.possiblyPaidMicroUsd).toBeGreaterThan(0)
  expect(cell.emulator.bill()).toMatchObject({ requests: merged, duplicate_requests: 0 })
}
