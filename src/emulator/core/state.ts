import { existsSync, mkdirSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Bill, type SyncCharge, makeBill, readHashes } from './bill.ts'
import { type EmulatorClock, makeClock } from './clock.ts'
import { type FaultBoard, makeFaultBoard } from './faults/board.ts'
import type { ScenarioBook } from './scenarios/book.ts'
import { type Journal, openJournal, readJournal, rewriteJournal } from './journal.ts'
import { type Observed, makeObserved } from './observed.ts'
import type { Settings } from './options.ts'
import type { Upstream } from './upstream/upstream.ts'
import { type BatchRecord, type FileRecord, isTerminal, numberOption, scenarioOf } from './records.ts'
import { asJson, ownValue } from './json.ts'
import { privateFolder } from './disk.ts'

/** Everything the service knows, in memory for reading and in the journal for surviving. */
export interface State {
  readonly settings: Settings
  readonly clock: EmulatorClock
  readonly faults: FaultBoard
  readonly scenarios: ScenarioBook
  readonly bill: Bill
  readonly observed: Observed
  readonly files: ReadonlyMap<string, FileRecord>
  readonly batches: ReadonlyMap<string, BatchRecord>
  /** Per body hash, the batch in which it was made to fail the first time only. */
  readonly failedOnce: Map<string, string>
  readonly stop: AbortSignal
  /** Who answers in the place of the emulator itself; null: nobody. */
  readonly upstream: Upstream | null
  /** Where the answers of that server to a batch are kept. */
  readonly answersPath: (batchId: string) => string
  readonly filePath: (id: string) => string
  readonly snapshotPath: (batchId: string) => string
  readonly hashesPath: (batchId: string) => string
  readonly temporaryPath: (name: string) => string
  putFile(file: FileRecord): Promise<void>
  removeFile(id: string): Promise<void>
  /** Stores a batch and, in the same journal entry, the files that became visible with it. */
  putBatch(batch: BatchRecord, files?: readonly FileRecord[]): Promise<void>
  addSyncCharge(charge: SyncCharge): Promise<void>
  /** Azure deployment → model, as far as somebody has said it. */
  deployments(): Readonly<Record<string, string>>
  declareDeployments(deployments: Readonly<Record<string, string>>): Promise<void>
  /** How far the times that the service tells are off. */
  skewMs(): number
  noteClock(): Promise<void>
  close(): Promise<void>
}

type Entry =
  | { readonly kind: 'file'; readonly file: FileRecord }
  | { readonly kind: 'file-removed'; readonly id: string }
  | { readonly kind: 'batch'; readonly batch: BatchRecord; readonly files: readonly FileRecord[] }
  | { readonly kind: 'sync'; readonly charge: SyncCharge }
  | { readonly kind: 'deployments'; readonly deployments: Readonly<Record<string, string>> }
  | { readonly kind: 'clock'; readonly atMs: number }

interface Memory {
  readonly files: Map<string, FileRecord>
  readonly batches: Map<string, BatchRecord>
  readonly charges: SyncCharge[]
  deployments: Readonly<Record<string, string>>
  latestMs: number
}

/** The state in a directory, opened: its records, files, clock and bill. */
export async function openState(
  dataDir: string,
  settings: Settings,
  scenarios: ScenarioBook,
  stop: AbortSignal,
  upstream: Upstream | null,
): Promise<State> {
  const journalPath = join(dataDir, 'journal.jsonl')
  for (const folder of ['files', 'batches', 'tmp'])
    mkdirSync(join(dataDir, folder), { recursive: true, mode: privateFolder })
  const hashesPath = (batchId: string): string => join(dataDir, 'batches', `${batchId}.hashes`)

  const memory: Memory = {
    files: new Map(),
    batches: new Map(),
    charges: [],
    deployments: settings.deployments,
    latestMs: 0,
  }
  for (const line of readJournal(journalPath)) {
    // This program alone writes the file.
    const entry: Entry = JSON.parse(line)
    apply(memory, filled(entry))
  }
  await rewriteJournal(journalPath, snapshot(memory))
  await removeLeftovers(join(dataDir, 'tmp'))

  const bill = makeBill()
  const failedOnce = new Map<string, string>()
  for (const batch of memory.batches.values()) {
    for (const hash of batch.settlement?.failedOnce ?? []) failedOnce.set(hash, batch.id)
    if (batch.settlement && existsSync(hashesPath(batch.id))) {
      bill.notePaid(await readHashes(hashesPath(batch.id)))
    }
  }
  for (const charge of memory.charges) {
    bill.notePaidHex(charge.hash)
    bill.addSync(charge)
  }

  const clock = makeClock(Math.max(Date.now(), memory.latestMs), settings.speed)
  const journal: Journal = openJournal(journalPath)
  const write = (entry: Entry): Promise<void> => {
    apply(memory, entry)
    return journal.append(entry)
  }

  const faults = makeFaultBoard(scenarios)
  return {
    settings,
    clock,
    faults,
    scenarios,
    bill,
    observed: makeObserved(),
    files: memory.files,
    batches: memory.batches,
    failedOnce,
    stop,
    upstream,
    answersPath: (batchId) => join(dataDir, 'batches', `${batchId}.answers`),
    filePath: (id) => join(dataDir, 'files', id),
    snapshotPath: (batchId) => join(dataDir, 'batches', `${batchId}.jsonl`),
    hashesPath,
    temporaryPath: (name) => join(dataDir, 'tmp', name),
    putFile: (file) => write({ kind: 'file', file }),
    removeFile: (id) => write({ kind: 'file-removed', id }),
    putBatch: (batch, files = []) => write({ kind: 'batch', batch, files }),
    addSyncCharge: (charge) => {
      bill.addSync(charge)
      return write({ kind: 'sync', charge })
    },
    deployments: () => memory.deployments,
    declareDeployments: (deployments) => write({ kind: 'deployments', deployments }),
    skewMs: () => {
      const skew = faults.active('clock-skew')
      const seconds = skew === null ? 0 : numberOption(skew, 'seconds')
      return Number.isFinite(seconds) ? seconds * 1000 : 0
    },
    noteClock: () => write({ kind: 'clock', atMs: clock.nowMs() }),
    close: async () => {
      await journal.close({ kind: 'clock', atMs: clock.nowMs() } satisfies Entry)
    },
  }
}

