import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { openParquet } from './parquet-file.ts'

function temporaryFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'offpeak-parquet-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** One row group, whose pages are as large as DuckDB makes them. */
async function copied(query: string, file: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`copy (${query}) to '${file}' (format parquet, codec 'zstd', row_group_size 1000000)`)
  connection.closeSync()
  instance.closeSync()
}

test('reads pages that are larger than a part one after the other, and keeps nothing of them but the part', async () => {
  using place = temporaryFolder()
  const count = 90_000
  await copied(
    `select i as id, repeat(md5(i::varchar), 30) as text, unhex(repeat('ff' || md5((i + 1)::varchar), 20)) as bytes,
      case when i % 2 = 0 then 'even' end as word, {a: md5((i + 2)::varchar)} as struct from range(${count}) t(i)`,
    join(place.path, 'pages.parquet'),
  )
  const hash = (id: number): string => createHash('md5').update(String(id)).digest('hex')
  let at = 0
  for await (const rows of (await openParquet(join(place.path, 'pages.parquet'))).read(3)) {
    for (const [index, row] of rows.entries()) {
      const id = 3 + at + index
      if (id % 1_000 !== 3) continue
      expect(row).toEqual({
        id,
        text: hash(id).repeat(30),
        bytes: `\\x${`ff${hash(id + 1)}`.repeat(20)}`,
        word: id % 2 === 0 ? 'even' : null,
        struct: { a: hash(id + 2) },
      })
    }
    at += rows.length
  }
  expect(at).toBe(count - 3)
})
