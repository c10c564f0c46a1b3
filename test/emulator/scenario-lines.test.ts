import { describe, expect, it } from 'vitest'
import {
  responsesParams,
  type ResultLine,
  chatLine,
  chatLines,
  contentOf,
  linesOf,
  play,
  readResults,
  readText,
  responseLines,
} from './emulator-kit.ts'

/** What 20 lines cost when nothing happens to them. */
async function plainCost(content = chatLines(20)): Promise<number> {
  await using plain = await play([], content)
  return plain.bill.cost_micro_usd
}

function bodyOfLine(line: ResultLine | undefined): Record<string, unknown> {
  return { ...line?.response?.body }
}

describe('answers that are not in the file', () => {
  it.each([
    ['promised', { total: 20, completed: 20, failed: 0 }],
    ['honest', { total: 20, completed: 18, failed: 0 }],
    ['zero', { total: 0, completed: 0, failed: 0 }],
    ['null', { total: null, completed: null, failed: null }],
  ])('missing-lines leaves some out, bills them, and counts as told: %s', async (counts, shown) => {
    await using played = await play([`missing-lines:counts=${counts}`])
    expect(played.batch.request_counts).toEqual(shown)
    expect(await linesOf(played)).toHaveLength(18)
    expect(played.bill).toMatchObject({ requests: 20, cost_micro_usd: await plainCost() })
  })

  it('missing-lines can leave out all of them', async () => {
    await using played = await play(['missing-lines:every=1'])
    expect(played.batch).toMatchObject({
      status: 'completed',
      output_file_id: null,
      request_counts: { completed: 20 },
    })
    expect(played.bill).toMatchObject({ requests: 20, cost_micro_usd: await plainCost() })
  })

  it('line-timeout gives lines up without an answer, and bills nothing for them', async () => {
    await using played = await play(['line-timeout:every=4'])
    expect(played.batch.request_counts).toEqual({ total: 20, completed: 15, failed: 5 })
    const [first] = await readResults(played.client, played.batch.error_file_id)
    expect(first).toMatchObject({ response: null, error: { code: 'request_timeout' } })
    expect(played.bill.requests).toBe(15)
  })

  it.each([
    ['context_length_exceeded', 400, 'messages'],
    ['unsupported_value', 400, 'temperature'],
    ['unsupported_parameter', 400, 'max_tokens'],
    ['insufficient_quota', 429, null],
  ])('line-4xx refuses lines with %s, and bills nothing for them', async (code, status, param) => {
    await using played = await play([`line-4xx:every=10,code=${code}`])
    const lines = await readResults(played.client, played.batch.error_file_id)
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatchObject({
      error: null,
      response: { status_code: status, body: { error: { code, param } } },
    })
    expect(played.bill.requests).toBe(18)
  })

  it('outcome gives lines what a marker would', async () => {
    await using played = await play(['outcome:every=20'])
    expect(played.batch.request_counts).toMatchObject({ completed: 20 })
    const refused = (await readResults(played.client, played.batch.output_file_id)).filter(
      (line) => line.response?.body.choices?.[0]?.message.refusal !== null,
    )
    expect(refused.map((line) => line.custom_id)).toEqual(['record-0'])
    await using failing = await play(['outcome:every=5,of=server_error'])
    expect(failing.batch.request_counts).toEqual({ total: 20, completed: 16, failed: 4 })
    expect(failing.bill.requests).toBe(16)
  })
})

