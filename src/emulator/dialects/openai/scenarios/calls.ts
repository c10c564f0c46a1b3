import type { FaultAction } from '../../../core/faults/action.ts'
import { textOption } from '../../../core/records.ts'
import type { CallScenario } from '../../../core/scenarios/definition.ts'

const error = (status: number, message: string, code: string | null, type: string): FaultAction => ({
  type: 'status',
  status,
  body: { error: { message, type, param: null, code } },
})

/**
 * Scenarios of calls that go wrong in OpenAI's, Azure's or a gateway's own way, and of services that are so as a whole.
 */
export const callScenarios: readonly CallScenario[] = [
  {
    // Azure's words for an Entra token; OpenAI's for a key.
    name: 'expired-token',
    concerns: 'call',
    summary: 'answers 401 once, as to a token that has just expired',
    operations: 'all',
    times: 1,
    when: 'before',
    strike: ({ profile }) =>
      profile === 'azure'
        ? error(
            401,
            'Unauthorized. Access token is missing, invalid, audience is incorrect, or have expired.',
            '401',
            'invalid_request_error',
          )
        : error(401, 'Incorrect API key provided.', 'invalid_api_key', 'invalid_request_error'),
  },
  {
    // azure-sdk-for-java#47401 (file quota), LiteLLM's budget_exceeded, OpenAI's text on 209,715,200 bytes.
    name: 'upload-refused',
    concerns: 'call',
    summary: 'refuses every upload: 400 with words about a quota, or 413',
    operations: ['files.create'],
    times: Infinity,
    when: 'before',
    options: { status: { kind: 'choice', of: ['400', '413'], fallback: '400', about: 'the answer' } },
    strike: ({ scenario }) =>
      textOption(scenario, 'status') === '413'
        ? error(
            413,
            'The batch input file is larger than the 209715200 maximum for the model.',
            null,
            'invalid_request_error',
          )
        : error(
            400,
            'quota for number of files without expiry exceeded: the maximum is 500',
            'invalidPayload',
            'invalid_request_error',
          ),
  },
  {
    // Gateways that put the error of the service behind them into an answer of their own.
    name: 'create-200-error',
    concerns: 'call',
    summary: 'answers a create call 200 with an error object; no batch is made',
    operations: ['batches.create'],
    times: Infinity,
    when: 'before',
    strike: () => ({
      type: 'status',
      status: 200,
      body: {
        error: {
          message: 'The service behind this gateway refused the batch.',
          type: 'None',
          param: 'None',
          code: '400',
        },
      },
    }),
  },
  {
    // Azure REST reference, Batch list: `value` in place of `data`.
    name: 'value-envelope',
    concerns: 'call',
    summary: "writes lists as {value: […]} in place of OpenAI's {data: […]}",
    operations: ['batches.list', 'files.list'],
    times: Infinity,
    when: 'before',
  },
  {
    // Azure API Management: its own words when its own key is missing.
    name: 'subscription-key',
    concerns: 'call',
    summary: 'answers 401 to every call without an Ocp-Apim-Subscription-Key header',
    operations: 'all',
    times: Infinity,
    when: 'before',
    strike: ({ headers }) =>
      headers['ocp-apim-subscription-key'] === undefined
        ? {
            type: 'status',
            status: 401,
            body: { statusCode: 401, message: 'Access denied due to missing subscription key.' },
          }
        : null,
  },
  {
    // Whether OpenAI takes Range on file content is not known.
    name: 'range-requests',
    concerns: 'call',
    summary: 'offers Range and If-Range (by ETag) on the content of files',
    operations: ['files.content'],
    times: Infinity,
    when: 'before',
  },
]
