import { OffpeakError } from '../../domain/errors.ts'
import { needsAttention } from '../../domain/outcome.ts'
import type { PauseKind, RunState } from '../../domain/run.ts'
import { type WaitKind, waitKinds, waits } from '../../domain/wait.ts'
import type { BudgetRow, RunRow } from '../../ports/state.ts'
import type { BatchCounters, BatchStates } from '../../ports/store/runs.ts'
import type { Flow } from '../flow.ts'
import type { Plan } from '../plan/plan.ts'
import { specOf } from '../spec.ts'
import { retryingOf, sumOf } from './retrying.ts'
import { runTotalsOf } from './run-totals.ts'

/** One run in a list, from stored counters. */
export interface RunSummary {
  readonly run: string
  readonly job: string
  readonly provider: string
  readonly model: string
  /** Whether an emulator has answered. */
  readonly simulated: boolean
  readonly state: RunState
  readonly pauseKind: PauseKind | null
  /** The earlier run whose records this one asks again; null: it is no rescue. */
  readonly rescues: string | null
  readonly createdAt: number
  readonly finishedAt: number | null
  /** Records that this run is about, as far as they are read. */
  readonly records: number
  readonly merged: number
  readonly pending: number
  /** Records that are sent again automatically. */
  readonly retrying: number
  readonly needsAttention: number
  /** What the plan said; null for imported runs. */
  readonly plannedMicroUsd: number | null
  readonly spentMicroUsd: number
  readonly reservedMicroUsd: number
  readonly capMicroUsd: number | null
  readonly savedMicroUsd: number
  /** Why it stands still, or some of its batches do; what is wrong first. */
  readonly waits: readonly WaitSummary[]
  /** How many batches are in each state of an attempt. */
  readonly batches: readonly Pick<BatchStates, 'state' | 'ending' | 'count'>[]
}

/** One reason for which something of a run stands still. */
export interface WaitSummary {
  readonly for: WaitKind
  /** What that means, for people. */
  readonly label: string
  /** In milliseconds since the epoch. */
  readonly since: number
  /** How many batches; null: the run as a whole. */
  readonly batches: number | null
}

export interface RunsFilter {
  readonly job?: string
  /** Only runs of these jobs; null: of all. */
  readonly jobs?: readonly string[] | null
  readonly states?: readonly RunState[]
  readonly cursor?: string | null
  readonly limit: number
}

export interface RunsPage {
  readonly items: readonly RunSummary[]
  readonly nextCursor: string | null
}

/** What of a run never changes, read once from its snapshots. */
interface Facts {
  readonly provider: string
  readonly model: string
  readonly rescues: string | null
  readonly plannedMicroUsd: number | null
}

const mostRemembered = 5_000

/** Lists runs, newest first; remembers what never changes about them. */
export class RunLister {
  readonly #flow: Pick<Flow, 'store'>
  readonly #facts = new Map<string, Facts>()

  constructor(flow: Pick<Flow, 'store'>) {
    this.#flow = flow
  }

