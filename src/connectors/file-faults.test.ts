import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { attach } from '../planning/requests/attach.ts'
import type { Source } from '../ports/source.ts'
import { sql } from './database/sql.ts'
import { projectAttachments } from './files/attachments.ts'
import { outline } from './files/outline-source.ts'
import { csv } from './row-files/csv-source.ts'
import { jsonl } from './row-files/jsonl-source.ts'
import { parquet } from './parquet/parquet-source.ts'
import { sqlite } from './sqlite/rows.ts'

let baseDir = ''
beforeAll(() => {
  baseDir = mkdtempSync(join(tmpdir(), 'offpeak-pipe-'))
  execFileSync('mkfifo', [join(baseDir, 'pipe.png')])
  mkdirSync(join(baseDir, 'folder.png'))
})
afterAll(() => rmSync(baseDir, { recursive: true, force: true }))

const sources: readonly (readonly [string, (file: string) => Source<unknown>])[] = [
  ['csv.rows', (file) => csv.rows({ file, key: 'id' })],
  ['jsonl.rows', (file) => jsonl.rows({ file, key: 'id' })],
  ['parquet.rows', (file) => parquet.rows({ file, key: 'id' })],
  ['sqlite.rows', (file) => sqlite.rows({ file, query: sql`select 1 as id`, key: 'id' })],
  ['files.outline', (file) => outline(file, { level: 1 })],
]

test.each(sources)('%s refuses a pipe at once, and waits for nobody to write into it', async (_, source) => {
  const open = async (): Promise<void> => {
    await using reader = await source('pipe.png').open({ baseDir, databaseUrl: null })
    await reader.check()
  }
  await expect(open()).rejects.toThrow('is a pipe or a device')
})

test('a pipe or a directory that a row names is a problem of that row', async () => {
  const load = (path: string): unknown => projectAttachments(baseDir).load(attach(path), 1_000)
  expect(await load('pipe.png')).toEqual({
    problem: expect.stringContaining('pipe.png is a pipe or a device'),
  })
  expect(await load('folder.png')).toEqual({ problem: 'folder.png is a directory' })
})