describe('lines that somebody has changed', () => {
  it('changed-custom-ids answers all requests under ids of its own', async () => {
    await using played = await play(['changed-custom-ids'])
    const ids = (await linesOf(played)).map((line) => line.custom_id)
    expect(new Set(ids).size).toBe(20)
    for (const id of ids) expect(id).toMatch(/^gw-\d+-/)
    expect(played.bill).toMatchObject({ requests: 20, cost_micro_usd: await plainCost() })
  })

  it('no-custom-id leaves one out', async () => {
    await using played = await play(['no-custom-id'])
    const lines = await linesOf(played)
    expect(lines.filter((line) => !('custom_id' in line))).toHaveLength(1)
    expect(lines).toHaveLength(20)
    expect(played.bill.requests).toBe(20)
  })

  it('raw-lines writes the records of the service behind a gateway', async () => {
    await using played = await play(['raw-lines'])
    const text = await readText(played.client, played.batch.output_file_id)
    const records = text.trimEnd().split('\n')
    expect(records).toHaveLength(20)
    expect(JSON.parse(records[0] ?? '')).toMatchObject({
      recordId: expect.stringMatching(/^record-/),
      modelInput: { model: 'gpt-4o-mini' },
      modelOutput: {
        output: { message: { content: [{ text: expect.stringMatching(/\w/) }] } },
        usage: { inputTokens: expect.any(Number) },
      },
    })
    expect(text).not.toContain('custom_id')
    expect(played.bill).toMatchObject({ requests: 20, cost_micro_usd: await plainCost() })
  })

  it('body-as-text writes the body as a text', async () => {
    await using played = await play(['body-as-text'])
    const [first] = await linesOf(played)
    const body: unknown = first?.response?.body
    expect(body).toBeTypeOf('string')
    expect(JSON.parse(String(body))).toMatchObject({ object: 'chat.completion' })
    expect(played.bill).toMatchObject({ requests: 20, cost_micro_usd: await plainCost() })
  })

  it.each([
    ['null', null],
    ['absent', undefined],
    ['zero', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }],
    [
      'zero-pair',
      {
        prompt_tokens: 0,
        completion_tokens: 0,
        input_tokens: expect.any(Number),
        output_tokens: expect.any(Number),
      },
    ],
    ['null-pair', { prompt_tokens: null, completion_tokens: null, total_tokens: expect.any(Number) }],
    ['total-only', { total_tokens: expect.any(Number) }],
  ])('line-usage writes %s, and the bill knows better', async (shape, usage) => {
    await using played = await play([`line-usage:shape=${shape}`])
    const shown = (await linesOf(played)).map((line) => bodyOfLine(line)['usage'])
    expect(shown).toHaveLength(20)
    for (const one of shown) {
      if (usage !== undefined && usage !== null) expect(one).toMatchObject(usage)
      else expect(one).toBe(usage)
    }
    expect(played.batch.usage?.total_tokens, 'the batch sums up what was used').toBeGreaterThan(100)
    expect(played.bill).toMatchObject({ requests: 20, cost_micro_usd: await plainCost() })
  })

  it('line-usage turns the names of a response round, and mixes the shapes by default', async () => {
    await using turned = await play(['line-usage:shape=zero-pair'], responseLines(3), responsesParams)
    expect(bodyOfLine((await linesOf(turned))[0])['usage']).toMatchObject({
      input_tokens: 0,
      output_tokens: 0,
      prompt_tokens: expect.any(Number),
    })
    await using mixed = await play(['line-usage'], chatLines(4))
    const shown = (await linesOf(mixed)).map((line) => JSON.stringify(bodyOfLine(line)['usage']) ?? 'absent')
    expect(new Set(shown).size).toBe(4)
  })
})

