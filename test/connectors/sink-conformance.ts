import { describe, expect, test } from 'vitest'
import { openSink } from '../../src/connectors/open-sink.ts'
import type { Sink, SinkItem } from '../../src/ports/sink.ts'
import type { ConnectorContext } from '../../src/ports/source.ts'
import { runKilled } from '../support/killed-writer.ts'

/** A place to write to: a table `answers (id, note)` with the ids 1 to 50 and no notes, or a file that is not there yet. */
export interface OpenedSink extends AsyncDisposable {
  readonly context: ConnectorContext
  readonly definition: Readonly<Record<string, unknown>>
  /** What is there now: the notes by key, and how often a key is there. */
  read(): Promise<readonly { readonly key: string; readonly note: string | null }[]>
}

export interface SinkKit {
  readonly name: string
  /** `file`: appends, and knows its chunks. `update` and `upsert`: a table, which knows its rows. */
  readonly kind: 'file' | 'update' | 'upsert'
  /** Whether another process may be killed while it writes there. */
  readonly killable: boolean
  readonly open: () => Promise<OpenedSink>
}

function openAt({ definition, context }: OpenedSink): Promise<Sink> {
  return openSink(definition, { ...context, sourceKey: ['id'], sourceTables: [] })
}

function items(from: number, to: number, text = 'note'): SinkItem[] {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const key = String(from + index)
    return { key, values: { id: Number(key), note: `${text} "${key}", é\n` } }
  })
}

