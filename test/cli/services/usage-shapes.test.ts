import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { answeringService } from '../answering-service.ts'
import { readJson } from '../notes-project.ts'
import { call, temporaryFolder, write } from '../project.ts'

/** Dollars for a million tokens, as published for this model. */
const price = { input: 3, cachedInput: 1, output: 11 }
const records = 4

const status = z.object({
  money: z.object({ spentMicroUsd: z.number(), reservedMicroUsd: z.number() }),
})

type Shape = Readonly<Record<string, unknown>>

/** A figure as services write it, and as they should not. */
const figure = fc.oneof(
  { weight: 6, arbitrary: fc.nat(20_000) },
  fc.constantFrom(0, null, undefined, '12', -3, 1.5, [], 9_999_999, Number.MAX_SAFE_INTEGER),
)
const details = fc.oneof(
  fc.constant(undefined),
  fc.constant(null),
  fc.record({ cached_tokens: figure, reasoning_tokens: figure }, { requiredKeys: [] }),
)
const usage = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom<unknown>(undefined, null, {}, [], 'none', 7) },
  {
    weight: 6,
    arbitrary: fc.record<Shape>(
      {
        prompt_tokens: figure,
        completion_tokens: figure,
        input_tokens: figure,
        output_tokens: figure,
        total_tokens: figure,
        prompt_tokens_details: details,
        input_tokens_details: details,
        completion_tokens_details: details,
      },
      { requiredKeys: [] },
    ),
  },
)
const content = fc.constantFrom('{"title":"A title."}', '{"title":1}', '', null, 'no JSON')
const answer = fc.record({
  usage,
  choices: fc.oneof(
    {
      weight: 5,
      arbitrary: content.map((text) => [
        { index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' },
      ]),
    },
    fc.constantFrom<unknown>([], undefined, null),
  ),
})

/** Nobody bills more for one answer than any model can read or write. */
const count = z.number().int().nonnegative().max(10_000_000).catch(0)
const told = z
  .object({
    prompt_tokens: count.default(0),
    input_tokens: count.default(0),
    completion_tokens: count.default(0),
    output_tokens: count.default(0),
  })
  .catch({ prompt_tokens: 0, input_tokens: 0, completion_tokens: 0, output_tokens: 0 })
const cached = z.object({ cached_tokens: count.default(0) }).catch({ cached_tokens: 0 })

/**
 * What somebody who reads the same line would bill at least, in millionths of a dollar: of two families of names the one
 * that tells more, and cached tokens at their price. It shares nothing with Offpeak's own reading.
 */
function billed(line: unknown): number {
  const { usage: written } = z.object({ usage: z.unknown().optional() }).parse(line)
  const { prompt_tokens, input_tokens, completion_tokens, output_tokens } = told.parse(written)
  const parts = z
    .object({ prompt_tokens_details: z.unknown().optional(), input_tokens_details: z.unknown().optional() })
    .catch({})
    .parse(written)
  const input = Math.max(prompt_tokens, input_tokens)
  const output = Math.max(completion_tokens, output_tokens)
  const cheap = Math.min(
    input,
    cached.parse(parts.prompt_tokens_details).cached_tokens +
      cached.parse(parts.input_tokens_details).cached_tokens,
  )
  return (input - cheap) * price.input + cheap * price.cachedInput + output * price.output
}

test('whatever shape usage has, the ledger is never below what another reader of the same answers would bill', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 6 }), async (answers) => {
      await using service = await answeringService((asked) => answers[asked % answers.length])
      using folder = temporaryFolder()
      await write(folder.path, {
        'offpeak.config.ts': `import { defineConfig } from 'offpeak'
export default defineConfig({
  prices: { 'gpt-4o-mini': { batch: { input: ${price.input}, cachedInput: ${price.cachedInput}, output: ${price.output} }, realtime: { input: 6, output: 22 } } },
  timings: { pollEveryMs: 20, settleMs: [20], listingLagMs: 20 },
})
`,
        'notes.jsonl': Array.from({ length: records }, (_, id) => `{"id":${id}}\n`).join(''),
        'jobs/notes.job.ts': `import { defineJob, jsonl, openaiCompatible } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes', model: openaiCompatible({ baseUrl: '${service.url}' })('gpt-4o-mini'), maxTokens: 60, retry: { max: 2 },
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }), prompt: ({ row }) => 'Note ' + String(row.id),
  output: z.object({ title: z.string() }), to: { jsonl: 'out.jsonl' },
})
`,
      })
      await call(folder.path, 'run', 'notes', '--max-cost', '$1000000')
      const { money } = readJson(status, await call(folder.path, 'status', 'notes', '--json'))
      const other = service.asked.reduce((sum, _asked, at) => sum + billed(answers[at % answers.length]), 0)
      expect(money.spentMicroUsd).toBeGreaterThanOrEqual(Math.floor(other))
      expect(money.spentMicroUsd, 'and is never nothing where something was asked').toBeGreaterThan(0)
      expect(money.reservedMicroUsd).toBe(0)
    }),
    { numRuns: 30 },
  )
}, 60_000)
