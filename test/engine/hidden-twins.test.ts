import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openProject } from '../../src/compose/open-project.ts'
import type { Project } from '../../src/compose/project.ts'
import * as offpeak from '../../src/index.ts'
import { temporaryFolder } from '../cli/project.ts'
import { begin, openKit } from './run-kit.ts'

const listingLagMs = 1_000

function open(cwd: string): Promise<Project> {
  return openProject({ cwd, configFile: null, envFile: null, modules: { offpeak, zod: { z } } })
}

async function driveUntilSent(project: Project, runId: string): Promise<void> {
  const enough = new AbortController()
  const driving = project.drive({ runIds: [runId], signal: enough.signal })
  try {
    for (;;) {
      const attempts = await project.store.attempts(runId)
      if (attempts.some(({ providerBatchId }) => providerBatchId !== null)) return
      await sleep(20)
    }
  } finally {
    enough.abort()
    await driving
  }
}

interface Hidden {
  readonly which: string
  /** How long the list hides each of the two batches, in milliseconds. */
  readonly lagsMs: readonly [number, number]
}

test.for<Hidden>([
  { which: 'the one that it waits for', lagsMs: [3_000, 500] },
  { which: 'the other one', lagsMs: [500, 3_000] },
])(
  'a run whose file was sent twice does not end while the list hides $which, and reports it with its amount',
  { timeout: 120_000 },
  async ({ lagsMs }) => {
    using folder = temporaryFolder()
    await using kit = await openKit({
      records: 4,
      emulator: { speed: 1 },
      settings: { timings: { pollEveryMs: 30, settleMs: [50], listingLagMs } },
    })
    const run = await begin(kit)
    await kit.offpeak[Symbol.asyncDispose]()
    const copies = ['first', 'second'].map((name) => join(folder.path, name))
    for (const copy of copies) cpSync(kit.dir, copy, { recursive: true })
    const notes = join('.offpeak', 'files', '_intents')
    mkdirSync(join(kit.dir, notes))
    for (const [n, copy] of copies.entries()) {
      // Neither copy can see the batch of the other.
      kit.emulator.play(`list-lag:ms=${lagsMs[n]}`)
      await using project = await open(copy)
      await driveUntilSent(project, run)
      keepNote(join(copy, notes), join(kit.dir, notes), n + 1)
    }
    kit.emulator.advanceClock(86_000_000)
    await using restored = await open(kit.dir)
    await restored.drive({ runIds: [run], signal: AbortSignal.timeout(60_000) })
    const { state, money } = await restored.status(run)
    expect(state).toBe('done')
    const bill = kit.emulator.bill()
    expect(bill).toMatchObject({ requests: 8, duplicate_requests: 4 })
    expect(money.duplicateMicroUsd).toBeGreaterThan(0)
    expect(money.spentMicroUsd).toBeGreaterThanOrEqual(bill.cost_micro_usd)
  },
)

/** Lays the note of what a copy has sent beside the state, as the nth. */
function keepNote(from: string, to: string, number: number): void {
  const [name = ''] = readdirSync(from)
  const note: unknown = JSON.parse(readFileSync(join(from, name), 'utf8'))
  writeFileSync(join(to, name.replace(/^\d+/, String(number))), JSON.stringify({ ...Object(note), number }))
}
