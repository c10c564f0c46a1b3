import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BillReport } from './core/bill.ts'
import { type EmulatorState, readDeployments, stateOf } from './core/control.ts'
import { readFaultRule } from './core/faults/read-rule.ts'
import type { FaultRule } from './core/faults/rule.ts'
import { parseJson } from './core/json.ts'
import { type Lifecycle, makeLifecycle } from './core/batch/lifecycle.ts'
import { type EmulatorOptions, settingsOf } from './core/options.ts'
import { parseScenarioFlag } from './core/scenarios/flag.ts'
import { makeEmulatorServer } from './core/http/server.ts'
import { openState } from './core/state.ts'

export type { BillReport } from './core/bill.ts'
export type { EmulatorState } from './core/control.ts'
export type { FaultAction } from './core/faults/action.ts'
export type { CallFaultRule, FaultRule, ScenarioRule } from './core/faults/rule.ts'
export type { EmulatorOptions, Pace } from './core/options.ts'
export { knownMarkers } from './core/answers/markers.ts'
export { checkScenarioFlag } from './core/scenarios/flag.ts'
export { type ScenarioSummary, knownScenarios } from './core/scenarios/known.ts'

export interface Emulator extends AsyncDisposable {
  /** For example `http://127.0.0.1:4101`. */
  readonly url: string
  /** Base URL for an OpenAI client. */
  readonly openaiBaseUrl: string
  /** Endpoint for an Azure OpenAI client. */
  readonly azureEndpoint: string
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

/**
 * Starts a batch service on this machine that answers like OpenAI and Azure OpenAI and keeps its own bill.
 * With a `dataDir` it goes on where it stopped, also after being killed; without one it leaves nothing behind.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const temporary = options.dataDir === undefined
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'offpeak-emulator-')))
  const stopper = new AbortController()
  const state = await openState(dataDir, settingsOf(options), stopper.signal)
  for (const flag of options.scenarios ?? []) state.faults.add(parseScenarioFlag(flag))
  let failure: unknown = null
  const lifecycle: Lifecycle = makeLifecycle(state, (error) => {
    failure ??= error
  })
  const server = makeEmulatorServer(state, lifecycle)
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
    dataDir,
    bill: () => state.bill.report(state.batches.values()),
    addFault: (rule) => state.faults.add(readFaultRule(parseJson(JSON.stringify(rule)))),
    play: (scenario) => state.faults.add(parseScenarioFlag(scenario)),
    declareDeployments: (deployments) => state.declareDeployments(readDeployments(deployments)),
    clearFaults: () => {
      state.faults.clear()
    },
    advanceClock: (ms) => {
      state.clock.advance(ms)
      void state.noteClock()
    },
    state: () => stateOf(state, lifecycle),
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  }
}
