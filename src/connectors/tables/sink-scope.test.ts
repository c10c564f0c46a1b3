import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { databases } from '../../../test/support/databases.ts'
import { free, kinds, openCases } from '../../../test/support/sink-cases.ts'
import type { Sink, SinkItem } from '../../ports/sink.ts'
import { rawSql } from '../database/sql.ts'
import { openSink } from '../open-sink.ts'

const create = `create table chunks (doc integer, n integer, model text, body text, stale boolean,
  primary key (doc, n, model))`
const key = ['doc', 'n', 'model']
const scope = { of: 'doc', chunk: 'n' }

/** The chunk of a text that has so many, as a job's `set` gives it. */
const chunk = (doc: number, index: number, count: number, model = 'm1', from = 0): SinkItem => ({
  key: `${doc}\u001f${index}`,
  values: { doc, n: index + from, model, body: `${doc}.${index}`, stale: false },
  part: { index, count },
})

interface Place extends AsyncDisposable {
  open(definition: Readonly<Record<string, unknown>>): Promise<Sink>
  /** The rows as `doc n model`, with a mark behind old ones. */
  rows(): Promise<readonly string[]>
  exec(text: string): Promise<void>
}

const shown = (rows: readonly Record<string, unknown>[]): readonly string[] =>
  rows.map(({ doc, n, model, stale }) =>
    [doc, n, model, ...(stale === true || stale === 1 ? ['old'] : [])].map(String).join(' '),
  )
const select = 'select doc, n, model, stale from chunks order by doc, model, n'

async function sqlitePlace(): Promise<Place> {
  const dir = mkdtempSync(join(tmpdir(), 'offpeak-scope-'))
  const database = new DatabaseSync(join(dir, 't.db'))
  database.exec(create)
  return {
    open: (definition) =>
      openSink(
        { database: 't.db', ...definition },
        { baseDir: dir, databaseUrl: null, sourceKey: ['doc'], sourceTables: [] },
      ),
    rows: () => Promise.resolve(shown(database.prepare(select).all())),
    exec: (text) => Promise.resolve(database.exec(text)),
    async [Symbol.asyncDispose]() {
      database.close()
      rmSync(dir, { recursive: true })
    },
  }
}

