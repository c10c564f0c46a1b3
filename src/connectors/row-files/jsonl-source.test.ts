import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import type { ReadOptions, Source, SourceReader, SourceRecord } from '../../ports/source.ts'
import { jsonl } from './jsonl-source.ts'

const all: ReadOptions = { after: null, limit: null, order: 'key', only: null }

interface Place extends AsyncDisposable {
  readonly path: string
  write(content: string | Uint8Array): Promise<void>
}

async function place(): Promise<Place> {
  const path = await mkdtemp(join(tmpdir(), 'offpeak-jsonl-'))
  return {
    path,
    write: (content) => writeFile(join(path, 'in.jsonl'), content),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}

function open<Row>(source: Source<Row>, { path }: Place): Promise<SourceReader<Row>> {
  return source.open({ baseDir: path, databaseUrl: null })
}

async function readAll<Row>(
  reader: SourceReader<Row>,
  options: Partial<ReadOptions> = {},
): Promise<SourceRecord<Row>[]> {
  return (await Array.fromAsync(reader.read({ ...all, ...options }))).flatMap(({ records }) => records)
}

const rows = jsonl.rows({ file: 'in.jsonl', key: 'id' })

describe('jsonl.rows', () => {
  test('has the row type of its schema', () => {
    expectTypeOf(jsonl.rows({ file: 'a', key: 'id', row: z.object({ id: z.string() }) })).toEqualTypeOf<
      Source<{ id: string }>
    >()
    expectTypeOf(rows).toEqualTypeOf<Source<Record<string, unknown>>>()
    expect(rows).toMatchObject({ kind: 'jsonl', describe: 'in.jsonl', keyFields: ['id'] })
  })

  test('reads lines with a byte order mark, CRLF, blank lines and no end, and tells which cannot be used', async () => {
    await using folder = await place()
    const parts = [
      '\ufeff{"id":"a","t":"x\u2028y"}\r\n',
      '\n',
      '  \r\n',
      '{"id":7}\n',
      'not json\n',
      '[1]\n',
      '{"t":1}\n',
      '{"id":null}\n',
      '{"id":"b"}\n',
      '{"id":"c","t":"a","t":"b"}\n',
    ]
    await folder.write(
      Buffer.concat([
        Buffer.from(parts.join('')),
        Buffer.from([0x7b, 0xff, 0x7d, 0x0a]),
        Buffer.from('{"id":"last"}'),
      ]),
    )
    await using reader = await open(rows, folder)
    await reader.check()
    expect(await reader.count()).toBe(10)
    expect((await readAll(reader)).map(({ key, problem }) => [key, problem?.slice(0, 26) ?? null])).toEqual([
      ['a', null],
      ['7', null],
      ['(line 5)', 'Line 5 is not JSON: Unexpe'],
      ['(line 6)', 'Line 6 is not a JSON objec'],
      ['(line 7)', 'Line 7 has no usable key: '],
      ['(line 8)', 'Line 8 has no usable key: '],
      ['b', null],
      ['(line 10)', 'Line 10 has the field t tw'],
      ['(line 11)', 'Line 11 is not valid UTF-8'],
      ['last', null],
    ])
    expect(reader.reread).toBeNull()
  })

  test('continues behind any record of any page, and refuses to when the file has changed', async () => {
    await using folder = await place()
    const lines = Array.from({ length: 500 }, (_, index) =>
      JSON.stringify({ id: `k${index}`, body: 'x'.repeat((index * 131) % 12_000) }),
    )
    await folder.write(lines.join('\n\n'))
    await using reader = await open(rows, folder)
    const whole = await readAll(reader)
    expect(whole.map(({ key }) => key)).toEqual(Array.from({ length: 500 }, (_, index) => `k${index}`))
    const pages = await Array.fromAsync(reader.read(all))
    expect(pages.length).toBeGreaterThan(1)
    const index = fc.nat(499)
    await fc.assert(
      fc.asyncProperty(index, async (count) => {
        const page = (await Array.fromAsync(reader.read({ ...all, limit: count + 1 }))).at(-1)
        const rest = await readAll(reader, { after: page?.cursorAt(page.records.length - 1) ?? null })
        expect(rest).toEqual(whole.slice(count + 1))
      }),
      { numRuns: 15 },
    )
    const after = pages[0]?.cursorAt(3) ?? null
    await utimes(join(folder.path, 'in.jsonl'), 1, 1)
    await expect(readAll(reader, { after })).rejects.toMatchObject({ code: 'E_SOURCE_CHANGED' })
  })

  test('is limited, chosen by key and sampled from all over', async () => {
    await using folder = await place()
    await folder.write(Array.from({ length: 100 }, (_, index) => `{"id":${index}}\n`).join(''))
    await using reader = await open(rows.limit(80).limit(90), folder)
    expect(await reader.count()).toBe(80)
    expect(await readAll(reader)).toHaveLength(80)
    expect((await readAll(reader, { only: ['3', '99', '40'] })).map(({ key }) => key)).toEqual([
      '3',
      '40',
      '99',
    ])
    expect((await readAll(reader, { limit: 2, order: 'given' })).map(({ key }) => key)).toEqual(['0', '1'])
    const [page] = await Array.fromAsync(reader.read({ ...all, limit: 50 }))
    expect(await readAll(reader, { after: page?.cursorAt(49) ?? null })).toHaveLength(30)
    expect((await reader.sample(4)).map(({ key }) => Math.floor(Number(key) / 20))).toEqual([0, 1, 2, 3])
    expect(await reader.sample(80)).toEqual(await readAll(reader))
  })

  test('joins the parts of a composite key and checks rows against the schema', async () => {
    await using folder = await place()
    await folder.write('{"sku":"a","locale":"en","n":1}\n{"sku":"a","locale":"de","n":"one"}\n')
    const row = z.object({ n: z.number() })
    await using reader = await open(jsonl.rows({ file: 'in.jsonl', key: ['sku', 'locale'], row }), folder)
    expect(await readAll(reader)).toEqual([
      { key: 'a\u001fen', row: { n: 1 } },
      { key: 'a\u001fde', problem: expect.stringMatching(/^Line 2: .*n: /) },
    ])
  })

  test('makes a problem of a key that is no text, and reads it in other fields', async () => {
    await using folder = await place()
    await folder.write(
      '{"id":"1","t":"\\ud800"}\n{"id":"\\udfff","t":"x"}\n{"id":"\\ud83d\\ude00","t":"x"}\n',
    )
    await using reader = await open(jsonl.rows({ file: 'in.jsonl', key: 'id' }), folder)
    expect(await readAll(reader)).toEqual([
      { key: '1', row: { id: '1', t: '\ud800' } },
      {
        key: '(line 2)',
        problem: 'Line 2 has no usable key: "id" holds half of a surrogate pair, which is not text',
      },
      { key: '\u{1f600}', row: { id: '\u{1f600}', t: 'x' } },
    ])
  })

  test('refuses a file that is not there, has another key or fits no row of the schema', async () => {
    await using folder = await place()
    const check = async (source: Source<unknown>): Promise<unknown> => {
      await using reader = await open(source, folder)
      return await reader.check().catch((thrown: unknown) => thrown)
    }
    expect(await check(rows)).toMatchObject({
      code: 'E_SOURCE_FILE',
      message: expect.stringContaining('does not exist'),
    })
    expect(await check(jsonl.rows({ file: '.', key: 'id' }))).toMatchObject({ code: 'E_SOURCE_FILE' })
    await folder.write('[{"id":1}, {"id":2}]\n')
    expect(await check(rows)).toMatchObject({ message: expect.stringContaining('jq -c .[]') })
    // A line of an array that has no comma behind it would be taken for the only row.
    for (const [content, command] of [
      [JSON.stringify([{ id: 1 }, { id: 2 }], null, 2), "jq -c '.[]'"],
      ['[\n{"id":1},\n{"id":2}\n]\n', "jq -c '.[]'"],
      ['\ufeff[{"id":1},\r\n{"id":2}]\r\n', "jq -c '.[]'"],
      [[1, 2].map((id) => JSON.stringify({ id, o: {} }, null, 2)).join('\n'), "jq -c '.'"],
    ] as const) {
      await folder.write(content)
      expect(await check(rows)).toMatchObject({
        code: 'E_SOURCE_ROW',
        message: expect.stringContaining('over several lines'),
        fix: expect.stringContaining(command),
      })
    }
    // One broken line is that line's problem.
    await folder.write('{"id":1,\n{"id":2}\n')
    expect(await check(rows)).toBeUndefined()
    await folder.write('{"id":1,"t":2}\n')
    expect(await check(jsonl.rows({ file: 'in.jsonl', key: 'ident' }))).toMatchObject({
      code: 'E_SOURCE_KEY',
    })
    expect(
      await check(jsonl.rows({ file: 'in.jsonl', key: 'id', row: z.object({ t: z.string() }) })),
    ).toMatchObject({ code: 'E_SOURCE_ROW' })
    expect(await check(rows)).toBeUndefined()
  })

  test('reads UTF-16, lines that end in a CR alone, and an encoding that is named', async () => {
    await using folder = await place()
    const text = '{"id":"1","t":"ä"}\n{"id":"2","t":"b"}\n'
    const expected = [
      { key: '1', row: { id: '1', t: 'ä' } },
      { key: '2', row: { id: '2', t: 'b' } },
    ]
    const wide = Buffer.from(`\ufeff${text}`, 'utf16le')
    const contents = [
      wide,
      wide.subarray(2),
      Buffer.from(wide).swap16(),
      Buffer.from(wide.subarray(2)).swap16(),
      text.replaceAll('\n', '\r'),
      text.replaceAll('\n', '\r\r\n'),
      text.replace(',', ',\r'),
    ]
    for (const content of contents) {
      await folder.write(content)
      await using reader = await open(rows, folder)
      expect(await readAll(reader)).toEqual(expected)
    }
    await folder.write(Buffer.from(text, 'latin1'))
    await using old = await open(
      jsonl.rows({ file: 'in.jsonl', key: 'id', encoding: 'windows-1252' }),
      folder,
    )
    expect(await readAll(old)).toEqual(expected)
    await using strict = await open(rows, folder)
    expect((await readAll(strict))[0]?.problem).toBe('Line 1 is not valid UTF-8')
  })
})
