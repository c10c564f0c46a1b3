import { operations } from '../../dialects/openai/paths.ts'
import { textOption } from '../records.ts'
import type { CallScenario } from './definition.ts'

const listOperations = ['batches.list', 'files.list'] as const

/** How the service is as a whole, until the scenario is cleared. */
export const serviceScenarios: readonly CallScenario[] = [
  {
    // litellm PR 39810: batches missing in the list of the key that made them.
    name: 'hidden-list',
    concerns: 'call',
    summary: 'hides batches in the list: all of them, or the newest',
    operations: ['batches.list'],
    times: Infinity,
    when: 'before',
    options: {
      which: { kind: 'choice', of: ['all', 'newest'], fallback: 'all', about: 'which batches' },
      seconds: { kind: 'number', fallback: 3600, about: 'provider seconds that a batch counts as new' },
    },
  },
  {
    // Gateways that do not forward GET /batches.
    name: 'refused-list',
    concerns: 'call',
    summary: 'answers the list of batches 405, or 500',
    operations: ['batches.list'],
    times: Infinity,
    when: 'before',
    options: { status: { kind: 'choice', of: ['405', '500'], fallback: '405', about: 'the answer' } },
    strike: ({ scenario }) => ({ type: 'status', status: Number(textOption(scenario, 'status')) }),
  },
  {
    // Azure REST reference, Batch list: `value` in place of `data`.
    name: 'value-envelope',
    concerns: 'call',
    summary: "writes lists as {value: […]} in place of OpenAI's {data: […]}",
    operations: listOperations,
    times: Infinity,
    when: 'before',
  },
  {
    // palm-netlify-proxy#12, dify#9275 (packed); proxies that unpack a body and leave the header on it (label).
    name: 'gzip',
    concerns: 'call',
    summary: 'compresses every answer that nobody asked to be compressed; or only says so',
    operations: operations,
    times: Infinity,
    when: 'before',
    options: {
      mode: {
        kind: 'choice',
        of: ['packed', 'label'],
        fallback: 'packed',
        about: 'label: the header without the packing',
      },
    },
    strike: ({ scenario }) => ({
      type: 'gzip',
      mode: textOption(scenario, 'mode') === 'label' ? 'label' : 'packed',
    }),
  },
  {
    // microsoft/WSL#10006, #11790.
    name: 'clock-skew',
    concerns: 'call',
    summary: 'has a clock that is off: its Date header and all of its times',
    operations: operations,
    times: Infinity,
    when: 'before',
    options: {
      seconds: { kind: 'number', fallback: 3600, about: 'how far ahead of ours; negative: behind' },
    },
  },
  {
    // OpenAI: batches and files belong to a project; a key of another one is answered 404 (curator#190).
    name: 'own-keys',
    concerns: 'call',
    summary: 'shows batches and files only to the key (and OpenAI-Project) that made them; others get 404',
    operations: operations,
    times: Infinity,
    when: 'before',
  },
  {
    // Azure API Management: its own words when its own key is missing.
    name: 'subscription-key',
    concerns: 'call',
    summary: 'answers 401 to every call without an Ocp-Apim-Subscription-Key header',
    operations: operations,
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
