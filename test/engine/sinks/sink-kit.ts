import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { openProject } from '../../../src/compose/open-project.ts'
import type { Project } from '../../../src/compose/project.ts'
import { everything } from '../../../src/compose/selection.ts'
import * as offpeak from '../../../src/index.ts'
import { write } from '../../cli/project.ts'

interface Options {
  readonly rows: string
  readonly table: string
  readonly key?: string | readonly string[]
  readonly settings?: string
  readonly to?: string
  readonly output?: string
  readonly model?: string
}

/** A project whose CSV rows are answered into a table of SQLite by the emulator. */
export async function open(
  dir: string,
  { rows, table, key = 'id', settings = '', to, output, model }: Options,
): Promise<Project> {
  const database = new DatabaseSync(join(dir, 'notes.db'))
  database.exec(table)
  database.close()
  await write(dir, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'
export default defineConfig({ ${model === undefined ? 'emulator: { speed: 2000, write: true }, ' : ''}timings: { pollEveryMs: 30 }, ${settings} })
`,
    '.env': 'OFFPEAK_TEST_RUN_KEY=any-key\n',
    'notes.csv': rows,
    'jobs/notes.job.ts': `import { csv, defineJob, openai, openaiCompatible } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes',
  from: csv.rows({ file: 'notes.csv', key: ${JSON.stringify(key)} }),
  model: ${model ?? "openai('gpt-4o-mini')"}, maxTokens: 60,
  prompt: ({ row }) => String(row.text),
  output: ${output ?? 'z.object({ summary: z.string() })'},
  to: ${to ?? "{ database: 'notes.db', table: 'notes', set: ({ output }) => ({ summary: output.summary }) }"},
})
`,
  })
  return openProject({ cwd: dir, modules: { offpeak, zod: { z } } })
}

export function all(dir: string, text: string): readonly unknown[] {
  const database = new DatabaseSync(join(dir, 'notes.db'))
  try {
    return database.prepare(text).all()
  } finally {
    database.close()
  }
}

export async function run(project: Project): Promise<string> {
  const { run: started } = await project.start('notes', everything, 1_000_000)
  await project.drive({ runIds: [started.id], signal: AbortSignal.timeout(60_000) })
  return started.id
}
