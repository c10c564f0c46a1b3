import { z } from 'zod'
import { messageOf, OffpeakError } from '../domain/errors.ts'
import type { EmulatorState } from './contract/emulator.ts'

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
      rule: z.object({ action: z.looseObject({ type: z.string() }) }),
    }),
  ),
})

const scenarios = z.object({
  scenarios: z.array(
    z.object({
      name: z.string(),
      summary: z.string(),
      concerns: z.enum(['batch', 'call']),
      options: z.array(
        z.object({ name: z.string(), about: z.string(), fallback: z.string(), choices: z.array(z.string()) }),
      ),
    }),
  ),
})

const bill = z.object({
  batches: z.number(),
  requests: z.number(),
  cost_micro_usd: z.number(),
  duplicate_requests: z.number(),
})

const refusal = z.object({ error: z.object({ message: z.string() }) })

/** The emulator's own view of itself. Throws E_PROVIDER_AWAY. */
export async function emulatorState(url: string): Promise<EmulatorState> {
  const found = state.parse(await call(url, 'state'))
  const billed = bill.parse(await call(url, 'bill'))
  const known = scenarios.parse(await call(url, 'scenarios'))
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
    scenarios: known.scenarios.map(({ name, summary, concerns, options }) => ({
      name,
      words: summary,
      concerns,
      options: options.map(({ about, ...option }) => ({ ...option, words: about })),
    })),
  }
}

export async function turnClock(
  url: string,
  wish: { readonly speed?: number | undefined; readonly advance?: string | undefined },
): Promise<void> {
  await call(url, 'clock', 'POST', wish)
}

/** The order to the emulator that the next batch or call, or every one from now on, meets a fault. Throws E_USAGE. */
export async function addFault(
  url: string,
  {
    scenario,
    times,
    options = {},
  }: {
    readonly scenario: string
    readonly times: 'next' | 'all'
    readonly options?: Readonly<Record<string, string>>
  },
): Promise<void> {
  const given = Object.entries(options).map(([name, value]) => `${name}=${value}`)
  const where = times === 'all' ? '@all' : ''
  await call(url, 'faults', 'POST', {
    scenario: `${scenario}${where}${given.length === 0 ? '' : `:${given.join(',')}`}`,
  })
}

export async function clearFaults(url: string): Promise<void> {
  await call(url, 'faults', 'DELETE')
}

const restart = 'start the server again, and with it the emulator'

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
      fix: restart,
    })
  }
  if (answer.ok) return answer.json()
  if (answer.status === 400) {
    const { error } = refusal.parse(await answer.json())
    throw new OffpeakError('E_USAGE', error.message, { fix: 'GET /api/v1/emulator lists what it takes' })
  }
  throw new OffpeakError('E_PROVIDER_AWAY', `the emulator answers ${answer.status}`, {
    where: url,
    fix: restart,
  })
}

/** A batch may be told to write its times as another API does. */
function timeOf(time: number | string | null): number | null {
  if (time === null) return null
  const ms = typeof time === 'number' ? time * 1_000 : Date.parse(time)
  return Number.isNaN(ms) ? null : ms
}
