import type OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../../src/emulator/index.ts'
import { knownScenarios } from '../../src/emulator/index.ts'
import { makeCatalog } from '../../src/emulator/core/catalog.ts'
import { parseScenarioFlag } from '../../src/emulator/core/scenarios/flag.ts'
import { dialects } from '../../src/emulator/dialects.ts'
import {
  chatLine,
  chatLines,
  create,
  openai,
  readResults,
  readText,
  refusal,
  startFast,
  submit,
  upload,
  waitFor,
} from './emulator-kit.ts'

const book = makeCatalog(dialects).scenarios

let emulator: Emulator
let client: OpenAI
beforeEach(async () => {
  emulator = await startFast()
  client = openai(emulator)
})
afterEach(async () => {
  await emulator.close()
})

function scenario(name: string, options: object = {}, more: object = {}): void {
  emulator.addFault({ operation: 'batch', action: { type: 'scenario', name, ...options }, ...more })
}

async function run(content = chatLines(20)): Promise<OpenAI.Batches.Batch> {
  return waitFor(client, (await submit(client, content)).id)
}

describe('scenarios of batches', () => {
  it('reads scenario flags', () => {
    expect(parseScenarioFlag(book, 'gone@3')).toEqual({ nth: 3, action: { type: 'scenario', name: 'gone' } })
    expect(parseScenarioFlag(book, 'gone@all')).toMatchObject({ times: Number.MAX_SAFE_INTEGER })
    expect(parseScenarioFlag(book, 'missing-lines@all:every=3,counts=zero')).toMatchObject({
      action: { name: 'missing-lines', every: 3, counts: 'zero' },
    })
    expect(parseScenarioFlag(book, 'forbidden@2:times=4,operation=batches.retrieve')).toMatchObject({
      nth: 2,
      times: 4,
      operation: 'batches.retrieve',
      action: { name: 'forbidden', body: 'page' },
    })
    expect(parseScenarioFlag(book, 'short-download:downloads=always')).toMatchObject({
      action: { downloads: null },
    })
  })

  it.each([
    ['no-such-thing', 'Known: expire-partial, '],
    ['gone@never', 'name@3'],
    ['gone:soon=1', "has no options, so none called 'soon'"],
    ['missing-lines:evry=1', "Unknown option 'evry' of scenario 'missing-lines'. Known: every, counts."],
    ['missing-lines:every=often', "'every' of scenario 'missing-lines' must be a number"],
    ['missing-lines:counts=some', 'must be one of promised, honest, zero, null'],
    ['missing-lines:every', 'is written as'],
    ['gone:operation=files.list', 'is about a batch'],
    ['hidden-list:operation=files.list', "leave 'operation' out, or name one of batches.list"],
    ['forbidden:operation=files.burn', "Unknown operation 'files.burn'"],
    ['forbidden:times=0', "'times' must be"],
  ])('refuses %s as a scenario, with what there is', (flag, words) => {
    expect(() => parseScenarioFlag(book, flag)).toThrow(words)
  })

  it('expires partly or wholly, billing only what ran', async () => {
    scenario('expire-partial')
    const partial = await run()
    expect(partial.status).toBe('expired')
    expect(partial.request_counts).toEqual({ total: 20, completed: 10, failed: 0 })
    expect(await readResults(client, partial.error_file_id)).toHaveLength(10)
    scenario('expire-all')
    const whole = await run()
    expect(whole).toMatchObject({ status: 'expired', output_file_id: null })
    expect(await readResults(client, whole.error_file_id)).toHaveLength(20)
    expect(emulator.bill().requests).toBe(10)
  })

  it('plays the second batch only when asked to', async () => {
    scenario('all-failed', {}, { nth: 2 })
    expect((await run()).request_counts?.completed).toBe(20)
    expect((await run()).request_counts?.failed).toBe(20)
    expect((await run()).request_counts?.completed).toBe(20)
  })

  it('fails validation and quota', async () => {
    scenario('validation-fail', { code: 'input_modified', message: 'It changed.', line: 3 })
    expect((await run()).errors?.data?.[0]).toEqual({
      code: 'input_modified',
      message: 'It changed.',
      line: 3,
      param: null,
    })
    scenario('token-limit')
    expect((await run()).errors?.data?.[0]?.code).toBe('token_limit_exceeded')
    scenario('token-limit-sync')
    expect(await refusal(run())).toMatchObject({ status: 400, code: 'token_limit_exceeded' })
    scenario('file-not-visible')
    const file = await upload(client, chatLines(1))
    expect((await refusal(create(client, file.id))).message).toContain('Cannot find file')
    expect((await waitFor(client, (await create(client, file.id)).id)).status).toBe('completed')
  })

  it.each(['stuck-validating', 'stuck-in-progress', 'stuck-finalizing'])(
    '%s ends when the window closes',
    async (name) => {
      scenario(name)
      const batch = await submit(client, chatLines(4))
      await waitFor(client, batch.id, [name.slice('stuck-'.length).replaceAll('-', '_')])
      emulator.advanceClock(25 * 3_600_000)
      const done = await waitFor(client, batch.id)
      expect(done.status).toBe('expired')
      expect(done.request_counts?.completed).toBe(name === 'stuck-finalizing' ? 4 : 0)
    },
  )

  it('loses, doubles, invents and breaks lines', async () => {
    scenario('missing-lines')
    const missing = await run()
    expect(missing.request_counts?.completed).toBe(20)
    expect(await readResults(client, missing.output_file_id)).toHaveLength(18)
    scenario('duplicate-lines')
    expect(await readResults(client, (await run()).output_file_id)).toHaveLength(22)
    scenario('unknown-custom-id')
    const invented = await readResults(client, (await run()).output_file_id)
    expect(invented.filter((line) => line.custom_id === 'nobody-asked-for-this')).toHaveLength(1)
    scenario('malformed-line')
    const broken = (await readText(client, (await run()).output_file_id)).trimEnd().split('\n')
    expect(broken.filter((line) => !line.endsWith('}'))).toHaveLength(1)
    scenario('truncated-output')
    const torn = await run()
    const text = await readText(client, torn.output_file_id)
    expect(text.endsWith('\n')).toBe(false)
    expect((await client.files.retrieve(String(torn.output_file_id))).bytes).toBe(Buffer.byteLength(text))
  })

  it('writes the batch object in the odd ways that were seen', async () => {
    scenario('empty-string-file-id')
    expect((await run()).error_file_id).toBe('')
    scenario('capital-status')
    expect(await run()).toMatchObject({ status: 'Completed' })
    scenario('null-counts')
    expect((await run()).request_counts).toEqual({ total: null, completed: null, failed: null })
    scenario('usage-missing')
    expect(await run()).not.toHaveProperty('usage')
    scenario('iso-times')
    expect(String((await run()).created_at)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}\+00:00$/)
    scenario('empty-error-file')
    expect(await readText(client, (await run()).error_file_id)).toBe('')
  })

  it('breaks some lines with a 500 and bills the others', async () => {
    scenario('line-5xx', { every: 4 })
    const done = await run()
    expect(done.request_counts).toEqual({ total: 20, completed: 15, failed: 5 })
    expect(emulator.bill().requests).toBe(15)
  })

  it('lets a batch complete while it is being cancelled', async () => {
    scenario('stuck-in-progress')
    scenario('cancel-race')
    const batch = await submit(client, chatLines(4))
    await waitFor(client, batch.id, ['in_progress'])
    expect(await refusal(client.batches.cancel(batch.id))).toMatchObject({ status: 409 })
    const done = await client.batches.retrieve(batch.id)
    expect(done).toMatchObject({ status: 'completed', request_counts: { completed: 4 } })
  })

  it('forgets a batch that has ended', async () => {
    scenario('gone')
    const batch = await submit(client, chatLines(1))
    const error = await refusal(waitFor(client, batch.id))
    expect(error.status).toBe(404)
  })

  it('knows every scenario it lists', async () => {
    for (const { name } of knownScenarios) emulator.addFault({ id: name, action: { type: 'scenario', name } })
    expect(emulator.state().faults).toHaveLength(knownScenarios.length)
  })
})

