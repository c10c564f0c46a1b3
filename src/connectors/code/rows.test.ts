import { describe, expect, expectTypeOf, test } from 'vitest'
import { keys, readAll } from '../../testing/reading.ts'
import type { Source } from '../../ports/source.ts'
import { rows } from './rows.ts'

const context = { baseDir: '/', databaseUrl: null }

describe('rows of the project’s own code', () => {
  test('have the type that the generator gives', () => {
    const source = rows(
      async function* () {
        yield { id: 1, text: 'a' }
      },
      { key: 'id' },
    )
    expectTypeOf(source).toEqualTypeOf<Source<{ id: number; text: string }>>()
  })

  test('may be no objects, or have no key: those are problems of theirs', async () => {
    const source = rows(() => [{ id: 1 }, 7, { other: 1 }], { key: 'id', row: anything })
    await using reader = await source.open(context)
    expect((await readAll(reader)).map(({ key, problem }) => problem ?? key)).toEqual([
      '1',
      'Row 2 is a number and no object',
      expect.stringMatching(/^Row 3 has no usable key/),
    ])
  })

  test('of which a getter throws are problems of theirs, in a plan and in its count of keys', async () => {
    const given = (): Record<string, unknown>[] => [
      { id: 1 },
      {
        id: 2,
        get text() {
          throw new Error('not loaded')
        },
      },
      {
        get id() {
          throw new Error('no key')
        },
      },
      { id: 4, deep: [{ id: 1 }, Object.create(null, { a: { enumerable: true, get: throws } })] },
      { id: 5 },
    ]
    const source = rows(given, { key: 'id', row: anything })
    await using reader = await source.open(context)
    await reader.check()
    expect((await readAll(reader)).map(({ key, problem }) => problem ?? key)).toEqual([
      '1',
      'Row 2 cannot be read: not loaded',
      'Row 3 cannot be read: no key',
      'Row 4 cannot be read: away',
      '5',
    ])
    expect(await reader.count()).toBe(5)
    expect(await reader.repeatedKeys?.()).toMatchObject({ records: 0, of: 2 })
    expect(await reader.sample(5)).toHaveLength(5)
  })

  test('whose code throws are told by its place, and what is open is closed where reading ends early', async () => {
    let isClosed = false
    const source = rows(
      async function* () {
        try {
          for (let id = 0; ; id++) yield { id }
        } finally {
          isClosed = true
        }
      },
      { key: 'id' },
    )
    await using reader = await source.open(context)
    expect(keys(await readAll(reader, { limit: 3 }))).toEqual(['0', '1', '2'])
    expect(isClosed).toBe(true)
    const broken = rows(
      () => {
        throw new Error('the service is away')
      },
      { key: 'id', row: anything },
    )
    await using fails = await broken.open(context)
    await expect(readAll(fails)).rejects.toMatchObject({
      code: 'E_SOURCE_QUERY',
      message: 'the rows cannot be read: the service is away',
    })
  })
})

function throws(): never {
  throw new Error('away')
}

const anything = {
  '~standard': { version: 1 as const, vendor: 'test', validate: (value: unknown) => ({ value }) },
}