/** What every sink promises, whatever it writes. */
export function sinkConformance({ name, kind, killable, open }: SinkKit): void {
  const made = (from: number, to: number, text = 'note'): SinkItem[] =>
    items(from, to, text).map(({ key, values }) => ({
      key,
      values: kind === 'update' ? { note: values['note'] } : values,
    }))
  const kinds = (results: Awaited<ReturnType<Sink['write']>>): readonly string[] =>
    results.map(({ kind }) => kind)
  const notes = async (opened: OpenedSink): Promise<readonly (readonly [string, string])[]> =>
    (await opened.read()).flatMap(({ key, note }) => (note === null ? [] : [[key, note] as const]))
  const expected = (...chunks: readonly SinkItem[][]): readonly (readonly [string, unknown])[] =>
    chunks.flat().map(({ key, values }) => [key, values['note']] as const)

  describe(`a sink into ${name}`, () => {
    test('rehearses without leaving anything', async () => {
      await using opened = await open()
      await using sink = await openAt(opened)
      const [item] = made(1, 1)
      await sink.dryRun(item!)
      await sink.dryRun({ key: '', values: item!.values })
      expect(await notes(opened)).toEqual([])
    })

    test('writes nothing twice that another run or a restored state brings again', async () => {
      await using opened = await open()
      for (const run of ['before', 'after', 'new']) {
        await using sink = await openAt(opened)
        for (const [from, to] of [
          [1, 3],
          [4, 9],
        ] as const) {
          const results = await sink.write(made(from, to), { mark: null, chunk: `${run}/${from}` })
          expect(results).toHaveLength(to - from + 1)
          expect(kinds(results).every((kind) => kind === 'same' || kind === 'written')).toBe(true)
        }
      }
      expect(await notes(opened)).toEqual(expected(made(1, 3), made(4, 9)))
    })

    test('writes a chunk and tells of each item in order', async () => {
      await using opened = await open()
      await using sink = await openAt(opened)
      expect(kinds(await sink.write(made(1, 20), { mark: null, chunk: 'c1' }))).toEqual(
        Array(20).fill('written'),
      )
      expect(kinds(await sink.write(made(21, 30), { mark: null, chunk: 'c2' }))).toEqual(
        Array(10).fill('written'),
      )
      expect(await notes(opened)).toEqual(expected(made(1, 20), made(21, 30)))
      expect(await sink.write([], { mark: null, chunk: 'c3' })).toEqual([])
    })

    test('leaves the same data when a chunk comes again, now or after another opening', async () => {
      await using opened = await open()
      for (const time of [1, 2]) {
        await using sink = await openAt(opened)
        for (const again of [1, 2]) {
          const [result] = await sink.write(made(1, 20), { mark: null, chunk: 'c1' })
          expect(result?.kind).toBe(time + again === 2 ? 'written' : 'same')
        }
      }
      expect(await notes(opened)).toEqual(expected(made(1, 20)))
    })

    test('rejects a value that cannot be stored, and writes the others of the chunk', async () => {
      await using opened = await open()
      await using sink = await openAt(opened)
      const circular: Record<string, unknown> = {}
      circular['self'] = circular
      const chunk = made(1, 5)
      chunk[2] = { key: '3', values: { ...chunk[2]?.values, note: circular } }
      const results = await sink.write(chunk, { mark: null, chunk: 'c1' })
      expect(kinds(results)).toEqual(['written', 'written', 'rejected', 'written', 'written'])
      expect(results[2]).toMatchObject({ reason: expect.stringMatching(/circular/i) })
      expect(await notes(opened)).toEqual(expected(made(1, 2), made(4, 5)))
    })

    if (kind !== 'file') {
      test('tells what was the same, and writes only what differs', async () => {
        await using opened = await open()
        await using sink = await openAt(opened)
        await sink.write(made(1, 5), { mark: null, chunk: 'c1' })
        const results = await sink.write([...made(4, 5), ...made(6, 7, 'other')], { mark: null, chunk: 'c2' })
        expect(kinds(results)).toEqual(['same', 'same', 'written', 'written'])
        expect(await notes(opened)).toEqual(expected(made(1, 5), made(6, 7, 'other')))
      })

      test(kind === 'update' ? 'tells which rows are missing' : 'inserts rows that are missing', async () => {
        await using opened = await open()
        await using sink = await openAt(opened)
        const results = await sink.write([...made(50, 51)], { mark: null, chunk: 'c1' })
        expect(kinds(results)).toEqual(['written', kind === 'update' ? 'missing' : 'written'])
        expect(await notes(opened)).toEqual(expected(made(50, kind === 'update' ? 50 : 51)))
      })

      test('names the column or table that is not there, with what was meant', async () => {
        await using opened = await open()
        await using sink = await openAt(opened)
        await expect(sink.dryRun({ key: '1', values: { id: 1, notes: 'x' } })).rejects.toMatchObject({
          code: 'E_SINK_COLUMN',
          message: expect.stringContaining('Did you mean note?'),
          fix: expect.stringMatching(/alter table .* add column "notes" text/),
        })
        const table = { ...opened.definition, [kind === 'update' ? 'table' : 'upsert']: 'answer' }
        await using other = await openAt({ ...opened, definition: table })
        await expect(other.dryRun(made(1, 1)[0]!)).rejects.toMatchObject({
          code: 'E_SINK_TABLE',
          message: expect.stringContaining('answers'),
        })
        await using keyed = await openAt({ ...opened, definition: { ...opened.definition, key: 'ident' } })
        await expect(keyed.dryRun(made(1, 1)[0]!)).rejects.toMatchObject({ code: 'E_SINK_KEY' })
      })
    }

    if (killable) {
      test('holds every chunk exactly once after its writer was killed again and again', async () => {
        await using opened = await open()
        const context = JSON.stringify({ ...opened.context, sourceKey: ['id'], sourceTables: [] })
        const script = `import { openSink } from ${JSON.stringify(new URL('../../src/connectors/open-sink.ts', import.meta.url).href)}
          const sink = await openSink(${JSON.stringify({ ...opened.definition, set: null })}, ${context})
          for (let chunk = 0; chunk < 10; chunk += 1) {
            const items = Array.from({ length: 5 }, (_, index) => chunk * 5 + index + 1).map((id) => ({ key: String(id), values: { ${kind === 'update' ? '' : 'id, '}note: 'x'.repeat(200_000) } }))
            await sink.write(items, { mark: null, chunk: 'c' + chunk })
            console.log(chunk)
          }`
        await runKilled(script, { starts: 5, firstKill: 1 })
        const found = await notes(opened)
        expect(found.map(([key]) => Number(key)).toSorted((one, other) => one - other)).toEqual(
          Array.from({ length: 50 }, (_, index) => index + 1),
        )
        expect(found.every(([, note]) => note.length === 200_000)).toBe(true)
      })
    }
  })
}
