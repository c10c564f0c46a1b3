import { judgment } from '../examples/headnotes/judgments.ts'
import { answersOf, type TaskName, vectors } from './project/tasks.ts'

/** So many different answers are made; lines take them in turn. */
const poolSize = 997

/** The lines of an output file but for their `custom_id`: what stands before it and what after. */
export interface AnswerPool {
  readonly head: Buffer
  readonly tails: readonly Buffer[]
}

/** Answers as services write them: a headnote of about 2 KB, a label, or a vector in decimals or in base64. */
export function answerPool(task: TaskName, asBase64: boolean): AnswerPool {
  const bodies = Array.from({ length: poolSize }, (_, index) => {
    if (answersOf[task].endpoint === '/v1/embeddings') return embedding(index, asBase64)
    return completion(JSON.stringify(task === 'events' ? label(index) : headnote(index)), index)
  })
  return {
    head: Buffer.from('{"id":"batch_req_6740f3a1b2c88190a1d2e3f4a5b6c7d8","custom_id":"'),
    tails: bodies.map((body) => Buffer.from(`",${JSON.stringify(rest(body)).slice(1)}\n`)),
  }
}

function embedding(index: number, asBase64: boolean): object {
  let state = index + 1
  const numbers = Float32Array.from({ length: vectors.dimensions }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state / 2 ** 31 - 1) / 20
  })
  return {
    object: 'list',
    data: [
      {
        object: 'embedding',
        index: 0,
        // Nine digits are what tells all 32-bit floats apart.
        embedding: asBase64
          ? Buffer.from(numbers.buffer).toString('base64')
          : Array.from(numbers, (number) => Number(number.toPrecision(9))),
      },
    ],
    model: vectors.model,
    usage: { prompt_tokens: 70, total_tokens: 70 },
  }
}

function headnote(index: number): object {
  const { neutralCitation, court, fullText } = judgment(200_000 + index)
  const middle = Math.floor(fullText.length / 3)
  return {
    headnote: `${neutralCitation} ${court}\n\n${fullText.slice(middle, middle + 1_700)}`,
    catchwords: ['Civil procedure', 'Evidence', 'Appeal'].slice(0, 1 + (index % 3)),
    outcome: (['allowed', 'dismissed', 'other'] as const)[index % 3],
  }
}

function label(index: number): object {
  const labels = ['billing', 'delivery', 'account', 'defect', 'praise', 'other']
  return { label: labels[index % labels.length], confidence: (index % 100) / 100 }
}

function completion(content: string, index: number): object {
  const completionTokens = Math.ceil(content.length / 4.6)
  return {
    id: `chatcmpl-9a1d2e3f4a5b6c7d8${index}`,
    object: 'chat.completion',
    created: 1_795_000_000,
    model: 'gpt-4o-mini-2024-07-18',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: {
      prompt_tokens: 4_000 + index,
      completion_tokens: completionTokens,
      total_tokens: 4_000 + index + completionTokens,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    },
    service_tier: 'default',
    system_fingerprint: 'fp_0ba0d124f1',
  }
}

function rest(body: object): object {
  return {
    response: { status_code: 200, request_id: '2b1c88190a1d2e3f4a5b6c7d86740f3a', body },
    error: null,
  }
}
