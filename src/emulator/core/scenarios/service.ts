import { textOption } from '../records.ts'
import type { CallScenario } from './definition.ts'

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
    // palm-netlify-proxy#12, dify#9275 (packed); proxies that unpack a body and leave the header on it (label).
    name: 'gzip',
    concerns: 'call',
    summary: 'compresses every answer that nobody asked to be compressed; or only says so',
    operations: 'all',
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
    operations: 'all',
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
    operations: 'all',
    times: Infinity,
    when: 'before',
  },
]
