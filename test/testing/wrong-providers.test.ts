import { describe, expect, test } from 'vitest'
import { openai } from 'offpeak'
import type { ProviderKit } from 'offpeak/testing'
import type { ChatModel, EmbeddingModel } from '../../src/ports/model.ts'
import type { RemoteBatch } from '../../src/ports/provider/batch-service.ts'
import type { Reply } from '../../src/ports/provider/reply.ts'
import { definitionOf, modelOf } from '../../src/providers/definition.ts'
import { describeProvider } from '../../src/testing/providers.ts'
import { failing } from './failing.ts'
import { kits } from './provider-kits.ts'
import { atOnce } from './wrong-at-once.ts'
import { type ProviderFault, refused } from './wrong-provider.ts'

/** The kit of OpenAI, with a client that is wrong in one thing. */
function kitWith(change: ProviderFault['change']): ProviderKit {
  const [kit] = kits
  if (kit === undefined) throw new Error('the table of kits is empty')
  const right = definitionOf(openai('gpt-4o-mini'))
  const wrong: typeof right = {
    ...right,
    connect(setup, connection) {
      const provider = right.connect(setup, connection)
      return { ...provider, ...change(provider) }
    },
  }
  return {
    ...kit,
    chat: (): ChatModel => modelOf(wrong, 'chat', { ...openai('gpt-4o-mini') }),
    embedding: (): EmbeddingModel =>
      modelOf(wrong, 'embedding', { ...openai.embedding('text-embedding-3-small') }),
  }
}

/** A reply that is changed where it is accepted. */
async function then<Value>(
  coming: Promise<Reply<Value>>,
  change: (value: Value) => Value,
): Promise<Reply<Value>> {
  const reply = await coming
  return reply.kind === 'accepted' ? { kind: 'accepted', value: change(reply.value) } : reply
}

const wire: readonly ProviderFault[] = [
  {
    what: 'takes every request for a prompt',
    test: 'knows what is asked',
    change: () => ({ taskOf: () => 'chat' }),
  },
  {
    what: 'loses the first message',
    test: 'exactly once',
    change: (right) => ({
      body: (request, endpoint) =>
        right.body(
          'input' in request ? request : { ...request, messages: request.messages.slice(1) },
          endpoint,
        ),
    }),
  },
  {
    what: 'says the text of an embedding twice',
    test: 'exactly once',
    change: (right) => ({
      body: (request, endpoint) => ({
        ...right.body(request, endpoint),
        ...('input' in request && { again: request.input }),
      }),
    }),
  },
  {
    what: 'reads no schema back',
    test: 'reads its own bodies',
    change: (right) => ({
      readBody(body, model) {
        const read = right.readBody(body, model)
        return 'input' in read ? read : { ...read, schema: null }
      },
    }),
  },
  {
    what: 'trusts a body to be one',
    test: 'any other JSON as a body',
    change: (right) => ({
      readBody: (body, model) =>
        right.readBody(Object.assign({}, Object.entries(Object(body))[0]![1]), model),
    }),
  },
  {
    what: 'states a least number of tokens that is more than the likely one',
    test: 'counts tokens within bounds',
    change: () => ({ tokenRule: () => ({ encoding: 'o200k_base', least: 2, likely: 1, most: 3 }) }),
  },
  {
    what: 'puts another object before the body',
    test: 'frames a line',
    change: () => ({ lineFrame: () => ({ beforeId: '{"custom_id":"', beforeBody: '","tags":{},"body":' }) }),
  },
  {
    what: 'takes an error for a refusal of the model',
    test: 'reads its lines of results',
    change: (right) => ({
      line(value) {
        const read = right.line(value)
        return read?.answer.kind === 'error'
          ? { ...read, answer: { kind: 'refusal', reason: 'no', usage: null } }
          : read
      },
    }),
  },
  {
    what: 'takes everything for a line',
    test: 'takes nothing else for a line',
    change: (right) => ({
      line: (value) =>
        right.line(value) ?? { customId: null, answer: { kind: 'refusal', reason: '', usage: null } },
    }),
  },
  {
    what: 'counts cached tokens beside the input',
    test: 'less than its parts',
    change: (right) => ({
      line(value) {
        const read = right.line(value)
        if (read?.answer.kind !== 'text' || read.answer.usage === null) return read
        const { usage } = read.answer
        const inputTokens = usage.inputTokens - usage.cachedTokens
        return { ...read, answer: { ...read.answer, usage: { ...usage, inputTokens } } }
      },
    }),
  },
  {
    what: 'trusts a line to be one',
    test: 'without throwing, and never a usage',
    change: (right) => ({
      line(value) {
        if (Array.isArray(value)) throw new TypeError('not a line')
        return right.line(value)
      },
    }),
  },
  {
    what: 'begins a conversation anew',
    test: 'continues a conversation',
    change: (right) => ({
      withMessages: (body, messages) =>
        right.withMessages(body, messages) === null
          ? null
          : Buffer.from(JSON.stringify({ model: 'gpt-4o-mini', messages })),
    }),
  },
  {
    what: 'takes a call of unknown fate for one that failed',
    test: 'whose fate is not known',
    change: () => ({
      outputLine: (customId) => ({
        custom_id: customId,
        response: null,
        error: { code: 'server_error', message: 'failed' },
      }),
    }),
  },
]

const blank = (batch: RemoteBatch): RemoteBatch => ({ ...batch, metadata: {} })

