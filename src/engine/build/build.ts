import type { RunRow } from '../../ports/state.ts'
import type { SourcePage } from '../../ports/source.ts'
import { fileLimits } from '../job/file-limits.ts'
import { quotaKeysOf } from '../job/quota-key.ts'
import type { Flow, Timings } from '../flow.ts'
import { inDeliveryMode, currentDeliveryMode } from '../job/delivery-mode.ts'
import type { Lease } from '../lease.ts'
import { askedBefore, mayAskAgain } from '../job/asked-before.ts'
import { openExistingOutput } from '../job/existing-output.ts'
import { prepareRun } from '../job/prepare.ts'
import { ownerOf } from '../job/target.ts'
import { specOf } from '../spec.ts'
import { Builder } from './builder.ts'
import { ChunkEnds } from './chunk-ends.ts'

/**
 * Files built from the source, from where the state says on, each committed with its records. Stops when enough files
 * wait for admission, and at the end of the source, which is not opened while there is no room.
 */
export async function buildWindow(flow: Flow, lease: Lease, run: RunRow): Promise<'full' | 'end'> {
  // A source is opened for more than one file where the window allows it: opening can cost a sort of all rows.
  if (await isFull(flow, run.id, Math.ceil(flow.timings.filesAhead / 2))) return 'full'
  const whole = specOf(run)
  const spec = inDeliveryMode(whole, currentDeliveryMode(run, whole, flow.clock.now()))
  const prepared = await prepareRun(flow, spec)
  await using presence = openExistingOutput(flow, prepared, ownerOf(run, spec.redo))
  const limits = await fileLimits(flow, quotaKeysOf(whole, prepared), prepared, spec.deliveryMode)
  const before = mayAskAgain(spec)
    ? null
    : await askedBefore(flow.store, spec.job, spec.maxOutputTokens, run.simulated === 1)
  await using ends = ChunkEnds.of(flow, run, prepared)
  const builder = new Builder(flow, lease, run, spec, prepared, presence, limits, before, ends)
  await using reader = await prepared.source.open(flow.connectors)
  const pages = reader.read({ after: run.sourceCursor, limit: null, order: 'key', only: spec.only })
  try {
    for await (const page of pages) {
      lease.check()
      const taken = await builder.take(page, () => isFull(flow, run.id, flow.timings.filesAhead))
      if (taken === 'full') return 'full'
      if (taken === 'enough') break
    }
    await builder.end()
    return 'end'
  } finally {
    await builder.discard()
  }
}

/** Whether so many files wait to be uploaded, or somebody wants the run to stop. A run that is built to be held has no bound. */
async function isFull({ store }: Flow, runId: string, files: number): Promise<boolean> {
  const now = await store.run(runId)
  if (now?.state !== 'building') return true
  if (now.hold === 1) return false
  const waiting = await store.countWaitingFiles(runId)
  if (waiting < files) return false
  const unmatched = (await store.unknownIntents(now.job)).filter(({ status }) => status === 'open').length
  return waiting >= filesAhead({ filesAhead: files }, unmatched)
}

/** Files built of the given pages and nothing else; the run's own source is not read. */
export async function buildPages(
  flow: Flow,
  lease: Lease,
  run: RunRow,
  pages: AsyncIterable<SourcePage<unknown>>,
): Promise<void> {
  const spec = specOf(run)
  const prepared = await prepareRun(flow, spec)
  await using presence = openExistingOutput(flow, prepared, ownerOf(run, spec.redo), { isAgain: true })
  const limits = await fileLimits(flow, quotaKeysOf(spec, prepared), prepared, 'batch')
  const builder = new Builder(flow, lease, run, spec, prepared, presence, limits, null, null)
  try {
    for await (const page of pages) {
      lease.check()
      await builder.take(page, async () => false)
    }
    await builder.end()
  } finally {
    await builder.discard()
  }
}

/**
 * How many files may wait to be uploaded before no more are built. While some that a state which is gone has sent match
 * no file yet, more are: a file waits that asks some of the same, and the one that is the same may come after it.
 */
export function filesAhead({ filesAhead: usual }: Pick<Timings, 'filesAhead'>, unmatched: number): number {
  return usual + 2 * unmatched
}
