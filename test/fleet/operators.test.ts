import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator } from '../../src/emulator/index.ts'
import { notesProject } from '../cli/notes-project.ts'
import { linesOf, temporaryFolder } from '../cli/project.ts'
import { createDatabase } from '../support/postgres.ts'
import { going } from './processes.ts'

const line = z.object({ key: z.string() })
/** When each operator types the command, in milliseconds: at once, while another one plans, while it merges. */
const delaysMs = [0, 150, 700, 1_400]

test.for(['SQLite', 'PostgreSQL'] as const)(
  'four operators who run the same job at different moments share one run, and none of them fails (%s)',
  { timeout: 120_000 },
  async (kind) => {
    using folder = temporaryFolder()
    await using database = await createDatabase()
    await using emulator = await startEmulator({ dataDir: join(folder.path, 'emulator'), speed: 200 })
    const records = 80
    await notesProject(folder.path, {
      records,
      emulator: 'none',
      config: `batch: { maxRequests: 10 },${kind === 'SQLite' ? '' : ` state: '${database.url}',`}`,
    })
    const env = { AZURE_OPENAI_API_KEY: 'k', AZURE_OPENAI_ENDPOINT: emulator.azureEndpoint }
    const ends = await Promise.all(
      delaysMs.map(async (delayMs) => {
        await sleep(delayMs)
        await using operator = going(folder.path, ['run', 'notes', '--yes'], env)
        return { ...(await operator.ended), said: operator.stderr() }
      }),
    )
    for (const { exit, said } of ends) expect(exit, said).toBe(0)
    const written = linesOf(join(folder.path, 'out.jsonl'), line).map(({ key }) => key)
    expect(written).toHaveLength(records)
    expect(new Set(written).size).toBe(records)
    expect(emulator.state().batches).toHaveLength(records / 10)
  },
)