const calls: readonly ProviderFault[] = [
  {
    what: 'says nothing of the key',
    test: 'says that the key works',
    change: () => ({ probe: () => Promise.resolve({ kind: 'accepted', value: { words: ' ' } }) }),
  },
  {
    what: 'lists every file',
    test: 'keeps a staged file',
    change: (right) => ({ findStaged: (_name, signal) => right.findStaged('', signal) }),
  },
  {
    what: 'promises a mark and shows none',
    test: 'shows what recovery promises',
    change: (right) => ({ batches: (sinceMs) => then(right.batches(sinceMs), (list) => list.map(blank)) }),
  },
  {
    what: 'shows half of what a batch is known by',
    test: 'as it was given, or leaves it out',
    change: (right) => ({
      batches: (sinceMs) =>
        then(right.batches(sinceMs), (list) =>
          list.map((batch) => ({
            ...batch,
            metadata: { ...batch.metadata, offpeak_job: (batch.metadata['offpeak_job'] ?? '').slice(0, 64) },
          })),
        ),
    }),
  },
  {
    what: 'lists the newest batch alone',
    test: 'makes a second batch',
    change: (right) => ({ batches: (sinceMs) => then(right.batches(sinceMs), (list) => list.slice(0, 1)) }),
  },
  {
    what: 'promises a create that may be repeated, and makes two',
    test: 'repeated with its key',
    change: () => ({ recovery: { create: 'idempotent', proof: 'marked', fence: false } }),
  },
  {
    what: 'reads ids with a letter too few',
    test: 'brings every answer',
    change: (right) => ({
      line(value) {
        const read = right.line(value)
        return read && { ...read, customId: read.customId?.slice(0, -1) ?? null }
      },
    }),
  },
  {
    what: 'fetches without a bound',
    test: 'whole or not at all',
    change: (right) => ({ fetch: (part, path, signal) => right.fetch(part, path, signal) }),
  },
  {
    what: 'takes a broken download for a whole one',
    test: 'whole or not at all',
    change: (right) => ({
      async fetch(part, path, signal, bound) {
        const reply = await right.fetch(part, path, signal, bound)
        return reply.kind === 'refused' && reply.cause === 'away'
          ? { kind: 'accepted', value: { bytes: 1, announcedBytes: null, whole: true } }
          : reply
      },
    }),
  },
  {
    what: 'does not know what a cancel came to',
    test: 'cancels a batch',
    change: () => ({ cancel: () => Promise.resolve({ kind: 'unknown', message: 'who knows' }) }),
  },
  {
    what: 'refuses to discard what is gone as a wrong key',
    test: 'discards a staged file',
    change: (right) => ({
      async discard(handle) {
        const reply = await right.discard(handle)
        return reply.kind === 'accepted' ? reply : refused('auth')
      },
    }),
  },
  {
    what: 'shows a batch that is not there',
    test: 'refuses what is not there',
    change: () => ({
      batch: (id) =>
        Promise.resolve({
          kind: 'accepted',
          value: {
            id,
            state: 'in_progress',
            staged: null,
            outputPart: null,
            errorPart: null,
            createdAtMs: null,
            expiresAtMs: null,
            counts: null,
            usage: null,
            metadata: {},
            errors: [],
          },
        }),
    }),
  },
]

const faults: readonly ProviderFault[] = [
  {
    what: 'takes a wrong key for an account in arrears',
    test: 'names a wrong key',
    change: (right) => ({
      async batches(sinceMs) {
        const reply = await right.batches(sinceMs)
        return reply.kind === 'refused' ? refused('account') : reply
      },
    }),
  },
  {
    what: 'takes a lost answer for a no',
    test: 'whose answer is lost',
    change: (right) => ({
      async create(batch) {
        const reply = await right.create(batch)
        return reply.kind === 'unknown' ? refused('account') : reply
      },
    }),
  },
  {
    what: 'takes silence for an empty list',
    test: 'never reached it',
    change: (right) => ({
      async batches(sinceMs) {
        const reply = await right.batches(sinceMs)
        return reply.kind === 'refused' ? { kind: 'accepted', value: [] } : reply
      },
    }),
  },
  {
    what: 'takes a service that is overloaded for one that did nothing',
    test: 'takes a 503',
    change: (right) => ({
      async create(batch) {
        const reply = await right.create(batch)
        return reply.kind === 'unknown' ? refused('account') : reply
      },
    }),
  },
  {
    what: 'takes the 404 of a gateway for a batch that is gone',
    test: 'takes a 404 with a page',
    change: (right) => ({
      async batch(id) {
        const reply = await right.batch(id)
        return reply.kind === 'refused' ? refused('gone') : reply
      },
    }),
  },
]

describe('the suite of providers', () => {
  test.each([...wire, ...calls, ...faults, ...atOnce])(
    'fails a provider that $what',
    async ({ test: named, change }) => {
      const kit = kitWith(change)
      const failed = await failing((runner) => describeProvider(runner, kit), named)
      expect(failed).toHaveLength(1)
    },
  )

  test('has no law that no wrong provider breaks', async () => {
    const [kit] = kits
    const names: string[] = []
    describeProvider(
      { describe: (_name, body) => body(), test: (name) => names.push(name) },
      kit ?? kitWith(() => ({})),
    )
    const caught = [...wire, ...calls, ...faults, ...atOnce].map(({ test: named }) => named)
    const loose = names.filter((name) => !caught.some((part) => name.includes(part)))
    // One law for each thing that may stand in between; the others of them are alike.
    expect(loose.filter((name) => !name.endsWith('in the place of an answer for none'))).toEqual([])
  })
})
