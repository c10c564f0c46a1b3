import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { type Cell, capOf, type Mode, openCell, type Scenario } from './cell.ts'
import { billOf, checkSettled, type Expected, readResult } from './check.ts'
import { startWorker, type Worker } from './process.ts'

/** What all runs of the harness add up to. */
export const figures = {
  runs: 0,
  kills: 0,
  lostRecords: 0,
  paidTwiceRequests: 0,
  overshootMicroUsd: 0,
  seconds: 0,
}

const expected = new Map<string, Promise<Expected>>()

/** What the scenario leaves when nothing dies: asked once, and the same for every state and driver. */
export function faultless(scenario: Scenario): Promise<Expected> {
  const known = expected.get(scenario.name) ?? runFaultless(scenario)
  expected.set(scenario.name, known)
  return known
}

async function runFaultless(scenario: Scenario): Promise<Expected> {
  await using cell = await openCell('sqlite', scenario)
  await workUntilDone(cell, [startWorker(cell.dir, 'run')])
  await checkSettled(cell)
  return await readResult(cell)
}

/** Runs a scenario whose processes die at a point (`<point>:<hit>`), and checks that nobody can tell afterwards. */
export async function survive(mode: Mode, scenario: Scenario, crashAt: string): Promise<void> {
  const undisturbed = await faultless(
    scenario.cancelAfterBatches === undefined ? scenario : { name: 'plain' },
  )
  const begun = performance.now()
  await using cell = await openCell(mode, scenario)
  const workers = mode === 'pg-boss' ? 2 : 1
  const kills = await workUntilDone(
    cell,
    Array.from({ length: workers }, () => startWorker(cell.dir, driveMode(mode), crashAt)),
  )
  expect(kills, `${crashAt} is reached`).toBeGreaterThan(0)
  await compare(cell, undisturbed)
  figures.seconds += (performance.now() - begun) / 1_000
}

/** Checks a finished cell against a run without faults, and counts it. */
export async function compare(cell: Cell, undisturbed: Expected): Promise<void> {
  const result = await readResult(cell)
  const { scenario } = cell
  const paidTwice =
    result.duplicateRequests - (scenario.cancelAfterBatches === undefined ? undisturbed.duplicateRequests : 0)
  figures.runs += 1
  if (scenario.choice?.deliveryMode !== 'realtime') figures.paidTwiceRequests += Math.max(0, paidTwice)
  figures.overshootMicroUsd = Math.max(
    figures.overshootMicroUsd,
    billOf(cell).cost_micro_usd - capOf(scenario),
  )
  await checkSettled(cell)
  if (scenario.choice?.deliveryMode === 'realtime') {
    // Nobody can ask a provider what became of a call; each that is paid twice is reported as possibly paid.
    const unsure = await unsureCalls(cell)
    expect(paidTwice, 'requests that were paid twice without a word').toBeLessThanOrEqual(unsure)
    expect(result.outcomes).toEqual(undisturbed.outcomes)
    expect(result.table).toEqual(undisturbed.table)
    return
  }
  expect(paidTwice, 'requests that were paid twice').toBe(0)
  if (scenario.cancelAfterBatches === undefined) {
    figures.lostRecords += Object.keys(undisturbed.outcomes).filter(
      (key) => result.outcomes[key] !== undisturbed.outcomes[key],
    ).length
    expect(result).toEqual(undisturbed)
    return
  }
  // How far a cancelled run came is chance; what it has written and what it says about each record must agree.
  for (const [index, line] of result.table.entries()) {
    const merged = result.outcomes[String(index + 1)] === 'merged'
    expect(line).toBe(
      merged ? undisturbed.table[index] : JSON.stringify({ id: index + 1, headnote: null, topics: null }),
    )
  }
  expect(
    Object.values(result.outcomes).filter((outcome) => outcome !== 'merged' && outcome !== 'cancelled'),
  ).toEqual([])
}

export function driveMode(mode: Mode): 'run' | 'fleet' {
  return mode === 'pg-boss' ? 'fleet' : 'run'
}

/** Waits until the run is over, starting a worker anew when the last one has died. Returns how many were killed. */
export async function workUntilDone(cell: Cell, workers: readonly Worker[]): Promise<number> {
  const over = new AbortController()
  const watching = watchBudget(cell, over.signal)
  const cancelling =
    cell.scenario.cancelAfterBatches === undefined
      ? null
      : cancelWhenReady(cell, cell.scenario.cancelAfterBatches, over.signal)
  let kills = 0
  let wave = workers
  try {
    for (let tries = 0; ; tries += 1) {
      const ends = await Promise.all(wave.map(({ ended }) => ended))
      kills += ends.filter(({ signal }) => signal === 'SIGKILL').length
      const failed = ends.find(({ signal, code }) => signal !== 'SIGKILL' && code !== 0)
      if (failed) throw new Error(`a worker failed (${failed.signal ?? failed.code}): ${failed.errors}`)
      if (ends.some(({ code }) => code === 0)) break
      if (tries > 3) throw new Error('workers keep dying')
      wave = [startWorker(cell.dir, driveMode(cell.mode))]
    }
    await cancelling
  } finally {
    over.abort()
    for (const { child } of wave) child.kill('SIGKILL')
  }
  figures.kills += kills
  await watching
  return kills
}

/** Calls whose fate is not known: they are asked again, and count as paid before. */
async function unsureCalls({ store }: Cell): Promise<number> {
  const [run] = await store.runs({ limit: 1 })
  const attempts = await store.attempts(run?.id ?? '')
  return attempts.reduce((sum, { remoteFailed }) => sum + remoteFailed, 0)
}

/** Asks all the time whether what is spent and what is reserved stay below the cap. */
async function watchBudget({ store, scenario }: Cell, signal: AbortSignal): Promise<void> {
  let most = 0
  while (!signal.aborted) {
    const [run] = await store.runs({ limit: 1 }).catch(() => [])
    const budget = run && (await store.budget(`run:${run.id}`).catch(() => null))
    most = Math.max(most, (budget?.reservedMicroUsd ?? 0) + (budget?.spentMicroUsd ?? 0))
    await sleep(50, undefined, { signal }).catch(() => undefined)
  }
  expect(most, 'settled and reserved money stays below the cap').toBeLessThanOrEqual(capOf(scenario))
}

async function cancelWhenReady(cell: Cell, batches: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && cell.emulators.flatMap((each) => each.state().batches).length < batches)
    await sleep(20)
  if (signal.aborted) return
  const { code, errors } = await startWorker(cell.dir, 'cancel').ended
  if (code !== 0) throw new Error(`the run cannot be cancelled: ${errors}`)
}