describe('outcomes by data', () => {
  const schema = {
    type: 'json_schema',
    json_schema: {
      name: 'note',
      strict: true,
      schema: {
        type: 'object',
        properties: { text: { type: 'string' } },
        required: ['text'],
        additionalProperties: false,
      },
    },
  }

  async function outcomes(
    texts: readonly string[],
    body: object = {},
  ): Promise<ReadonlyMap<string, readonly unknown[]>> {
    const content = texts.map(
      (text, index) =>
        `${chatLine(index, { customId: text, text: `${text} The note is about a bridge over a wide river.`, body })}\n`,
    )
    const done = await run(content.join(''))
    const lines = [
      ...(await readResults(client, done.output_file_id)),
      ...(await readResults(client, done.error_file_id)),
    ]
    return Map.groupBy(lines, (line) => line.custom_id)
  }

  it('turns markers into refusals, cuts, errors and lost lines', async () => {
    const found = await outcomes([
      'plain',
      '[[refusal]]',
      '[[length]]',
      '[[content_filter]]',
      '[[server_error]]',
      '[[rate_limited]]',
      '[[context_length]]',
      '[[line_missing]]',
      '[[line_duplicate]]',
      '[[nul]]',
      '[[lone_surrogate]]',
    ])
    const message = (content: unknown, refused: unknown = null): object => ({ content, refusal: refused })
    const answered = (finish: string, said: object): object => ({
      response: { status_code: 200, body: { choices: [{ finish_reason: finish, message: said }] } },
    })
    const failed = (status: number, code: string): object => ({
      error: null,
      response: { status_code: status, body: { error: { code } } },
    })
    expect(found.get('plain')).toMatchObject([answered('stop', message(expect.stringContaining('bridge')))])
    expect(found.get('[[refusal]]')).toMatchObject([
      answered('stop', message(null, expect.stringContaining('sorry'))),
    ])
    expect(found.get('[[length]]')).toMatchObject([answered('length', message(expect.any(String)))])
    expect(found.get('[[content_filter]]')).toMatchObject([failed(400, 'content_filter')])
    expect(found.get('[[server_error]]')).toMatchObject([failed(500, 'server_error')])
    expect(found.get('[[rate_limited]]')).toMatchObject([failed(429, 'rate_limit_exceeded')])
    expect(found.get('[[context_length]]')).toMatchObject([failed(400, 'context_length_exceeded')])
    expect(found.has('[[line_missing]]')).toBe(false)
    expect(found.get('[[line_duplicate]]')).toHaveLength(2)
    expect(found.get('[[nul]]')).toMatchObject([answered('stop', message(expect.stringContaining('\u0000')))])
    expect(found.get('[[lone_surrogate]]')).toMatchObject([
      answered('stop', message(expect.stringContaining('\uD800'))),
    ])
  })

  it('breaks structured answers on request', async () => {
    const found = await outcomes(['fits', '[[invalid_json]]', '[[wrong_schema]]', '[[non_object]]'], {
      response_format: schema,
    })
    const content = (name: string): string =>
      JSON.parse(JSON.stringify(found.get(name)?.[0])).response.body.choices[0].message.content
    expect(Object.keys(JSON.parse(content('fits')))).toEqual(['text'])
    expect(() => JSON.parse(content('[[invalid_json]]'))).toThrow()
    expect(JSON.parse(content('[[wrong_schema]]'))).not.toHaveProperty('text')
    expect(JSON.parse(content('[[non_object]]'))).toBeTypeOf('string')
  })

  it('fails a marked request the first time only', async () => {
    const line = chatLine(0, { text: '[[server_error_once]] A text that works when it is tried again.' })
    expect((await run(line)).request_counts).toEqual({ total: 1, completed: 0, failed: 1 })
    expect((await run(line)).request_counts).toEqual({ total: 1, completed: 1, failed: 0 })
  })

  it('refuses a strict schema that is not strict, as a 400 line', async () => {
    const loose = structuredClone(schema)
    const found = await outcomes(['loose'], {
      response_format: {
        ...loose,
        json_schema: {
          ...loose.json_schema,
          schema: { type: 'object', properties: { a: { type: 'string' } } },
        },
      },
    })
    expect(found.get('loose')).toMatchObject([
      {
        response: {
          status_code: 400,
          body: {
            error: {
              param: 'response_format',
              message: expect.stringContaining("'additionalProperties' is required"),
            },
          },
        },
      },
    ])
  })

  it('stops at max_tokens', async () => {
    const found = await outcomes(['short'], { max_tokens: 3 })
    expect(found.get('short')).toMatchObject([
      { response: { body: { usage: { completion_tokens: 3 }, choices: [{ finish_reason: 'length' }] } } },
    ])
  })

  it('fails the given share of lines, others in another batch', async () => {
    const flaky = await startFast({ failRate: 0.3 })
    try {
      const other = openai(flaky)
      const content = chatLines(200)
      const failedOf = async (): Promise<readonly string[]> => {
        const done = await waitFor(other, (await submit(other, content)).id)
        return (await readResults(other, done.error_file_id)).map((line) => line.custom_id).toSorted()
      }
      const first = await failedOf()
      expect(first.length).toBeGreaterThan(20)
      expect(first.length).toBeLessThan(120)
      expect(await failedOf()).not.toEqual(first)
    } finally {
      await flaky.close()
    }
  })

  it('shuffles the output in an order that follows from the seed', async () => {
    const orderWith = async (seed: number): Promise<readonly string[]> => {
      const own = await startFast({ seed })
      try {
        const other = openai(own)
        const done = await waitFor(other, (await submit(other, chatLines(30))).id)
        return (await readResults(other, done.output_file_id)).map((line) => line.custom_id)
      } finally {
        await own.close()
      }
    }
    const first = await orderWith(7)
    expect(await orderWith(7)).toEqual(first)
    expect(await orderWith(8)).not.toEqual(first)
  })
})
