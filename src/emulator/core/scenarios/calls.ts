import { operations } from '../../dialects/openai/paths.ts'
import type { FaultAction } from '../faults/action.ts'
import { numberOption, textOption } from '../records.ts'
import type { CallScenario, ScenarioOption, StruckCall } from './definition.ts'
import { challengePage, signInPage, page } from './pages.ts'

const error = (status: number, message: string, code: string | null, type: string): FaultAction => ({
  type: 'status',
  status,
  body: { error: { message, type, param: null, code } },
})

const lostAnswer: ScenarioOption = {
  kind: 'choice',
  of: ['cut', '500', '502', '504'],
  fallback: 'cut',
  about: 'what comes in place of the answer: the connection is cut, or this status',
}

/** Single calls that go wrong, and go well again afterwards. */
export const callScenarios: readonly CallScenario[] = [
  {
    // curator#116 (many small batches); Azure API Management's own 429, which is not the provider's JSON.
    name: 'rate-limited',
    concerns: 'call',
    summary: 'answers 429 to each kind of call twice: once in a JSON with Retry-After, once as bare text',
    operations: operations,
    times: 2,
    perOperation: true,
    when: 'before',
    options: {
      retryAfter: { kind: 'number', fallback: 1, about: 'seconds' },
      header: {
        kind: 'choice',
        of: ['retry-after', 'retry-after-ms'],
        fallback: 'retry-after',
        about: 'its name',
      },
    },
    strike: rateLimited,
  },
  {
    // Together's and OpenAI's advice: 500, 502 and 503 come in bursts.
    name: 'server-errors',
    concerns: 'call',
    summary: 'answers a burst of calls with a 503, before anything is done',
    operations: operations,
    times: 3,
    when: 'before',
    options: { status: { kind: 'number', fallback: 503, about: 'the status' } },
    strike: ({ scenario }) => ({ type: 'status', status: numberOption(scenario, 'status') }),
  },
  {
    name: 'connection-cut',
    concerns: 'call',
    summary: 'cuts the connection before anything is done',
    operations: operations,
    times: 1,
    when: 'before',
    strike: () => ({ type: 'drop' }),
  },
  {
    // Azure's words for an Entra token; OpenAI's for a key.
    name: 'expired-token',
    concerns: 'call',
    summary: 'answers 401 once, as to a token that has just expired',
    operations: operations,
    times: 1,
    when: 'before',
    strike: ({ azure }) =>
      azure
        ? error(
            401,
            'Unauthorized. Access token is missing, invalid, audience is incorrect, or have expired.',
            '401',
            'invalid_request_error',
          )
        : error(401, 'Incorrect API key provided.', 'invalid_api_key', 'invalid_request_error'),
  },
  {
    // pi PR 2280, openai/codex (unsupported_country_region_territory); challenges of web application firewalls.
    name: 'forbidden',
    concerns: 'call',
    summary: 'something in between answers 403 once: a page, or a JSON about the region',
    operations: operations,
    times: 1,
    when: 'before',
    options: { body: { kind: 'choice', of: ['page', 'json'], fallback: 'page', about: 'what it says' } },
    strike: ({ scenario }) =>
      textOption(scenario, 'body') === 'json'
        ? error(
            403,
            'Country, region, or territory not supported',
            'unsupported_country_region_territory',
            'request_forbidden',
          )
        : page(403, challengePage),
  },
  {
    // Captive portals and company proxies.
    name: 'sign-in-page',
    concerns: 'call',
    summary: 'answers 200 once with a sign-in page in place of JSON or of a file',
    operations: operations,
    times: 1,
    when: 'before',
    strike: () => page(200, signInPage),
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
    // curator#120, azure-sdk-for-js#31148: the file is there, and nobody hears of it.
    name: 'lost-upload',
    concerns: 'call',
    summary: 'keeps an uploaded file, and its answer is lost',
    operations: ['files.create'],
    times: 1,
    when: 'after',
    options: { answer: lostAnswer },
    strike: lost,
  },
  {
    // qwen-code#11874; litellm-docs PR 1408 (a create answered 500 although the provider had accepted it).
    name: 'lost-create',
    concerns: 'call',
    summary: 'makes a batch, and its answer is lost: the connection is cut, or a 500, 502 or 504 comes',
    operations: ['batches.create'],
    times: 1,
    when: 'after',
    options: { answer: lostAnswer },
    strike: lost,
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
]

function rateLimited({ firing, scenario }: StruckCall): FaultAction {
  if (firing % 2 === 0)
    return {
      type: 'status',
      status: 429,
      body: 'Too Many Requests',
      headers: { 'content-type': 'text/plain' },
    }
  const seconds = numberOption(scenario, 'retryAfter')
  const header = textOption(scenario, 'header')
  return {
    type: 'status',
    status: 429,
    headers: { [header]: String(header === 'retry-after-ms' ? seconds * 1000 : seconds) },
    body: { statusCode: 429, message: `Rate limit is exceeded. Try again in ${seconds} seconds.` },
  }
}

function lost({ scenario }: StruckCall): FaultAction {
  const answer = textOption(scenario, 'answer')
  if (answer === 'cut') return { type: 'drop' }
  return error(Number(answer), 'Internal server error, failed to store the answer.', answer, 'None')
}
