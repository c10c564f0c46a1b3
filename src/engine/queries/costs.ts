import { apportion } from '../../domain/apportion.ts'
import { parseSums } from '../../domain/sums.ts'
import { needsAttention, parseCounts } from '../../domain/outcome.ts'
import type { LedgerRow } from '../../ports/state.ts'
import type { Store } from '../../ports/store.ts'
import type { AttemptReservation } from '../../ports/store/ledger.ts'
import type { BatchCounters } from '../../ports/store/runs.ts'
import type { Flow } from '../flow.ts'
import { specOf } from '../spec.ts'
import { retryingOf } from './retrying.ts'

export type CostsBy = 'job' | 'model' | 'day' | 'run'

export interface CostRow {
  /** The job, model, UTC day or run. */
  readonly name: string
  /** The second way of grouping, when one was asked for. */
  readonly series: string | null
  readonly runs: number
  readonly merged: number
  readonly needsAttention: number
  readonly spentMicroUsd: number
  /** Held for batches that are on their way. */
  readonly reservedMicroUsd: number
  readonly realtimeMicroUsd: number
  readonly savedMicroUsd: number
  /** Part of what was spent: answers that could not be used. */
  readonly wastedMicroUsd: number
  /** Paid twice by a mishap at the provider; part of nothing else here. */
  readonly duplicateMicroUsd: number
}

/** Costs from the ledger. */
export interface Costs {
  readonly schema: 'offpeak.costs/2'
  readonly by: CostsBy
  readonly series: CostsBy | null
  readonly since: number | null
  readonly rows: readonly CostRow[]
  readonly total: CostRow
}

export interface CostsOptions {
  readonly by: CostsBy
  /** Groups each group once more. */
  readonly series: CostsBy | null
  readonly since: number | null
  /** Only what these jobs have spent; null: all. */
  readonly jobs: readonly string[] | null
}

/** More runs than that do not live side by side. */
const mostLive = 1_000
/** Runs that are asked about in one statement. */
const runsAtOnce = 500

/** Costs from the ledger since a time, grouped; days come in order, everything else dearest first. */
export async function costsOf(
  { store, isSimulated }: Pick<Flow, 'store' | 'isSimulated'>,
  { by, series, since, jobs }: CostsOptions,
): Promise<Costs> {
  const entries = await store.ledger({
    ...(since === null ? {} : { since }),
    ...(jobs === null ? {} : { jobs }),
    // Of what was invented nothing was spent; the emulator's own state holds nothing else.
    simulated: isSimulated,
  })
  const byRun = Map.groupBy(entries, (entry) => entry.runId)
  const ids = [...byRun.keys()]
  const models = by === 'model' || series === 'model' ? await modelsOf(store, ids) : new Map<string, string>()
  const groups = new Map<string, { row: CostRow; readonly runs: Set<string> }>()
  let total = empty('total')
  const live = new Map((await store.runs({ live: true, limit: mostLive })).map((run) => [run.id, run]))
  for (let at = 0; at < ids.length; at += runsAtOnce) {
    const some = ids.slice(at, at + runsAtOnce)
    const [attempts, batches] = await Promise.all([store.holdings(some), store.batchCounters(some)])
    const attemptsOf = Map.groupBy(attempts, ({ runId }) => runId)
    const batchesOf = Map.groupBy(batches, ({ runId }) => runId)
    for (const runId of some) {
      const ofRun = byRun.get(runId) ?? []
      const itsBatches = batchesOf.get(runId) ?? []
      const going = live.get(runId)
      const retrying =
        going === undefined ? new Map<number, number>() : await retryingOf(store, going, itsBatches)
      for (const { entry, row } of rowsOf(ofRun, attemptsOf.get(runId) ?? [], {
        batches: itsBatches,
        retrying,
      })) {
        const name = nameOf(by, entry, models)
        const second = series === null ? null : nameOf(series, entry, models)
        const key = `${name}\n${second ?? ''}`
        const group = groups.get(key) ?? { row: { ...empty(name), series: second }, runs: new Set<string>() }
        groups.set(key, group)
        group.row = add(group.row, row)
        group.runs.add(runId)
        total = add(total, row)
      }
    }
  }
  const rows = rounded([...groups.values()].map(({ row, runs }) => ({ ...row, runs: runs.size })))
  const sorted =
    by === 'day'
      ? rows.toSorted((one, other) => one.name.localeCompare(other.name))
      : rows.toSorted((one, other) => other.spentMicroUsd - one.spentMicroUsd)
  return {
    schema: 'offpeak.costs/2',
    by,
    series,
    since,
    rows: sorted,
    total: { ...total, ...totalOf(rows), runs: ids.length },
  }
}

