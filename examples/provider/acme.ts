import {
  asCount,
  asFields,
  asText,
  classify,
  type Connected,
  defineProvider,
  jsonList,
  listAll,
  type ProviderClient,
  type RemoteBatch,
  segment,
} from 'offpeak/provider'
import { acmeWire } from './wire.ts'

/** Models of Acme, as in `acme('acme-large')`: the key is `ACME_API_KEY`, another address `ACME_BASE_URL`. */
export const acme = defineProvider({
  name: 'acme',
  title: 'Acme',
  baseUrl: 'https://api.acme.example',
  endpoints: { chat: 'ask' },
  limits: { maxRequests: 10_000, maxBytes: 50_000_000, listTells: true },
  recovery: { create: 'once', proof: 'marked', fence: false },
  priceRows: [
    {
      ids: ['acme-large'],
      batch: { input: 0.5, output: 2 },
      maxOutputTokens: 8_000,
      asOf: '2026-11-30',
      source: 'the price list of Acme',
    },
  ],
  client: (connected) => ({ ...acmeWire, ...batches(connected) }),
})

type Batches = Pick<ProviderClient, 'create' | 'batch' | 'batches' | 'cancel' | 'fetch'>

function batches({ http, ourTimeMs }: Connected): Batches {
  const read = (json: unknown): RemoteBatch | null => batchOf(json, ourTimeMs)
  return {
    async create({ file, metadata }, signal) {
      // The requests are the lines of the file, as a list in the body; the mark comes back in the list of batches.
      const mark = JSON.stringify(metadata['offpeak_nonce'])
      const body = jsonList(file, `{"mark":${mark},"requests":[`, ']}')
      const call = { method: 'POST', path: '/batches', alone: true, signal } as const
      return classify('spends', await http.framed(call, body), read)
    },

    async batch(id, signal) {
      const path = `/batches/${segment(id)}`
      return classify('repeatable', await http.json({ method: 'GET', path, signal }), read)
    },

    batches: (sinceMs, signal) =>
      listAll(http, {
        call: { method: 'GET', path: '/batches', signal },
        pageSize: 100,
        maxPages: 100,
        read,
        sinceMs,
        partial: false,
      }),

    async cancel(id, signal) {
      const path = `/batches/${segment(id)}/stop`
      return classify('repeatable', await http.json({ method: 'POST', path, signal }), read)
    },

    async fetch(part, to, signal, bound) {
      const path = `/batches/${segment(part)}/results`
      const call = { method: 'GET', path, to, maxBytes: bound?.maxBytes ?? null, signal } as const
      return classify('repeatable', await http.download(call), (_json, { saved }) => saved)
    },
  }
}

const states = { running: 'in_progress', done: 'completed', stopped: 'cancelled' } as const

/** A batch of Acme; null: this is none. */
function batchOf(json: unknown, ourTimeMs: Connected['ourTimeMs']): RemoteBatch | null {
  const fields = asFields(json)
  const id = asText(fields?.['id'])
  if (fields === null || id === null) return null
  const name = asText(fields['state'])
  // A state that nobody knows is no end.
  const state = name === 'done' || name === 'stopped' ? states[name] : states.running
  const total = asCount(fields['count'])
  const mark = asText(fields['mark'])
  const created = Date.parse(asText(fields['created']) ?? '')
  return {
    id,
    state,
    staged: null,
    outputPart: state === 'completed' ? id : null,
    errorPart: null,
    createdAtMs: ourTimeMs(Number.isNaN(created) ? null : created),
    expiresAtMs: null,
    counts: total === null ? null : { total, completed: state === 'completed' ? total : 0, failed: 0 },
    usage: null,
    metadata: mark === null ? {} : { offpeak_nonce: mark },
    errors: [],
  }
}