const places: readonly { readonly name: string; readonly place: () => Promise<Place> }[] = [
  ...databases.map(({ name, open }) => ({
    name,
    place: async (): Promise<Place> => {
      const opened = await open()
      await opened.database.exec(create)
      return {
        open: (definition) => openCases(opened, definition),
        rows: async () => shown(await opened.database.query(rawSql(select))),
        exec: (text) => opened.database.exec(text),
        [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
      }
    },
  })),
  { name: 'SQLite', place: sqlitePlace },
]

describe.each(places)('the chunks of a text in $name', ({ place }) => {
  const definition = { upsert: 'chunks', key, scope }

  test('that it no longer has are removed with the first chunk that is written, and no others', async () => {
    await using opened = await place()
    await using sink = await opened.open(definition)
    await sink.write(
      [0, 1, 2, 3, 4].map((index) => chunk(1, index, 5)),
      free,
    )
    await sink.write([chunk(2, 0, 2), chunk(2, 1, 2)], free)
    expect(kinds(await sink.write([chunk(1, 1, 3)], free))).toEqual(['same'])
    expect(await opened.rows()).toEqual(['1 0 m1', '1 1 m1', '1 2 m1', '2 0 m1', '2 1 m1'])
    expect(kinds(await sink.write([chunk(1, 0, 1), chunk(2, 0, 2)], free))).toEqual(['same', 'same'])
    expect(await opened.rows()).toEqual(['1 0 m1', '2 0 m1', '2 1 m1'])
  })

  test('of another model give way one by one, and all behind the end at once', async () => {
    await using opened = await place()
    await using sink = await opened.open(definition)
    await sink.write(
      [0, 1, 2, 3].map((index) => chunk(1, index, 4)),
      free,
    )
    await sink.write([chunk(1, 1, 3, 'm2')], free)
    expect(await opened.rows()).toEqual(['1 0 m1', '1 2 m1', '1 1 m2'])
    await sink.write([chunk(1, 0, 3, 'm2'), chunk(1, 2, 3, 'm2')], free)
    expect(await opened.rows()).toEqual(['1 0 m2', '1 1 m2', '1 2 m2'])
  })

  test('behind the end of a text that has not changed else are counted, and removed or marked, once', async () => {
    await using opened = await place()
    await using sink = await opened.open({ ...definition, scope: { of: ['doc', 'model'], chunk: 'n' } })
    await sink.write([...[0, 1, 2].map((n) => chunk(1, n, 3)), chunk(2, 0, 1), chunk(1, 2, 3, 'm2')], free)
    const ends = [chunk(1, 0, 1), chunk(2, 0, 1)]
    expect(await sink.behindChunks?.(ends, 'count')).toEqual({ rows: 2, refused: null })
    expect(await opened.rows()).toHaveLength(5)
    await using marking = await opened.open({
      ...definition,
      scope: { of: ['doc', 'model'], chunk: 'n', mark: { stale: true } },
    })
    expect(await marking.behindChunks?.([chunk(1, 0, 2)], 'clear')).toEqual({ rows: 1, refused: null })
    expect(await marking.behindChunks?.([chunk(1, 0, 2)], 'count')).toEqual({ rows: 0, refused: null })
    expect(await opened.rows()).toEqual(['1 0 m1', '1 1 m1', '1 2 m1 old', '1 2 m2', '2 0 m1'])
    expect(await sink.behindChunks?.(ends, 'clear')).toEqual({ rows: 2, refused: null })
    expect(await opened.rows()).toEqual(['1 0 m1', '1 2 m2', '2 0 m1'])
  })

  test('are left alone where the scope tells models apart, and may be counted from 1', async () => {
    await using opened = await place()
    await using sink = await opened.open({ ...definition, scope: { of: ['doc', 'model'], chunk: 'n' } })
    await sink.write([chunk(1, 0, 2, 'm1', 1), chunk(1, 1, 2, 'm1', 1), chunk(1, 0, 1, 'm2', 1)], free)
    expect(await opened.rows()).toEqual(['1 1 m1', '1 2 m1', '1 1 m2'])
    await sink.write([chunk(1, 0, 1, 'm1', 1)], free)
    expect(await opened.rows()).toEqual(['1 1 m1', '1 1 m2'])
  })

  test('are marked on wish, and stand again when they are written', async () => {
    await using opened = await place()
    await using sink = await opened.open({ ...definition, scope: { ...scope, mark: { stale: true } } })
    await sink.write([chunk(1, 0, 2), chunk(1, 1, 2)], free)
    await sink.write([chunk(1, 0, 1)], free)
    expect(await opened.rows()).toEqual(['1 0 m1', '1 1 m1 old'])
    await sink.write([chunk(1, 1, 2)], free)
    expect(await opened.rows()).toEqual(['1 0 m1', '1 1 m1'])
  })

  test('that the database keeps are said of the chunk next to them', async () => {
    await using opened = await place()
    await opened.exec(`create table notes (doc integer, n integer, model text,
      foreign key (doc, n, model) references chunks (doc, n, model))`)
    await using sink = await opened.open(definition)
    await sink.write([chunk(1, 0, 2), chunk(1, 1, 2)], free)
    await opened.exec(`insert into notes values (1, 1, 'm1')`)
    expect(await sink.write([chunk(1, 0, 1), chunk(2, 0, 1)], free)).toEqual([
      { kind: 'rejected', reason: expect.stringContaining('what is old next to it cannot be removed') },
      { kind: 'written' },
    ])
    expect(await opened.rows()).toEqual(['1 0 m1', '1 1 m1', '2 0 m1'])
  })

  test('are rehearsed, and a scope that cannot hold is refused', async () => {
    await using opened = await place()
    const dryRun = async (more: Readonly<Record<string, unknown>>, item = chunk(1, 0, 1)): Promise<void> => {
      await using sink = await opened.open({ ...definition, ...more })
      await sink.dryRun(item)
    }
    await dryRun({})
    await dryRun({ scope: { ...scope, mark: { stale: true } } })
    await expect(dryRun({ scope: { ...scope, mark: { stail: true } } })).rejects.toMatchObject({
      code: 'E_SINK_COLUMN',
    })
    const { values } = chunk(1, 0, 1)
    const unnumbered = { key: 'x', values: { ...values, n: 'first' } }
    await expect(dryRun({}, unnumbered)).rejects.toMatchObject({ code: 'E_SINK_VALUE' })
    for (const wrong of [
      { of: 'body', chunk: 'n' },
      { of: 'doc', chunk: 'body' },
      { of: 'n', chunk: 'n' },
      { of: 'doc' },
      { ...scope, mark: { model: 'x' } },
      'doc',
    ])
      await expect(dryRun({ scope: wrong })).rejects.toMatchObject({ code: 'E_JOB_INVALID' })
    expect(await opened.rows()).toEqual([])
  })
})
