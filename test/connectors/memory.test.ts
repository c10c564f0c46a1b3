import { execFile } from 'node:child_process'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** The most memory of a process that reads the whole file, in MB; its heap may be 64. */
async function peak(kind: string, file: string, rows: number): Promise<number> {
  const script = `
    const { ${kind} } = await import('./src/connectors/${kind === 'parquet' ? 'parquet' : 'row-files'}/${kind}-source.ts')
    const { peakMemoryBytes } = await import('./test/support/peak-memory.ts')
    const reader = await ${kind}.rows({ file: ${JSON.stringify(file)}, key: 'id' }).open({ baseDir: '/', databaseUrl: null })
    let rows = 0
    for await (const { records } of reader.read({ after: null, limit: null, order: 'given', only: null }))
      rows += records.length
    console.log(JSON.stringify([rows, peakMemoryBytes() / 2 ** 20]))`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--max-old-space-size=64', '-C', 'offpeak-source', '--input-type=module', '-e', script],
    { cwd: root },
  )
  const [read, megabytes]: unknown[] = JSON.parse(stdout)
  expect(read).toBe(rows)
  return Number(megabytes)
}

async function write(file: string, rows: number, line: (id: number) => string, header = ''): Promise<void> {
  await using handle = await open(file, 'w')
  await handle.write(header)
  for (let id = 0; id < rows; id += 1000)
    await handle.write(Array.from({ length: 1000 }, (_, at) => line(id + at)).join(''))
}

test('reads a file of any size with the memory of a small one', { timeout: 240_000 }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'offpeak-memory-'))
  try {
    const text = (id: number): string => `row ${id} `.repeat(30)
    const [small, large] = [20_000, 250_000]
    for (const rows of [small, large]) {
      await write(join(directory, `${rows}.csv`), rows, (id) => `${id},"${text(id)}",x\n`, 'id,text,more\n')
      await write(join(directory, `${rows}.jsonl`), rows, (id) => `{"id":${id},"text":"${text(id)}"}\n`)
      const ids = Array.from({ length: rows }, (_, id) => id)
      const columnData = [
        { name: 'id', data: ids, type: 'INT32' as const, offsetIndex: false },
        { name: 'text', data: ids.map(text), type: 'STRING' as const, offsetIndex: false },
      ]
      await writeFile(
        join(directory, `${rows}.parquet`),
        new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: rows })),
      )
    }
    for (const kind of ['csv', 'jsonl', 'parquet']) {
      const [few, many] = [
        await peak(kind, join(directory, `${small}.${kind}`), small),
        await peak(kind, join(directory, `${large}.${kind}`), large),
      ]
      // The larger file has 80 MB more of text, of which a process that kept it would have more than that.
      expect(many - few, kind).toBeLessThan(kind === 'parquet' ? 200 : 120)
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
