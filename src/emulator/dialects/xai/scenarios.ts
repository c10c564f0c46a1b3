import { textIn } from '../../core/json.ts'
import { numberOption } from '../../core/records.ts'
import type { BatchScenario } from '../../core/scenarios/definition.ts'
import { cancelledText } from './batches/lines.ts'

/** The number of gRPC for a request that is no good. */
const invalidArgument = 3

/** Scenarios that xAI's batches were seen to play. */
export const xaiScenarios: readonly BatchScenario[] = [
  {
    // @ai-sdk/xai: a fresh batch has no requests, and none pending; it is not done for that.
    name: 'xai-zero-requests',
    concerns: 'batch',
    summary: 'counts 0 requests, and so 0 pending, for the first polls since it could run',
    options: { polls: { kind: 'number', fallback: 3, about: 'how many polls' } },
  },
  {
    // @ai-sdk/xai: no word says that a batch has expired; its expire_time is past.
    name: 'xai-expire-by-clock',
    concerns: 'batch',
    summary: 'passes its expire_time while requests are pending, and they stay so; no other word says it',
    options: {
      fraction: { kind: 'number', fallback: 0.5, about: 'the share of the requests that run, from 0 to 1' },
      windowSeconds: { kind: 'number', fallback: 60, about: 'provider seconds until then' },
    },
    entails: (scenario) => [
      {
        name: 'expire-partial',
        options: {
          fraction: numberOption(scenario, 'fraction'),
          windowSeconds: numberOption(scenario, 'windowSeconds'),
        },
      },
    ],
  },
  {
    // @ai-sdk/xai reads errors as objects, as the protocol has them; REST reference and live results have texts.
    name: 'xai-error-object',
    concerns: 'batch',
    summary:
      'writes the errors of its results as {code, message}, not as bare texts; code 1 is a cancelled one',
    lines: () => ({
      shown: (result) => {
        const inside = result['batch_result']
        const text = textIn(inside, 'error')
        if (text === '') return result
        const error = { code: text === cancelledText ? 1 : invalidArgument, message: text }
        return { ...result, batch_result: { error }, error_message: text }
      },
    }),
  },
  {
    // batchwork and ruby_llm read 100 at a time, @ai-sdk/xai asks for 1,000.
    name: 'xai-paged-results',
    concerns: 'batch',
    summary: 'gives its results in short pages, however long a page may be that is asked for',
    options: { size: { kind: 'number', fallback: 7, about: 'how many results make a page' } },
  },
]
