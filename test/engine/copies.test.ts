import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openProject } from '../../src/compose/open-project.ts'
import type { Project } from '../../src/compose/project.ts'
import * as offpeak from '../../src/index.ts'
import { temporaryFolder } from '../cli/project.ts'
import { begin, type KitProject, openKit, sinkRows } from './run-kit.ts'

/** A project of three files, with an amount that two of them fit into. */
const amountOfTwoMicroUsd = 300

function openOriginal(listingLagMs: number): Promise<KitProject> {
  return openKit({
    emulator: { speed: 1 },
    settings: { timings: { pollEveryMs: 30, settleMs: [50], listingLagMs } },
  })
}

/** A copy of the whole project as it is now, state and all. */
async function openCopy({ dir }: KitProject, to: string): Promise<Project> {
  cpSync(dir, to, { recursive: true })
  return openProject({ cwd: to, configFile: null, envFile: null, modules: { offpeak, zod: { z } } })
}

/** Drives a run until so many of its files have a batch at the provider. */
async function driveUntilSent(project: Project, runId: string, files: number): Promise<void> {
  const enough = new AbortController()
  const driving = project.drive({ runIds: [runId], signal: enough.signal })
  try {
    for (;;) {
      const attempts = await project.store.attempts(runId)
      if (attempts.filter(({ providerBatchId }) => providerBatchId !== null).length >= files) return
      await sleep(20)
    }
  } finally {
    enough.abort()
    await driving
  }
}

function driveToEnd(project: Project, runId: string): Promise<void> {
  return project.drive({ runIds: [runId], signal: AbortSignal.timeout(60_000) })
}

test('a process that was at work before its project was copied finds what the copy has sent since, and pays for none of it', async () => {
  using folder = temporaryFolder()
  const listingLagMs = 50
  await using original = await openOriginal(listingLagMs)
  const run = await begin(original, {}, amountOfTwoMicroUsd)
  await driveUntilSent(original.offpeak, run, 2)
  const place = join(folder.path, 'copy')
  await using copy = await openCopy(original, place)
  await copy.resume(run, 1_000_000)
  await driveUntilSent(copy, run, 3)

  // The last look of the process at the provider is not believed for ever.
  await sleep(10 * listingLagMs)
  await original.offpeak.resume(run, 1_000_000)
  await driveUntilSent(original.offpeak, run, 3)
  original.emulator.advanceClock(86_000_000)
  await Promise.all([driveToEnd(original.offpeak, run), driveToEnd(copy, run)])
  expect(sinkRows(original)).toHaveLength(12)
  expect(sinkRows({ dir: place })).toHaveLength(12)
  expect(original.emulator.bill()).toMatchObject({ requests: 12, duplicate_requests: 0 })
}, 120_000)

test('what two copies send before either can see the other is paid twice, and reported with its amount', async () => {
  using folder = temporaryFolder()
  await using original = await openOriginal(60_000)
  const place = join(folder.path, 'copy')
  await using copy = await openCopy(original, place)
  const run = await begin(original, {}, amountOfTwoMicroUsd)
  await driveUntilSent(original.offpeak, run, 2)
  const theirs = await begin({ offpeak: copy })
  await driveUntilSent(copy, theirs, 3)

  await original.offpeak.resume(run, 1_000_000)
  await driveUntilSent(original.offpeak, run, 3)
  original.emulator.advanceClock(86_000_000)
  await Promise.all([driveToEnd(original.offpeak, run), driveToEnd(copy, theirs)])
  expect(original.emulator.bill()).toMatchObject({ requests: 17, duplicate_requests: 5 })
  for (const [project, id] of [
    [original.offpeak, run],
    [copy, theirs],
  ] as const) {
    const { state, money } = await project.status(id)
    const [duplicate] = (await project.store.ledger({ runId: id })).filter(({ kind }) => kind === 'duplicate')
    expect(duplicate?.note).toMatch(/^batch batch_\w+ of another copy of the project asks the same$/)
    expect(duplicate?.amountMicroUsd).toBeGreaterThan(0)
    expect(state).toBe('done')
    expect(money.duplicateMicroUsd).toBe(duplicate?.amountMicroUsd)
    expect(money.spentMicroUsd).toBeGreaterThanOrEqual(original.emulator.bill().cost_micro_usd)
  }
}, 120_000)
