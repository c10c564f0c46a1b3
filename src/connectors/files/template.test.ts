import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { template, templateIn } from './template.ts'

const dir = mkdtempSync(join(tmpdir(), 'offpeak-template-'))
const file = (text: string): string => {
  const path = join(dir, 'prompt.md')
  writeFileSync(path, text)
  return path
}

test('a template puts values in as they are, however often they are named', () => {
  const fill = template(file('# {{title}}\n{{ notes }} and {{title}}, {not} {{}} one'), ['title', 'notes'])
  expect(fill({ title: '{{notes}}', notes: '$& $1' })).toBe(
    '# {{notes}}\n$& $1 and {{notes}}, {not} {{}} one',
  )
})

test('the fields of a schema name the placeholders', () => {
  const fill = template(file('{{n}}: {{title}}'), z.object({ title: z.string(), n: z.number() }))
  expect(fill({ n: 3, title: 'Joins' })).toBe('3: Joins')
})

test('a path may be a URL, or relative to a directory', () => {
  const path = file('x {{a}}')
  expect(template(pathToFileURL(path), ['a'])({ a: 1 })).toBe('x 1')
  expect(template(pathToFileURL(path).href, ['a'])({ a: 1 })).toBe('x 1')
  expect(templateIn(dir)('prompt.md', ['a'])({ a: 1 })).toBe('x 1')
})

test('a placeholder that nothing fills is told with file and line', () => {
  const path = file('one\ntwo {{titel}}')
  expect(() => template(path, ['title'])).toThrow(
    expect.objectContaining({
      code: 'E_JOB_INVALID',
      where: `${path}:2`,
      message: expect.stringContaining('{{titel}}'),
    }),
  )
})

test('a name without a placeholder, a file that is not there and a value that is missing are told', () => {
  expect(() => template(file('nothing'), ['title'])).toThrow('{{title}}')
  expect(() => template(join(dir, 'no.md'), [])).toThrow('cannot be read')
  const fill = template(file('{{a}}'), ['a'])
  const values: { a: string } = JSON.parse('{"a":null}')
  expect(() => fill(values)).toThrow('the value of {{a}} is null')
})