describe('answers that are there and are no good', () => {
  it('no-choices has usage and nothing else', async () => {
    await using played = await play(['no-choices'])
    const [first] = await linesOf(played)
    expect(bodyOfLine(first)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } })
    expect(played.bill).toMatchObject({ requests: 20, cost_micro_usd: await plainCost() })
    await using response = await play(['no-choices'], responseLines(2), responsesParams)
    expect(bodyOfLine((await linesOf(response))[0])).toMatchObject({ status: 'completed', output: [] })
  })

  it('empty-content finishes as if all were well', async () => {
    await using played = await play(['empty-content'])
    const choices = (await linesOf(played)).map((line) => line.response?.body.choices?.[0])
    expect(new Set(choices.map((choice) => choice?.message.content))).toEqual(new Set([null, '', ' \n']))
    expect(new Set(choices.map((choice) => choice?.finish_reason))).toEqual(new Set(['stop']))
    expect(played.bill).toMatchObject({ requests: 20, cost_micro_usd: await plainCost() })
  })

  it('reasoning-eats-limit bills the whole limit', async () => {
    const content = chatLines(2, { model: 'gpt-5-mini', body: { max_completion_tokens: 60 } })
    await using played = await play(['reasoning-eats-limit'], content)
    const [first] = await linesOf(played)
    expect(first).toMatchObject({
      response: {
        body: {
          choices: [{ finish_reason: 'length', message: { content: '' } }],
          usage: { completion_tokens: 60, completion_tokens_details: { reasoning_tokens: 60 } },
        },
      },
    })
    const { input_tokens: input = 0, output_tokens: output } = played.batch.usage ?? {}
    expect(output).toBe(120)
    expect(played.bill.cost_micro_usd, 'half of $0.25 and $2 per million').toBe(
      Math.round(input * 0.125 + 120 * 1),
    )
  })

  it('reasoning-eats-limit leaves a response incomplete', async () => {
    await using played = await play(
      ['reasoning-eats-limit'],
      responseLines(1, { max_output_tokens: 64 }),
      responsesParams,
    )
    const [first] = await linesOf(played)
    expect(bodyOfLine(first)).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ type: 'reasoning' }],
      usage: { output_tokens: 64, output_tokens_details: { reasoning_tokens: 64 } },
    })
  })

  it('tool-call-only answers with a call of a tool', async () => {
    await using played = await play(['tool-call-only'])
    expect((await linesOf(played))[0]).toMatchObject({
      response: {
        body: {
          choices: [
            { finish_reason: 'tool_calls', message: { content: null, tool_calls: [{ type: 'function' }] } },
          ],
        },
      },
    })
    expect(played.bill).toMatchObject({ requests: 20, cost_micro_usd: await plainCost() })
    await using response = await play(['tool-call-only'], responseLines(1), responsesParams)
    expect(bodyOfLine((await linesOf(response))[0])).toMatchObject({
      output: [{ type: 'reasoning' }, { type: 'function_call', name: 'lookup' }],
    })
  })

  it('failed-response is a 200 with an error and usage', async () => {
    await using played = await play(['failed-response'], responseLines(3), responsesParams)
    const [first] = await linesOf(played)
    expect(bodyOfLine(first)).toMatchObject({
      status: 'failed',
      error: { code: 'server_error' },
      usage: { total_tokens: expect.any(Number) },
    })
    expect(played.bill.requests).toBe(3)
    await using chat = await play(['failed-response'])
    expect((await linesOf(chat))[0]?.response?.body.choices?.[0]).toMatchObject({ finish_reason: 'error' })
    expect(chat.bill).toMatchObject({ requests: 20, cost_micro_usd: await plainCost() })
  })

  it('response-items puts other items first and the text into parts', async () => {
    await using plain = await play([], responseLines(1), responsesParams)
    await using played = await play(['response-items'], responseLines(1), responsesParams)
    const items = bodyOfLine((await linesOf(played))[0])['output']
    expect(items).toMatchObject([
      { type: 'reasoning' },
      { type: 'web_search_call' },
      { type: 'message', content: [{ type: 'output_text' }, { type: 'output_text' }] },
    ])
    const textOf = (value: unknown): string =>
      [...JSON.stringify(value).matchAll(/"output_text","text":"([^"]*)"/g)].map(([, text]) => text).join('')
    expect(textOf(items)).toBe(textOf(bodyOfLine((await linesOf(plain))[0])['output']))
    expect(played.bill.cost_micro_usd).toBe(plain.bill.cost_micro_usd)
  })

  it('leaves vectors alone where the scenario is about texts', async () => {
    const line = `${JSON.stringify({ custom_id: 'v', method: 'POST', url: '/v1/embeddings', body: { model: 'text-embedding-3-small', input: 'a bridge' } })}\n`
    await using played = await play(['empty-content', 'reasoning-eats-limit'], line, {
      endpoint: '/v1/embeddings',
    })
    expect(bodyOfLine((await linesOf(played))[0])).toMatchObject({ data: [{ object: 'embedding' }] })
  })
})

describe('n choices', () => {
  it('are all answered and all billed', async () => {
    await using one = await play([], chatLine(0))
    await using three = await play([], chatLine(0, { body: { n: 3 } }))
    const [line] = await linesOf(three)
    expect(line?.response?.body.choices).toHaveLength(3)
    expect(contentOf(line)).toMatch(/\w/)
    const { input_tokens: input = 0, output_tokens: output = 0 } = three.batch.usage ?? {}
    expect(input, 'the prompt is read once').toBe(one.batch.usage?.input_tokens)
    expect(output).toBeGreaterThan(2 * (one.batch.usage?.output_tokens ?? 0))
    expect(three.bill.cost_micro_usd).toBe(Math.round(input * 0.075 + output * 0.3))
  })
})
