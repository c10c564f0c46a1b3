import { expect, test } from 'vitest'
import { attach, csv, duckdb, files, jsonl, parquet, postgres, rows, sql, sqlite } from '../../src/index.ts'

const query = sql`select 1 as id`
const file = 'a'
const key = 'id'

/** Each function that takes options, with what it needs, and with more, as a job in JavaScript may give it. */
const functions: Readonly<Record<string, (more: object) => unknown>> = {
  'csv.rows': (more) => csv.rows({ file, key, ...more }),
  'jsonl.rows': (more) => jsonl.rows({ file, key, ...more }),
  'parquet.rows': (more) => parquet.rows({ file, key, ...more }),
  'postgres.rows': (more) => postgres.rows({ query, key, ...more }),
  'sqlite.rows': (more) => sqlite.rows({ file, query, key, ...more }),
  'duckdb.rows': (more) => duckdb.rows({ query, key, ...more }),
  rows: (more) => rows(() => [], { key, ...more }),
  'files.pdf': (more) => files.pdf('*.pdf', { ...more }),
  'files.images': (more) => files.images('*.png', { ...more }),
  'files.text': (more) => files.text('*.txt', { ...more }),
  chunk: (more) => rows(() => [{ key, body: '' }], { key }).chunk({ field: 'body', tokens: 9, ...more }),
  attach: (more) => attach('a.png', { ...more }),
  'files.outline': (more) => files.outline('a.md', { level: 2, ...more }),
}

test.each([
  ['csv.rows', 'delimeter', 'delimiter'],
  ['jsonl.rows', 'kye', 'key'],
  ['parquet.rows', 'fiel', 'file'],
  ['postgres.rows', 'databse', 'database'],
  ['sqlite.rows', 'quer', 'query'],
  ['duckdb.rows', 'setups', 'setup'],
  ['rows', 'seek', 'seeks'],
  ['files.pdf', 'maxPage', 'maxPages'],
  ['files.images', 'maxByte', 'maxBytes'],
  ['files.text', 'encodin', 'encoding'],
  ['files.outline', 'levels', 'level'],
  ['chunk', 'ovrlap', 'overlap'],
  ['attach', 'detial', 'detail'],
])('%s has no option %s, and says which was meant', (called, wrong, meant) => {
  expect(() => functions[called]?.({})).not.toThrow()
  expect(() => functions[called]?.({ [wrong]: 'x' })).toThrow(
    expect.objectContaining({
      code: 'E_JOB_INVALID',
      message: `\`${called}\` has no option \`${wrong}\`. Did you mean ${meant}?`,
    }),
  )
})

test('options that are missing are named, and so are all where none is near', () => {
  const refused = (options: string): string | null => {
    try {
      return csv.rows(JSON.parse(options)).kind
    } catch (thrown) {
      return thrown instanceof Error ? thrown.message : null
    }
  }
  expect(refused('{"key":"id"}')).toBe('`csv.rows` needs the option `file`')
  expect(refused('[]')).toMatch(/^`csv.rows` takes its options as one object: file, key, row/)
  expect(refused('{"whatever":1}')).toMatch(/There are file, key, row, delimiter, encoding/)
  expect(refused('{"file":"a","key":"id","constructor":1}')).toContain('no option `constructor`')
})
