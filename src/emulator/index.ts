import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeLifecycle } from './core/batch/live.ts'
import type { BillReport } from './core/bill.ts'
import { type Catalog, makeCatalog } from './core/catalog.ts'
import { type EmulatorState, readDeployments, stateOf } from './core/control.ts'
import { readFaultRule } from './core/faults/read-rule.ts'
import type { FaultRule } from './core/faults/rule.ts'
import { makeEmulatorServer } from './core/http/server.ts'
import { parseJson } from './core/json.ts'
import { type EmulatorOptions, settingsOf } from './core/options.ts'
import type { ScenarioSummary } from './core/scenarios/book.ts'
import { checkFlag, parseScenarioFlag } from './core/scenarios/flag.ts'
import { openState, type State } from './core/state.ts'
import { makeUpstream } from './core/upstream/upstream.ts'
import { dialects, relay } from './dialects.ts'

export type { BillReport } from './core/bill.ts'
export type { EmulatorState } from './core/control.ts'
export type { FaultAction } from './core/faults/action.ts'
export type { CallFaultRule, FaultRule, ScenarioRule } from './core/faults/rule.ts'
export type { EmulatorOptions, Pace } from './core/options.ts'
export { knownMarkers } from './core/answers/markers.ts'
export type { ScenarioSummary } from './core/scenarios/book.ts'

const emulated = makeCatalog(dialects)
/** Behind a server of one's own, its models are the only ones. */
const relayCatalog = makeCatalog([relay])

/** The scenarios that the emulator knows, by name. */
export const knownScenarios: readonly ScenarioSummary[] = emulated.scenarios.summaries

/** The problem of a scenario as it is written on a command line, in words; `null`: none. */
export function checkScenarioFlag(text: string): string | null {
  return checkFlag(emulated.scenarios, text)
}

export interface Emulator extends AsyncDisposable {
  /** For example `http://127.0.0.1:4101`. */
  readonly url: string
  /** Base URL for an OpenAI client. */
  readonly openaiBaseUrl: string
  /** Endpoint for an Azure OpenAI client. */
  readonly azureEndpoint: string
  /** Base URLs for the clients of each dialect, by its name: `openai`, `anthropic`, `gemini`, `mistral`, `bedrock` (S3 behind `/s3`), `xai` … */
  readonly baseUrls: Readonly<Record<string, string>>
  readonly dataDir: string
  bill(): BillReport
  /** Adds a fault rule; returns its id. Throws when the rule has an unknown shape. */
  addFault(rule: FaultRule): string
  /** Plays a scenario as it is written on the command line: `missing-lines@all:every=3`; returns its id. Throws. */
  play(scenario: string): string
  clearFaults(): void
  /** Says which model answers, and at what price, under the name of an Azure deployment. Throws for an unknown model. */
  declareDeployments(deployments: Readonly<Record<string, string>>): Promise<void>
  /** Pushes the emulator's clock forward by provider milliseconds. */
  advanceClock(ms: number): void
  state(): EmulatorState
  close(): Promise<void>
}

/** The directory holds what this emulator does not answer. */
class OtherDataError extends Error {
  override readonly name = 'OtherDataError'
}

/** Invented answers and those of a server are never kept together. Throws where a directory holds the other kind. */
async function refuseOthers(state: State, { dialects }: Catalog): Promise<void> {
  const known = new Set(dialects.flatMap(({ profiles }) => profiles))
  const other = [...state.files.values(), ...state.batches.values()].find(
    ({ profile }) => !known.has(profile),
  )
  if (other === undefined) return
  await state.close()
  throw new OtherDataError(
    state.upstream === null
      ? 'the directory holds batches that a server behind the emulator answers, which needs --upstream'
      : 'the directory holds invented batches, which are never kept together with the answers of a server',
  )
}

/**
 * A batch service on this machine that answers like OpenAI, Azure OpenAI, Anthropic, Gemini, Mistral, Bedrock, xAI,
 * Groq, Together and DeepInfra, and keeps its own bill. With an `upstream` it is OpenAI's files and batches in front of
 * a server of one's own, whose models answer. With a `dataDir` it goes on where it stopped, also after being killed;
 * without one it leaves nothing behind.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const temporary = options.dataDir === undefined
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'offpeak-emulator-')))
  const stopper = new AbortController()
  const upstream = options.upstream ? makeUpstream(options.upstream, stopper.signal) : null
  const catalog = upstream === null ? emulated : relayCatalog
  const state = await openState(dataDir, settingsOf(options), catalog.scenarios, stopper.signal, upstream)
  await refuseOthers(state, catalog)
  for (const flag of options.scenarios ?? []) state.faults.add(parseScenarioFlag(state.scenarios, flag))
  let failure: unknown = null
  const lifecycle = makeLifecycle(state, catalog, (error) => {
    failure ??= error
  })
  const controlled = { state, catalog, lifecycle }
  const server = makeEmulatorServer(controlled)
  const host = options.host ?? '127.0.0.1'
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(options.port ?? 0, host, resolve)
  try {
    await listening
  } catch (error) {
    stopper.abort()
    await lifecycle.settled()
    await state.close()
    throw error
  }
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`

  let closing: Promise<void> | null = null
  const close = async (): Promise<void> => {
    stopper.abort()
    const { promise: closed, resolve: done } = Promise.withResolvers<void>()
    server.close(() => done())
    server.closeAllConnections()
    await closed
    await lifecycle.settled()
    await state.close()
    if (temporary) await rm(dataDir, { recursive: true, force: true })
    if (failure !== null) throw new Error('A batch could not be carried out.', { cause: failure })
  }
  const closeOnce = (): Promise<void> => (closing ??= close())

  return {
    url,
    openaiBaseUrl: `${url}/v1`,
    azureEndpoint: url,
    baseUrls: Object.fromEntries(catalog.dialects.map(({ name, basePath }) => [name, `${url}${basePath}`])),
    dataDir,
    bill: () => state.bill.report(state.batches.values()),
    addFault: (rule) => state.faults.add(readFaultRule(state.scenarios, parseJson(JSON.stringify(rule)))),
    play: (scenario) => state.faults.add(parseScenarioFlag(state.scenarios, scenario)),
    declareDeployments: (deployments) => state.declareDeployments(readDeployments(catalog, deployments)),
    clearFaults: () => {
      state.faults.clear()
    },
    advanceClock: (ms) => {
      state.clock.advance(ms)
      void state.noteClock()
    },
    state: () => stateOf(controlled),
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  }
}
