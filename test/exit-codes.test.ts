import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exitCodes, exits, exitTable } from '../src/cli/exit-codes.ts'
import { errorCodes } from '../src/domain/errors.ts'

const cells = (text: string): string => text.replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---')

test('the table of exit codes in the documentation is that of the code', () => {
  const docs = readFileSync(new URL('../docs/operations.md', import.meta.url), 'utf8')
  expect(cells(docs)).toContain(cells(exitTable()))
})

test('every exit code of an error and of a command is in the table, and nothing else is', () => {
  const used = [...Object.values(errorCodes).map(({ exit }) => exit), ...Object.values(exits)]
  expect([...new Set(used)].toSorted((one, other) => one - other)).toEqual(exitCodes.map(([code]) => code))
})

test('no command has an exit code of its own', async () => {
  const cwd = join(import.meta.dirname, '../src/cli')
  const own: string[] = []
  let files = 0
  for await (const path of glob('{commands,screen}/**/*.ts', { cwd })) {
    if (path.endsWith('.test.ts')) continue
    files++
    const found = readFileSync(join(cwd, path), 'utf8').matchAll(
      /\bexit(?:Code)?(?:: | = | ===? | \? )[1-9]\d*\b|Exit = \d/g,
    )
    own.push(...[...found].map(([words]) => `${path}: ${words}`))
  }
  expect(files).toBeGreaterThan(50)
  expect(own).toEqual([])
})
