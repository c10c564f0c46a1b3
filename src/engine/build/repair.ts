import type { Message } from '../../domain/request.ts'
import type { RequestRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { mostReasonBytes } from '../../planning/money/most-of-tries.ts'
import { readStoredAnswer } from '../answers/stored-answer.ts'
import type { PreparedJob } from '../job/prepare.ts'
import type { RunSpec } from '../spec.ts'
import { ContextGuard, windowOf } from '../job/context-guard.ts'
import type { AttachedSpan } from '../files/body.ts'

/** Whether a request goes on from its invalid answer when the rules send it again; what a person sends again is sent as it was. */
export function isRepairable({ repair }: Pick<RunSpec, 'repair'>, request: RequestRow): boolean {
  return (
    repair && request.outcome === 'invalid' && request.retryRequested !== 1 && request.answerFile !== null
  )
}

/** A maker of bodies that continue from an invalid answer: the answer, and what was wrong with it. */
export class Repairer {
  readonly #filesDir: string
  readonly #job: PreparedJob
  readonly #guard: ContextGuard

  constructor({ filesDir }: Pick<Flow, 'filesDir'>, job: PreparedJob, { contextTokens }: RunSpec) {
    this.#filesDir = filesDir
    this.#job = job
    this.#guard = new ContextGuard(windowOf(job, contextTokens), job.provider)
  }

  /** The body as it was where its answer has no text, or does not fit into what the model reads together with it. */
  async body(request: RequestRow, body: Uint8Array, spans: readonly AttachedSpan[]): Promise<Uint8Array> {
    const { answerFile, answerOffset, answerLength, reason } = request
    if (answerFile === null || answerOffset === null || answerLength === null) return body
    const { provider } = this.#job
    const answer = await readStoredAnswer(this.#filesDir, answerFile, answerOffset, answerLength, provider)
    if (answer?.kind !== 'text' || answer.text.trim() === '') return body
    const repaired = provider.withMessages(body, messages(answer.text, reason ?? ''))
    if (repaired === null || (await this.#guard.reason(repaired, spans)) !== null) return body
    return repaired
  }
}

/** The beginning of a reason that has no more bytes than a plan counts on, without half of a character. */
function cut(reason: string): string {
  const bytes = Buffer.from(reason)
  if (bytes.length <= mostReasonBytes) return reason
  return new TextDecoder().decode(bytes.subarray(0, mostReasonBytes), { stream: true })
}

function messages(text: string, reason: string): readonly Message[] {
  const wrong = reason === '' ? 'it does not fit' : cut(reason)
  return [
    { role: 'assistant', content: text },
    {
      role: 'user',
      content: `That answer cannot be used: ${wrong}. Answer the first message again, in the same form, without that fault.`,
    },
  ]
}
