import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { statusOf } from '../../src/engine/queries/status.ts'
import type { Outcome } from '../../src/domain/outcome.ts'
import { type Cell, capOf, requestCountOf, tableContent } from './cell.ts'

/** What a run without faults leaves: the table, and what became of each record. */
export interface Expected {
  readonly table: readonly string[]
  readonly outcomes: Readonly<Record<string, Outcome>>
  readonly billedRequests: number
  /** Requests that are paid again on purpose, because their first answer was of no use. */
  readonly duplicateRequests: number
}

/** What all accounts of a cell were billed. */
export function billOf({ emulators }: Cell): {
  readonly cost_micro_usd: number
  readonly requests: number
  readonly duplicate_requests: number
} {
  const bills = emulators.map((each) => each.bill())
  const sum = (name: 'cost_micro_usd' | 'requests' | 'duplicate_requests'): number =>
    bills.reduce((total, bill) => total + bill[name], 0)
  return {
    cost_micro_usd: sum('cost_micro_usd'),
    requests: sum('requests'),
    duplicate_requests: sum('duplicate_requests'),
  }
}

/** Reads what a run has left in table, state and bill. */
export async function readResult(cell: Cell): Promise<Expected> {
  const run = (await cell.store.runs({ limit: 10 }))[0]
  if (!run) throw new Error('there is no run')
  const requests = await cell.store.requests(run.id, { limit: 10_000 })
  const bill = billOf(cell)
  return {
    table: await tableContent(cell.databaseUrl),
    outcomes: Object.fromEntries(requests.map(({ key, outcome }) => [key, outcome])),
    billedRequests: bill.requests,
    duplicateRequests: bill.duplicate_requests,
  }
}

/** Everything that must hold after any run, however often its processes died. */
export async function checkSettled(cell: Cell): Promise<void> {
  const { store, emulators, dir } = cell
  const runs = await store.runs({ limit: 10 })
  expect(runs, 'one run').toHaveLength(1)
  const [run] = runs
  if (!run) return
  expect(run.state).toBe(cell.scenario.cancelAfterBatches === undefined ? 'done' : 'cancelled')
  const requests = await store.requests(run.id, { limit: 10_000 })
  if (cell.scenario.cancelAfterBatches === undefined)
    expect(requests, 'every record is accounted for').toHaveLength(requestCountOf(cell.scenario))
  expect(
    requests.filter(({ outcome }) => outcome === 'pending'),
    'no record is left without an outcome',
  ).toEqual([])
  await checkCounters(
    cell,
    requests.map(({ outcome }) => outcome),
  )
  await checkMoney(cell, run.id)
  expect(
    (await store.quotas()).map(({ usedTokens }) => usedTokens).filter((used) => used !== 0),
    'no tokens are held',
  ).toEqual([])
  for (const emulator of emulators)
    expect(emulator.state().files.filter(isRemovable), 'no file is left at the provider').toEqual([])
  await checkFiles(cell, run.id, join(dir, '.offpeak', 'files'))
}

/** What a batch at xAI has brought stays with it as long as the service keeps it: nothing deletes it. */
function isRemovable(file: object): boolean {
  return Reflect.get(file, 'profile') !== 'xai' || Reflect.get(file, 'purpose') !== 'batch_output'
}

async function checkCounters(cell: Cell, outcomes: readonly Outcome[]): Promise<void> {
  const [run] = await cell.store.runs({ limit: 1 })
  if (!run) return
  const status = await statusOf({ store: cell.store }, run)
  const counted: Record<string, number> = {}
  for (const outcome of outcomes) counted[outcome] = (counted[outcome] ?? 0) + 1
  expect(
    Object.fromEntries(Object.entries(status.counts).filter(([, count]) => count !== 0)),
    'the counters say what the rows say',
  ).toEqual(counted)
  expect(status.pending, 'nothing counts as pending').toBe(0)
}

async function checkMoney(cell: Cell, runId: string): Promise<void> {
  const { store, scenario } = cell
  const bill = billOf(cell)
  const ledger = await store.ledger({ runId })
  const sum = (kind: string): number =>
    ledger.filter((entry) => entry.kind === kind).reduce((total, entry) => total + entry.amountMicroUsd, 0)
  // Each batch is rounded up to a micro-dollar, the bill once as a whole.
  expect(sum('settle'), 'the ledger covers the bill').toBeGreaterThanOrEqual(bill.cost_micro_usd)
  const possiblyPaid = (await store.attempts(runId)).reduce(
    (total, attempt) => total + attempt.possiblyPaidMicroUsd,
    0,
  )
  expect(sum('settle') - possiblyPaid - bill.cost_micro_usd, 'and no more').toBeLessThanOrEqual(
    ledger.filter(({ kind }) => kind === 'settle').length,
  )
  expect(bill.cost_micro_usd, 'the bill stays below the cap').toBeLessThanOrEqual(capOf(scenario))
  const budget = await store.budget(`run:${runId}`)
  expect(budget).toMatchObject({ reservedMicroUsd: 0, spentMicroUsd: sum('settle') })
  expect(
    ledger.filter(({ kind }) => kind === 'duplicate'),
    'nothing was paid twice',
  ).toEqual([])
}

async function checkFiles({ store }: Cell, runId: string, filesDir: string): Promise<void> {
  const names = existsSync(filesDir) ? await readdir(filesDir) : []
  expect(
    names.filter((name) => /\.(?:tmp|part)$/.test(name)),
    'no unfinished file is left',
  ).toEqual([])
  const tags = new Set((await store.batches(runId)).map(({ tag }) => tag))
  const requestFiles = names
    .filter((name) => !/^\d+-|^project\.json$|^_intents$/.test(name))
    .map((name) => name.slice(0, name.indexOf('.')))
  expect(
    requestFiles.filter((tag) => !tags.has(tag)),
    'no file is left that nobody knows',
  ).toEqual([])
}
