import { expect, test } from 'vitest'
import { z } from 'zod'
import { prepare, type PreparedJob } from '../../src/engine/job/prepare.ts'
import { jsonl, openai } from '../../src/index.ts'
import type { AnyJob } from '../../src/ports/job.ts'
import { openaiProvider } from '../../src/providers/openai/openai.ts'

const job: AnyJob = {
  name: 'notes',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }),
  model: openai('gpt-4o-mini'),
  prompt: () => 'Read it.',
  output: z.object({ topics: z.array(z.string()).max(3), title: z.string().max(40) }),
  to: { jsonl: 'out.jsonl' },
}
const service = openaiProvider({ apiKey: 'any-key' })

function prepared(enforces: boolean): PreparedJob {
  return prepare({
    job,
    provider: { ...service, enforcesConstraints: () => enforces },
    params: {},
    examples: [],
    model: 'gpt-4o-mini',
    endpoint: '/v1/chat/completions',
    version: '',
  })
}

test('who enforces a bound decides what is sent, and nothing of what a record means', () => {
  const [enforced, told] = [prepared(true), prepared(false)]
  expect(JSON.stringify(enforced.request({ id: 1 }, '1'))).toContain('"maxItems":3')
  expect(JSON.stringify(told.request({ id: 1 }, '1'))).not.toContain('"maxItems":3')
  expect(enforced.told).toEqual(['title: maxLength 40'])
  expect(told.told).toEqual(['topics: maxItems 3', 'title: maxLength 40'])
  expect(enforced.meaning).toEqual(told.meaning)
  expect(enforced.fingerprint(['text'])).toBe(told.fingerprint(['text']))
})
