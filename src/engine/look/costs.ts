import { parseSums } from '../../domain/sums.ts'
import { needPerson, parseCounts } from '../../domain/outcome.ts'
import type { AttemptRow, BatchRow, LedgerRow, RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { specOf } from '../spec.ts'

export type CostsBy = 'job' | 'model' | 'day' | 'run'

export interface CostRow {
  /** The job, model, UTC day or run. */
  readonly name: string
  readonly runs: number
  readonly merged: number
  readonly needPerson: number
  readonly spentMicroUsd: number
  /** Held for batches that are on their way. */
  readonly reservedMicroUsd: number
  readonly realtimeMicroUsd: number
  readonly savedMicroUsd: number
  /** Part of what was spent: answers that could not be used. */
  readonly unusableMicroUsd: number
  /** Paid twice by a mishap at the provider; part of nothing else here. */
  readonly duplicateMicroUsd: number
}

/** What was spent, from the ledger. */
export interface Costs {
  readonly schema: 'offpeak.costs/1'
  readonly by: CostsBy
  readonly since: number | null
  readonly rows: readonly CostRow[]
  readonly total: CostRow
}

/** As many runs as a listing looks back. */
const maxRuns = 10_000

/** Sums the ledger since a time, grouped; days come in order, everything else dearest first. */
export async function costsOf(
  { store }: Pick<Flow, 'store'>,
  by: CostsBy,
  since: number | null,
): Promise<Costs> {
  const entries = await store.ledger(since === null ? {} : { since })
  const runs = new Map((await store.runs({ limit: maxRuns })).map((run) => [run.id, run]))
  const groups = new Map<string, CostRow>()
  const runsOf = new Map<string, Set<string>>()
  let total = empty('total')
  for (const [runId, ofRun] of Map.groupBy(entries, (entry) => entry.runId)) {
    const [attempts, batches] = await Promise.all([store.attempts(runId), store.batches(runId)])
    const run = runs.get(runId)
    for (const { entry, row } of rowsOf(ofRun, attempts, batches)) {
      const name = nameOf(by, entry, run)
      groups.set(name, add(groups.get(name) ?? empty(name), row))
      runsOf.set(name, (runsOf.get(name) ?? new Set()).add(runId))
      total = add(total, row)
    }
  }
  const rows = [...groups.values()].map((row) => ({ ...rounded(row), runs: runsOf.get(row.name)?.size ?? 0 }))
  const sorted =
    by === 'day'
      ? rows.toSorted((one, other) => one.name.localeCompare(other.name))
      : rows.toSorted((one, other) => other.spentMicroUsd - one.spentMicroUsd)
  return {
    schema: 'offpeak.costs/1',
    by,
    since,
    rows: sorted,
    total: { ...rounded(total), runs: new Set(entries.map(({ runId }) => runId)).size },
  }
}

/** What each entry of a run's ledger adds; a batch's answers count with the entry that settled it. */
function rowsOf(
  entries: readonly LedgerRow[],
  attempts: readonly AttemptRow[],
  batches: readonly BatchRow[],
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
        needPerson: needPerson(counts),
        spentMicroUsd: entry.amountMicroUsd,
        realtimeMicroUsd: micro('realtimePicoUsd'),
        savedMicroUsd: Math.max(0, micro('realtimePicoUsd') - micro('costPicoUsd')),
        unusableMicroUsd: micro('unusablePicoUsd'),
      },
    }
  })
}

function nameOf(by: CostsBy, entry: LedgerRow, run: RunRow | undefined): string {
  switch (by) {
    case 'job':
      return entry.job
    case 'run':
      return entry.runId
    case 'day':
      return new Date(entry.at).toISOString().slice(0, 10)
    case 'model':
      return run === undefined ? 'unknown' : specOf(run).model
  }
}

/** Sums of single requests are finer than micro-dollars until here. */
function rounded(row: CostRow): CostRow {
  const { realtimeMicroUsd, savedMicroUsd, unusableMicroUsd } = row
  return {
    ...row,
    realtimeMicroUsd: Math.round(realtimeMicroUsd),
    savedMicroUsd: Math.round(savedMicroUsd),
    unusableMicroUsd: Math.round(unusableMicroUsd),
  }
}

function empty(name: string): CostRow {
  return {
    name,
    runs: 0,
    merged: 0,
    needPerson: 0,
    spentMicroUsd: 0,
    reservedMicroUsd: 0,
    realtimeMicroUsd: 0,
    savedMicroUsd: 0,
    unusableMicroUsd: 0,
    duplicateMicroUsd: 0,
  }
}

function add(one: CostRow, other: CostRow): CostRow {
  return {
    name: one.name,
    runs: one.runs,
    merged: one.merged + other.merged,
    needPerson: one.needPerson + other.needPerson,
    spentMicroUsd: one.spentMicroUsd + other.spentMicroUsd,
    reservedMicroUsd: one.reservedMicroUsd + other.reservedMicroUsd,
    realtimeMicroUsd: one.realtimeMicroUsd + other.realtimeMicroUsd,
    savedMicroUsd: one.savedMicroUsd + other.savedMicroUsd,
    unusableMicroUsd: one.unusableMicroUsd + other.unusableMicroUsd,
    duplicateMicroUsd: one.duplicateMicroUsd + other.duplicateMicroUsd,
  }
}
