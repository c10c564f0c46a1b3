import assert from 'node:assert/strict'
import { seededRandom } from '../../connectors/pipeline/reservoir.ts'
import {
  customId,
  isEmbedding,
  type ModelRequest,
  type Usage,
  filesOf,
  withData,
} from '../../domain/request.ts'
import { bodyMaker } from '../../engine/files/body.ts'
import { matches } from '../assertions.ts'
import type { Runner } from '../runner.ts'
import { type Asked, connect, modelsOf, nowhere } from './connected.ts'
import type { ProviderKit } from './kit.ts'
import { anyJson, madeChat, madeEmbedding, schemaWord, spoiled, textsIn } from './made-requests.ts'

const rounds = 200

/** The laws of the language of every service, whoever is asked. */
export function wireLaws({ test }: Runner, kit: ProviderKit): void {
  const { mediaTypes = [] } = kit
  const random = seededRandom()
  const requestFor = ({ task, model }: Asked): ModelRequest => {
    const making = { random, model, mediaTypes }
    return task === 'embedding' ? madeEmbedding(making) : madeChat(making)
  }
  /** Requests of each kind that there is, with the client and endpoint that it is for. */
  const made = function* (): Generator<Asked & { readonly request: ModelRequest }> {
    const asked = modelsOf(kit, nowhere.url).map((model) => connect(kit, nowhere, model))
    for (let round = 0; round < rounds; round += 1)
      for (const each of asked) yield { ...each, request: requestFor(each) }
  }

  test('knows what is asked at each of its endpoints', async () => {
    for (const { provider, endpoint, request } of made())
      assert.equal(provider.taskOf(endpoint), isEmbedding(request) ? 'embedding' : 'chat')
  })

  test('puts each text and the content of each file into the body exactly once', async () => {
    for (const { provider, endpoint, request } of made()) {
      const toText = (each: ModelRequest): string => JSON.stringify(provider.body(each, endpoint))
      const contentOf = (index: number): string => Buffer.from(`content ${index}`).toString('base64')
      const whole = isEmbedding(request) ? request : withData(request, contentOf)
      assert.equal(filled(request, toText, contentOf), toText(whole))
    }
  })

  test('reads its own bodies: every text, and the schema', async () => {
    for (const { provider, endpoint, model, request } of made()) {
      const read = provider.readBody(JSON.parse(JSON.stringify(provider.body(request, endpoint))), model)
      assert.deepEqual([...textsIn(read)].toSorted(), [...textsIn(request)].toSorted())
      if (!isEmbedding(request) && request.schema !== null) {
        const schema = isEmbedding(read) ? null : read.schema
        assert.ok(JSON.stringify(schema).includes(schemaWord), 'the schema of a body is read back')
      }
    }
  })

  test('reads any other JSON as a body without throwing', async () => {
    const asked = connect(kit, nowhere)
    const { provider, endpoint, model } = asked
    const body: unknown = JSON.parse(JSON.stringify(provider.body(requestFor(asked), endpoint)))
    for (let round = 0; round < rounds; round += 1)
      for (const value of [anyJson(random), spoiled(body, random)])
        neverThrows(() => provider.readBody(value, model), `readBody(${JSON.stringify(value)})`)
  })

  test('counts tokens within bounds that it states', async () => {
    const { provider, model } = connect(kit, nowhere)
    for (const name of [model, 'a model that nobody knows']) {
      const { least, likely, most } = provider.tokenRule(name)
      assert.ok(
        0 < least && least <= likely && likely <= most && likely < Infinity,
        '0 < least ≤ likely ≤ most',
      )
    }
  })

  test('frames a line: its id is the first value, its body the first object and the last member', async () => {
    for (const { provider, endpoint, request } of made()) {
      const { beforeId, beforeBody } = provider.lineFrame(endpoint)
      assert.match(beforeId, /^\{"[^{}]*"$/, 'what stands before the id opens the line and a text')
      assert.match(
        beforeBody,
        /^"[^{}]*:$/,
        'what stands before the body ends the id and opens no other object',
      )
      const length = 4 + Math.floor(random() * 13)
      const tag = Array.from({ length }, () => Math.floor(random() * 36).toString(36)).join('')
      const id = customId(tag, Math.floor(random() * 1e6))
      const body = JSON.stringify(provider.body(request, endpoint))
      const line: unknown = JSON.parse(`${beforeId}${id}${beforeBody}${body}}`)
      const values: readonly unknown[] = Object.values(Object(line))
      assert.equal(values[0], id)
      assert.equal(JSON.stringify(values.at(-1)), body)
      assert.ok(
        values.slice(0, -1).every((value) => typeof value !== 'object'),
        'the body is the first object of its line',
      )
    }
  })

  test('reads its lines of results', async () => {
    const { provider } = connect(kit, nowhere)
    for (const { line, customId: id, answer } of kit.lines) {
      const read = provider.line(line)
      assert.ok(read !== null, `this is a line: ${JSON.stringify(line)}`)
      assert.equal(read.customId, id)
      matches(read.answer, answer)
    }
  })

  test('takes nothing else for a line of results', async () => {
    const { provider } = connect(kit, nowhere)
    for (const value of [null, 0, '', 'x', [], {}, ...(kit.notLines ?? [])])
      assert.equal(provider.line(value), null, `${JSON.stringify(value)} is no line`)
  })

  test('reads any JSON as a line without throwing, and never a usage that is less than its parts', async () => {
    const { provider } = connect(kit, nowhere)
    for (let round = 0; round < rounds; round += 1)
      for (const value of [anyJson(random), ...kit.lines.map(({ line }) => spoiled(line, random))]) {
        const shown = JSON.stringify(value)
        const read = neverThrows(() => provider.line(value), `line(${shown})`)
        if (read?.answer.usage) checkUsage(read.answer.usage, shown)
      }
  })

  test('continues a conversation behind its own messages, which stay as they are', async () => {
    for (const { provider, endpoint, model, request } of made()) {
      const body = Buffer.from(JSON.stringify(provider.body(request, endpoint)))
      const longer = provider.withMessages(body, [
        { role: 'assistant', content: 'the first answer' },
        { role: 'user', content: 'what is wrong with it' },
      ])
      if (isEmbedding(request)) assert.equal(longer, null, 'what asks for a vector is no conversation')
      if (longer === null || isEmbedding(request)) continue
      const text = Buffer.from(longer).toString()
      const read = provider.readBody(JSON.parse(text), model)
      assert.deepEqual(
        [...textsIn(read)].toSorted(),
        [...textsIn(request), 'the first answer', 'what is wrong with it'].toSorted(),
      )
      assert.deepEqual(textsIn(read).slice(-2), ['the first answer', 'what is wrong with it'])
      const own = JSON.stringify(textsIn(request).at(-1))
      const upTo = body.toString().indexOf(own) + own.length
      assert.equal(text.slice(0, upTo), body.toString().slice(0, upTo), 'a body keeps its beginning')
    }
  })

  test('writes a call whose fate is not known as a line that says so', async () => {
    const { provider } = connect(kit, nowhere)
    const line = provider.outputLine(customId('abcd', 7), { unsure: 'nobody has answered' })
    const read = provider.line(JSON.parse(JSON.stringify(line)))
    // A service without calls that answer at once is never asked for one.
    if (read === null) return
    assert.equal(read.customId, 'abcd-7')
    matches(read.answer, { kind: 'error', outcome: 'unsure' })
  })
}

/** The body as the flow writes it: a frame that is alike for many requests, and what goes into its holes. */
function filled(
  request: ModelRequest,
  toText: (request: ModelRequest) => string,
  contentOf: (index: number) => string,
): string {
  const { frame, fillings, files } = neverThrows(
    () => bodyMaker(toText)(request),
    'a body that holds each text and file once',
  )
  assert.equal(files.length, isEmbedding(request) ? 0 : filesOf(request).length)
  const textOf = (at: number): string => {
    const filling = fillings[at]
    if (typeof filling === 'string') return JSON.stringify(filling).slice(1, -1)
    assert.ok(filling !== undefined)
    return filling instanceof Uint8Array
      ? Buffer.from(filling).toString()
      : contentOf(files.findIndex((file) => file === filling))
  }
  return frame.pieces
    .map((piece, at) => {
      const hole = frame.order[at]
      return Buffer.from(piece).toString() + (hole === undefined ? '' : textOf(hole))
    })
    .join('')
}

function checkUsage(usage: Usage, shown: string): void {
  const { inputTokens, cachedTokens, cacheWriteTokens = 0, outputTokens } = usage
  for (const tokens of [inputTokens, cachedTokens, cacheWriteTokens, outputTokens])
    assert.ok(Number.isSafeInteger(tokens) && tokens >= 0, `tokens are whole numbers from 0 on: ${shown}`)
  assert.ok(
    cachedTokens + cacheWriteTokens <= inputTokens,
    `input tokens are the total, with what the cache gave and took inside: ${shown}`,
  )
}

function neverThrows<Value>(act: () => Value, what: string): Value {
  try {
    return act()
  } catch (thrown) {
    assert.fail(`${what} throws ${String(thrown)}`)
  }
}
