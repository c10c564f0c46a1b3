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
    const big = Buffer.from('\ufeffid,n\n1,é€\n', 'utf16le').swap16()
    expect(await recordsOf(big)).toEqual(rows)
    expect(await recordsOf(big.subarray(2))).toEqual(rows)
    const japanese = Buffer.from('69642c6e0a312c8365835c0a', 'hex')
    expect(await recordsOf(japanese, { encoding: 'shift_jis' })).toEqual([
      { key: '1', row: { id: '1', n: 'テソ' } },
    ])
    const ansi = Buffer.from([...Buffer.from('id,n\n1,'), 0xe9, 0x80])
    expect(await recordsOf(ansi, { encoding: 'windows-1252' })).toEqual(rows)
  })

  test('refuses a header that is in another encoding, or no text, and never makes names of it', async () => {
    for (const header of ['id,caf\u00e9\n1,2\n', 'id,\u0000\u0001\n1,2\n'])
      await expect(recordsOf(Buffer.from(header, 'latin1'))).rejects.toMatchObject({
        code: 'E_SOURCE_ROW',
        message: expect.stringMatching(/is not valid UTF-8|control characters/),
        fix: expect.stringContaining('encoding'),
      })
    const found = await recordsOf(Buffer.from('id,caf\u00e9\n1,2\n', 'latin1'), { encoding: 'windows-1252' })
    expect(found).toEqual([{ key: '1', row: { id: '1', café: '2' } }])
  })

  test('reads a table of very many columns', async () => {
    const names = Array.from({ length: 50_000 }, (_, index) => `c${index}`)
    const [record] = await recordsOf(`id,${names.join(',')}\n1${',x'.repeat(names.length)}\n`)
    expect(record?.problem === undefined && Object.keys(Object(record?.row)).length).toBe(50_001)
  })

  test('tells what cannot be decoded in any encoding by its line', async () => {
    const half = Buffer.from('id,n\n1,\ud800\n2,b\n', 'utf16le')
    expect((await recordsOf(half)).map(({ key, problem }) => problem ?? key)).toEqual([
      'Line 2 is not valid UTF-16LE',
      '2',
    ])
    const broken = Buffer.from('69642c6e0a312cff0a322c620a', 'hex')
    expect(
      (await recordsOf(broken, { encoding: 'euc-kr' })).map(({ key, problem }) => problem ?? key),
    ).toEqual(['Line 2 is not valid EUC-KR', '2'])
  })

  test('takes a CR for the end of a line where the first line ends in one', async () => {
    const rows = [
      { key: '1', row: { id: '1', n: 'a\rb' } },
      { key: '2', row: { id: '2', n: 'c' } },
    ]
    expect(await recordsOf('id,n\r1,"a\rb"\r2,c\r')).toEqual(rows)
    expect(await recordsOf('"id",n\r\r1,"a\rb"\r\n2,c')).toEqual(rows)
    expect(await recordsOf('id,n\n1,a\rb\n2,c\n')).toEqual(rows)
    expect((await recordsOf('id,n\r1,"a\rb"\r2\r')).map(({ key }) => key)).toEqual(['1', '(line 4)'])
  })

  test('tells of a stray quote by its line, and of the rows that it swallows', async () => {
    const problems = async (content: string, options: Partial<Options> = {}): Promise<readonly string[]> =>
      (await recordsOf(content, options)).map(({ key, problem }) => problem ?? key)
    expect(await problems('id,n\n1,"unclosed\n2,"ok"\n3,fine\n')).toEqual([
      expect.stringMatching(/^Line 2 has a stray quote in column 2 that takes in lines 2 to 3, /),
      '3',
    ])
    expect(await problems('id,n\n1,"a \\"b\\" c"\n2,ok\n')).toEqual([
      expect.stringMatching(/^Line 2 has a stray quote in column 2: .*escape: /),
      '2',
    ])
    expect(await problems('id,n\n1,"""a"", b"\n2,a "b"\n3,5" disk\n')).toEqual(['1', '2', '3'])
  })

  test('reads texts with an escape character, and files that quote nothing', async () => {
    const text = 'id,n\n1,"a \\"b\\" \\\\ C:\\new"\n2,C:\\new\n3,"a\\"\nb,"\n'
    expect(await recordsOf(text, { escape: '\\' })).toEqual([
      { key: '1', row: { id: '1', n: 'a "b" \\ C:\\new' } },
      { key: '2', row: { id: '2', n: 'C:\\new' } },
      { key: '3', row: { id: '3', n: 'a"\nb,' } },
    ])
    expect(await recordsOf('id\tn\n1\t"a\n2\tb"\n', { quote: false, delimiter: '\t' })).toEqual([
      { key: '1', row: { id: '1', n: '"a' } },
      { key: '2', row: { id: '2', n: 'b"' } },
    ])
    expect(await recordsOf("id,n\n1,'a,''b'\n", { quote: "'" })).toEqual([
      { key: '1', row: { id: '1', n: "a,'b" } },
    ])
    await expect(recordsOf('id\n1\n', { escape: '<<' })).rejects.toMatchObject({ code: 'E_USAGE' })
  })

  test('takes delimiters in a long quoted cell for text, wherever its blocks end', async () => {
    const list = `[${'1, ""two"", '.repeat(60_000)}3]`
    const rows = [1, 2, 3].map((id) => `${id},${'x'.repeat(id * 70_000)},"${list}"\n`)
    expect(await recordsOf(`id,x,n\n${rows.join('')}`)).toMatchObject(
      [1, 2, 3].map((id) => ({ key: String(id), row: { n: list.replaceAll('""', '"') } })),
    )
  })

  test('tells of a header that stands there again, as in files that were put one behind the other', async () => {
    expect(
      (await recordsOf('id,n\n1,a\n\ufeffid,n\n2,b\n')).map(({ key, problem }) => problem ?? key),
    ).toEqual(['1', 'Line 3 repeats the header', '2'])
  })

  test('takes the separator that a first line names, as Excel does, and counts lines from it', async () => {
    const row = { key: '1', row: { id: '1', n: 'a,b' } }
    const contents = [
      'sep=;\nid;n\n1;a,b\n2\n',
      '\ufeffSEP=|\r\nid|n\r\n1|a,b\r\n2\r\n',
      'sep=\t\rid\tn\r1\ta,b\r2\r',
    ]
    for (const content of contents) {
      const found = await recordsOf(content)
      expect(found[0]).toEqual(row)
      expect(found[1]?.problem).toBe('Line 4 has 1 cell, the header has 2')
    }
    expect(await recordsOf(Buffer.from(`\ufeff${contents[0]}`, 'utf16le'))).toHaveLength(2)
    // What the job says goes first, and a column of that name is one.
    expect(await recordsOf('sep=,\nid;n\n1;a,b\n', { delimiter: ';' })).toEqual([row])
    expect(await recordsOf('sep=a,id\n1,2\n')).toEqual([{ key: '2', row: { 'sep=a': '1', id: '2' } }])
  })

  test('names another separator where that has the key, and where it fills the only column', async () => {
    await expect(recordsOf('id;n, m;o\n1;2;3\n')).rejects.toMatchObject({
      code: 'E_SOURCE_KEY',
      fix: expect.stringContaining('delimiter: ";"'),
    })
    const notes = async (content: string): Promise<unknown> => {
      const directory = await mkdtemp(join(tmpdir(), 'offpeak-csv-'))
      try {
        await writeFile(join(directory, 'in.csv'), content)
        await using reader = await csv
          .rows({ file: 'in.csv', key: 'id' })
          .open({ baseDir: directory, databaseUrl: null })
        return await reader.notes?.()
      } finally {
        await rm(directory, { recursive: true, force: true })
      }
    }
    expect(await notes('id\n1;a\n2;b\n')).toEqual([
      expect.stringMatching(/has one column, and each of its first records holds ";".*delimiter: ";"/),
    ])
    expect(await notes('id\n1;a\n2\n')).toEqual([])
    expect(await notes('id,n\n1,a;b\n2,c;d\n')).toEqual([])
    for (const delimiter of ['', '\n', '"'])
      await expect(recordsOf('id,n\n1,2\n', { delimiter })).rejects.toMatchObject({
        code: 'E_USAGE',
        message: expect.stringContaining('delimiter is what stands between two cells'),
      })
  })

  test('refuses a file whose records cannot be told apart, with the line', async () => {
    await expect(recordsOf('id,n\n1,2\n2,"x\n3,y')).rejects.toMatchObject({
      code: 'E_SOURCE_ROW',
      message: expect.stringMatching(/line 3 .*in\.csv opens a quote that is never closed/),
    })
    await expect(recordsOf(`id,n\n1,2\n2${',x'.repeat(400_000)}\n3,y`)).rejects.toMatchObject({
      code: 'E_SOURCE_ROW',
      message: expect.stringMatching(/line 3 .*in\.csv has more than 100,000 cells/),
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
    await expect(recordsOf('id;n\n1;2\n')).rejects.toMatchObject({
      code: 'E_SOURCE_KEY',
      fix: expect.stringContaining('delimiter: ";"'),
    })
    await expect(recordsOf('id,n\n1,2\n', { file: 'none.csv' })).rejects.toMatchObject({
      code: 'E_SOURCE_FILE',
      message: expect.stringContaining('does not exist'),
    })
  })
})
