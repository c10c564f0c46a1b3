import { z } from 'zod'
import type { BatchRequest } from '../../ports/store/answers.ts'
import { withCrashPoints } from '../crash-points.ts'
import { pauseRun } from '../step/pause.ts'
import { othersGoOn, waitForQuota } from '../step/refusal.ts'
import { type After, end, type Step } from '../step/step.ts'
import { requestsOfBatch } from '../answers/batch-lines.ts'

const remoteErrors = z.array(
  z.object({
    code: z.string(),
    message: z.string(),
    line: z.number().nullable(),
    about: z.enum(['quota', 'account']).optional(),
    limitTokens: z.number().optional(),
  }),
)

/** The provider refused the whole input and ran nothing: nothing is owed, and lines without blame go again without the others. */
export async function rejected(step: Step): Promise<After> {
  const { flow, lease, attempt, run, job } = step
  const { store, clock, reach } = flow
  const errors = remoteErrors.safeParse(JSON.parse(attempt.errors ?? '[]')).data ?? []
  const [first] = errors
  const quota = errors.find(({ about }) => about === 'quota')
  if (quota) return waitForQuota(step, quota.message, quota.limitTokens ?? null)
  const blamed = new Map(
    errors.flatMap(({ line, message }) => (line === null ? [] : [[line - 1, message] as const])),
  )
  const words = first ? `${first.code}: ${first.message}` : 'the provider refused the file without a reason'
  if (blamed.size === 0 || errors.some(({ about }) => about === 'account')) {
    const isAccount = errors.some(({ about }) => about === 'account')
    if (!isAccount || !(await othersGoOn(step, words)))
      await pauseRun(flow, run, {
        kind: 'provider',
        reason: `${job.provider.name} refused a batch: ${words}`,
      })
    await withCrashPoints(reach, 'quota.void.commit', () =>
      store.voidAttempt(lease.claim, {
        reason: words,
        now: clock.now(),
        again: { nonce: flow.random.id(16), nextAt: clock.now() },
        outcome: null,
      }),
    )
    return end
  }
  const hit: BatchRequest[] = []
  for await (const requests of requestsOfBatch(store, attempt.runId, attempt.batchN))
    for (const request of requests)
      if (request.outcome === 'pending' && blamed.has(request.line ?? -1)) hit.push(request)
  await store.commitMerged({
    runId: attempt.runId,
    batchN: attempt.batchN,
    job: run.job,
    now: clock.now(),
    claim: lease.claim,
    mergedBytes: null,
    requests: hit.map(({ seq, line }) => ({
      seq,
      outcome: 'failed' as const,
      reason: blamed.get(line ?? -1) ?? words,
      answerFile: null,
      answerOffset: null,
      answerLength: null,
      inputTokens: null,
      outputTokens: null,
      costPicoUsd: null,
      scorePermille: null,
    })),
    counts: { failed: hit.length },
    usage: {},
    accounting: {},
  })
  await withCrashPoints(reach, 'quota.void.commit', () =>
    store.voidAttempt(lease.claim, {
      reason: words,
      now: clock.now(),
      again: null,
      outcome: { outcome: 'transient', reason: `its batch was refused: ${words}` },
    }),
  )
  return end
}
