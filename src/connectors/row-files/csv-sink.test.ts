import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Sink, SinkItem } from '../../ports/sink.ts'
import { openSink } from '../open-sink.ts'

async function place(
  more: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly file: string; open(): Promise<Sink> } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'offpeak-csv-'))
  return {
    file: join(path, 'out.csv'),
    open: () =>
      openSink(
        { csv: 'out.csv', ...more },
        { baseDir: path, databaseUrl: null, sourceKey: ['id'], sourceTables: [] },
      ),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}

const item = (key: string, values: SinkItem['values']): SinkItem => ({ key, values })

describe('a CSV sink', () => {
  test('begins with a header of all the names of its first chunk, and quotes what needs it', async () => {
    await using folder = await place()
    await using sink = await folder.open()
    await sink.write(
      [
        item('1', { text: 'a "word",\nand a line', n: 1.5, key: 'mine' }),
        item('2', { text: ' x ', tags: ['a', { b: 2n }], at: new Date(0), none: null, big: 2n ** 64n }),
      ],
      { mark: null, chunk: 'c1' },
    )
    expect(await readFile(folder.file, 'utf8')).toBe(
      `key,text,n,tags,at,none,big
1,"a ""word"",\nand a line",1.5,,,,
2," x ",,"[""a"",{""b"":""2""}]",1970-01-01T00:00:00.000Z,,18446744073709551616
`,
    )
  })

  test('keeps to the header that is there, of its own or of somebody else', async () => {
    await using folder = await place()
    await writeFile(folder.file, '\ufeff"key",note\r\n0,mine')
    for (const time of [1, 2]) {
      await using sink = await folder.open()
      const results = await sink.write([item('1', { note: 'x' }), item('2', { notes: 'y' }), item('3', {})], {
        mark: null,
        chunk: 'c1',
      })
      expect(results[0]?.kind).toBe(time === 1 ? 'written' : 'same')
      if (time === 1)
        expect(results[1]).toEqual({
          kind: 'rejected',
          reason: 'the file has no column "notes". Did you mean note? It has: key, note',
        })
      await expect(sink.dryRun(item('1', { notes: 'y' }))).rejects.toMatchObject({ code: 'E_SINK_VALUE' })
    }
    expect(await readFile(folder.file, 'utf8')).toBe('\ufeff"key",note\r\n0,mine\n1,x\n3,\n')
  })

  test('writes a formula as it is, or on wish as text, and knows the record by its key all the same', async () => {
    const items = [item('=1+1', { output: '@SUM(A1)', n: -3 })]
    for (const [more, line] of [
      [{}, '=1+1,@SUM(A1),-3'],
      [{ escapeFormulas: true }, "'=1+1,'@SUM(A1),-3"],
    ] as const) {
      await using folder = await place(more)
      for (const [chunk, kind] of [
        ['c1', 'written'],
        ['c2', 'same'],
      ] as const) {
        await using sink = await folder.open()
        expect(await sink.write(items, { mark: null, chunk })).toEqual([{ kind }])
      }
      expect(await readFile(folder.file, 'utf8')).toBe(`key,output,n\n${line}\n`)
    }
  })
})
