import { messageOf } from '../../domain/errors.ts'
import { type Answer, parseCustomId } from '../../domain/request.ts'
import type { Line } from '../../planning/split-lines.ts'
import type { Provider } from '../../ports/provider.ts'

/** A line of an answer file, read but not yet matched to a request. */
export interface AnswerLine {
  readonly offset: number
  readonly length: number
  readonly tooLong: boolean
  /** Null for a line that holds nothing. */
  readonly found: FoundAnswer | UnusedLine | null
}

/** An answer to a line of the batch's file. */
export interface FoundAnswer {
  readonly line: number
  readonly answer: Answer
}

/** Why a line is not used. */
export interface UnusedLine {
  readonly kind: 'malformed' | 'unknownId' | 'foreignId'
  readonly reason: string
}

export const foreign: UnusedLine = {
  kind: 'foreignId',
  reason: 'its custom_id belongs to no request of this batch',
}

/** Reads lines of answers to the file with this tag. Never throws for what they hold. */
export class AnswerReader {
  readonly #provider: Pick<Provider, 'line'>
  readonly #tag: string
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

  constructor(provider: Pick<Provider, 'line'>, tag: string) {
    this.#provider = provider
    this.#tag = tag
  }

  read({ bytes, offset, length, tooLong }: Line): AnswerLine {
    const found = tooLong || length === 0 ? null : this.#find(bytes)
    return { offset, length, tooLong, found }
  }

  #find(bytes: Buffer): FoundAnswer | UnusedLine {
    let parsed: ReturnType<Provider['line']>
    try {
      parsed = this.#provider.line(JSON.parse(this.#decoder.decode(bytes)))
    } catch (thrown) {
      return { kind: 'malformed', reason: messageOf(thrown) }
    }
    const id = parsed?.customId == null ? null : parseCustomId(parsed.customId)
    if (!parsed || !id) return { kind: 'unknownId', reason: 'its custom_id is not one of ours' }
    return id.fileTag === this.#tag ? { line: id.line, answer: parsed.answer } : foreign
  }
}
