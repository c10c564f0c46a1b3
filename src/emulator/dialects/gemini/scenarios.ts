import { asJson, isObject, type JsonObject } from '../../core/json.ts'
import { numberOption, textOption } from '../../core/records.ts'
import { type ScenarioDefinition, every } from '../../core/scenarios/definition.ts'
import { isStruck } from '../../core/scenarios/line-play.ts'
import { configOf } from './content/answer-form.ts'
import { failed, rpcStatus } from './errors.ts'

/** Scenarios that Gemini's batches were seen to play. */
export const geminiScenarios: readonly ScenarioDefinition[] = [
  {
    // steadybatch findings, no. 7: 100,000 records, 26 million tokens; the same in 10,000s was taken.
    name: 'gemini-429-after-upload',
    concerns: 'batch',
    summary: 'the create call is refused with a 429 that speaks of plan and billing, whole upload and all',
    refusesCreate: true,
  },
  {
    // steadybatch findings, no. 1: gemini-2.5-flash-lite in October 2026.
    name: 'gemini-model-closed',
    concerns: 'call',
    summary: 'a listed model is answered 404, no longer available to new users, wherever it is asked',
    operations: [
      'batches.create',
      'models.generate_content',
      'models.count_tokens',
      'models.embed_content',
      'models.embed_contents',
    ],
    times: Infinity,
    when: 'before',
  },
  {
    // Gemini document, Batch API: a job that has expired has no results to retrieve.
    name: 'gemini-expired-empty',
    concerns: 'batch',
    summary: 'expires and gives nothing back; what has run by then is billed',
    options: {
      fraction: { kind: 'number', fallback: 0, about: 'the share of the requests that run, from 0 to 1' },
      windowSeconds: { kind: 'number', fallback: 60, about: 'provider seconds until it expires' },
    },
    entails: ({ options }) => [{ name: 'expire-partial', options }],
  },
  {
    // google.longrunning: an operation with an error has failed, whatever its metadata says.
    name: 'gemini-done-with-error',
    concerns: 'batch',
    summary: 'is done with an error, and its state says otherwise; there are no answers',
    options: {
      state: {
        kind: 'choice',
        of: ['SUCCEEDED', 'RUNNING', 'FAILED'],
        fallback: 'SUCCEEDED',
        about: 'what the state says',
      },
      ran: {
        kind: 'choice',
        of: ['no', 'yes'],
        fallback: 'no',
        about: 'whether the requests had run, and are billed',
      },
    },
    lines: (scenario) => ({
      instead: (line) => (textOption(scenario, 'ran') === 'yes' ? null : line.failed(500)),
    }),
    object: (shown, { scenario }) => {
      const { response: _response, metadata, ...rest } = shown
      if (shown['done'] !== true || !isObject(metadata)) return shown
      const { output: _output, ...plain } = metadata
      return {
        ...rest,
        metadata: { ...plain, state: `BATCH_STATE_${textOption(scenario, 'state')}` },
        error: { ...rpcStatus('INTERNAL', 'Internal error encountered.') },
      }
    },
  },
  {
    // maximhq/bifrost, issue 3951 (June 2026): small batches, whatever way their requests came.
    name: 'gemini-answers-inside',
    concerns: 'batch',
    summary: 'gives the answers in the batch itself, though its requests came in a file',
    options: {
      keys: { kind: 'choice', of: ['yes', 'no'], fallback: 'yes', about: 'whether they have their keys' },
    },
    lines: (scenario) => ({
      shown: (result) => {
        const { key: _key, ...rest } = result
        return textOption(scenario, 'keys') === 'yes' ? result : rest
      },
    }),
    object: (shown) => answersInside(shown),
  },
  {
    // A user lost 22 jobs whose lines had a custom_id in place of a key.
    name: 'gemini-inline-without-key',
    concerns: 'batch',
    summary: 'gives answers of inline requests back without their metadata, in the order of the requests',
    options: { every: every(1) },
    lines: (scenario) => ({
      shown: (result, line) => {
        const { metadata: _metadata, ...rest } = result
        return isStruck(scenario, line) ? rest : result
      },
    }),
  },
  {
    // Three batches of 660 verdicts in September 2026: all SUCCEEDED, single lines cancelled.
    name: 'gemini-line-cancelled',
    concerns: 'batch',
    summary: 'cancels single requests of a batch that succeeds: an error of code 1, not billed',
    options: { every: every(10) },
    lines: (scenario) => ({ instead: (line) => (isStruck(scenario, line) ? failed(499) : null) }),
  },
  {
    name: 'gemini-thoughts-eat-limit',
    concerns: 'batch',
    summary: 'spends the whole output limit on thoughts: no text, MAX_TOKENS, billed as output',
    options: { every: every(1) },
    lines: (scenario) => ({
      ran: (executed, line) => {
        const body = asJson(executed.body)
        const usage = body?.['usageMetadata']
        const limit = configOf(line.body)['maxOutputTokens']
        if (!isStruck(scenario, line) || !isObject(usage) || executed.usage === null) return executed
        const thoughtsTokenCount = typeof limit === 'number' ? limit : (line.model?.maxOutputTokens ?? 0)
        const { candidatesTokenCount: _count, ...rest } = usage
        return {
          ...executed,
          usage: { ...executed.usage, outputTokens: thoughtsTokenCount },
          body: {
            ...body,
            candidates: [{ content: { role: 'model' }, finishReason: 'MAX_TOKENS', index: 0 }],
            usageMetadata: {
              ...rest,
              thoughtsTokenCount,
              totalTokenCount: executed.usage.inputTokens + thoughtsTokenCount,
            },
          },
        }
      },
    }),
  },
  {
    // OpenRouter's reads of September 2026: at 90 % hits a batch saves 5 %, since hits are not halved.
    name: 'gemini-cache-hits',
    concerns: 'batch',
    summary:
      'finds a share of every prompt in its cache: counted inside the prompt, billed at the ordinary cache price',
    options: { share: { kind: 'number', fallback: 0.9, about: 'the share of the prompt, from 0 to 1' } },
    lines: (scenario) => ({
      ran: (executed) => {
        const body = asJson(executed.body)
        const usage = body?.['usageMetadata']
        if (!isObject(usage) || executed.usage === null) return executed
        const cacheReadTokens = Math.floor(executed.usage.inputTokens * numberOption(scenario, 'share'))
        return {
          ...executed,
          usage: { ...executed.usage, cacheReadTokens },
          body: {
            ...body,
            usageMetadata: {
              ...usage,
              cachedContentTokenCount: cacheReadTokens,
              cacheTokensDetails: [{ modality: 'TEXT', tokenCount: cacheReadTokens }],
            },
          },
        }
      },
    }),
  },
]

/** The operation with a place for its answers wherever it names the file of them. */
function answersInside(operation: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(operation).map(([key, value]) => {
      if (key === 'responsesFile') return ['inlinedResponses', {}]
      return [key, isObject(value) ? answersInside(value) : value]
    }),
  )
}
