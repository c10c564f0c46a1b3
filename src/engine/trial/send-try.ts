import { OffpeakError } from '../../domain/errors.ts'
import { typedKey } from '../../wording/typed-key.ts'
import { microFromPico } from '../../domain/money.ts'
import { type Answer, mayBeBilled } from '../../domain/request.ts'
import { hashRow } from '../../planning/requests/fingerprint.ts'
import type { Values } from '../../ports/job.ts'
import type { Completed } from '../../ports/provider/realtime.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import type { SinkResult } from '../../ports/sink.ts'
import { loadRequest } from '../files/body.ts'
import type { Flow } from '../flow.ts'
import { judgeAnswer } from '../answers/judge.ts'
import { withLease } from '../lease.ts'
import { openTarget } from '../job/target.ts'
import { reserveTrial, settleTrial, startTrial } from './trial.ts'
import type { TryAsk, TryPlan } from './try.ts'
import type { TryResult } from './try-result.ts'

export interface SendTryOptions {
  readonly capMicroUsd: number | null
  /** Write accepted answers into the sink. */
  readonly write: boolean
  readonly signal: AbortSignal
  readonly onResult?: (result: TryResult) => void
}

/** As many at a time, where the model does not bear less. */
const usualConcurrency = 4

/** Causes that the next record would meet as well. */
const final: ReadonlySet<TryResult['cause']> = new Set(['auth', 'account', 'gone', 'quota'])

/**
 * The results of asking each record once, in real time and at its price; nothing is repeated. It is a run like any
 * other for the ledger: what it can cost is held in the budgets of the job before the first call, and booked after the
 * last; a call whose fate is unknown counts as possibly paid. Results come in the records' order. Throws E_BUDGET.
 */
export async function sendTry(
  flow: Flow,
  plan: TryPlan,
  options: SendTryOptions,
): Promise<readonly TryResult[]> {
  if (plan.asks.length === 0) return []
  const trial = await startTrial(flow, plan, options.capMicroUsd)
  let results: readonly TryResult[] = []
  const done = await withLease(
    flow,
    { kind: 'attempt', id: trial.attempt },
    options.signal,
    async (lease) => {
      await reserveTrial(flow, lease, trial, plan)
      results = await askAll(flow, plan, options)
      await settleTrial(flow, lease, trial, plan, results)
      return null
    },
  )
  if (done === null) throw new OffpeakError('E_RUN_STATE', `somebody else has ended the try ${trial.run}`)
  return results.map((result) => ({ ...result, run: trial.run }))
}

async function askAll(flow: Flow, plan: TryPlan, options: SendTryOptions): Promise<readonly TryResult[]> {
  const { capMicroUsd, signal, onResult } = options
  const results = plan.asks.map((ask) => notSent(plan, ask, 'stopped before it was sent'))
  let heldMicroUsd = 0
  let next = 0
  let stop: string | null = null
  const work = async (): Promise<void> => {
    for (let at = next++; at < plan.asks.length; at = next++) {
      const ask = plan.asks[at]
      if (!ask || signal.aborted) return
      const mostMicroUsd = microFromPico(ask.atMostPicoUsd ?? 0)
      if (stop === null && capMicroUsd !== null && heldMicroUsd + mostMicroUsd > capMicroUsd)
        stop = 'the budget does not allow it'
      if (stop !== null) {
        results[at] = notSent(plan, ask, stop)
        continue
      }
      heldMicroUsd += mostMicroUsd
      const result = await askOne(flow, plan, ask, options)
      heldMicroUsd += (result.costMicroUsd ?? mostMicroUsd) - mostMicroUsd
      if (final.has(result.cause))
        stop ??= `not sent after ${typedKey(ask.key)} was declined: ${result.reason ?? ''}`
      results[at] = result
      onResult?.(result)
    }
  }
  const { concurrency = usualConcurrency } = plan.job.provider.limits.realtime ?? {}
  const askers = Math.min(usualConcurrency, concurrency, plan.asks.length)
  await Promise.all(Array.from({ length: askers }, work))
  return results
}

