import { expect, test } from 'vitest'
import { begin, carry, checkMoney, type KitProject, openKit, sinkRows } from './run-kit.ts'

/** A create that is lost before anything came of it, at a service that deletes no input: nothing ever proves it. */
const lostCreate = {
  operation: 'batches.create',
  when: 'before',
  times: 1,
  action: { type: 'drop' },
} as const

interface Begun {
  readonly run: string
  /** The most that the run's only file can cost. */
  readonly fileMicroUsd: number
}

/** A run of one file that has stopped for an amount that is too small for it. */
async function beginOneFile(project: KitProject): Promise<Begun> {
  const run = await begin(project, {}, 150)
  expect(await carry(project, run)).toMatchObject({ state: 'paused', pauseKind: 'budget' })
  const batch = await project.offpeak.store.batch(run, 0)
  project.emulator.addFault(lostCreate)
  return { run, fileMicroUsd: batch?.maxCostMicroUsd ?? 0 }
}

test('an amount of which a create that nobody answered holds too much stops the run, which says what holds it and what it lacks', async () => {
  await using project = await openKit({ records: 5 })
  const { run, fileMicroUsd } = await beginOneFile(project)
  await project.offpeak.resume(run, fileMicroUsd)
  const stopped = await carry(project, run)
  expect(stopped).toMatchObject({ state: 'paused', pauseKind: 'budget', pauseShortMicroUsd: fileMicroUsd })
  expect(stopped.pauseReason).toContain('by a file whose first create nobody has answered')

  await project.offpeak.resume(run, fileMicroUsd + (stopped.pauseShortMicroUsd ?? 0))
  expect(await carry(project, run)).toMatchObject({ state: 'done', counts: { merged: 5 } })
  expect(sinkRows(project)).toHaveLength(5)
  expect(project.emulator.bill()).toMatchObject({ requests: 5, duplicate_requests: 0 })
  await checkMoney(project, run)
})

test('what was sent in the place of a create that nobody answered gives back at its end what that still held', async () => {
  await using project = await openKit({ records: 5, marker: () => '[[wrong_schema]]' })
  const { run, fileMicroUsd } = await beginOneFile(project)
  // The file twice, and nothing for the retries besides.
  await project.offpeak.resume(run, 2 * fileMicroUsd)
  const ended = await carry(project, run)
  expect(ended).toMatchObject({ state: 'done', counts: { invalid: 5 } })
  expect(project.emulator.bill().requests, 'it was retried').toBeGreaterThan(5)
  await checkMoney(project, run)
})