const anonymous = { maker: { key: '', organization: null, project: null } }
const noResult = { resultOf: null }

/** An entry with what a journal of an earlier version does not have yet. */
function filled(entry: Entry): Entry {
  const file = (stored: FileRecord): FileRecord => ({ ...anonymous, ...noResult, ...stored })
  if (entry.kind === 'file') return { ...entry, file: file(entry.file) }
  if (entry.kind !== 'batch') return entry
  return { ...entry, batch: { ...anonymous, ...withDetails(entry.batch) }, files: entry.files.map(file) }
}

/** A batch of a journal in which the words of its dialect still stood beside what every batch has. */
function withDetails(stored: BatchRecord): BatchRecord {
  const { details }: Partial<BatchRecord> = stored
  return { ...stored, details: details ?? asJson(stored) ?? {} }
}

function apply(memory: Memory, entry: Entry): void {
  switch (entry.kind) {
    case 'file':
      memory.files.set(entry.file.id, entry.file)
      memory.latestMs = Math.max(memory.latestMs, entry.file.createdAtMs)
      return
    case 'file-removed':
      memory.files.delete(entry.id)
      return
    case 'batch':
      memory.batches.set(entry.batch.id, entry.batch)
      for (const file of entry.files) memory.files.set(file.id, file)
      memory.latestMs = Math.max(
        memory.latestMs,
        entry.batch.createdAtMs,
        ...Object.values(entry.batch.times),
      )
      return
    case 'sync':
      memory.charges.push(entry.charge)
      return
    case 'deployments':
      memory.deployments = { ...memory.deployments, ...entry.deployments }
      return
    case 'clock':
      memory.latestMs = Math.max(memory.latestMs, entry.atMs)
  }
}

function snapshot(memory: Memory): readonly Entry[] {
  return [
    { kind: 'clock', atMs: memory.latestMs },
    ...[...memory.files.values()].map((file): Entry => ({ kind: 'file', file })),
    ...[...memory.batches.values()].map((batch): Entry => ({ kind: 'batch', batch, files: [] })),
    ...memory.charges.map((charge): Entry => ({ kind: 'sync', charge })),
    { kind: 'deployments', deployments: memory.deployments },
  ]
}

/** Half-written uploads of a killed process. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { force: true })
}

/** The prompt tokens of a model's batches that have not ended, or have left them behind. */
export function enqueuedTokens(state: State, model: string): number {
  let tokens = 0
  for (const batch of state.batches.values()) {
    if (batch.model === model && holdsTokens(state, batch)) tokens += batch.enqueuedTokens
  }
  return tokens
}

function holdsTokens(state: State, batch: BatchRecord): boolean {
  if (!isTerminal(batch.status)) return true
  const leak = scenarioOf(batch, 'quota-leak')
  const endedMs = batch.times[batch.status] ?? batch.createdAtMs
  return leak !== undefined && state.clock.nowMs() < endedMs + numberOption(leak, 'seconds') * 1000
}

export function enqueuedLimit(state: State, model: string): number {
  const limit = state.settings.enqueuedTokenLimit
  return typeof limit === 'number' ? limit : (ownValue(limit, model) ?? Infinity)
}
