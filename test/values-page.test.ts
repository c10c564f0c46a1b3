import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { valuesPage } from '../scripts/values-page.ts'

test('docs/values.md is what the sources and sinks do (npm run values writes it)', async () => {
  const page = await readFile(join(import.meta.dirname, '..', 'docs', 'values.md'), 'utf8')
  expect(await valuesPage()).toBe(page)
})
