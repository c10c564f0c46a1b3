import type { SampleLine } from 'offpeak/testing'

/** Mostly cached, so that a reader which leaves the cached tokens out of the input is caught. */
const usage = {
  prompt_tokens: 20,
  completion_tokens: 5,
  total_tokens: 25,
  prompt_tokens_details: { cached_tokens: 15 },
}

/** Lines of OpenAI and of whoever took over its files (OpenAI guide, Batch API). */
export const openaiLines: readonly [SampleLine, ...SampleLine[]] = [
  {
    line: {
      id: 'batch_req_1',
      custom_id: 'abcd-0',
      response: {
        status_code: 200,
        request_id: 'r1',
        body: {
          model: 'gpt-4o-mini-2024-07-18',
          choices: [{ index: 0, message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }],
          usage,
        },
      },
      error: null,
    },
    customId: 'abcd-0',
    answer: { kind: 'text', text: 'yes', usage: { inputTokens: 20, cachedTokens: 15, outputTokens: 5 } },
  },
  {
    line: {
      id: 'batch_req_2',
      custom_id: 'abcd-1',
      response: null,
      error: {
        code: 'batch_expired',
        message: 'This request could not be executed before the completion window expired.',
      },
    },
    customId: 'abcd-1',
    answer: { kind: 'error', outcome: 'expired' },
  },
  {
    line: {
      id: 'batch_req_3',
      custom_id: 'abcd-2',
      response: { status_code: 400, body: { error: { code: 'invalid_value', message: 'Bad request' } } },
      error: null,
    },
    customId: 'abcd-2',
    answer: { kind: 'error' },
  },
]

/** Lines of Message Batches (Anthropic, API reference, results of a batch). */
export const anthropicLines: readonly [SampleLine, ...SampleLine[]] = [
  {
    line: {
      custom_id: 'abcd-0',
      result: {
        type: 'succeeded',
        message: {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          model: 'claude-haiku-5-5',
          content: [{ type: 'text', text: 'Yes.' }],
          stop_reason: 'end_turn',
          usage: {
            input_tokens: 10,
            cache_creation_input_tokens: 30,
            cache_read_input_tokens: 50,
            output_tokens: 5,
            service_tier: 'batch',
          },
        },
      },
    },
    customId: 'abcd-0',
    answer: { kind: 'text', text: 'Yes.' },
  },
  {
    line: { custom_id: 'abcd-1', result: { type: 'expired' } },
    customId: 'abcd-1',
    answer: { kind: 'error', outcome: 'expired' },
  },
]

/** Google's, of a file of responses (Gemini document, Batch API): a key, and a response or an error. */
export const geminiLines: readonly [SampleLine, ...SampleLine[]] = [
  {
    line: {
      key: 'abcd-0',
      response: {
        candidates: [{ content: { role: 'model', parts: [{ text: 'Yes.' }] }, finishReason: 'STOP' }],
        // The prompt holds what the cache gave; thoughts stand beside the answer.
        usageMetadata: {
          promptTokenCount: 20,
          cachedContentTokenCount: 15,
          candidatesTokenCount: 5,
          thoughtsTokenCount: 7,
          totalTokenCount: 32,
        },
        modelVersion: 'gemini-3.8-flash',
      },
    },
    customId: 'abcd-0',
    answer: { kind: 'text', text: 'Yes.', usage: { inputTokens: 20, cachedTokens: 15, outputTokens: 12 } },
  },
  {
    line: { key: 'abcd-1', response: { embedding: { values: [0.5, -0.5] }, tokenCount: '12' } },
    customId: 'abcd-1',
    answer: { kind: 'vector', usage: { inputTokens: 12, cachedTokens: 0, outputTokens: 0 } },
  },
  {
    line: { key: 'abcd-2', error: { code: 3, message: 'Bad request' } },
    customId: 'abcd-2',
    answer: { kind: 'error', outcome: 'failed' },
  },
]

/** Records of an output object (AWS document, Bedrock, Batch inference): the input comes once more with each. */
export const bedrockLines: readonly [SampleLine, ...SampleLine[]] = [
  {
    line: {
      recordId: 'abcd-0',
      modelInput: { anthropic_version: 'bedrock-2023-05-31', messages: [{ role: 'user', content: 'No?' }] },
      modelOutput: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-haiku-4-5-20251001',
        content: [{ type: 'text', text: 'Yes.' }],
        stop_reason: 'end_turn',
        usage: {
          input_tokens: 10,
          cache_creation_input_tokens: 30,
          cache_read_input_tokens: 50,
          output_tokens: 5,
        },
      },
    },
    customId: 'abcd-0',
    answer: { kind: 'text', text: 'Yes.' },
  },
  {
    line: {
      recordId: 'abcd-1',
      modelInput: { messages: [] },
      error: { errorCode: 400, errorMessage: 'Bad request' },
    },
    customId: 'abcd-1',
    answer: { kind: 'error', outcome: 'failed' },
  },
]

/** Members of a page of results (xAI's REST reference, List batch results); the last has the words that were recorded. */
export const xaiLines: readonly [SampleLine, ...SampleLine[]] = [
  {
    line: {
      batch_request_id: 'abcd-0',
      batch_result: {
        response: {
          chat_get_completion: {
            model: 'grok-4.3',
            choices: [{ index: 0, message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }],
            usage: { ...usage, cost_in_usd_ticks: 42 },
          },
        },
      },
    },
    customId: 'abcd-0',
    answer: { kind: 'text', text: 'yes' },
  },
  {
    line: { batch_request_id: 'abcd-1', batch_result: { error: 'Batch was cancelled.' } },
    customId: 'abcd-1',
    answer: { kind: 'error', outcome: 'cancelled' },
  },
  {
    line: { batch_request_id: 'abcd-2', batch_result: { error: { code: 3, message: 'Bad request' } } },
    customId: 'abcd-2',
    answer: { kind: 'error' },
  },
]
