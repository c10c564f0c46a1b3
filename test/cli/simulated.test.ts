import { expect, test } from 'vitest'
import { startEmulator } from '../../src/emulator/index.ts'
import { runCli } from './child.ts'
import { temporaryFolder, write } from './project.ts'

test('a job that has its credentials goes to its provider, although another one has none', async () => {
  await using provider = await startEmulator({ speed: 2_000 })
  using folder = temporaryFolder()
  await write(folder.path, {
    'offpeak.config.ts':
      "import { defineConfig } from 'offpeak'\nexport default defineConfig({ emulator: 'auto', timings: { pollEveryMs: 50 } })\n",
    '.env': `AZURE_OPENAI_ENDPOINT=${provider.azureEndpoint}\nAZURE_OPENAI_API_KEY=key\n`,
    'notes.jsonl': '{"id":1,"text":"A ship came in."}\n',
    'jobs/notes.job.ts': `import { azure, defineJob, jsonl, openai } from 'offpeak'
const job = (name, model) => defineJob({
  name, model, from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }), maxTokens: 50,
  prompt: ({ row }) => String(row.text), to: { jsonl: name + '.jsonl' },
})
export const real = job('real', azure('gpt-4o-mini-batch', { model: 'gpt-4o-mini' }))
export const pretended = job('pretended', openai('gpt-4o-mini'))
`,
  })
  const real = await runCli(folder.path, ['run', 'real', '--max-cost', '$1'])
  expect(real.exit, real.stderr).toBe(0)
  expect(real.stderr).not.toContain('simulated')
  expect(provider.bill()).toMatchObject({ batches: 1, requests: 1 })
  const pretended = await runCli(folder.path, ['run', 'pretended', '--max-cost', '$1'])
  expect(pretended.exit, pretended.stderr).toBe(0)
  expect(pretended.stderr).toContain('simulated')
  expect(provider.bill(), 'nothing of it was sent').toMatchObject({ batches: 1, requests: 1 })
})
