import type { FaultAction } from '../faults/action.ts'
import { numberOption, textOption } from '../records.ts'
import type { CallScenario, ScenarioOption, StruckCall } from './definition.ts'
import { challengePage, signInPage, page } from './pages.ts'

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
    operations: 'all',
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
    operations: 'all',
    times: 3,
    when: 'before',
    options: { status: { kind: 'number', fallback: 503, about: 'the status' } },
    strike: ({ scenario }) => ({ type: 'status', status: numberOption(scenario, 'status') }),
  },
  {
    name: 'connection-cut',
    concerns: 'call',
    summary: 'cuts the connection before anything is done',
    operations: 'all',
    times: 1,
    when: 'before',
    strike: () => ({ type: 'drop' }),
  },
  {
    // pi PR 2280, openai/codex (unsupported_country_region_territory); challenges of web application firewalls.
    name: 'forbidden',
    concerns: 'call',
    summary: 'something in between answers 403 once: a page, or a JSON about the region',
    operations: 'all',
    times: 1,
    when: 'before',
    options: { body: { kind: 'choice', of: ['page', 'json'], fallback: 'page', about: 'what it says' } },
    strike: ({ scenario }) =>
      textOption(scenario, 'body') === 'json'
        ? {
            type: 'status',
            status: 403,
            fields: {
              message: 'Country, region, or territory not supported',
              type: 'request_forbidden',
              code: 'unsupported_country_region_territory',
            },
          }
        : page(403, challengePage),
  },
  {
    // Captive portals and company proxies.
    name: 'sign-in-page',
    concerns: 'call',
    summary: 'answers 200 once with a sign-in page in place of JSON or of a file',
    operations: 'all',
    times: 1,
    when: 'before',
    strike: () => page(200, signInPage),
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
  return {
    type: 'status',
    status: Number(answer),
    fields: { message: 'Internal server error, failed to store the answer.', code: answer },
  }
}
