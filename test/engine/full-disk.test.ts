import { closeSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { startEmulator } from '../../src/emulator/index.ts'
import { call, jsonOf, providerProject, temporaryFolder, write } from '../cli/project.ts'
import { notesProject } from '../cli/notes-project.ts'
import { going } from '../fleet/processes.ts'
import { canMount, smallDisk } from '../support/small-disk.ts'
import { begin, carry, checkMoney, openKit, type KitProject, sinkRows } from './run-kit.ts'
import { z } from 'zod'

const settings = {
  batch: { maxRequests: 20 },
  timings: { pollEveryMs: 30, filesAhead: 2, waits: { disk: { afterMs: 1, tries: 2 } } },
}
const patient = { ...settings, timings: { pollEveryMs: 30, filesAhead: 2 } }

/** Writes until nothing more has room. */
function fill(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (;;) writeSync(file, Buffer.alloc(4_096))
  } catch {
    closeSync(file)
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(10)
}

async function isDone(project: KitProject, runId: string, records: number): Promise<void> {
  expect(await project.offpeak.status(runId)).toMatchObject({ state: 'done', counts: { merged: records } })
  expect(sinkRows(project)).toHaveLength(records)
  expect(project.emulator.bill()).toMatchObject({ requests: records, duplicate_requests: 0 })
  await checkMoney(project, runId)
  expect(
    readdirSync(join(project.dir, '.offpeak/files')).filter((name) => /\.(?:tmp|part)$/.test(name)),
  ).toEqual([])
}

describe.skipIf(!canMount)('a full disk (a disk can be mounted here)', () => {
  for (const [what, folder, size] of [
    ['request files', '.offpeak/files', '12k'],
    ['answer files', '.offpeak/files', '40k'],
    ['a file of results', 'results', '12k'],
  ] as const)
    test(`of ${what} stops the run with its words, and it resumes exactly`, async () => {
      await using project = await openKit({
        records: 60,
        settings,
        job: "to: { jsonl: 'results/out.jsonl', line: ({ output }) => ({ ...output }) },",
      })
      const rows = (): KitProject => ({ ...project, dir: join(project.dir, 'results') })
      using disk = smallDisk(join(project.dir, folder), size)
      const runId = await begin(project)
      const stopped = await carry(project, runId)
      expect(stopped).toMatchObject({ state: 'paused', pauseKind: 'disk', wait: { for: 'disk' } })
      expect(stopped.pauseReason).toContain('the disk is full')
      const shown = await call(project.dir, 'resume', runId)
      expect(shown.exit).toBe(1)
      expect(shown.stderr).toContain('E_DISK')
      expect(shown.stderr).toContain('the disk is full')

      disk.resize('20m')
      await project.offpeak.resume(runId, null)
      await carry(project, runId)
      expect(sinkRows(rows())).toHaveLength(60)
      expect(await project.offpeak.status(runId)).toMatchObject({ state: 'done', counts: { merged: 60 } })
      expect(project.emulator.bill()).toMatchObject({ requests: 60, duplicate_requests: 0 })
      await checkMoney(project, runId)
    }, 60_000)

  test('is waited for, and the run continues automatically when there is room', async () => {
    await using project = await openKit({ records: 60, settings: patient })
    using disk = smallDisk(join(project.dir, '.offpeak/files'), '40k')
    const runId = await begin(project)
    const carried = carry(project, runId)
    await until(async () => (await project.offpeak.store.waitingAttempts(runId)).disk !== undefined)
    expect((await project.offpeak.status(runId)).state).not.toBe('paused')
    // What was answered was paid, also while there is no room to read it.
    const left = await call(project.dir, 'resume', runId, '--wait', '500ms')
    expect(left.stderr).toMatch(/ended, and what was answered is not booked yet \(at most \$0\.00\d+\)/)
    expect(left.stderr).toContain('$0.00 booked so far')
    const looked = await call(project.dir, 'status', runId)
    expect(looked.stdout).toMatch(/at least \$0\.00 spent, and up to \$0\.00\d+ by batches that have ended/)
    expect((await project.offpeak.status(runId)).money.unbookedMicroUsd).toBeGreaterThan(0)
    const asked = await call(project.dir, 'pause', runId)
    expect(asked.stdout + asked.stderr).toMatch(
      /\$0\.00, and at most \$0\.00\d+ of batches that have ended and are not booked/,
    )
    await project.offpeak.resume(runId, null)
    disk.resize('20m')
    await carried
    await carry(project, runId)
    await isDone(project, runId, 60)
  }, 60_000)

  test('that has room again resumes a run which it had paused, at the next look', async () => {
    await using project = await openKit({ records: 60, settings })
    const { store } = project.offpeak
    using disk = smallDisk(join(project.dir, '.offpeak/files'), '12k')
    const runId = await begin(project)
    expect(await carry(project, runId)).toMatchObject({ state: 'paused' })
    const lookNow = async (): Promise<void> => {
      await store.changeRun(runId, ['paused'], { nextAt: 0 })
      await project.offpeak.drive({ runIds: null, signal: AbortSignal.timeout(30_000), once: true })
    }
    await lookNow()
    expect(await project.offpeak.status(runId)).toMatchObject({ state: 'paused' })
    disk.resize('20m')
    await lookNow()
    await carry(project, runId)
    await isDone(project, runId, 60)
  }, 60_000)

  test('of the state is told as such at whatever it was about to write, and all continues where it was', async () => {
    using folder = temporaryFolder()
    await using emulator = await startEmulator({ speed: 200_000 })
    await providerProject(folder.path, emulator)
    await write(folder.path, {
      'offpeak.config.ts':
        'export default { timings: { pollEveryMs: 50, settleMs: [100], listingLagMs: 50, leaseMs: 1000, awayMs: 50 } }\n',
    })
    using disk = smallDisk(join(folder.path, '.offpeak'), '320k')
    const told = new Set<string>()
    let exit = -1
    for (let tries = 0; exit !== 0; tries += 1) {
      expect(tries).toBeLessThan(60)
      // A little more room each time, so that something else is about to be written; then enough.
      disk.resize(tries < 14 ? `${320 + tries * 40}k` : '20m')
      const { exit: now, stderr } = await call(
        folder.path,
        'run',
        'notes',
        '--max-cost',
        '$1',
        '--wait',
        '1s',
      )
      exit = now
      expect(stderr).not.toContain('E_BUG')
      if (exit === 1) told.add(/the (?:state|disk)[^:]*: the disk is full/i.exec(stderr)?.[0] ?? stderr)
    }
    expect([...told]).toContain('The state cannot be written: the disk is full')
    expect(sinkRows({ dir: folder.path })).toHaveLength(10)
    expect(emulator.bill()).toMatchObject({ requests: 10, duplicate_requests: 0 })
    const status = z.object({ state: z.string(), money: z.object({ duplicateMicroUsd: z.number() }) })
    expect(status.parse(jsonOf(await call(folder.path, 'status', 'notes', '--json')))).toMatchObject({
      state: 'done',
      money: { duplicateMicroUsd: 0 },
    })
  }, 120_000)

  test('of the state is waited for by a run and a worker, whoever writes names its folder, and both continue when there is room', async () => {
    using folder = temporaryFolder()
    await using emulator = await startEmulator({ speed: 1 })
    const state = join(folder.path, '.offpeak')
    using disk = smallDisk(state, '20m')
    await notesProject(folder.path, {
      records: 60,
      emulator: 'none',
      config: 'batch: { maxRequests: 10 },',
      // What could not be given back while the disk was full is taken over that much later.
      timings: 'leaseMs: 5_000,',
    })
    const env = { AZURE_OPENAI_API_KEY: 'k', AZURE_OPENAI_ENDPOINT: emulator.azureEndpoint }
    await using worker = going(folder.path, ['worker'], env)
    await worker.says('Ctrl-C ends it')
    await using run = going(folder.path, ['run', 'notes', '--yes'], env)
    await run.says('phase=running')
    fill(join(state, 'filler'))
    // One of them holds the leases, and writes; the other may have nothing to write until then.
    const met = await Promise.any(
      [run, worker].map(async (each) => {
        await each.says(`the disk is full (${state})`)
        return each
      }),
    )
    emulator.advanceClock(3_600_000)
    rmSync(join(state, 'filler'))
    disk.resize('40m')
    expect((await run.ended).exit, run.stderr()).toBe(0)
    expect(met.stderr()).toContain('does what it is told again')
    await worker.says('of 60 records are in out.jsonl')
    expect(worker.isOver(), worker.stderr()).toBe(false)
    for (const each of [run, worker]) expect(each.stderr()).not.toMatch(/E_BUG|\n\s+at /)
    expect(sinkRows({ dir: folder.path })).toHaveLength(60)
    expect(emulator.bill()).toMatchObject({ requests: 60, duplicate_requests: 0 })
  }, 120_000)

  test('while answers come in real time keeps those that are on the wire, and asks no more until there is room', async () => {
    await using project = await openKit({
      records: 150,
      marker: () => 'A long text. '.repeat(200),
      job: 'maxTokens: 1_000,',
      settings: {
        ...settings,
        batch: { maxRequests: 150 },
        realtime: { concurrency: 8, requestsPerMinute: 600_000, tokensPerMinute: 1e9, maxRequests: 150 },
      },
    })
    // The request file, the megabyte that is kept for answers on the wire, and some of the answers.
    using disk = smallDisk(join(project.dir, '.offpeak/files'), '1550k')
    const runId = await begin(project, { deliveryMode: 'realtime' })
    const stopped = await carry(project, runId)
    expect(stopped).toMatchObject({ state: 'paused', pauseKind: 'disk' })
    const asked = project.emulator.bill().requests
    expect(asked).toBeGreaterThan(0)
    expect(asked).toBeLessThan(150)
    disk.resize('40m')
    await project.offpeak.resume(runId, null)
    const ended = await carry(project, runId)
    expect(ended).toMatchObject({ state: 'done', counts: { merged: 150 } })
    expect(ended.money).toMatchObject({ possiblyPaidMicroUsd: 0, duplicateMicroUsd: 0 })
    await isDone(project, runId, 150)
  }, 60_000)

  test('of the emulator makes it refuse and wait, and it runs each batch once', async () => {
    using folder = temporaryFolder()
    const data = join(folder.path, 'emulator')
    using disk = smallDisk(data, '12k')
    await using emulator = await startEmulator({ speed: 3_000, dataDir: data })
    await providerProject(folder.path, emulator)
    const first = await call(folder.path, 'run', 'notes', '--max-cost', '$1', '--wait', '1s')
    expect(first.exit).toBe(7)
    disk.resize('20m')
    expect((await call(folder.path, 'resume', 'notes')).exit).toBe(0)
    expect(sinkRows({ dir: folder.path })).toHaveLength(10)
    expect(emulator.bill()).toMatchObject({ requests: 10, duplicate_requests: 0 })
  }, 60_000)

  test('under what a command is to write is told as such', async () => {
    await using project = await openKit({ records: 60 })
    const runId = await begin(project)
    await carry(project, runId)
    using disk = smallDisk(join(project.dir, 'full'), '20m')
    disk.resize('4k')
    writeFileSync(join(project.dir, 'full/other'), Buffer.alloc(4_096))
    for (const command of [
      ['plan', 'notes', '--out', 'full/plan.json'],
      ['results', runId, '-o', 'full/results.jsonl'],
      ['status', runId, '--batch', '0', '--download', 'full'],
    ]) {
      const { exit, stderr } = await call(project.dir, ...command)
      expect([command[0], exit, /E_[A-Z]+/.exec(stderr)?.[0]]).toEqual([command[0], 1, 'E_DISK'])
      expect(stderr).toContain('the disk is full')
    }
  }, 60_000)
})
