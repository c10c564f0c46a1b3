import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { embedEmulator } from './emulator.ts'

const directory = mkdtempSync(join(tmpdir(), 'offpeak-embedded-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test('of several that come at once, one starts the emulator and the others join it', async () => {
  const all = await Promise.all(Array.from({ length: 4 }, () => embedEmulator(directory, {})))
  expect(all.filter(({ own }) => own)).toHaveLength(1)
  expect(new Set(all.map(({ url }) => url)).size).toBe(1)
  for (const emulator of all) await emulator[Symbol.asyncDispose]()
  await using again = await embedEmulator(directory, {})
  expect(again.own).toBe(true)
})
