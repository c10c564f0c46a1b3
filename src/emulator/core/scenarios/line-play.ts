import type { Executed } from '../../dialects/openai/answers/executed.ts'
import { type JsonObject, isObject, parseJson } from '../json.ts'
import type { Model } from '../../dialects/openai/models.ts'
import { type BatchRecord, type Scenario, numberOption } from '../records.ts'

/** One line of an input file, while it is carried out. */
export interface LineAt {
  readonly batch: BatchRecord
  /** 0-based. */
  readonly index: number
  readonly customId: string
  readonly body: JsonObject
  /** Without `/v1`. */
  readonly endpoint: string
  readonly model: Model | null
}

/** One line of an output or error file, before it is written. */
export interface ResultLine {
  readonly id?: string
  readonly custom_id?: string
  readonly response: {
    readonly status_code: number
    readonly request_id: string
    readonly body: object | string
  } | null
  readonly error: { readonly code: string; readonly message: string } | null
}

/** What a scenario does to the lines of a batch, step by step; what it leaves out happens as ever. */
export interface LinePlay {
  /** What is asked in place of the line's own body. */
  readonly asked?: (body: JsonObject, line: LineAt) => JsonObject
  /** What comes of the line in place of an answer; nothing runs and nothing is billed. */
  readonly instead?: (line: LineAt) => Executed | null
  /** What the model did: this is billed. */
  readonly ran?: (executed: Executed, line: LineAt) => Executed
  /** What the line shows of it: the bill stays as it is. */
  readonly shown?: (result: ResultLine, line: LineAt) => ResultLine
  /** The texts that are written for an answered line: none, one or several. */
  readonly written?: (text: string, line: LineAt) => readonly string[]
}

/** Whether a line is one of those that a scenario strikes. */
export function isStruck(scenario: Scenario, line: LineAt): boolean {
  return line.index % numberOption(scenario, 'every') === 0
}

/** The body of an answered line as JSON that can be written anew; `null` for a line without an answer. */
export function answerBody(result: ResultLine): JsonObject | null {
  return result.response?.status_code === 200 ? asJson(result.response.body) : null
}

export function withBody(result: ResultLine, body: object | string): ResultLine {
  return result.response === null ? result : { ...result, response: { ...result.response, body } }
}

export function asJson(value: unknown): JsonObject | null {
  const copy = parseJson(JSON.stringify(value))
  return isObject(copy) ? copy : null
}
