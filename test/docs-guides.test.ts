import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator } from '../src/emulator/index.ts'
import { call, linesOf, temporaryFolder, write } from './cli/project.ts'
import { runAsReader, shellOf } from './support/reader-shell.ts'

const answered = z.looseObject({ key: z.string(), headnote: z.string() })

function commandsOf(page: string): string {
  return shellOf(readFileSync(resolve(import.meta.dirname, '../docs', page), 'utf8'))
}

describe('the commands of a guide work as they stand, one after another:', { timeout: 240_000 }, () => {
  test('the first ten minutes', async () => {
    using folder = temporaryFolder()
    const lines = commandsOf('first-ten-minutes.md').split('\n').filter(Boolean)
    expect(lines.length).toBeGreaterThan(8)
    let [stdout, stderr] = ['', '']
    for (const line of lines) {
      const [npx, offpeak, ...words] = line.match(/'[^']*'|\S+/g) ?? []
      expect([npx, offpeak]).toEqual(['npx', 'offpeak'])
      const ran = await call(folder.path, ...words.map((word) => word.replaceAll("'", '')))
      expect(ran.exit, `${line}: ${ran.stderr}`).toBe(0)
      stdout += ran.stdout
      stderr += ran.stderr
    }
    expect(stdout).toContain('50 of 50 records')
    expect(stderr).toContain('Nothing was sent')
    const written = linesOf(join(folder.path, '.offpeak/emulator/project/out/headnotes.jsonl'), answered)
    expect(written).toHaveLength(50)
    expect(existsSync(join(folder.path, 'out'))).toBe(false)
    expect(
      readFileSync(join(folder.path, 'results.csv'), 'utf8').trimEnd().split('\n').length,
    ).toBeGreaterThan(50)
  })

  test('from the emulator to a provider', async () => {
    using folder = temporaryFolder()
    await using provider = await startEmulator({ speed: 2000, apiKeys: ['a-key'] })
    await call(folder.path, 'init', '--provider', 'openai')
    const config = readFileSync(join(folder.path, 'offpeak.config.ts'), 'utf8')
    await write(folder.path, {
      'offpeak.config.ts': config.replace('emulator: true,', 'timings: { pollEveryMs: 50 },'),
    })
    const { stdout } = await runAsReader(folder.path, commandsOf('real-provider.md'), {
      OPENAI_API_KEY: 'a-key',
      OPENAI_BASE_URL: provider.openaiBaseUrl,
    })
    expect(stdout).toContain('20 of 20 records')
    expect(linesOf(join(folder.path, 'out/headnotes.jsonl'), answered)).toHaveLength(50)
    // What was tried is asked again by the run that writes; nothing else is.
    expect(provider.bill().duplicate_requests).toBe(5)
  })

  test('backup and restore', async () => {
    using folder = temporaryFolder()
    await call(folder.path, 'init')
    const config = readFileSync(join(folder.path, 'offpeak.config.ts'), 'utf8')
    await using provider = await startEmulator({ speed: 2000 })
    await write(folder.path, { 'offpeak.config.ts': config.replace('emulator: true,', '') })
    const env = {
      AZURE_OPENAI_ENDPOINT: provider.azureEndpoint,
      AZURE_OPENAI_API_KEY: 'any',
      AZURE_OPENAI_API_VERSION: 'v1',
    }
    await runAsReader(folder.path, "npx offpeak run headnotes --max-cost '$1'", env)
    const { stdout } = await runAsReader(folder.path, commandsOf('upgrading.md'), env)
    expect(existsSync(join(folder.path, 'files-backup.tar.gz'))).toBe(true)
    expect(stdout).toContain('50/50')
  })
})
