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

test('what a deployment is priced as answers under its name, in an emulator that is joined as well', async () => {
  await using own = await embedEmulator(directory, {}, { 'your-deployment-name': 'gpt-4.1' })
  await using joined = await embedEmulator(directory, {}, { other: 'gpt-4o', strange: 'no-model-here' })
  expect(joined.own).toBe(false)
  const ask = async (deployment: string): Promise<unknown> => {
    const answer = await fetch(
      `${own.azureEndpoint}/openai/deployments/${deployment}/chat/completions?api-version=2024-10-21`,
      {
        method: 'POST',
        headers: { 'api-key': 'k', 'content-type': 'application/json' },
        body: JSON.stringify({ messages: [{ role: 'user', content: 'Which model are you?' }] }),
      },
    )
    return answer.json()
  }
  expect(await ask('your-deployment-name')).toMatchObject({ model: 'gpt-4.1' })
  expect(await ask('other')).toMatchObject({ model: 'gpt-4o' })
  expect(await ask('strange')).toMatchObject({ model: 'gpt-4o-mini' })
})
