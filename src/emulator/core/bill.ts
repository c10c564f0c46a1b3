import { readFile, rename, writeFile } from 'node:fs/promises'
import { makeHashSet } from './hash-set.ts'
import type { BatchRecord } from './records.ts'
import { privateFile } from './disk.ts'

/** The invoice of a caller; money is whole micro-dollars. */
export interface BillReport {
  readonly batches: number
  readonly requests: number
  readonly cost_micro_usd: number
  readonly duplicate_requests: number
  readonly batch_requests: number
  readonly synchronous_requests: number
  readonly by_batch: readonly BillLine[]
}

export interface BillLine {
  readonly id: string
  readonly status: string
  readonly model: string | null
  readonly requests: number
  readonly duplicate_requests: number
  readonly cost_micro_usd: number
  readonly metadata: Readonly<Record<string, string>> | null
}

/** A synchronous call that was billed: one request, at full price or that of the flex tier. */
export interface SyncCharge {
  readonly hash: string
  readonly duplicate: boolean
  readonly costPicoUsd: number
}

const picoPerMicro = 1_000_000n

/** Bodies that were paid for, by hash, and the charges of synchronous calls. */
export interface Bill {
  /** Notes hashes of paid bodies (16 hex digits each); returns how many had been paid before. */
  notePaid(hashes: Uint32Array): number
  notePaidHex(hash: string): boolean
  addSync(charge: SyncCharge): void
  report(batches: Iterable<BatchRecord>): BillReport
}

/** An empty bill. */
export function makeBill(): Bill {
  const paid = makeHashSet()
  let syncRequests = 0
  let syncDuplicates = 0
  let syncPicoUsd = 0n

  return {
    notePaid: (hashes) => {
      let duplicates = 0
      for (let i = 0; i < hashes.length; i += 2) {
        if (paid.add(hashes[i] ?? 0, hashes[i + 1] ?? 0)) duplicates += 1
      }
      return duplicates
    },
    notePaidHex: (hash) => paid.add(hashHigh(hash), hashLow(hash)),
    addSync: (charge) => {
      syncRequests += 1
      if (charge.duplicate) syncDuplicates += 1
      syncPicoUsd += BigInt(Math.round(charge.costPicoUsd))
    },
    report: (batches) => {
      const lines: BillLine[] = []
      let picoUsd = syncPicoUsd
      for (const batch of batches) {
        const settled = batch.settlement
        if (!settled || settled.billedRequests === 0) continue
        const cost = BigInt(Math.round(settled.costPicoUsd))
        picoUsd += cost
        lines.push({
          id: batch.id,
          status: batch.status,
          model: batch.model,
          requests: settled.billedRequests,
          duplicate_requests: settled.duplicateRequests,
          cost_micro_usd: microUsd(cost),
          metadata: batch.metadata,
        })
      }
      const batchRequests = lines.reduce((sum, line) => sum + line.requests, 0)
      const duplicates = lines.reduce((sum, line) => sum + line.duplicate_requests, 0)
      return {
        batches: lines.length,
        requests: batchRequests + syncRequests,
        cost_micro_usd: microUsd(picoUsd),
        duplicate_requests: duplicates + syncDuplicates,
        batch_requests: batchRequests,
        synchronous_requests: syncRequests,
        by_batch: lines,
      }
    },
  }
}

function microUsd(picoUsd: bigint): number {
  return Number((picoUsd + picoPerMicro / 2n) / picoPerMicro)
}

export function hashHigh(hex: string): number {
  return Number.parseInt(hex.slice(0, 8), 16)
}

export function hashLow(hex: string): number {
  return Number.parseInt(hex.slice(8, 16), 16)
}

/** The hashes of a batch are a file of 8 bytes per paid line, written before the batch is settled. */
export async function writeHashes(path: string, hashes: Uint32Array): Promise<void> {
  const temporary = `${path}.tmp`
  await writeFile(temporary, new Uint8Array(hashes.buffer, hashes.byteOffset, hashes.byteLength), {
    flush: true,
    mode: privateFile,
  })
  await rename(temporary, path)
}

export async function readHashes(path: string): Promise<Uint32Array> {
  const bytes = await readFile(path)
  const copy = new Uint8Array(bytes.length - (bytes.length % 8))
  copy.set(bytes.subarray(0, copy.length))
  return new Uint32Array(copy.buffer)
}