async function askOne(
  flow: Flow,
  plan: TryPlan,
  ask: TryAsk,
  { write, signal }: SendTryOptions,
): Promise<TryResult> {
  const { job } = plan
  const { endpoint } = job
  const model = job.job.model.realtimeModel ?? job.model
  const request = await loadRequest(ask.request, flow.attachments)
  if ('problem' in request) return { ...notSent(plan, ask, request.problem), outcome: 'unrenderable' }
  const body = JSON.stringify(job.provider.body(request, endpoint))
  const reply = await job.provider.complete({ endpoint, model, body, deliveryMode: 'realtime' }, signal)
  const result = await resultOf(flow, plan, ask, reply)
  if (!write || result.values === null) return result
  const written = await writeOne(flow, plan, ask, result.values)
  // What was invented is not done for whoever answers next; in the emulator's own state nobody else answers.
  const counts = flow.isSimulated || job.provider.isSimulated() !== true
  if (counts && (written.kind === 'written' || written.kind === 'same'))
    await flow.store.markDone(job.job.name, ask.key, ask.fingerprint, flow.clock.now())
  return {
    ...result,
    written: written.kind,
    reason: written.kind === 'rejected' ? written.reason : result.reason,
  }
}

async function resultOf(flow: Flow, plan: TryPlan, ask: TryAsk, reply: Reply<Completed>): Promise<TryResult> {
  const { job, price } = plan
  const base = notSent(plan, ask, null)
  if (reply.kind === 'unknown') {
    const costMicroUsd = ask.atMostPicoUsd === null ? null : microFromPico(ask.atMostPicoUsd)
    return { ...base, outcome: 'unknown', reason: reply.message, costMicroUsd }
  }
  if (reply.kind === 'refused') {
    const outcome = reply.cause === 'rate' || reply.cause === 'away' ? 'transient' : 'failed'
    return { ...base, outcome, reason: reply.message, cause: reply.cause, costMicroUsd: 0 }
  }
  const answer = job.provider.line(job.provider.outputLine(ask.key, reply.value))?.answer
  if (!answer) return { ...base, outcome: 'transient', reason: 'the reply holds no answer', costMicroUsd: 0 }
  const spec = {
    job: job.job.name,
    version: job.job.version ?? '',
    model: job.model,
    price: price?.price ?? null,
    maxOutputTokens: plan.maxOutputTokens,
  }
  const verdict = await judgeAnswer(
    { job, spec, runId: 'try' },
    { key: ask.key, of: ask.of, row: () => ask.row, answer, at: flow.clock.now() },
  )
  return {
    ...base,
    outcome: verdict.outcome === 'merged' ? 'accepted' : verdict.outcome,
    reason: verdict.reason,
    usage: verdict.usage,
    costMicroUsd: costOf(ask, answer, price === null ? null : verdict.costPicoUsd),
    text: answer.kind === 'text' ? answer.text : null,
    output: verdict.accepted?.output ?? null,
    values: verdict.values,
  }
}

/** What an answer has cost; where the service has run the request and does not say, what it can have cost at most. */
function costOf(ask: TryAsk, answer: Answer, costPico: number | null): number | null {
  const isKnown = answer.usage === null ? !mayBeBilled(answer) : answer.usage.isPartial !== true
  const most = ask.atMostPicoUsd === null ? null : Math.max(costPico ?? 0, ask.atMostPicoUsd)
  const pico = isKnown ? costPico : most
  return pico === null ? null : microFromPico(pico)
}

function notSent({ job }: TryPlan, ask: TryAsk, reason: string | null): TryResult {
  return {
    run: null,
    key: ask.key,
    model: job.model,
    outcome: 'not_sent',
    reason,
    cause: null,
    usage: null,
    costMicroUsd: 0,
    text: null,
    output: null,
    values: null,
    written: null,
  }
}

async function writeOne(
  flow: Flow,
  { job }: TryPlan,
  { key, mark, row }: TryAsk,
  values: Values,
): Promise<SinkResult> {
  await using target = await openTarget(flow, job, null)
  const chunk = `try-${flow.random.id(12)}`
  const [result = { kind: 'missing' as const }] = await target.sink.write([{ key, values }], { mark, chunk })
  if (result.kind !== 'changed') return result
  // The sink itself cannot tell, or says that the row was touched: what the row is now decides.
  const rows = (await target.reader.reread?.([key])) ?? null
  const isSame = rows === null || (rows.has(key) && hashRow(rows.get(key)) === hashRow(row))
  if (!isSame) return result
  const [again] = await target.sink.write([{ key, values }], { mark: null, chunk: `${chunk}+` })
  return again ?? result
}
