import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OffpeakError } from '../../domain/errors.ts'
import { outline, type OutlineOptions } from './outline-source.ts'
import type { OutlineSection } from './outline-sections.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offpeak-outlines-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** The records of a file with this content, or the code of what was refused. */
async function read(
  content: Buffer,
  options: OutlineOptions,
): Promise<string | readonly { readonly key: string; readonly row: OutlineSection }[]> {
  await writeFile(join(directory, 'a.md'), content)
  try {
    await using reader = await outline('a.md', options).open({ baseDir: directory, databaseUrl: null })
    await reader.check()
    const pages = await Array.fromAsync(reader.read({ after: null, limit: null, order: 'given', only: null }))
    return pages.flatMap(({ records }) =>
      records.map((one) => {
        if (one.problem !== undefined) throw new Error(`A section has a problem: ${one.problem}`)
        return one
      }),
    )
  } catch (thrown) {
    if (!(thrown instanceof OffpeakError)) throw thrown
    expect(thrown.message).not.toBe('')
    return thrown.code
  }
}

const whole = Buffer.from(`---
title: "A course"
tags: [a, b]
---
# Data &amp; governance

Intro with \`code\`, a [link](https://example.org "x") and <b>html</b>.

## M0: Foundations

### L001: What is **data**? ${'𠀀'.repeat(45)}

- first
- second
  1. nested
     > quoted

\`\`\`sh
### not a heading
\`\`\`

| a | b |
|---|---|
| 1 | 2 |

Setext
------

### L002: Owners ###
## M1: Qualität
### L003: Owners

***
Owners again.\u2028
`)

/** What Markdown, front matter and encodings make something of. */
const piece = fc
  .constantFrom(
    '#',
    '### ',
    '\n',
    '\r',
    '\r\n',
    '\n\n',
    '---\n',
    '+++\n',
    '{\n',
    '}\n',
    '```',
    '~~~',
    '> ',
    '- ',
    '1. ',
    '\t',
    '    ',
    '|',
    '[',
    '](',
    '<',
    '<!--',
    '-->',
    '&',
    '&#0;',
    '&#xD800;',
    '\\',
    '*',
    '__',
    '`',
    '=',
    '\0',
    '\u0085',
    '\u2028',
    '\ufeff',
    'é',
    '𠀀',
    '### L001: Owners\n',
    '## \n',
    '---\n---\n',
  )
  .map((text) => Buffer.from(text))
const bytes = fc.uint8Array({ minLength: 1, maxLength: 4 }).map((given) => Buffer.from(given))
const mutation = fc.record({
  kind: fc.constantFrom('insert', 'replace', 'remove', 'repeat', 'cut'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(60),
  times: fc.integer({ min: 2, max: 40 }),
  what: fc.oneof({ weight: 3, arbitrary: piece }, bytes),
})
type Mutation = typeof mutation extends fc.Arbitrary<infer One> ? One : never

function mutated(content: Buffer, { kind, at, length, times, what }: Mutation): Buffer {
  const place = Math.floor(at * content.length)
  const [before, part, after] = [
    content.subarray(0, place),
    content.subarray(place, place + length),
    content.subarray(place + length),
  ]
  if (kind === 'cut') return before
  if (kind === 'insert') return Buffer.concat([before, what, part, after])
  if (kind === 'replace') return Buffer.concat([before, what, after])
  if (kind === 'remove') return Buffer.concat([before, after])
  return Buffer.concat([before, ...Array.from({ length: times }, () => part), after])
}

const encodings = fc.constantFrom(undefined, 'utf-8', 'utf-16le', 'windows-1252', 'shift_jis')

describe('an outline of any bytes', () => {
  test('is its sections, each with a key and a place of its own, or is refused in words', async () => {
    let refused = 0
    const property = fc.asyncProperty(
      fc.array(mutation, { minLength: 1, maxLength: 6 }),
      fc.constantFrom<OutlineOptions['level'][]>(1, 2, 3),
      fc.constantFrom<NonNullable<OutlineOptions['key']>[]>('number', 'slug'),
      encodings,
      async (mutations, level, key, encoding) => {
        const content = mutations.reduce(mutated, whole)
        const found = await read(content, { level, key, ...(encoding ? { encoding } : {}) })
        if (typeof found === 'string') {
          expect(found).toBe('E_SOURCE_FILE')
          refused += 1
          return
        }
        expect(new Set(found.map((one) => one.key)).size).toBe(found.length)
        for (const [index, one] of found.entries()) {
          expect(one.key.isWellFormed() && one.key !== '').toBe(true)
          expect(one.row.level).toBe(level)
          expect(one.row.start).toBeLessThan(one.row.end)
          expect(one.row.start).toBeGreaterThanOrEqual(found[index - 1]?.row.end ?? 0)
        }
        // What stands under headings is in the file, word by word.
        if (encoding === undefined || encoding === 'utf-8') {
          const lines = content.toString('utf8').replaceAll(/\r\n?/g, '\n')
          for (const { row } of found) expect(lines).toContain(row.body)
        }
      },
    )
    await fc.assert(property, { numRuns: 600, seed: 16 })
    // Neither all nor none: else nothing was tried.
    expect(refused).toBeGreaterThan(20)
    expect(refused).toBeLessThan(580)
  })

  test('takes time by its length, however it is nested or repeated', async () => {
    const nested = ['> '.repeat(5000), '- '.repeat(5000), `${' '.repeat(5000)}- `]
    for (const deep of nested)
      expect(await read(Buffer.from(`## a\n${deep}x\n`), { level: 2 })).toBe('E_SOURCE_FILE')
    const lists = Array.from({ length: 60 }, (_, depth) => `${'  '.repeat(depth)}- x\n`).join('')
    expect(
      await read(Buffer.from(`## a\n${lists}\n    ${' '.repeat(900)}code\n`), { level: 2 }),
    ).toHaveLength(1)
    const same = await read(Buffer.from('## same\n'.repeat(5000)), { level: 2, key: 'slug' })
    expect(new Set(typeof same === 'string' ? [] : same.map(({ key }) => key)).size).toBe(5000)
  })
})
