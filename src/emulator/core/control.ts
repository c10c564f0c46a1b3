import type { IncomingMessage } from 'node:http'
import { parseBody, readBody } from './http/body.ts'
import { lastMs } from './clock.ts'
import { Refusal } from './errors.ts'
import { readFaultRule } from './faults/read-rule.ts'
import type { FaultRule } from './faults/rule.ts'
import { type JsonObject, isObject } from './json.ts'
import type { BatchRecord, FileRecord } from './records.ts'
import type { ScenarioBook } from './scenarios/book.ts'
import type { Catalog } from './catalog.ts'
import type { Lifecycle } from './batch/lifecycle.ts'
import { countsOf, showBatch } from './batch/show-batch.ts'
import type { CallCount } from './observed.ts'
import { parseScenarioFlag } from './scenarios/flag.ts'
import { decode } from './http/route-table.ts'
import { type Reply, jsonReply } from './http/reply.ts'
import type { State } from './state.ts'

export const controlPrefix = '/_emulator/'

/** The state of the emulator as `GET /_emulator/state` shows it. */
export interface EmulatorState {
  readonly clock: { readonly now: string; readonly now_ms: number; readonly speed: number }
  readonly files: readonly object[]
  readonly batches: readonly object[]
  readonly faults: readonly FaultState[]
  /** Calls since the start, by kind and by the headers that say for whom. */
  readonly calls: readonly CallCount[]
  /** Deployment (Azure) → model, as far as it was declared. */
  readonly deployments: Readonly<Record<string, string>>
}

export interface FaultState {
  readonly id: string
  readonly rule: FaultRule
  readonly matched: number
  readonly fired: number
}

/** The parts on which the control API and its owner act. */
export interface Controlled {
  readonly state: State
  readonly catalog: Catalog
  readonly lifecycle: Lifecycle
}

export function stateOf({ state, catalog, lifecycle }: Controlled): EmulatorState {
  const nowMs = state.clock.nowMs()
  return {
    clock: { now: new Date(nowMs).toISOString(), now_ms: Math.floor(nowMs), speed: state.clock.speed() },
    files: [...state.files.values()].map((file) => fileView(file, nowMs)),
    batches: [...state.batches.values()].map((batch) => batchView({ state, catalog, lifecycle }, batch)),
    faults: state.faults.report(),
    calls: state.observed.calls(),
    deployments: state.deployments(),
  }
}

function fileView(file: FileRecord, nowMs: number): object {
  const { id, filename, bytes, purpose, profile, maker } = file
  return {
    id,
    filename,
    bytes,
    purpose,
    status: nowMs < file.processedAtMs ? 'pending' : 'processed',
    created_at: Math.floor(file.createdAtMs / 1000),
    expires_at: Math.floor(file.expiresAtMs / 1000),
    profile,
    organization: maker.organization,
    project: maker.project,
  }
}

/** What every batch has, then the object of its service, so that one screen can show the batches of all services. */
function batchView({ state, catalog, lifecycle }: Controlled, batch: BatchRecord): object {
  const rules = catalog.ofProfile(batch.profile).batches
  const shown = showBatch(rules, batch, { state, lifecycle, origin: '', skewMs: 0 })
  const counts = shown['request_counts']
  return {
    id: batch.id,
    status: batch.status,
    model: batch.model,
    created_at: Math.floor(batch.createdAtMs / 1000),
    ...shown,
    request_counts: { ...countsOf(state, lifecycle, batch), ...(isObject(counts) ? counts : {}) },
    profile: batch.profile,
    organization: batch.maker.organization,
    project: batch.maker.project,
    scenarios: batch.scenarios,
    enqueued_tokens: batch.enqueuedTokens,
  }
}

