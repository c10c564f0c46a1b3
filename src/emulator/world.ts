import { existsSync, mkdirSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Bill, type SyncCharge, createBill, readHashes } from './bill.ts'
import { type EmulatorClock, createClock } from './clock.ts'
import { type FaultBoard, createFaultBoard } from './faults.ts'
import { type Journal, openJournal, readJournal, rewriteJournal } from './journal.ts'
import type { Settings } from './options.ts'
import { type BatchRecord, type FileRecord, isTerminal } from './records.ts'

/** Everything the service knows, in memory for reading and in the journal for surviving. */
export interface World {
  readonly settings: Settings
  readonly clock: EmulatorClock
  readonly faults: FaultBoard
  readonly bill: Bill
  readonly files: ReadonlyMap<string, FileRecord>
  readonly batches: ReadonlyMap<string, BatchRecord>
  /** Per body hash, the batch in which it was made to fail the first time only. */
  readonly failedOnce: Map<string, string>
  readonly stop: AbortSignal
  readonly filePath: (id: string) => string
  readonly snapshotPath: (batchId: string) => string
  readonly hashesPath: (batchId: string) => string
  readonly temporaryPath: (name: string) => string
  putFile(file: FileRecord): Promise<void>
  removeFile(id: string): Promise<void>
  /** Stores a batch and, in the same journal entry, the files that became visible with it. */
  putBatch(batch: BatchRecord, files?: readonly FileRecord[]): Promise<void>
  addSyncCharge(charge: SyncCharge): Promise<void>
  noteClock(): Promise<void>
  close(): Promise<void>
}

type Entry =
  | { readonly kind: 'file'; readonly file: FileRecord }
  | { readonly kind: 'file-removed'; readonly id: string }
  | { readonly kind: 'batch'; readonly batch: BatchRecord; readonly files: readonly FileRecord[] }
  | { readonly kind: 'sync'; readonly charge: SyncCharge }
  | { readonly kind: 'clock'; readonly atMs: number }

interface Memory {
  readonly files: Map<string, FileRecord>
  readonly batches: Map<string, BatchRecord>
  readonly charges: SyncCharge[]
  latestMs: number
}

export async function openWorld(dataDir: string, settings: Settings, stop: AbortSignal): Promise<World> {
  const journalPath = join(dataDir, 'journal.jsonl')
  for (const folder of ['files', 'batches', 'tmp']) mkdirSync(join(dataDir, folder), { recursive: true })
  const hashesPath = (batchId: string): string => join(dataDir, 'batches', `${batchId}.hashes`)

  const memory: Memory = { files: new Map(), batches: new Map(), charges: [], latestMs: 0 }
  for (const line of readJournal(journalPath)) {
    // This program alone writes the file.
    const entry: Entry = JSON.parse(line)
    apply(memory, entry)
  }
  await rewriteJournal(journalPath, snapshot(memory))
  await removeLeftovers(join(dataDir, 'tmp'))

  const bill = createBill()
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

  const clock = createClock(Math.max(Date.now(), memory.latestMs), settings.speed)
  const journal: Journal = openJournal(journalPath)
  const write = (entry: Entry): Promise<void> => {
    apply(memory, entry)
    return journal.append(entry)
  }

  return {
    settings,
    clock,
    faults: createFaultBoard(),
    bill,
    files: memory.files,
    batches: memory.batches,
    failedOnce,
    stop,
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
    noteClock: () => write({ kind: 'clock', atMs: clock.nowMs() }),
    close: async () => {
      await journal.append({ kind: 'clock', atMs: clock.nowMs() } satisfies Entry)
      await journal.close()
    },
  }
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
  ]
}

/** Half-written uploads of a killed process. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { force: true })
}

export function enqueuedTokens(world: World, model: string): number {
  let tokens = 0
  for (const batch of world.batches.values()) {
    if (batch.model === model && !isTerminal(batch.status)) tokens += batch.enqueuedTokens
  }
  return tokens
}

export function enqueuedLimit(world: World, model: string): number {
  const limit = world.settings.enqueuedTokenLimit
  return typeof limit === 'number' ? limit : (limit[model] ?? Infinity)
}
