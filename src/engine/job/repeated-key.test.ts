import { expect, test } from 'vitest'
import { jsonl, openai } from '../../index.ts'
import { openaiProvider } from '../../providers/openai/openai.ts'
import type { RepeatedKeys } from '../../ports/source.ts'
import { prepare } from './prepare.ts'
import { checkKeys } from './repeated-key.ts'

const job = prepare({
  job: {
    name: 'notes',
    from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }),
    model: openai('gpt-4o-mini'),
    prompt: () => 'Read it.',
    to: { jsonl: 'out.jsonl' },
  },
  provider: openaiProvider({ apiKey: 'any-key' }),
  params: {},
  examples: [],
  model: 'gpt-4o-mini',
  endpoint: '/v1/chat/completions',
  version: '',
})
const said = (found: RepeatedKeys): Promise<readonly string[]> =>
  checkKeys(job, { repeatedKeys: () => Promise.resolve(found) })

test('what is said of repeated keys is true of the records that were looked at', async () => {
  expect(await said({ records: 0, of: 5, example: null })).toEqual([])
  expect(await said({ records: 1, of: 5, example: 'a' })).toEqual([
    expect.stringMatching(/^1 of 5 records has a key \(id\) .* as "a"; of each key one record is asked/),
  ])
  expect(await said({ records: 2, of: 4_000_000, example: 'a', hasMore: true })).toEqual([
    expect.stringMatching(/^2 of the first 4,000,000 records have a key/),
  ])
  expect(await said({ records: 0, of: 4_000_000, example: null, hasMore: true })).toEqual([
    expect.stringMatching(/^the first 4,000,000 records have a key \(id\) each; .* found by the run/),
  ])
  await expect(said({ records: 3, of: 5, example: 'a' })).rejects.toMatchObject({ code: 'E_SOURCE_KEY' })
})
