import type { IncomingMessage } from 'node:http'
import { parseBody, readBody } from './http/call.ts'
import { Refusal } from './errors.ts'
import { readFaultRule } from './faults/read-rule.ts'
import type { FaultRule } from './faults/rule.ts'
import type { JsonObject } from './json.ts'
import type { Lifecycle } from './batch/lifecycle.ts'
import { findModel } from '../dialects/openai/models.ts'
import type { CallCount } from './observed.ts'
import { parseScenarioFlag } from './scenarios/flag.ts'
import { SCENARIOS } from './scenarios/known.ts'
import { decode } from '../dialects/openai/paths.ts'
import { type Reply, jsonReply } from './http/reply.ts'
import { batchObject, fileObject } from '../dialects/openai/api/view.ts'
import type { World } from './state.ts'

export const CONTROL_PREFIX = '/_emulator/'

/** What the emulator says of itself at `GET /_emulator/state`. */
export interface EmulatorState {
  readonly clock: { readonly now: string; readonly now_ms: number; readonly speed: number }
  readonly files: readonly object[]
  readonly batches: readonly object[]
  readonly faults: readonly FaultState[]
  /** Calls since the start, by kind and by the headers that say for whom. */
  readonly calls: readonly CallCount[]
  /** Azure deployment → model, as far as somebody has said it. */
  readonly deployments: Readonly<Record<string, string>>
}

export interface FaultState {
  readonly id: string
  readonly rule: FaultRule
  readonly matched: number
  readonly fired: number
}

export function stateOf(world: World, lifecycle: Lifecycle): EmulatorState {
  const nowMs = world.clock.nowMs()
  return {
    clock: { now: new Date(nowMs).toISOString(), now_ms: Math.floor(nowMs), speed: world.clock.speed() },
    files: [...world.files.values()].map((file) => ({
      ...fileObject(file, nowMs),
      profile: file.profile,
      organization: file.maker.organization,
      project: file.maker.project,
    })),
    batches: [...world.batches.values()].map((batch) => ({
      ...batchObject(batch, {
        progress: lifecycle.progress(batch.id),
        polls: world.observed.polls(batch.id),
      }),
      profile: batch.profile,
      organization: batch.maker.organization,
      project: batch.maker.project,
      scenarios: batch.scenarios,
      enqueued_tokens: batch.enqueuedTokens,
    })),
    faults: world.faults.report(),
    calls: world.observed.calls(),
    deployments: world.deployments(),
  }
}

/** Control routes: no key, but only for callers that mean this machine. */
export async function control(
  world: World,
  lifecycle: Lifecycle,
  request: IncomingMessage,
  pathname: string,
): Promise<Reply> {
  refuseForeignHost(request.headers.host ?? '')
  const route = `${request.method ?? ''} ${pathname.slice(CONTROL_PREFIX.length)}`
  switch (route) {
    case 'GET bill':
      return jsonReply(200, world.bill.report(world.batches.values()))
    case 'GET state':
      return jsonReply(200, stateOf(world, lifecycle))
    case 'POST clock':
      await turnClock(world, await readControlBody(request))
      return jsonReply(200, stateOf(world, lifecycle).clock)
    case 'POST faults':
      return jsonReply(200, { id: world.faults.add(readRule(await readControlBody(request))) })
    case 'GET faults':
      return jsonReply(200, { faults: world.faults.report() })
    case 'GET scenarios':
      return jsonReply(200, { scenarios: SCENARIOS })
    case 'POST deployments':
      await world.declareDeployments(readDeployments(await readControlBody(request)))
      return jsonReply(200, { deployments: world.deployments() })
    case 'DELETE faults':
      return jsonReply(200, { removed: world.faults.clear() })
    default:
      return controlRest(world, route)
  }
}

function controlRest(world: World, route: string): Reply {
  const one = /^DELETE faults\/(.+)$/.exec(route)
  if (one) return jsonReply(200, { removed: world.faults.clear(decode(one[1] ?? '')) })
  throw new Refusal(404, {
    message: `Unknown control route ${route}. Known: GET bill, GET state, GET scenarios, POST clock, POST deployments, GET|POST|DELETE faults, DELETE faults/{id}.`,
  })
}

/** A rule in full, or `{"scenario": "missing-lines@all:every=3"}`, as on the command line. */
function readRule(body: JsonObject): FaultRule {
  const { scenario, ...rest } = body
  return typeof scenario === 'string' && Object.keys(rest).length === 0
    ? parseScenarioFlag(scenario)
    : readFaultRule(body)
}

/** Browsers send JSON to another origin only after asking; plain text they send at once. */
async function readControlBody(request: IncomingMessage): Promise<JsonObject> {
  if (request.headers.origin !== undefined) {
    throw new Refusal(403, { message: 'Control routes do not answer web pages.' })
  }
  return parseBody(await readBody(request))
}

/** A name that resolves to this machine is not enough: only loopback names and addresses are. */
function refuseForeignHost(host: string): void {
  const name = host.replace(/:\d+$/, '')
  if (/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i.test(name)) return
  throw new Refusal(403, { message: 'Control routes answer on loopback names only.' })
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** `{advance_ms}`, `{advance: "24h"}`, `{speed}`; any of them together. */
async function turnClock(world: World, body: JsonObject): Promise<void> {
  const unknown = Object.keys(body).find((key) => !['advance_ms', 'advance', 'speed'].includes(key))
  if (unknown !== undefined)
    throw new Refusal(400, { message: `Unknown field '${unknown}'.`, param: unknown })
  const { advance_ms: advanceMs, advance, speed } = body
  if (speed !== undefined) {
    if (typeof speed !== 'number' || !(speed > 0)) throw badField('speed', 'a number above 0')
    world.clock.setSpeed(speed)
  }
  if (advanceMs !== undefined) {
    if (typeof advanceMs !== 'number' || advanceMs < 0) throw badField('advance_ms', 'a number from 0')
    world.clock.advance(advanceMs)
  }
  if (advance !== undefined) {
    const parts = typeof advance === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(advance) : null
    if (!parts) throw badField('advance', 'a duration such as "24h", "90s" or "15m"')
    world.clock.advance(Number(parts[1]) * (UNIT_MS[parts[2] ?? ''] ?? 0))
  }
  await world.noteClock()
}

/** `{"my-deployment": "gpt-4o-mini"}`: what answers, and at what price, under the name of a deployment. */
export function readDeployments(body: JsonObject): Readonly<Record<string, string>> {
  const read = new Map<string, string>()
  for (const [name, model] of Object.entries(body)) {
    if (typeof model !== 'string' || !findModel(model))
      throw badField(name, 'the name of a model that is known here')
    read.set(name, model)
  }
  return Object.fromEntries(read)
}

function badField(name: string, wanted: string): Refusal {
  return new Refusal(400, { message: `'${name}' must be ${wanted}.`, param: name })
}
