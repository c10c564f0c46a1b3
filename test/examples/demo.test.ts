import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
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

test('a second demo beside one that runs says so in words, and leaves the first one alone', async () => {
  const args = ['-C', 'offpeak-source', join(root, 'scripts/demo.ts')]
  const first = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  const closed = once(first, 'close')
  try {
    // Its first words come when the folder is its own.
    await once(first.stdout, 'data')
    const config = join(root, '.demo', 'offpeak.config.ts')
    const before = readFileSync(config, 'utf8')
    const second = await promisify(execFile)(process.execPath, args).catch((thrown: unknown) =>
      Object(thrown),
    )
    expect(second).toMatchObject({ code: 1, stdout: '' })
    expect(second.stderr).toMatch(/^A demo of this folder is running already, .*Nothing was changed\.\n$/)
    expect(readFileSync(config, 'utf8')).toBe(before)
  } finally {
    // With the command that it is at.
    if (first.pid !== undefined) process.kill(-first.pid)
    await closed
  }
}, 60_000)
