import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { configRows } from '../scripts/reference/config-page.ts'
import { configWords } from '../scripts/reference/config-words.ts'
import { orphanedWords } from '../scripts/reference/entry-table.ts'
import { jobRows, sinkRows } from '../scripts/reference/job-page.ts'
import { jobWords, sinkWords } from '../scripts/reference/job-words.ts'
import { referencePages } from '../scripts/reference/pages.ts'
import { errorCodes } from '../src/domain/errors.ts'

const pages = await referencePages()

describe('the reference', () => {
  test.each([...pages.keys()])(
    '%s is what the code says (npm run docs:reference writes it)',
    async (path) => {
      expect(await readFile(join(import.meta.dirname, '..', path), 'utf8')).toBe(pages.get(path))
    },
  )

  test('has every error code, each with its cause and its fix', () => {
    const page = pages.get('docs/reference/errors.md') ?? ''
    const sections = page.split('\n## ').slice(1)
    expect(sections.map((section) => section.split('\n', 1)[0])).toEqual(Object.keys(errorCodes))
    for (const section of sections)
      expect(section).toMatch(/^E_[A-Z_]+\n\n\S.+\n\n- Fix: \S.+\n- Who can act: /)
  })

  test('explains no entry that is gone from a schema', () => {
    expect(orphanedWords(configRows, configWords)).toEqual([])
    expect(orphanedWords(jobRows, jobWords)).toEqual([])
    expect(Object.keys(sinkWords)).toEqual(sinkRows.map(([kind]) => kind))
    for (const [kind, rows] of sinkRows) expect(orphanedWords(rows, sinkWords[kind] ?? {})).toEqual([])
  })
})
