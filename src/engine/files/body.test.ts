import { describe, expect, test } from 'vitest'
import type { ModelRequest } from '../../domain/request.ts'
import { attach, text } from '../../planning/requests/attach.ts'
import type { Attachments } from '../../ports/attachments.ts'
import { openaiBody } from '../../providers/openai/openai-body.ts'
import {
  bodyMaker,
  withoutFiles,
  type AttachedSpan,
  loadBody,
  loadRequest,
  sumSpans,
  writeBody,
} from './body.ts'

const ask = (...content: readonly ReturnType<typeof text>[]): ModelRequest => ({
  model: 'gpt-4o',
  messages: [{ role: 'user', content }],
  maxTokens: null,
  temperature: null,
  schema: null,
  extra: {},
})
const toText = (request: ModelRequest): string =>
  JSON.stringify(openaiBody(request, '/v1/chat/completions', 'max_tokens'))

const contents: Readonly<Record<string, string>> = { 'a.pdf': 'first file', 'b"ü.pdf': 'x'.repeat(2_000_000) }
const pages = { textBytes: 7_000, sizes: [{ width: 595, height: 842 }] }
const attachments: Attachments = {
  load: async ({ path }, maxBytes) => {
    const bytes = Buffer.from(contents[path] ?? '')
    return bytes.length > maxBytes ? { problem: 'too large' } : { bytes, pageCount: 3, pages }
  },
}
const request = ask(
  text('Grüße offpeak-slot:0: 𝄞'),
  attach('a.pdf'),
  text('and'),
  attach('b"ü.pdf'),
  attach('a.pdf'),
)

async function written(): Promise<{
  readonly bytes: Buffer
  readonly spans: readonly AttachedSpan[]
}> {
  const loaded = await loadBody(bodyMaker(toText)(request), attachments)
  if ('problem' in loaded) throw new Error(loaded.problem)
  const buffer = Buffer.alloc(loaded.mostBytes + 7, 0x20)
  const result = writeBody(loaded, { model: 'gpt-4o', unit: 'token', limits: null }, buffer, 7)
  if ('problem' in result) throw new Error(result.problem)
  const { length, spans } = result
  expect(length).toBeLessThanOrEqual(loaded.mostBytes)
  return { bytes: buffer.subarray(7, 7 + length), spans }
}

