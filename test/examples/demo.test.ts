import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startEmulator } from '../../src/emulator/index.ts'

const root = join(import.meta.dirname, '../..')

test('npm run demo never spends where a key is exported, and its last words say that the answers are SIMULATED', async () => {
  await using provider = await startEmulator({ speed: 2_000 })
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['-C', 'offpeak-source', join(root, 'scripts/demo.ts')],
    {
      env: {
        ...process.env,
        OPENAI_API_KEY: 'sk-real',
        OPENAI_BASE_URL: provider.openaiBaseUrl,
        AZURE_OPENAI_API_KEY: 'real',
        AZURE_OPENAI_ENDPOINT: provider.azureEndpoint,
      },
    },
  )
  expect(provider.bill().requests).toBe(0)
  expect(stdout.trimEnd().split('\n').at(-1)).toContain('The answers are SIMULATED')
}, 300_000)
