import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { openCell, type Mode } from './cell.ts'
import { limiter, untimed } from './limit.ts'
import { startWorker, type Worker } from './process.ts'
import { laggingList, lostRequest, lostResponse, plain, realtime } from './scenarios.ts'
import { startOwnServer } from './server.ts'
import { compare, driveMode, faultless, figures, survive, workUntilDone } from './survive.ts'
import { serverPrograms } from '../support/postgres.ts'

/** Every place at which a worker can stand still, and every state, with `npm run test:crash`; else the dearest. */
const isWhole = process.env['OFFPEAK_CRASH_MATRIX'] === 'whole'
/** Most of a test is waiting for leases and processes. */
const inTurn = limiter(Number(process.env['OFFPEAK_CRASH_AT_ONCE'] ?? 3))

/** When workers are killed; the same again with OFFPEAK_CRASH_SEED. */
const seed = Number(process.env['OFFPEAK_CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const delaysMs = fc.sample(fc.integer({ min: 700, max: 2_200 }), { numRuns: 10, seed })

const trouble = { killsAtAnyTime: 0, stalls: 0, seed }
afterAll(() => {
  console.log(JSON.stringify({ trouble: { ...figures, ...trouble } }))
})

test.concurrent.for(['sqlite', 'postgres', 'pg-boss'] as const)(
  'two operators who start the same job at once share one run (%s)',
  { timeout: untimed },
  (mode) =>
    inTurn(async () => {
      await using cell = await openCell(mode, plain)
      await workUntilDone(cell, [
        startWorker(cell.dir, driveMode(mode)),
        startWorker(cell.dir, driveMode(mode)),
      ])
      await compare(cell, await faultless(plain))
    }),
)

test.concurrent.for([
  [lostResponse, null],
  [lostRequest, null],
  [laggingList, null],
  [laggingList, 'create.post.after:1'],
  [laggingList, 'doubt.list.after:2'],
] as const)(
  'a lost answer to the paid call costs nothing twice: %o',
  { timeout: untimed },
  ([scenario, crashAt]) =>
    inTurn(async () => {
      if (crashAt !== null) return survive('sqlite', scenario, crashAt)
      await using cell = await openCell('sqlite', scenario)
      await workUntilDone(cell, [startWorker(cell.dir, 'run')])
      await compare(cell, await faultless(plain))
    }),
)

/** Stops itself at a point for longer than its lease, while another worker goes on, and then comes back. */
async function stall(mode: Mode, point: string, comesBack: 'late' | 'early'): Promise<void> {
  const scenario = point.startsWith('ask.') ? realtime : plain
  await using cell = await openCell(mode, scenario)
  const stalled = startWorker(cell.dir, driveMode(mode), `${point}:1:stop`)
  await untilStopped(stalled)
  const other = startWorker(cell.dir, driveMode(mode))
  // Early: just after the other one can have taken over.
  if (comesBack === 'early') await sleep(2_500)
  else await other.ended
  stalled.child.kill('SIGCONT')
  await workUntilDone(cell, [other, stalled])
  expect((await stalled.ended).code, 'the stalled worker ends well').toBe(0)
  await compare(cell, await faultless(scenario))
  trouble.stalls += 1
}

async function untilStopped({ child }: Worker): Promise<void> {
  const { readFile } = await import('node:fs/promises')
  for (;;) {
    const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8')
    if (stat.split(') ')[1]?.startsWith('T') === true) return
    await sleep(20)
  }
}

const stalls = (
  [
    'create.post.before',
    'ask.post.before',
    'create.post.after',
    'ask.post.after',
    'ask.answer.sync.before',
    'merge.sink.write.before',
    'merge.commit.before',
    'upload.post.before',
    'build.commit.before',
  ] as const
)
  .slice(0, isWhole ? undefined : 3)
  .flatMap((point) => (['early', 'late'] as const).map((comesBack) => ({ point, comesBack })))

test.runIf(process.platform === 'linux').concurrent.for(stalls)(
  'a worker that stands still at $point and comes back $comesBack does no harm',
  { timeout: untimed },
  ({ point, comesBack }) => inTurn(() => stall('sqlite', point, comesBack)),
)
test
  .runIf(process.platform === 'linux')
  .concurrent('the same in a fleet', { timeout: untimed }, () =>
    inTurn(() => stall('pg-boss', 'create.post.before', 'early')),
  )

test.concurrent.for(isWhole ? (['sqlite', 'postgres'] as const) : (['sqlite'] as const))(
  'ten kills at any time leave the run as it would have been (%s)',
  { timeout: untimed },
  (mode) =>
    inTurn(async () => {
      await using cell = await openCell(mode, { ...plain, emulator: { speed: 2.5 } })
      let kills = 0
      for (const delayMs of delaysMs) {
        const worker = startWorker(cell.dir, 'run')
        await Promise.race([sleep(delayMs), worker.ended])
        worker.child.kill('SIGKILL')
        if ((await worker.ended).code === 0) break
        kills += 1
      }
      expect(kills, 'the run outlives the kills').toBe(10)
      await workUntilDone(cell, [startWorker(cell.dir, 'run')])
      await compare(cell, await faultless(plain))
      trouble.killsAtAnyTime += kills
    }),
)

test.concurrent(
  'a fleet takes over the work of one that was killed and never comes back',
  { timeout: untimed },
  () =>
    inTurn(async () => {
      // The sweep is as rare as it is by default, so that what takes over is the queue itself.
      await using cell = await openCell('pg-boss', {
        ...plain,
        settings: { worker: { driver: 'pg-boss', concurrency: 4 } },
      })
      const killed = startWorker(cell.dir, 'fleet', 'merge.sink.write.before:1')
      expect((await killed.ended).signal).toBe('SIGKILL')
      const begun = performance.now()
      const other = startWorker(cell.dir, 'fleet')
      await workUntilDone(cell, [other])
      console.log(`taken over and done after ${((performance.now() - begun) / 1_000).toFixed(1)} s`)
      await compare(cell, await faultless(plain))
    }),
)

const programs = serverPrograms()
test
  .skipIf(programs === null)
  .concurrent.for(isWhole ? (['postgres', 'pg-boss'] as const) : (['postgres'] as const))(
  'the database of the state fails and comes back while a run continues (%s)',
  { timeout: untimed },
  (mode) =>
    inTurn(async () => {
      await using server = await startOwnServer(programs ?? '')
      await using cell = await openCell(mode, { ...plain, emulator: { speed: 15 } }, server.url)
      const worker = startWorker(cell.dir, driveMode(mode))
      while (cell.emulator.state().batches.length < 2) await sleep(20)
      await server.crashAndRestart()
      await workUntilDone(cell, [worker])
      expect((await worker.ended).code, 'the worker has lived through it').toBe(0)
      await compare(cell, await faultless(plain))
    }),
)
