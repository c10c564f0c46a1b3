import type { Executed } from '../batch/executed.ts'
import type { JsonObject } from '../json.ts'
import { type BatchRecord, type Scenario, numberOption } from '../records.ts'

/** One line of an input file, while it is carried out. */
export interface LineAt {
  readonly batch: BatchRecord
  /** 0-based. */
  readonly index: number
  readonly customId: string
  /** What is asked of the model. */
  readonly body: JsonObject
  /** What the model of the line can take; `null` where there is no such model. */
  readonly model: ModelLimits | null
  /** An answer with this status that is none, as the service words it. */
  failed(status: number): Executed
  /** A body with one user message more. */
  withMessage(body: JsonObject, text: string): JsonObject
  /** A result line under another id, or under none; left out where the id is its `custom_id`. */
  withId?(result: JsonObject, id: string | null): JsonObject
  /** An answer as the service writes it that ran in the tier of real time; left out where it does not say. */
  inStandardTier?(answer: JsonObject): JsonObject
}

export interface ModelLimits {
  readonly contextTokens: number
  readonly maxOutputTokens: number
}

/** A scenario's effect on the lines of a batch, step by step; what it leaves out happens as ever. */
export interface LinePlay {
  /** What is asked in place of the line's own body. */
  readonly asked?: (body: JsonObject, line: LineAt) => JsonObject
  /** What comes of the line in place of an answer; nothing runs and nothing is billed. */
  readonly instead?: (line: LineAt) => Executed | null
  /** What the model did: this is billed. */
  readonly ran?: (executed: Executed, line: LineAt) => Executed
  /** What the result line shows of it: the bill stays as it is. */
  readonly shown?: (result: JsonObject, line: LineAt) => JsonObject
  /** The texts that are written for an answered line: none, one or several. */
  readonly written?: (text: string, line: LineAt) => readonly string[]
}

/** Whether a line is one of those that a scenario strikes. */
export function isStruck(scenario: Scenario, line: LineAt): boolean {
  return line.index % numberOption(scenario, 'every') === 0
}
