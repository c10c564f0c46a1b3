import { expect, test } from 'vitest'
import { runCli } from '../child.ts'
import { temporaryFolder, write } from '../project.ts'

async function project(dir: string): Promise<void> {
  await write(dir, {
    'notes.jsonl': '{"id":1,"text":"A ship came in."}\n',
    'jobs/notes.job.ts': `import { azure, defineJob, jsonl } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: azure(null, { model: 'gpt-4o-mini' }),
  maxTokens: 10,
  prompt: ({ row }) => row.text,
  to: { jsonl: 'out.jsonl' },
})
`,
  })
}

const azure = {
  AZURE_OPENAI_ENDPOINT: 'https://shop.openai.azure.com/',
  AZURE_OPENAI_DEPLOYMENT_NAME: 'shop-batch',
  OPENAI_API_KEY: 'key-of-the-shop',
}

test('endpoint, deployment name and one key under the name of OpenAI are enough for Azure', async () => {
  using folder = temporaryFolder()
  await project(folder.path)
  const planned = await runCli(folder.path, ['plan', 'notes'], azure)
  expect(planned.exit, planned.stderr).toBe(0)
  expect(planned.stdout).toContain('azure / shop-batch')
  expect(planned.stdout).not.toContain('simulated')
})

test('without an endpoint the key is OpenAI’s own: a plan has a price, and a run says what is not set', async () => {
  using folder = temporaryFolder()
  await project(folder.path)
  const planned = await runCli(folder.path, ['plan', 'notes'], { OPENAI_API_KEY: azure.OPENAI_API_KEY })
  expect(planned.exit, planned.stderr).toBe(0)
  expect(planned.stdout).toContain('azure / gpt-4o-mini')
  expect(planned.stdout).not.toContain('simulated')
  expect(planned.stderr).toContain(
    'AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_API_KEY (or OPENAI_API_KEY) are not set',
  )
  const ran = await runCli(folder.path, ['run', 'notes', '--max-cost', '$1'], {
    OPENAI_API_KEY: azure.OPENAI_API_KEY,
  })
  expect(ran.exit).toBe(3)
  expect(ran.stderr).not.toContain('; meant')
})

test('an endpoint without a deployment is refused by name', async () => {
  using folder = temporaryFolder()
  await project(folder.path)
  const { AZURE_OPENAI_DEPLOYMENT_NAME: _, ...rest } = azure
  const planned = await runCli(folder.path, ['plan', 'notes'], rest)
  expect(planned.exit).not.toBe(0)
  expect(planned.stderr).toContain('deployment is not named')
})