describe('a body with files', () => {
  test('has their content where a body made at once would have it, whatever the prompt holds', async () => {
    const { bytes, spans } = await written()
    const whole = await loadRequest(request, attachments)
    expect('problem' in whole ? whole.problem : toText(whole)).toBe(bytes.toString('utf8'))
    expect(
      spans.map(({ at, length }) => Buffer.from(bytes.toString('latin1', at, at + length), 'base64').length),
    ).toEqual([10, 2_000_000, 10])
    // Six tiles for an A4 page, however finely it is drawn, and each file as much text.
    const picture = 85 + 6 * 170
    expect(sumSpans(spans)).toEqual({
      bytes: 16 + 16 + 2_666_668,
      tokens: 3 * 7_000 + 9 * (40 + picture),
      likelyTokens: 3 * 2_000 + 9 * picture,
    })
  })

  test('is a problem of its record where the model refuses an image of that size', async () => {
    const image = { mediaType: 'image/png', width: 9_000, height: 9_000 } as const
    const photos: Attachments = {
      load: async () => ({ bytes: new Uint8Array(10), pageCount: null, image }),
    }
    const loaded = await loadBody(bodyMaker(toText)(ask(attach('wide.png'))), photos)
    if ('problem' in loaded) throw new Error(loaded.problem)
    const written = (model: string): ReturnType<typeof writeBody> =>
      writeBody(loaded, { model, unit: 'token', limits: null }, Buffer.alloc(loaded.mostBytes), 0)
    expect(written('gpt-6-sol')).toEqual({ problem: expect.stringMatching(/^wide\.png has 79,524 squares/) })
    expect(written('gpt-4o')).not.toHaveProperty('problem')
  })

  test('counts an image by its own size and its detail at the model that answers', async () => {
    const image = { mediaType: 'image/png', width: 6_000, height: 4_000 } as const
    const photos: Attachments = {
      load: async () => ({ bytes: new Uint8Array(10), pageCount: null, image }),
    }
    const loaded = await loadBody(
      bodyMaker(toText)(ask(attach('a.png'), attach('a.png', { detail: 'high' }))),
      photos,
    )
    if ('problem' in loaded) throw new Error(loaded.problem)
    const tokens = (model: string): readonly (readonly [number, number])[] => {
      const result = writeBody(
        loaded,
        { model, unit: 'token', limits: null },
        Buffer.alloc(loaded.mostBytes),
        0,
      )
      if ('problem' in result) throw new Error(result.problem)
      return result.spans.map(({ tokens, likelyTokens }) => [likelyTokens, tokens] as const)
    }
    expect(tokens('gpt-5.6-sol')).toEqual([
      [28_200, 28_200],
      [2_880, 3_000],
    ])
    // Of a model that nobody has described, what the dearest of those that are known would take.
    expect(tokens('our-model').map(([, most]) => most)).toEqual([2_833 + 6 * 5_667, 2_833 + 6 * 5_667])
  })

  test('is shown with names, pages and sizes instead', async () => {
    const { bytes, spans } = await written()
    expect(withoutFiles(bytes, spans)).toMatchObject({
      messages: [
        {
          content: [
            { text: 'Grüße offpeak-slot:0: 𝄞' },
            { file: { file_data: 'data:application/pdf;base64,[a.pdf, 3 pages, 10 bytes]' } },
            { text: 'and' },
            { file: { file_data: 'data:application/pdf;base64,[b"ü.pdf, 3 pages, 2,000,000 bytes]' } },
            { file: {} },
          ],
        },
      ],
    })
  })

  test('is a problem when one of them is, or all together are too large', async () => {
    const many = ask(...Array.from({ length: 30 }, () => attach('b"ü.pdf')))
    expect(await loadBody(bodyMaker(toText)(many), attachments)).toEqual({ problem: 'too large' })
    expect(await loadRequest(many, attachments)).toEqual({ problem: 'too large' })
  })
})

describe('a body that names its texts in another order than the request', () => {
  const conversation: ModelRequest = {
    model: 'm',
    messages: [
      { role: 'system', content: 'SYSTEM RULES' },
      { role: 'user', content: [text('the row'), attach('a.pdf')] },
    ],
    maxTokens: null,
    temperature: null,
    schema: null,
    extra: {},
  }
  // The conversation comes first here, and the system text behind it.
  const otherOrder = (request: ModelRequest): string => {
    if (!('messages' in request)) return ''
    const [system, user] = request.messages
    return JSON.stringify({ messages: [user], system: system?.content })
  }

  test('has each in its own place, and means the same', async () => {
    const made = await Promise.all(
      [toText, otherOrder].map(async (encode) => {
        const loaded = await loadBody(bodyMaker(encode)(conversation), attachments)
        if ('problem' in loaded) throw new Error(loaded.problem)
        const buffer = Buffer.alloc(loaded.mostBytes)
        const result = writeBody(loaded, { model: 'gpt-4o', unit: 'token', limits: null }, buffer, 0)
        if ('problem' in result) throw new Error(result.problem)
        const own = result.own.map((each) => (typeof each === 'string' ? each : Buffer.from(each).toString()))
        return { value: withoutFiles(buffer.subarray(0, result.length), result.spans), own }
      }),
    )
    expect(made[1]?.value).toMatchObject({
      system: 'SYSTEM RULES',
      messages: [
        { role: 'user', content: [{ kind: 'text', text: 'the row' }, { data: expect.any(String) }] },
      ],
    })
    expect(made[1]?.own).toEqual(made[0]?.own)
  })

  test('is refused where a text stands in it twice and another nowhere', () => {
    const twice = (request: ModelRequest): string => {
      if (!('messages' in request)) return ''
      const [system] = request.messages
      return JSON.stringify([system?.content, system?.content, system?.content])
    }
    expect(() => bodyMaker(twice)(conversation)).toThrow(expect.objectContaining({ code: 'E_BUG' }))
  })
})