  /** Throws E_USAGE for a cursor that was not given out. */
  async page({ job, jobs, states, cursor, limit }: RunsFilter): Promise<RunsPage> {
    const found = await this.#flow.store.runs({
      ...(job === undefined ? {} : { job }),
      ...(jobs == null ? {} : { jobs }),
      ...(states === undefined ? {} : { states }),
      ...(cursor == null ? {} : { after: placeOf(cursor) }),
      limit: limit + 1,
    })
    const runs = found.slice(0, limit)
    const last = runs.at(-1)
    return {
      items: await this.summaries(runs),
      nextCursor: last && found.length > limit ? `${last.createdAt}.${last.id}` : null,
    }
  }

  async summaries(runs: readonly RunRow[]): Promise<readonly RunSummary[]> {
    const { store } = this.#flow
    if (runs.length === 0) return []
    const ids = runs.map(({ id }) => id)
    const [batches, states, budgets] = await Promise.all([
      store.batchCounters(ids),
      store.batchStates(ids),
      store.budgets(ids.map((id) => `run:${id}`)),
    ])
    const batchesOf = Map.groupBy(batches, ({ runId }) => runId)
    const statesOf = Map.groupBy(states, ({ runId }) => runId)
    const budgetOf = new Map(budgets.map((budget) => [budget.key, budget]))
    const retrying = new Map<string, number>()
    for (const run of runs)
      if (run.liveKey !== null)
        retrying.set(run.id, sumOf(await retryingOf(store, run, batchesOf.get(run.id) ?? [])))
    return runs.map((run) =>
      summaryOf(
        run,
        { ...this.#factsOf(run), retrying: retrying.get(run.id) ?? 0 },
        batchesOf.get(run.id) ?? [],
        statesOf.get(run.id) ?? [],
        budgetOf.get(`run:${run.id}`),
      ),
    )
  }

  #factsOf(run: RunRow): Facts {
    const known = this.#facts.get(run.id)
    if (known) return known
    const { provider, model, rescue } = specOf(run)
    const plan: Plan | null = run.plan === null ? null : JSON.parse(run.plan)
    const facts = {
      provider,
      model,
      rescues: rescue?.run ?? null,
      plannedMicroUsd: plan?.cost?.likelyMicroUsd ?? null,
    }
    if (this.#facts.size >= mostRemembered) this.#facts.clear()
    this.#facts.set(run.id, facts)
    return facts
  }
}

function summaryOf(
  run: RunRow,
  { retrying, ...facts }: Facts & Pick<RunSummary, 'retrying'>,
  batches: readonly BatchCounters[],
  states: readonly BatchStates[],
  budget: BudgetRow | undefined,
): RunSummary {
  const { counts, records, pending, usage } = runTotalsOf(run, batches)
  const savedPico = (usage['realtimePicoUsd'] ?? 0) - (usage['costPicoUsd'] ?? 0)
  return {
    run: run.id,
    job: run.job,
    ...facts,
    simulated: run.simulated === 1,
    state: run.state,
    pauseKind: run.pauseKind,
    createdAt: run.createdAt,
    finishedAt: run.finishedAt,
    records,
    merged: counts.merged ?? 0,
    pending,
    retrying,
    needsAttention: Math.max(0, needsAttention(counts) - retrying),
    spentMicroUsd: budget?.spentMicroUsd ?? 0,
    reservedMicroUsd: budget?.reservedMicroUsd ?? 0,
    capMicroUsd: budget?.capMicroUsd ?? null,
    savedMicroUsd: Math.max(0, Math.round(savedPico / 1e6)),
    waits: waitsOf(run, states),
    batches: [...Map.groupBy(states, ({ state, ending }) => `${state} ${ending}`).values()].flatMap((group) =>
      group.slice(0, 1).map(({ state, ending }) => ({ state, ending, count: countOf(group) })),
    ),
  }
}

function countOf(states: readonly BatchStates[]): number {
  return states.reduce((sum, { count }) => sum + count, 0)
}

/** Reasons with a bound first: the others only wait for room or money. */
function waitsOf(run: RunRow, states: readonly BatchStates[]): readonly WaitSummary[] {
  const kinds = waitKinds.flatMap((kind): readonly WaitSummary[] => {
    const waiting = states.filter(({ waitsFor }) => waitsFor === kind)
    const isWhole = run.waitsFor === kind
    if (waiting.length === 0 && !isWhole) return []
    const times = [...waiting.map(({ waitingSince }) => waitingSince), isWhole ? run.waitingSince : null]
    return [
      {
        for: kind,
        label: waits[kind].label,
        since: Math.min(...times.flatMap((time) => time ?? [])),
        batches: waiting.length === 0 ? null : countOf(waiting),
      },
    ]
  })
  return kinds.toSorted(
    (one, other) => Number(waits[other.for].bound !== null) - Number(waits[one.for].bound !== null),
  )
}

function placeOf(cursor: string): { readonly createdAt: number; readonly id: string } {
  const [, createdAt, id] = /^(\d{1,16})\.(.+)$/.exec(cursor) ?? []
  if (createdAt === undefined || id === undefined)
    throw new OffpeakError('E_USAGE', 'the cursor is not one of ours', {
      fix: 'take `nextCursor` of the page before, or begin without one',
    })
  return { createdAt: Number(createdAt), id }
}
