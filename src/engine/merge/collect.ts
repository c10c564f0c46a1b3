import { existsSync } from 'node:fs'
import { z } from 'zod'
import { type After, end, goOn, lookAgain, type Step } from '../step.ts'
import { answerFile } from '../requests/artefacts.ts'
import { type Effect, perform } from '../crash-points.ts'
import type { BatchRequest } from '../../ports/store-merging.ts'
import { pauseRun } from '../pause.ts'
import { requestsOfBatch } from './batch-lines.ts'
import { refusal, waitForQuota } from '../send/refusal.ts'

const againMs = 5_000

/** Errors of a whole batch that are about the account, not about its lines. */
const accountCodes = new Set([
  'model_not_found',
  'billing_hard_limit_reached',
  'insufficient_quota',
  'input_no_permissions',
  'OperationNotSupported',
])

/**
 * Brings what a finished batch has left behind onto our disk: output and error file, in every end state, because a
 * completed batch can have failed throughout and an expired one has paid answers.
 */
export async function collect(step: Step): Promise<After> {
  const { flow, lease, attempt } = step
  if (attempt.state === 'failed' && attempt.outputFileId === null && attempt.errorFileId === null)
    return rejected(step)
  const output = await fetchFile(step, 'output', attempt.outputFileId)
  if (typeof output === 'object') return output
  const errors = await fetchFile(step, 'error', attempt.errorFileId)
  if (typeof errors === 'object') return errors
  await perform(flow.reach, 'collect.commit', () =>
    flow.store.move(lease.claim, 'collected', {
      outputBytes: output === 'gone' ? null : output,
      errorBytes: errors === 'gone' ? null : errors,
      collectedAt: flow.clock.now(),
      mergedBytes: 0,
      reason: attempt.state === 'lost' || output === 'gone' ? 'lost' : attempt.state,
    }),
  )
  return goOn
}

/** The bytes of the file that is now on disk (0: there is none), `gone`, or what to do instead. */
async function fetchFile(
  step: Step,
  kind: 'output' | 'error',
  fileId: string | null,
): Promise<number | 'gone' | After> {
  const { flow, lease, attempt, job } = step
  // What was asked one by one is on disk already.
  if (fileId === null) return (kind === 'output' ? attempt.outputBytes : null) ?? 0
  const path = answerFile(flow.filesDir, attempt.id, attempt.nonce, kind)
  const effect: Effect = `collect.${kind}.download`
  const reply = await perform(flow.reach, effect, () => job.provider.download(fileId, path, lease.signal))
  if (reply.kind === 'accepted') return reply.value.bytes
  if (reply.kind === 'refused' && reply.cause === 'gone') return existsSync(path) ? 0 : 'gone'
  if (reply.kind === 'refused') {
    if (reply.cause === 'auth')
      await pauseRun(flow, step.run, {
        kind: 'credentials',
        reason: `${job.provider.name} refused the key: ${reply.message}`,
      })
    else if (reply.cause === 'rate') await refusal(step, reply, 'download')
  }
  await flow.store.saveAttempt(lease.claim, { looks: attempt.looks + 1 })
  return lookAgain(flow.clock.now() + Math.min(flow.timings.pollEveryMs ?? againMs, againMs))
}

const remoteErrors = z.array(z.object({ code: z.string(), message: z.string(), line: z.number().nullable() }))

/** The provider refused the whole input and ran nothing: nothing is owed, and lines without blame go again without the others. */
async function rejected(step: Step): Promise<After> {
  const { flow, lease, attempt, run, job } = step
  const { store, clock, reach } = flow
  const parsed = remoteErrors.safeParse(safeJson(attempt.reason))
  const errors = parsed.success ? parsed.data : []
  const [first] = errors
  const quota = errors.find(({ code }) => code === 'token_limit_exceeded')
  if (quota) return waitForQuota(step, quota.message)
  const blamed = new Map(
    errors.flatMap(({ line, message }) => (line === null ? [] : [[line - 1, message] as const])),
  )
  const words = first ? `${first.code}: ${first.message}` : 'the provider refused the file without a reason'
  if (blamed.size === 0 || errors.some(({ code }) => accountCodes.has(code))) {
    await pauseRun(flow, run, {
      kind: 'provider',
      reason: `${job.provider.name} refused a batch: ${words}`,
    })
    await perform(reach, 'quota.void.commit', () =>
      store.voidAttempt(lease.claim, {
        reason: words,
        now: clock.now(),
        again: { nonce: flow.chance.id(16), nextAt: clock.now() },
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
  await perform(reach, 'quota.void.commit', () =>
    store.voidAttempt(lease.claim, {
      reason: words,
      now: clock.now(),
      again: null,
      outcome: { outcome: 'transient', reason: `its batch was refused: ${words}` },
    }),
  )
  return end
}

function safeJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return null
  }
}
