import { describe, expect, it } from 'vitest'
import {
  azureDated,
  azureV1,
  billOf,
  bodyOf,
  chatLine,
  create,
  openai,
  play,
  processed,
  readResults,
  responseLines,
  responsesParams,
  startFast,
  upload,
  waitFor,
} from './emulator-kit.ts'

const looseSchema = {
  type: 'json_schema',
  json_schema: {
    name: 'note',
    strict: true,
    schema: {
      type: 'object',
      properties: { text: { type: 'string', default: 'none' } },
      required: ['text'],
      additionalProperties: false,
    },
  },
}

describe('lines that the model API refuses', () => {
  it.each([
    ['a temperature', 'gpt-5-mini', { temperature: 0.2 }, 'unsupported_value', 'temperature'],
    ['max_tokens', 'gpt-5-mini', { max_tokens: 50 }, 'unsupported_parameter', 'max_tokens'],
    ['top_p', 'o4-mini', { top_p: 0.5 }, 'unsupported_parameter', 'top_p'],
    [
      'a prompt above the window',
      'gpt-4o-mini',
      { messages: [{ role: 'user', content: 'word '.repeat(140_000) }] },
      'context_length_exceeded',
      'messages',
    ],
    [
      'a default in a strict schema',
      'gpt-4o-mini',
      { response_format: looseSchema },
      null,
      'response_format',
    ],
    ['more choices than there are', 'gpt-4o-mini', { n: 200 }, 'integer_above_max_value', 'n'],
  ])('%s: a 400 in the error file, and nothing is billed', async (_what, model, body, code, param) => {
    await using played = await play([], `${chatLine(0, { model })}\n${chatLine(1, { model, body })}\n`)
    expect(played.batch).toMatchObject({
      status: 'completed',
      request_counts: { total: 2, completed: 1, failed: 1 },
    })
    expect(await readResults(played.client, played.batch.error_file_id)).toMatchObject([
      {
        custom_id: 'record-1',
        error: null,
        response: { status_code: 400, body: { error: { code, param } } },
      },
    ])
    expect(played.bill.requests).toBe(1)
  })

  it('parameters of chat in a response', async () => {
    await using played = await play([], responseLines(2, { max_completion_tokens: 60 }), responsesParams)
    expect(played.batch.request_counts).toEqual({ total: 2, completed: 0, failed: 2 })
    expect(played.bill.requests).toBe(0)
  })
})

describe('deployments', () => {
  it.each([
    ['dated', 'your-deployment-name'],
    ['deployment', 'your-deployment-name'],
    ['v1', 'your-deployment-name'],
    ['v1', 'prod_7.batch'],
  ])('may have any name on the %s path: %s', async (form, name) => {
    await using emulator = await startFast()
    const client =
      form === 'v1' ? azureV1(emulator) : azureDated(emulator, form === 'deployment' ? name : undefined)
    const file = await upload(client, chatLine(0, { model: name }))
    await processed(client, file.id)
    const done = await waitFor(client, (await create(client, file.id)).id)
    expect(done).toMatchObject({ status: 'completed', model: name })
    const [line] = await readResults(client, done.output_file_id)
    expect(line?.response?.body['model']).toBe('gpt-4o-mini')
  })

  it('that mean a model which is not there are not found, nor are names at OpenAI', async () => {
    await using emulator = await startFast()
    const client = azureV1(emulator)
    const file = await upload(client, chatLine(0, { model: 'gpt-9-batch' }))
    await processed(client, file.id)
    const failed = await waitFor(client, (await create(client, file.id)).id)
    expect(failed.errors?.data?.[0]?.code).toBe('model_not_found')
    const plain = openai(emulator)
    const other = await upload(plain, chatLine(0, { model: 'your-deployment-name' }))
    expect((await waitFor(plain, (await create(plain, other.id)).id)).status).toBe('failed')
  })

  it('answer and cost as the model that somebody declares', async () => {
    await using emulator = await startFast({ deployments: { first: 'gpt-4.1' } })
    const declared = await fetch(`${emulator.url}/_emulator/deployments`, {
      method: 'POST',
      body: JSON.stringify({ second: 'gpt-4o' }),
    })
    expect(await declared.json()).toEqual({ deployments: { first: 'gpt-4.1', second: 'gpt-4o' } })
    await emulator.declareDeployments({ third: 'gpt-4o-mini' })
    expect(Object.keys(emulator.state().deployments)).toEqual(['first', 'second', 'third'])
    const client = azureV1(emulator)
    const costs: number[] = []
    for (const model of ['third', 'first', 'second']) {
      const before = (await billOf(emulator)).cost_micro_usd
      const file = await upload(client, chatLine(0, { model }))
      await processed(client, file.id)
      await waitFor(client, (await create(client, file.id)).id)
      costs.push((await billOf(emulator)).cost_micro_usd - before)
    }
    expect(costs).toEqual(costs.toSorted((a, b) => a - b))
    expect(new Set(costs).size).toBe(3)
    const refused = await bodyOf<object>(
      fetch(`${emulator.url}/_emulator/deployments`, { method: 'POST', body: '{"x":"no-model"}' }),
    )
    expect(refused).toMatchObject({
      error: { message: expect.stringContaining("'x' must be the name of a model") },
    })
  })
})
