import { expect, test } from 'vitest'
import { startEmulator } from '../../../src/emulator/index.ts'
import { runCli } from '../child.ts'
import { temporaryFolder, write } from '../project.ts'

/** Three notes that somebody is asked about. */
async function notes(dir: string, provider: string, model: string): Promise<void> {
  await write(dir, {
    'offpeak.config.ts': 'export default { timings: { pollEveryMs: 50 } }\n',
    'notes.jsonl': [1, 2, 3].map((id) => `${JSON.stringify({ id, text: `Note ${id}.` })}\n`).join(''),
    'jobs/notes.job.ts': `import { defineJob, jsonl, ${provider} } from 'offpeak'
export default defineJob({
  name: 'notes', model: ${model}, maxTokens: 50,
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }),
  prompt: ({ row }) => String(row.text),
  to: { jsonl: 'out.jsonl' },
})
`,
  })
}

test('a try says that it is SIMULATED where an emulator answers that is reached by its address, on the screen and as JSON', async () => {
  using folder = temporaryFolder()
  await notes(folder.path, 'openai', "openai('gpt-4o-mini')")
  await using emulator = await startEmulator({ speed: 2_000 })
  await using real = await startEmulator({ speed: 2_000, announces: false })
  const tried = ['try', 'notes', '-n', '1', '--max-cost', '$0.10'] as const
  for (const [service, simulated] of [
    [emulator, true],
    [real, false],
  ] as const) {
    const env = { OPENAI_API_KEY: 'sk-real', OPENAI_BASE_URL: service.openaiBaseUrl }
    const { stderr } = await runCli(folder.path, tried, env)
    expect(stderr.includes('(simulated: the emulator answered)'), stderr).toBe(simulated)
    const { stdout } = await runCli(folder.path, [...tried, '--json'], env)
    expect(JSON.parse(stdout)).toMatchObject({ simulated })
  }
})

test('the emulator that was chosen answers for a deployment that nobody has named, also where an endpoint is set', async () => {
  using folder = temporaryFolder()
  await notes(folder.path, 'azure', "azure(null, { model: 'gpt-4o-mini' })")
  const env = { AZURE_OPENAI_ENDPOINT: 'http://127.0.0.1:9', AZURE_OPENAI_API_KEY: 'any' }
  const named = await runCli(folder.path, ['plan', 'notes'], env)
  expect(named.stderr).toContain('AZURE_OPENAI_DEPLOYMENT')
  const rehearsed = await runCli(folder.path, ['run', 'notes', '--max-cost', '$1', '--emulator'], env)
  expect(rehearsed.exit, rehearsed.stderr).toBe(0)
})
