import assert from 'node:assert/strict'
import type { Sink, SinkItem, SinkResult } from '../ports/sink.ts'
import { runKilled } from './killed-writer.ts'
import type { Runner } from './runner.ts'

/** A value in the place now, under its key. */
export interface WrittenNote {
  readonly key: string
  /** Null: there is a row of this key that has none yet. */
  readonly note: string | null
}

/** A place to write to: rows with the ids 1 to 50 and no notes, or one where nothing is yet. */
export interface OpenedSink extends AsyncDisposable {
  /** Opens the sink there as a run does: several times, one after the other. */
  sink(): Promise<Sink>
  /** What is there, read by other means than the sink, in the order of the numbers of the keys; a key as often as it is there. */
  read(): Promise<readonly WrittenNote[]>
  /** The text of an ES module in TypeScript that declares `sink`, opened there; of a place that is `killable`. */
  readonly program?: string
}

/** The description of a sink for its suite. */
export interface SinkKit {
  readonly name: string
  /**
   * `append`: begins empty, and a chunk that comes again is known. `update`: has the rows 1 to 50 and makes none. `upsert`:
   * makes the rows that are missing. Items have the values `{ id, note }`, of an `update` `{ note }`.
   */
  readonly kind: 'append' | 'update' | 'upsert'
  /** Whether another process may write there, and be killed while it does. */
  readonly killable: boolean
  /** Makes a new place. */
  readonly open: () => Promise<OpenedSink>
}

/** The suite of every sink, wherever it writes. */
export function describeSink({ describe, test }: Runner, { name, kind, killable, open }: SinkKit): void {
  const made = (from: number, to: number, text = 'note'): SinkItem[] =>
    Array.from({ length: to - from + 1 }, (_, index) => {
      const key = String(from + index)
      const note = `${text} "${key}", é\n`
      return { key, values: kind === 'update' ? { note } : { id: Number(key), note } }
    })

  describe(`a sink into ${name}`, () => {
    test('rehearses without leaving anything', async () => {
      await using opened = await open()
      await using sink = await opened.sink()
      for (const item of made(1, 1)) {
        await sink.dryRun(item)
        await sink.dryRun({ key: '', values: item.values })
      }
      assert.deepEqual(await notes(opened), [])
    })

    test('writes nothing twice that another run or a restored state brings again', async () => {
      await using opened = await open()
      for (const run of ['before', 'after', 'new']) {
        await using sink = await opened.sink()
        for (const chunk of [made(1, 3), made(4, 9)]) {
          const results = await sink.write(chunk, { mark: null, chunk: `${run}/${chunk[0]?.key}` })
          assert.equal(results.length, chunk.length)
          assert.ok(kinds(results).every((kind) => kind === 'same' || kind === 'written'))
        }
      }
      assert.deepEqual(await notes(opened), expected(made(1, 9)))
    })

    test('writes a chunk and tells of each item in order', async () => {
      await using opened = await open()
      await using sink = await opened.sink()
      const first = await sink.write(made(1, 20), { mark: null, chunk: 'c1' })
      assert.deepEqual(kinds(first), Array(20).fill('written'))
      const second = await sink.write(made(21, 30), { mark: null, chunk: 'c2' })
      assert.deepEqual(kinds(second), Array(10).fill('written'))
      assert.deepEqual(await notes(opened), expected(made(1, 30)))
      assert.deepEqual(await sink.write([], { mark: null, chunk: 'c3' }), [])
    })

    test('leaves the same data when a chunk comes again, now or after another opening', async () => {
      await using opened = await open()
      for (const time of [1, 2]) {
        await using sink = await opened.sink()
        for (const again of [1, 2]) {
          const results = await sink.write(made(1, 20), { mark: null, chunk: 'c1' })
          assert.deepEqual(kinds(results), Array(20).fill(time + again === 2 ? 'written' : 'same'))
        }
      }
      assert.deepEqual(await notes(opened), expected(made(1, 20)))
    })

    test('rejects a value that cannot be stored, and writes the others of the chunk', async () => {
      await using opened = await open()
      await using sink = await opened.sink()
      const circular: Record<string, unknown> = {}
      circular['self'] = circular
      const chunk = made(1, 5).map((item) =>
        item.key === '3' ? { key: '3', values: { ...item.values, note: circular } } : item,
      )
      const results = await sink.write(chunk, { mark: null, chunk: 'c1' })
      assert.deepEqual(kinds(results), ['written', 'written', 'rejected', 'written', 'written'])
      assert.match(reasonOf(results[2]), /circular/i)
      assert.deepEqual(await notes(opened), expected([...made(1, 2), ...made(4, 5)]))
    })

    if (kind !== 'append') {
      test('tells what was the same, and writes only what differs', async () => {
        await using opened = await open()
        await using sink = await opened.sink()
        await sink.write(made(1, 5), { mark: null, chunk: 'c1' })
        const results = await sink.write([...made(4, 5), ...made(6, 7, 'other')], { mark: null, chunk: 'c2' })
        assert.deepEqual(kinds(results), ['same', 'same', 'written', 'written'])
        assert.deepEqual(await notes(opened), expected([...made(1, 5), ...made(6, 7, 'other')]))
      })

      test(kind === 'update' ? 'tells which rows are missing' : 'inserts rows that are missing', async () => {
        await using opened = await open()
        await using sink = await opened.sink()
        const results = await sink.write(made(50, 51), { mark: null, chunk: 'c1' })
        assert.deepEqual(kinds(results), ['written', kind === 'update' ? 'missing' : 'written'])
        assert.deepEqual(await notes(opened), expected(made(50, kind === 'update' ? 50 : 51)))
      })
    }

    if (killable) {
      test('holds every chunk exactly once after its writer was killed again and again', async () => {
        await using opened = await open()
        assert.ok(opened.program !== undefined, 'a place that is killable has a `program`')
        const values = `{ ${kind === 'update' ? '' : 'id, '}note: 'x'.repeat(200_000) }`
        await runKilled(
          `${opened.program}
          for (let chunk = 0; chunk < 10; chunk += 1) {
            const items = [1, 2, 3, 4, 5].map((n) => chunk * 5 + n).map((id) => ({ key: String(id), values: ${values} }))
            await sink.write(items, { mark: null, chunk: 'c' + chunk })
            console.log(chunk)
          }`,
          { starts: 5, firstKill: 1 },
        )
        const found = await notes(opened)
        const keys = found.map(([key]) => Number(key)).toSorted((one, other) => one - other)
        assert.deepEqual(
          keys,
          Array.from({ length: 50 }, (_, index) => index + 1),
        )
        assert.ok(found.every(([, note]) => note.length === 200_000))
      })
    }
  })
}

function kinds(results: readonly SinkResult[]): readonly string[] {
  return results.map(({ kind }) => kind)
}

function reasonOf(result: SinkResult | undefined): string {
  return result?.kind === 'rejected' ? result.reason : ''
}

async function notes(opened: OpenedSink): Promise<readonly (readonly [string, string])[]> {
  return (await opened.read()).flatMap(({ key, note }) => (note === null ? [] : [[key, note] as const]))
}

function expected(items: readonly SinkItem[]): readonly (readonly [string, unknown])[] {
  return items.map(({ key, values }) => [key, values['note']] as const)
}
