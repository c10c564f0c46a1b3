import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import type { Source, SourceRecord } from '../../ports/source.ts'
import { csv } from './csv-source.ts'

type Options = Parameters<typeof csv.rows>[0] & { readonly row?: StandardSchema }

/** The records of a CSV file with this content. */
async function recordsOf(
  content: string | Uint8Array,
  options: Partial<Options> = {},
): Promise<readonly SourceRecord<unknown>[]> {
  const directory = await mkdtemp(join(tmpdir(), 'offpeak-csv-'))
  try {
    await writeFile(join(directory, 'in.csv'), content)
    const { row, ...rest } = options
    const given = { file: 'in.csv', key: 'id', ...rest }
    const source: Source<unknown> = row ? csv.rows({ ...given, row }) : csv.rows(given)
    await using reader = await source.open({ baseDir: directory, databaseUrl: null })
    await reader.check()
    const pages = await Array.fromAsync(reader.read({ after: null, limit: null, order: 'key', only: null }))
    return pages.flatMap(({ records }) => records)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

describe('csv.rows', () => {
  test('has the row type of its schema, which may make numbers of text', async () => {
    const row = z.object({ id: z.string(), n: z.coerce.number() })
    const source = csv.rows({ file: 'a.csv', key: 'id', row })
    expectTypeOf(source).toEqualTypeOf<Source<{ id: string; n: number }>>()
    expectTypeOf(csv.rows({ file: 'a.csv', key: 'id' })).toEqualTypeOf<Source<Record<string, unknown>>>()
    // @ts-expect-error an encoding that is not known
    csv.rows({ file: 'a.csv', key: 'id', encoding: 'ebcdic' })
    expect(source).toMatchObject({ kind: 'csv', describe: 'a.csv', keyFields: ['id'] })
    expect(await recordsOf('id,n\n007,1.5\n', { row })).toEqual([{ key: '007', row: { id: '007', n: 1.5 } }])
    expect(await recordsOf('id,n\n007,1.5\n')).toEqual([{ key: '007', row: { id: '007', n: '1.5' } }])
  })

  test('reads quotes, line ends inside and outside of them, blank lines and a byte order mark', async () => {
    const text = '\ufeffid, name ,\r\n1,"x\r\ny ""q""",\r\n\r\n\n2,a "word",""\n"3",é\u2028,last'
    expect(await recordsOf(text)).toEqual([
      { key: '1', row: { id: '1', name: 'x\r\ny "q"', column_3: '' } },
      { key: '2', row: { id: '2', name: 'a "word"', column_3: '' } },
      { key: '3', row: { id: '3', name: 'é\u2028', column_3: 'last' } },
    ])
  })

  test('tells by its line what is wrong with a record, and reads on', async () => {
    const content = Buffer.concat([
      Buffer.from('id,n\n1,"two\nlines"\n2\n3,4,5\n,6\n7,'),
      Buffer.from([0xff]),
      Buffer.from('\n8,9\n'),
    ])
    expect((await recordsOf(content)).map(({ key, problem }) => problem ?? key)).toEqual([
      '1',
      'Line 4 has 1 cell, the header has 2',
      'Line 5 has 3 cells, the header has 2',
      'Line 6 has no usable key: "id" must be a text or a number',
      'Line 7 is not valid UTF-8',
      '8',
    ])
  })

  test('knows other delimiters and encodings', async () => {
    const rows = [{ key: '1', row: { id: '1', n: 'é€' } }]
    expect(await recordsOf('id;n\n1;é€\n', { delimiter: ';' })).toEqual(rows)
    expect(await recordsOf(Buffer.from('\ufeffid\tn\r\n1\té€\r\n', 'utf16le'), { delimiter: '\t' })).toEqual(
      rows,
    )
    expect(await recordsOf(Buffer.from('id,n\n1,é€\n', 'utf16le'), { encoding: 'utf-16le' })).toEqual(rows)
    const ansi = Buffer.from([...Buffer.from('id,n\n1,'), 0xe9, 0x80])
    expect(await recordsOf(ansi, { encoding: 'windows-1252' })).toEqual(rows)
  })

  test('refuses a file whose records cannot be told apart, with the line', async () => {
    await expect(recordsOf('id,n\n1,2\n2,"x\n3,y\n')).rejects.toMatchObject({
      code: 'E_SOURCE_ROW',
      message: expect.stringMatching(/line 3 .*in\.csv opens a quote that is never closed/),
    })
    await expect(recordsOf('')).rejects.toMatchObject({ code: 'E_SOURCE_ROW' })
    await expect(recordsOf('id,n,id\n1,2,3\n')).rejects.toMatchObject({
      code: 'E_SOURCE_ROW',
      message: expect.stringContaining('"id" twice'),
    })
    await expect(recordsOf('id,n\n1,2\n', { key: 'idd' })).rejects.toMatchObject({
      code: 'E_SOURCE_KEY',
      message: expect.stringContaining('Did you mean id?'),
    })
    await expect(recordsOf('id,n\n1,2\n', { file: 'none.csv' })).rejects.toMatchObject({
      code: 'E_SOURCE_FILE',
      message: expect.stringContaining('does not exist'),
    })
  })
})
