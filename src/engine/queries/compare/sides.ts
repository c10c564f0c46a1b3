import { OffpeakError } from '../../../domain/errors.ts'
import { baseJob } from '../../../ports/candidates.ts'
import { variantNames, variantOf } from '../../../planning/requests/render.ts'
import type { RequestRow, RunRow } from '../../../ports/state.ts'
import type { Flow } from '../../flow.ts'

/** One run, or one prompt variant of a run. */
export interface Side {
  readonly run: RunRow
  /** Null: all of the run. */
  readonly variant: string | null
}

const pageSize = 1_000

/** Name of a side: its run, or `run:variant`. */
export function sideName({ run, variant }: Side): string {
  return variant === null ? run.id : `${run.id}:${variant}`
}

/** The guard for runs of different jobs: throws E_USAGE; candidates of one job are the same job here. */
export function requireOneJob(a: Side, b: Side): void {
  if (baseJob(a.run.job) === baseJob(b.run.job)) return
  throw new OffpeakError('E_USAGE', `${a.run.id} is a run of ${a.run.job}, ${b.run.id} of ${b.run.job}`, {
    fix: 'compare two runs of one job',
  })
}

/** Which requests are of a side. */
export async function belongsTo(
  flow: Pick<Flow, 'job'>,
  { run, variant }: Side,
): Promise<(request: Pick<RequestRow, 'key' | 'partOf'>) => boolean> {
  if (variant === null) return () => true
  const job = await flow.job(run.job)
  const names = job === null ? [] : variantNames(job)
  return ({ key, partOf }) => variantOf(partOf ?? key, names) === variant
}

/** Whether a record's answer was good enough to be written. */
export function isAccepted({ outcome }: Pick<RequestRow, 'outcome'>): boolean {
  return outcome === 'merged' || outcome === 'held'
}

/** The requests of a run behind a place in it, in order, read page by page. */
export async function* requestsFrom(
  { store }: Pick<Flow, 'store'>,
  run: RunRow,
  after: number,
): AsyncGenerator<RequestRow, void> {
  for (let afterSeq = after; ;) {
    const page = await store.requests(run.id, { afterSeq, limit: pageSize })
    const last = page.at(-1)
    if (!last) return
    afterSeq = last.seq
    yield* page
  }
}
