import type { JsonObject } from './json.ts'

/** The maker of a thing, as far as the headers of the call name it. The key itself is not kept. */
export interface Maker {
  /** Digest of key and project. */
  readonly key: string
  /** `OpenAI-Organization`. */
  readonly organization: string | null
  /** `OpenAI-Project`. */
  readonly project: string | null
}

/** The record of a file; the bytes are beside it on the disk. Times are emulator time. */
export interface FileRecord {
  readonly id: string
  /** The service that it belongs to. */
  readonly profile: string
  readonly filename: string
  readonly bytes: number
  readonly purpose: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
  /** Azure answers `pending` until then. */
  readonly processedAtMs: number
  readonly maker: Maker
  /** What its dialect knows of it beside what every file has. */
  readonly details?: JsonObject
  /** The batch whose output or error file this is. */
  readonly resultOf: { readonly batchId: string; readonly part: ResultPart } | null
}

/** The files that results are written to; a service with one file for all has the first alone. */
export type ResultPart = 'output' | 'error'

/** State of a batch, in OpenAI's words. */
export type BatchStatus =
  | 'validating'
  | 'failed'
  | 'in_progress'
  | 'finalizing'
  | 'completed'
  | 'expired'
  | 'cancelling'
  | 'cancelled'

/** The life of a batch, in the states of which every service shows some (OpenAI guide, Batch API, "Batch object status"). */
export const nextStatuses: Readonly<Record<BatchStatus, readonly BatchStatus[]>> = {
  validating: ['in_progress', 'failed', 'cancelling', 'expired'],
  in_progress: ['finalizing', 'expired', 'cancelling', 'failed'],
  finalizing: ['completed', 'expired'],
  cancelling: ['cancelled'],
  completed: [],
  failed: [],
  expired: [],
  cancelled: [],
}

export function isTerminal(status: BatchStatus): boolean {
  return nextStatuses[status].length === 0
}

export interface BatchError {
  readonly code: string
  readonly message: string
  readonly param: string | null
  readonly line: number | null
}

export interface TokenUsage {
  /** All of them, those from a cache included. */
  readonly inputTokens: number
  readonly outputTokens: number
  /** Of the input: read from a cache, and written to one that lives five minutes or an hour. */
  readonly cacheReadTokens?: number
  readonly cacheWriteTokens?: number
  readonly cacheWriteHourTokens?: number
  /** Pages that were read, where these are what is billed. */
  readonly pages?: number
  /** Billed without the discount of a batch. */
  readonly fullPrice?: true
}

/** Everything that is settled when the lines of a batch have run; written once, in one journal entry. */
export interface Settlement {
  readonly completed: number
  readonly failed: number
  readonly usage: TokenUsage
  readonly billedRequests: number
  readonly duplicateRequests: number
  readonly costPicoUsd: number
  readonly outputFileId: string | null
  readonly errorFileId: string | null
  /** What stands in the output file, which may be other than what completed. */
  readonly outputLines: number
  /** Hashes of bodies that were made to fail the first time only. */
  readonly failedOnce: readonly string[]
}

export interface Scenario {
  readonly name: string
  readonly options: JsonObject
}

export interface BatchRecord {
  readonly id: string
  /** The service that it belongs to. */
  readonly profile: string
  /** What its dialect knows of it beside what every batch has. */
  readonly details: JsonObject
  /** What the caller has written on it; `null` where nothing is, or nothing can be. */
  readonly metadata: Readonly<Record<string, string>> | null
  readonly maker: Maker
  readonly scenarios: readonly Scenario[]
  /** Real time (not emulator time) from which the list shows the batch. */
  readonly listedAtRealMs: number
  readonly status: BatchStatus
  readonly createdAtMs: number
  readonly expiresAtMs: number
  /** Emulator time at which each later status was entered. */
  readonly times: Readonly<Partial<Record<BatchStatus, number>>>
  readonly model: string | null
  readonly total: number
  readonly enqueuedTokens: number
  readonly errors: readonly BatchError[] | null
  readonly settlement: Settlement | null
}

export function scenarioOf(batch: BatchRecord, name: string): Scenario | undefined {
  return batch.scenarios.find((scenario) => scenario.name === name)
}

/** A number that a scenario was given; `Infinity` where it was told to have no end. */
export function numberOption(scenario: Scenario, key: string): number {
  const value = scenario.options[key]
  return typeof value === 'number' ? value : Infinity
}

/** A word that a scenario was given; `''` where it was given none. */
export function textOption(scenario: Scenario, key: string): string {
  const value = scenario.options[key]
  return typeof value === 'string' ? value : ''
}