/** Control routes: no key, but only for callers that mean this machine. */
export async function control(
  controlled: Controlled,
  request: IncomingMessage,
  pathname: string,
): Promise<Reply> {
  const { state, catalog } = controlled
  refuseForeignHost(request.headers.host ?? '')
  const route = `${request.method ?? ''} ${pathname.slice(controlPrefix.length)}`
  switch (route) {
    case 'GET bill':
      return jsonReply(200, state.bill.report(state.batches.values()))
    case 'GET state':
      return jsonReply(200, stateOf(controlled))
    case 'POST clock':
      await turnClock(state, await readControlBody(request))
      return jsonReply(200, stateOf(controlled).clock)
    case 'POST faults':
      return jsonReply(200, {
        id: state.faults.add(readRule(state.scenarios, await readControlBody(request))),
      })
    case 'GET faults':
      return jsonReply(200, { faults: state.faults.report() })
    case 'GET scenarios':
      return jsonReply(200, { scenarios: state.scenarios.summaries })
    case 'POST deployments':
      await state.declareDeployments(readDeployments(catalog, await readControlBody(request)))
      return jsonReply(200, { deployments: state.deployments() })
    case 'DELETE faults':
      return jsonReply(200, { removed: state.faults.clear() })
    default:
      return controlRest(state, route)
  }
}

function controlRest(state: State, route: string): Reply {
  const one = /^DELETE faults\/(.+)$/.exec(route)
  if (one) return jsonReply(200, { removed: state.faults.clear(decode(one[1] ?? '')) })
  throw new Refusal(404, {
    message: `Unknown control route ${route}. Known: GET bill, GET state, GET scenarios, POST clock, POST deployments, GET|POST|DELETE faults, DELETE faults/{id}.`,
  })
}

/** A rule in full, or `{"scenario": "missing-lines@all:every=3"}`, as on the command line. */
function readRule(book: ScenarioBook, body: JsonObject): FaultRule {
  const { scenario, ...rest } = body
  return typeof scenario === 'string' && Object.keys(rest).length === 0
    ? parseScenarioFlag(book, scenario)
    : readFaultRule(book, body)
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

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

const maxSpeed = 1_000_000

/** `{advance_ms}`, `{advance: "24h"}`, `{speed}`; any of them together. */
async function turnClock(state: State, body: JsonObject): Promise<void> {
  const unknown = Object.keys(body).find((key) => !['advance_ms', 'advance', 'speed'].includes(key))
  if (unknown !== undefined)
    throw new Refusal(400, { message: `Unknown field '${unknown}'.`, param: unknown })
  const { advance_ms: advanceMs, advance, speed } = body
  if (speed !== undefined && !(typeof speed === 'number' && speed > 0 && speed <= maxSpeed))
    throw badField('speed', `a number above 0, at most ${maxSpeed}`)
  if (advanceMs !== undefined && !(typeof advanceMs === 'number' && advanceMs >= 0))
    throw badField('advance_ms', 'a number from 0')
  const parts = typeof advance === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(advance) : null
  if (advance !== undefined && !parts) throw badField('advance', 'a duration such as "24h", "90s" or "15m"')
  const byMs = (advanceMs ?? 0) + (parts ? Number(parts[1]) * (unitMs[parts[2] ?? ''] ?? 0) : 0)
  if (!(state.clock.nowMs() + byMs < lastMs))
    throw badField(
      advance === undefined ? 'advance_ms' : 'advance',
      'a duration that ends before the year 9999',
    )
  if (speed !== undefined) state.clock.setSpeed(speed)
  if (byMs > 0) state.clock.advance(byMs)
  await state.noteClock()
}

/** `{"my-deployment": "gpt-4o-mini"}`: what answers, and at what price, under the name of a deployment. */
export function readDeployments(catalog: Catalog, body: JsonObject): Readonly<Record<string, string>> {
  const read = new Map<string, string>()
  for (const [name, model] of Object.entries(body)) {
    if (typeof model !== 'string' || !catalog.dialects.some((dialect) => dialect.hasModel(model)))
      throw badField(name, 'the name of a model that is known here')
    read.set(name, model)
  }
  return Object.fromEntries(read)
}

function badField(name: string, wanted: string): Refusal {
  return new Refusal(400, { message: `'${name}' must be ${wanted}.`, param: name })
}
