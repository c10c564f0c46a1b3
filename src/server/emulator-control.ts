import { z } from 'zod'
import { messageOf, OffpeakError } from '../domain/errors.ts'
import type { EmulatorState } from './contract/emulator.ts'

/** The lives that a batch can be told to live, those that show the most; the emulator knows more. */
export const scenarios: EmulatorState['scenarios'] = [
  { name: 'expire-partial', words: 'expires with half of its answers' },
  { name: 'expire-all', words: 'expires without an answer' },
  { name: 'all-failed', words: 'ends, and every request has failed' },
  { name: 'validation-fail', words: 'is refused when its file is checked' },
  { name: 'token-limit', words: 'meets the limit of enqueued tokens' },
  { name: 'slow-day', words: 'waits eight hours before it begins' },
  { name: 'missing-lines', words: 'leaves out every tenth answer' },
  { name: 'duplicate-lines', words: 'answers every tenth request twice' },
  { name: 'malformed-line', words: 'has a line that is no JSON' },
  { name: 'truncated-output', words: 'ends in the middle of a line' },
  { name: 'line-5xx', words: 'fails every tenth request with a 500' },
  { name: 'gone', words: 'is forgotten by the provider once it has ended' },
]

const state = z.object({
  clock: z.object({ now_ms: z.number(), speed: z.number() }),
  batches: z.array(
    z.object({
      id: z.string(),
      status: z.string(),
      request_counts: z.object({
        total: z.number().nullable(),
        completed: z.number().nullable(),
        failed: z.number().nullable(),
      }),
      created_at: z.union([z.number(), z.string()]).nullable(),
      scenarios: z.array(z.object({ name: z.string() })),
    }),
  ),
  faults: z.array(
    z.object({
      id: z.string(),
      matched: z.number(),
      fired: z.number(),
      rule: z.object({ operation: z.string(), action: z.looseObject({ type: z.string() }) }),
    }),
  ),
})

const bill = z.object({
  batches: z.number(),
  requests: z.number(),
  cost_micro_usd: z.number(),
  duplicate_requests: z.number(),
})

/** The emulator's own view of itself. Throws E_PROVIDER_AWAY. */
export async function emulatorState(url: string): Promise<EmulatorState> {
  const [found, billed] = [state.parse(await call(url, 'state')), bill.parse(await call(url, 'bill'))]
  return {
    url,
    nowMs: found.clock.now_ms,
    speed: found.clock.speed,
    bill: {
      batches: billed.batches,
      requests: billed.requests,
      costMicroUsd: billed.cost_micro_usd,
      duplicateRequests: billed.duplicate_requests,
    },
    batches: found.batches.map(
      ({ id, status, request_counts: counts, created_at: createdAt, scenarios }) => ({
        id,
        status,
        total: counts.total ?? 0,
        completed: counts.completed ?? 0,
        failed: counts.failed ?? 0,
        createdAt: timeOf(createdAt),
        scenarios: scenarios.map(({ name }) => name),
      }),
    ),
    faults: found.faults.map(({ id, matched, fired, rule }) => ({
      id,
      name: z.string().catch(rule.action.type).parse(rule.action['name']),
      matched,
      fired,
    })),
    scenarios,
  }
}

export async function turnClock(
  url: string,
  wish: { readonly speed?: number | undefined; readonly advance?: string | undefined },
): Promise<void> {
  await call(url, 'clock', 'POST', wish)
}

/** Tells the emulator what the next batch, or every one from now on, is to live through. Throws E_USAGE. */
export async function addFault(
  url: string,
  { scenario, times }: { readonly scenario: string; readonly times: 'next' | 'all' },
): Promise<void> {
  if (!scenarios.some(({ name }) => name === scenario))
    throw new OffpeakError('E_USAGE', `there is no scenario ${scenario}`, {
      fix: `one of ${scenarios.map(({ name }) => name).join(', ')}`,
    })
  await call(url, 'faults', 'POST', {
    operation: 'batch',
    times: times === 'all' ? Number.MAX_SAFE_INTEGER : 1,
    action: { type: 'scenario', name: scenario },
  })
}

export async function clearFaults(url: string): Promise<void> {
  await call(url, 'faults', 'DELETE')
}

async function call(url: string, path: string, method: string = 'GET', body?: object): Promise<unknown> {
  let answer: Response
  try {
    answer = await fetch(`${url}/_emulator/${path}`, {
      method,
      redirect: 'error',
      signal: AbortSignal.timeout(5_000),
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
  } catch (thrown) {
    throw new OffpeakError('E_PROVIDER_AWAY', `the emulator does not answer: ${messageOf(thrown)}`, {
      where: url,
    })
  }
  if (answer.ok) return answer.json()
  throw new OffpeakError('E_PROVIDER_AWAY', `the emulator answers ${answer.status}`, { where: url })
}

/** A batch may be told to write its times as another API does. */
function timeOf(time: number | string | null): number | null {
  if (time === null) return null
  const ms = typeof time === 'number' ? time * 1_000 : Date.parse(time)
  return Number.isNaN(ms) ? null : ms
}
