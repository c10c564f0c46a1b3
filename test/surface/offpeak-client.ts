/** A program that runs jobs, each name used as there. It is compiled by `npm run typecheck` and never run. */
import { OffpeakError, openDatabase, openOffpeak, sql } from 'offpeak'
import type {
  BatchStatus,
  Dollars,
  ErrorCode,
  Following,
  Job,
  JobChoice,
  DeliveryMode,
  MoneyMoved,
  Offpeak,
  OpenOptions,
  Outcome,
  OutcomeCounts,
  Plan,
  RecordChoice,
  ResultsFilter,
  ResultStatus,
  ResumeOptions,
  RetryOptions,
  RunOptions,
  RunResult,
  RunStatus,
  WaitStatus,
} from 'offpeak'

interface Answered {
  readonly summary: string
}

declare const job: Job<{ readonly id: number }, { readonly tone: string }, Answered, never>

const opening: OpenOptions = { cwd: '.', emulator: true }
const maxCost: Dollars = '$90'
const deliveryMode: DeliveryMode = 'flex'
const following: Following = { signal: AbortSignal.timeout(1_000), onProgress: ({ state }) => state }
const choice: RecordChoice<{ readonly tone: string }> = { params: { tone: 'dry' }, limit: 5, deliveryMode }
const running: RunOptions<{ readonly tone: string }> = { ...choice, ...following, maxCost }
const resuming: ResumeOptions = { maxCost, today: true }
const failed: Outcome = 'invalid'
const retrying: RetryOptions = { status: [failed], deliveryMode: 'realtime' }
const wanted: ResultStatus = 'ok'
const filter: ResultsFilter<Answered> = { status: wanted, job }

export async function program(): Promise<readonly (Answered | null)[]> {
  await using offpeak: Offpeak = await openOffpeak(opening)
  const chosen: JobChoice<{ readonly id: number }, { readonly tone: string }, Answered, never> = job
  const plan: Plan = await offpeak.plan(chosen, choice)
  const ran: RunStatus | null = await offpeak.run(job, running)
  const run = ran?.run ?? plan.job
  await offpeak.resume(run, resuming)
  await offpeak.retry(run, retrying)
  const { batches }: { readonly batches: readonly BatchStatus[] } = await offpeak.cancel(run)
  const waits: readonly (WaitStatus | null)[] = batches.map(({ wait }) => wait)
  const counts: OutcomeCounts = { merged: waits.length }
  const results: RunResult<Answered>[] = await Array.fromAsync(offpeak.results(run, filter))
  return counts.merged === 0 ? [] : results.map(({ output }) => output)
}

export function isForUser(thrown: unknown): readonly [ErrorCode, MoneyMoved] | null {
  return thrown instanceof OffpeakError ? [thrown.code, thrown.money] : null
}

export async function tables(): Promise<number> {
  await using database = await openDatabase('pglite:.offpeak/db')
  return (await database.query(sql`select 1`)).length
}
