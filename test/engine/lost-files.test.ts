import { mkdirSync, readdirSync, rmdirSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { RunStatus } from '../../src/engine/queries/status.ts'
import { begin, carry, checkMoney, type KitProject, openKit, sinkRows } from './run-kit.ts'

function filesOf({ dir }: KitProject, ending: RegExp): readonly string[] {
  const folder = join(dir, '.offpeak', 'files')
  return readdirSync(folder)
    .filter((name) => ending.test(name))
    .map((name) => join(folder, name))
}

/** Drives a run until its status is as wished. */
async function driveUntil(
  { offpeak }: KitProject,
  runId: string,
  isThere: (status: RunStatus) => boolean,
): Promise<RunStatus> {
  const enough = new AbortController()
  const driving = offpeak.drive({ runIds: [runId], signal: enough.signal })
  try {
    for (;;) {
      const status = await offpeak.status(runId)
      if (isThere(status)) return status
      await sleep(20)
    }
  } finally {
    enough.abort()
    await driving
  }
}

const waitsForDisk = ({ batches }: RunStatus): boolean => batches.some(({ wait }) => wait?.for === 'disk')

test('a request file that is lost or cut before it was sent is waited for, and can be dropped and asked again at no cost', async () => {
  await using project = await openKit({ emulator: { speed: 1 } })
  // Two of the three files fit into the amount.
  const run = await begin(project, {}, 300)
  const sent = ({ providerBatchId }: RunStatus['batches'][number]): boolean => providerBatchId !== null
  const { batches } = await driveUntil(project, run, (status) => status.batches.filter(sent).length === 2)
  const unsent = batches.findIndex((one) => !sent(one))
  const batch = await project.offpeak.store.batch(run, unsent)
  const [file = ''] = filesOf(project, new RegExp(`^${batch?.tag}\\.jsonl$`))

  truncateSync(file, 100)
  await project.offpeak.resume(run, 1_000_000)
  const cut = (await driveUntil(project, run, waitsForDisk)).batches[unsent]
  expect(cut?.wait?.message).toContain(`a request file that was to be sent has 100 bytes instead of`)
  rmSync(file)
  const lost = await driveUntil(
    project,
    run,
    (status) => status.batches[unsent]?.wait?.message.includes('is not there') === true,
  )
  expect(lost.batches[unsent]?.wait?.message).toContain('offpeak cancel <run> --unsent')

  project.emulator.advanceClock(86_000_000)
  await project.offpeak.cancelUnsent(run, AbortSignal.timeout(30_000))
  expect(await carry(project, run)).toMatchObject({ state: 'done', counts: { merged: 7, cancelled: 5 } })
  const next = await begin(project)
  await driveUntil(project, next, (status) => status.batches.some(sent))
  project.emulator.advanceClock(86_000_000)
  expect(await carry(project, next)).toMatchObject({ state: 'done', counts: { merged: 5 } })
  expect(sinkRows(project)).toHaveLength(12)
  expect(project.emulator.bill()).toMatchObject({ requests: 12, duplicate_requests: 0 })
}, 60_000)

test('answers that are lost or cut on our disk before they were written are fetched again', async () => {
  await using project = await openKit()
  const run = await begin(project)
  // Nothing can be written where a folder is.
  mkdirSync(join(project.dir, 'out.jsonl'))
  const stopped = await carry(project, run)
  expect(stopped).toMatchObject({ state: 'paused', pauseKind: 'disk' })
  const [first = '', second = '', ...more] = filesOf(project, /\.output\.jsonl$/)
  expect(more).toHaveLength(1)
  rmSync(first)
  truncateSync(second, 10)

  rmdirSync(join(project.dir, 'out.jsonl'))
  await project.offpeak.resume(run, null)
  expect(await carry(project, run)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(sinkRows(project)).toHaveLength(12)
  expect(project.emulator.bill()).toMatchObject({ requests: 12, duplicate_requests: 0 })
  await checkMoney(project, run)
}, 60_000)
