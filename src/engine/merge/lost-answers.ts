import { rm } from 'node:fs/promises'
import { OffpeakError } from '../../domain/errors.ts'
import { noWait } from '../../domain/wait.ts'
import { withCrashPoints } from '../crash-points.ts'
import { bytesOf } from '../files/durable-file.ts'
import type { Step } from '../step/step.ts'

interface AnswerFile {
  readonly path: string
  /** As it was fetched. */
  readonly bytes: number
}

/**
 * Whether a batch's answers are fetched again, because a file of them is not on our disk any more as it was; nothing at
 * the provider is deleted before they are merged. False: they are there. Throws E_DISK for answers that nobody else
 * has.
 */
export async function fetchLostAnswers(
  { flow, lease, attempt }: Step,
  files: readonly AnswerFile[],
): Promise<boolean> {
  const sizes = await Promise.all(files.map(async ({ path, bytes }) => (bytes === 0 ? 0 : bytesOf(path))))
  const lost = files.filter(({ bytes }, index) => sizes[index] !== bytes)
  const [first] = lost
  if (first === undefined) return false
  if (attempt.providerBatchId === null)
    throw new OffpeakError('E_DISK', 'a file of answers is not there any more as it was written', {
      where: first.path,
      fix: 'put it back, and the run continues; these answers are nowhere else',
      money: 'unknown',
    })
  // A longer one was fetched after this state was kept, and may be at hand nowhere else: it is read instead.
  for (const [index, { path, bytes }] of files.entries())
    if ((sizes[index] ?? 0) < bytes) await rm(path, { force: true })
  await withCrashPoints(flow.reach, 'merge.again.commit', () =>
    flow.store.lookForAnswers(lease.claim, { fetches: attempt.fetches, wait: noWait, happened: null }),
  )
  return true
}
