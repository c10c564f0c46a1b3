/** The other doors, each name used as its callers do. It is compiled by `npm run typecheck` and never run. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkScenarioFlag, knownMarkers, knownScenarios, startEmulator } from 'offpeak/emulator'
import type {
  BillReport,
  CallFaultRule,
  Emulator,
  EmulatorOptions,
  EmulatorState,
  FaultAction,
  FaultRule,
  Pace,
  ScenarioRule,
  ScenarioSummary,
} from 'offpeak/emulator'
import { openDatabase, postgres, sql } from 'offpeak/postgres'
import type { DatabaseConnection, Database } from 'offpeak/postgres'
import { openai } from 'offpeak'
import { describeProvider, describeSink, describeSource, describeStore } from 'offpeak/testing'
import type {
  OpenedService,
  OpenedSink,
  OpenedSource,
  ProviderKit,
  Runner,
  SampleLine,
  SinkKit,
  SourceKit,
  Store,
  StoreKit,
  SuiteRow,
  WrittenNote,
} from 'offpeak/testing'

export async function database(): Promise<void> {
  await using opened: Database = await openDatabase('postgres://localhost/notes')
  await opened.withConnection((connection: DatabaseConnection) => connection.exec('checkpoint'))
  const found = await opened.query(sql`select 1 as id`)
  assert.equal(postgres.rows({ query: sql`select ${found.length} as id`, key: 'id' }).kind, 'postgres')
}

export async function emulator(): Promise<BillReport> {
  const pace: Partial<Pace> = { startSeconds: 1 }
  const options: EmulatorOptions = { speed: 1_000, pace }
  await using started: Emulator = await startEmulator(options)
  const action: FaultAction = { type: 'hang', ms: 5 }
  const call: CallFaultRule = { operation: 'batches.create', when: 'after', action }
  const [scenario]: readonly ScenarioSummary[] = knownScenarios
  const played: ScenarioRule = { action: { type: 'scenario', name: scenario?.name ?? '' } }
  const rules: readonly FaultRule[] = [call, played]
  for (const rule of rules) started.addFault(rule)
  const state: EmulatorState = started.state()
  assert.equal(checkScenarioFlag('expired'), state.faults.length === 0 ? '' : null)
  assert.ok(knownMarkers.length > 0)
  return started.bill()
}

export function suites(place: OpenedSink, opened: OpenedSource, store: Store, service: OpenedService): void {
  const runner: Runner = { describe, test }
  const note: WrittenNote = { key: '1', note: null }
  const sink: SinkKit = {
    name: 'mine',
    kind: 'append',
    killable: false,
    open: () => Promise.resolve({ ...place, read: () => Promise.resolve([note]) }),
  }
  const source: SourceKit = {
    name: 'mine',
    order: 'file',
    open: (rows: readonly SuiteRow[]) => Promise.resolve(rows.length === 0 ? opened : opened),
  }
  const state: StoreKit = { name: 'mine', store: () => store }
  const line: SampleLine = { line: { id: '1' }, customId: null, answer: { kind: 'error' } }
  const provider: ProviderKit = {
    name: 'mine',
    open: () => Promise.resolve(service),
    env: ({ url, key }) => ({ OPENAI_BASE_URL: url, OPENAI_API_KEY: key }),
    chat: () => openai('gpt-4o-mini'),
    lines: [line],
  }
  describeProvider(runner, provider)
  describeSink(runner, sink)
  describeSource(runner, source)
  describeStore(runner, state)
}
