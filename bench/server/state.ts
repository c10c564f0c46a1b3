import { mkdir, writeFile } from 'node:fs/promises'
import { openProject } from '../../src/compose/open-project.ts'
import { join } from 'node:path'
import * as library from '../../src/index.ts'
import { everything } from '../../src/compose/selection.ts'

export interface LoadedState {
  /** The run with all the records. */
  readonly large: string
  readonly runs: number
}

const config = `import { defineConfig } from 'offpeak'

export default defineConfig({
  emulator: { speed: 100000 },
  batch: { maxRequests: 1000 },
  timings: { pollEveryMs: 20 },
})
`

const job = `import { defineJob, jsonl, openai } from 'offpeak'
import { z } from 'zod'

export default defineJob({
  name: 'notes',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: openai('gpt-4o-mini'),
  maxTokens: 60,
  prompt: ({ row }) => row.text,
  output: z.object({ summary: z.string(), mood: z.enum(['calm', 'cross']) }),
  to: { jsonl: 'out.jsonl', line: ({ output }) => output },
})
`

/** Makes a project in the folder: one run of so many records, and many small ones, all answered by the emulator. */
export async function makeState(directory: string, records: number, runs: number): Promise<LoadedState> {
  await mkdir(join(directory, 'jobs'), { recursive: true })
  await writeFile(join(directory, 'offpeak.config.ts'), config)
  await writeFile(join(directory, 'jobs', 'notes.job.ts'), job)
  await writeFile(
    join(directory, 'notes.jsonl'),
    Array.from(
      { length: records },
      (_, id) =>
        `${JSON.stringify({ id, text: `Note ${id}: the parcel came late, and the lid was torn.` })}\n`,
    ).join(''),
  )
  await using offpeak = await openProject({ cwd: directory, modules: { offpeak: library } })
  const { signal } = new AbortController()
  const carry = async (limit: number | null): Promise<string> => {
    const { run } = await offpeak.start('notes', { ...everything, limit, redo: true }, null)
    await offpeak.drive({ runIds: [run.id], signal })
    return run.id
  }
  const large = await carry(null)
  for (let made = 1; made < runs; made++) await carry(3)
  return { large, runs }
}
