import { expect, test } from 'vitest'
import { z } from 'zod'
import { answeringService } from '../answering-service.ts'
import { call, jsonOf, temporaryFolder, write } from '../project.ts'

const usage = { prompt_tokens: 100, completion_tokens: 60, total_tokens: 160 }
const chat = (content: string): object => ({
  object: 'chat.completion',
  model: 'own',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage,
})

test('what a record cost is what all of its tries cost, in results and show, and they add up to the run', async () => {
  // Every answer of the first file is of the wrong shape.
  await using service = await answeringService((asked) => chat(asked < 3 ? '{"no":1}' : '{"text":"good"}'))
  using folder = temporaryFolder()
  await write(folder.path, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'
export default defineConfig({
  prices: { own: { batch: { input: 1, output: 10 }, realtime: { input: 2, output: 20 } } },
  timings: { pollEveryMs: 20, settleMs: [20], listingLagMs: 20 },
})
`,
    'notes.jsonl': '{"id":1}\n{"id":2}\n{"id":3}\n',
    'jobs/notes.job.ts': `import { defineJob, jsonl, openaiCompatible } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes', model: openaiCompatible({ baseUrl: '${service.url}' })('own'), maxTokens: 60,
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }), prompt: ({ row }) => 'Note ' + String(row.id),
  output: z.object({ text: z.string() }), to: { jsonl: 'out.jsonl' },
})
`,
  })
  expect((await call(folder.path, 'run', 'notes', '--max-cost', '$1')).exit).toBe(0)
  const results = await call(folder.path, 'results', 'notes')
  const costs = results.stdout
    .trimEnd()
    .split('\n')
    .map((line) => z.object({ tries: z.number(), costUsd: z.number() }).parse(JSON.parse(line)))
  // 100 tokens in at a dollar and 60 out at ten for a million, twice.
  expect(costs).toEqual([1, 2, 3].map(() => ({ tries: 2, costUsd: 0.0014 })))
  expect(jsonOf(await call(folder.path, 'show', 'notes', '2', '--json'))).toMatchObject({
    costUsd: 0.0014,
    tries: [{ costUsd: 0.0007 }, { costUsd: 0.0007 }],
  })
  expect(jsonOf(await call(folder.path, 'status', 'notes', '--json'))).toMatchObject({
    money: { spentMicroUsd: 4_200 },
  })
})
