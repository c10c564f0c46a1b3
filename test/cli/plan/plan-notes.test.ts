import { join } from 'node:path'
import { mkdir, writeFile } from 'node:fs/promises'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { expect, test } from 'vitest'
import { call, temporaryFolder, write } from '../project.ts'

test('a plan names the files of a directory that it leaves out, also behind the steps of a job', async () => {
  using folder = temporaryFolder()
  await write(folder.path, {
    'offpeak.config.ts': 'export default { emulator: true }\n',
    'jobs/notes.job.ts': `import { defineJob, openai, parquet } from 'offpeak'
export default defineJob({
  name: 'notes',
  from: parquet.rows({ file: 'data', key: 'id' }).filter(() => true),
  model: openai('gpt-4o-mini'),
  maxTokens: 50,
  prompt: ({ row }) => String(row.text),
  to: { jsonl: 'out.jsonl' },
})
`,
  })
  await mkdir(join(folder.path, 'data'))
  const columnData = [
    { name: 'id', data: [1, 2] },
    { name: 'text', data: ['one', 'two'] },
  ]
  await writeFile(join(folder.path, 'data', 'a.parquet'), new Uint8Array(parquetWriteBuffer({ columnData })))
  await writeFile(join(folder.path, 'data', 'notes.csv'), 'id,text\n3,three\n')
  const { stdout, exit } = await call(folder.path, 'plan', 'notes')
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/has files that are no Parquet and are left out: notes\.csv/)
  expect(stdout).toMatch(/\b2\b/)
  expect(exit).toBe(0)
})
