import { isRunning, type RemoteState } from '../../domain/attempt.ts'
import { messageOf } from '../../domain/errors.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { accountFor } from '../step/account.ts'

/** A batch of a run as the provider has just described it. */
export interface SeenBatch {
  readonly n: number
  readonly providerBatchId: string
  /** Null: the provider did not describe it; `words` says why. */
  readonly state: RemoteState | null
  readonly counts: RemoteBatch['counts']
  readonly message: string | null
}

/**
 * The provider's account of the open batches of a run that no process continues. Times are milliseconds since the
 * epoch.
 */
export interface AtProvider {
  /** Since when the next step of the run is due and nobody does it: what the state shows is as old, or older. */
  readonly dueSince: number
  readonly askedAt: number
  readonly batches: readonly SeenBatch[]
  /** Open batches that were not asked for, so as not to ask too often. */
  readonly notAsked: number
  /** Why the provider could not be asked at all; null: it was. */
  readonly message: string | null
}

/** A process that carries a run may be busy for a moment. */
const slackMs = 2_000
const maxBatches = 20
const withinMs = 5_000

/** Since when the next step of a run is due without a process that does it; null: some process does, or nothing is due. */
export async function dueSince(
  { store, clock }: Pick<Flow, 'store' | 'clock'>,
  run: RunRow,
): Promise<number | null> {
  if (run.liveKey === null) return null
  const now = clock.now()
  const units = [run, ...(await store.attemptSummaries(run.id))]
  if (units.some(({ leaseUntil }) => leaseUntil > now)) return null
  const due = units.flatMap(({ nextAt }) => (nextAt === null ? [] : [nextAt]))
  const first = Math.min(...due)
  return first < now - slackMs ? first : null
}

/**
 * The provider's account of the batches of a run that no process continues, reading only: at most twenty of them, and
 * for a few seconds. Null: some process carries the run, and the state is as new as it gets. Never throws for what the
 * provider or the key says.
 */
export async function askProvider(
  flow: Pick<Flow, 'store' | 'clock' | 'job' | 'accounts'>,
  run: RunRow,
): Promise<AtProvider | null> {
  const since = await dueSince(flow, run)
  if (since === null) return null
  const looks = await flow.store.attemptSummaries(run.id)
  const open = looks.flatMap(({ batchN, providerBatchId, state, account, assignedAccount }) =>
    providerBatchId !== null && isRunning(state)
      ? [{ n: batchN, providerBatchId, state, account, assignedAccount }]
      : [],
  )
  const found = { dueSince: since, askedAt: flow.clock.now(), batches: [], notAsked: open.length }
  if (open.length === 0) return { ...found, message: null }
  let accounts: readonly Provider[]
  try {
    const job = await flow.job(run.job)
    if (job === null) return { ...found, message: `the file of job ${run.job} is not there` }
    accounts = await flow.accounts(job)
  } catch (thrown) {
    return { ...found, message: messageOf(thrown) }
  }
  const signal = AbortSignal.timeout(withinMs)
  const batches: SeenBatch[] = []
  for (const attempt of open.slice(0, maxBatches)) {
    const { n, providerBatchId } = attempt
    const provider = await accountFor(accounts, attempt, run, signal)
    if (provider === null) break
    const each = { n, providerBatchId }
    const reply = await provider.batch(providerBatchId, signal)
    if (reply.kind === 'accepted') {
      const { state, counts } = reply.value
      batches.push({ ...each, state, counts, message: null })
      continue
    }
    // One that is denied says nothing of the others; a provider that does not answer is not asked again and again.
    if (reply.kind !== 'refused' || reply.cause !== 'gone') {
      if (batches.length === 0) return { ...found, message: reply.message }
      break
    }
    batches.push({ ...each, state: null, counts: null, message: reply.message })
  }
  return { ...found, batches, notAsked: open.length - batches.length, message: null }
}