async function modelsOf(
  store: Pick<Store, 'run'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const models = new Map<string, string>()
  for (const id of ids) {
    const run = await store.run(id)
    if (run) models.set(id, specOf(run).model)
  }
  return models
}

/** What each entry of a run's ledger adds; a batch's answers count with the entry that settled it. */
function rowsOf(
  entries: readonly LedgerRow[],
  attempts: readonly AttemptReservation[],
  {
    batches,
    retrying,
  }: { readonly batches: readonly BatchCounters[]; readonly retrying: ReadonlyMap<number, number> },
): readonly { readonly entry: LedgerRow; readonly row: CostRow }[] {
  const batchOf = new Map(attempts.map(({ id, batchN }) => [id, batchN]))
  const byNumber = new Map(batches.map((batch) => [batch.n, batch]))
  const held = new Map(
    attempts
      .filter(({ state }) => !['merged', 'void', 'waiting'].includes(state))
      .map(({ id, reservedMicroUsd }) => [id, reservedMicroUsd]),
  )
  return entries.map((entry) => {
    const none = empty('')
    if (entry.kind === 'reserve')
      return { entry, row: { ...none, reservedMicroUsd: held.get(entry.attemptId) ?? 0 } }
    if (entry.kind === 'duplicate')
      return { entry, row: { ...none, duplicateMicroUsd: entry.amountMicroUsd } }
    const batch = byNumber.get(batchOf.get(entry.attemptId) ?? -1)
    if (entry.kind === 'void' || !batch)
      return { entry, row: { ...none, spentMicroUsd: entry.amountMicroUsd } }
    const usage = parseSums(batch.usage)
    const counts = parseCounts(batch.counts)
    const micro = (name: string): number => (usage[name] ?? 0) / 1e6
    return {
      entry,
      row: {
        ...none,
        merged: counts.merged ?? 0,
        needsAttention: Math.max(0, needsAttention(counts) - (retrying.get(batch.n) ?? 0)),
        spentMicroUsd: entry.amountMicroUsd,
        realtimeMicroUsd: micro('realtimePicoUsd'),
        savedMicroUsd: Math.max(0, micro('realtimePicoUsd') - micro('costPicoUsd')),
        wastedMicroUsd: micro('unusablePicoUsd'),
      },
    }
  })
}

function nameOf(by: CostsBy, entry: LedgerRow, models: ReadonlyMap<string, string>): string {
  switch (by) {
    case 'job':
      return entry.job
    case 'run':
      return entry.runId
    case 'day':
      return new Date(entry.at).toISOString().slice(0, 10)
    case 'model':
      return models.get(entry.runId) ?? 'unknown'
  }
}

const finer = ['realtimeMicroUsd', 'savedMicroUsd', 'wastedMicroUsd'] as const

/** Sums of single requests are finer than micro-dollars until here; each column adds up to its total. */
function rounded(rows: readonly CostRow[]): readonly CostRow[] {
  const columns = finer.map((name) => [name, apportion(rows.map((row) => row[name]))] as const)
  return rows.map((row, at) => ({
    ...row,
    ...Object.fromEntries(columns.map(([name, parts]) => [name, parts[at] ?? 0])),
  }))
}

/** What the rows of a table add up to. */
function totalOf(rows: readonly CostRow[]): Pick<CostRow, (typeof finer)[number]> {
  const sum = (name: (typeof finer)[number]): number => rows.reduce((total, row) => total + row[name], 0)
  return {
    realtimeMicroUsd: sum('realtimeMicroUsd'),
    savedMicroUsd: sum('savedMicroUsd'),
    wastedMicroUsd: sum('wastedMicroUsd'),
  }
}

function empty(name: string): CostRow {
  return {
    name,
    series: null,
    runs: 0,
    merged: 0,
    needsAttention: 0,
    spentMicroUsd: 0,
    reservedMicroUsd: 0,
    realtimeMicroUsd: 0,
    savedMicroUsd: 0,
    wastedMicroUsd: 0,
    duplicateMicroUsd: 0,
  }
}

function add(one: CostRow, other: CostRow): CostRow {
  return {
    name: one.name,
    series: one.series,
    runs: one.runs,
    merged: one.merged + other.merged,
    needsAttention: one.needsAttention + other.needsAttention,
    spentMicroUsd: one.spentMicroUsd + other.spentMicroUsd,
    reservedMicroUsd: one.reservedMicroUsd + other.reservedMicroUsd,
    realtimeMicroUsd: one.realtimeMicroUsd + other.realtimeMicroUsd,
    savedMicroUsd: one.savedMicroUsd + other.savedMicroUsd,
    wastedMicroUsd: one.wastedMicroUsd + other.wastedMicroUsd,
    duplicateMicroUsd: one.duplicateMicroUsd + other.duplicateMicroUsd,
  }
}
