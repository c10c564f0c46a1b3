import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator } from '../../src/emulator/index.ts'
import { call, initProject, jsonOf, providerProject, temporaryFolder } from './project.ts'

const tried = z.object({
  results: z.array(
    z.object({ key: z.string(), model: z.string(), outcome: z.string(), written: z.string().nullable() }),
  ),
})

test('try shows what would be written, writes nothing, and the next plan counts with its answers', async () => {
  using folder = temporaryFolder()
  await initProject(folder.path)
  expect((await call(folder.path, 'plan', 'headnotes')).stdout).toContain('a guess')
  const { exit, stdout, stderr } = await call(folder.path, 'try', 'headnotes', '-n', '3')
  expect(exit).toBe(0)
  expect(
    stdout.match(/would append key, court, headnote, topics, cost to out\/headnotes\.jsonl/g),
  ).toHaveLength(3)
  expect(stderr).toContain('Nothing was written.')
  expect(
    existsSync(join(folder.path, 'out/headnotes.jsonl')) &&
      readFileSync(join(folder.path, 'out/headnotes.jsonl'), 'utf8'),
  ).toBeFalsy()
  expect((await call(folder.path, 'plan', 'headnotes')).stdout).toContain('as in your tries')
})

test('try --write writes, and what it wrote is not sent again', async () => {
  using folder = temporaryFolder()
  await initProject(folder.path)
  const called = await call(folder.path, 'try', 'headnotes', '--only', '1003,1004', '--write', '--json')
  expect(
    tried.parse(jsonOf(called)).results.map(({ key, outcome, written }) => ({ key, outcome, written })),
  ).toEqual([
    { key: '1003', outcome: 'accepted', written: 'written' },
    { key: '1004', outcome: 'accepted', written: 'written' },
  ])
  expect(readFileSync(join(folder.path, 'out/headnotes.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(2)
  expect(jsonOf(await call(folder.path, 'plan', 'headnotes', '--json'))).toMatchObject({
    unchanged: 2,
    toSend: 48,
  })
})

test('several models are asked side by side about the same records', async () => {
  using folder = temporaryFolder()
  await initProject(folder.path, '--provider', 'openai')
  const { results } = tried.parse(
    jsonOf(
      await call(
        folder.path,
        'try',
        'headnotes',
        '-n',
        '2',
        '--model',
        'gpt-4o-mini',
        '--model',
        'gpt-4.1-nano',
        '--json',
      ),
    ),
  )
  expect(results.map(({ key, model }) => `${key} ${model}`).toSorted()).toEqual([
    '1008 gpt-4.1-nano',
    '1008 gpt-4o-mini',
    '1047 gpt-4.1-nano',
    '1047 gpt-4o-mini',
  ])
})

test('a key that the source does not have is named before anything is sent', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator()
  await providerProject(folder.path, emulator)
  const { exit, stderr } = await call(folder.path, 'try', 'notes', '--only', '3,33', '--yes')
  expect(stderr).toContain('has no record 33')
  expect(exit).toBe(2)
  expect(emulator.bill().synchronous_requests).toBe(0)
})

test('where nobody can be asked, try sends nothing without an amount, and nothing that can cost more than it', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator()
  await providerProject(folder.path, emulator)
  const silent = await call(folder.path, 'try', 'notes')
  expect(silent.exit).toBe(2)
  expect(silent.stderr).toContain('E_CONSENT')
  const poor = await call(folder.path, 'try', 'notes', '--max-cost', '$0.00001')
  expect(poor.exit).toBe(5)
  expect(poor.stderr).toContain('Nothing was sent.')
  expect(emulator.bill().synchronous_requests).toBe(0)
  const agreed = await call(folder.path, 'try', 'notes', '-n', '2', '--max-cost', '$0.01')
  expect(agreed.exit).toBe(0)
  expect(emulator.bill()).toMatchObject({ synchronous_requests: 2, duplicate_requests: 0 })
})

test('a call that ends without an answer is not repeated and is said to be possibly paid', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator()
  await providerProject(folder.path, emulator)
  emulator.addFault({ operation: 'chat.completions', when: 'after', action: { type: 'drop' } })
  const { exit, stdout, stderr } = await call(
    folder.path,
    'try',
    'notes',
    '--only',
    '4',
    '--yes',
    '--max-cost',
    '$1',
  )
  expect(exit).toBe(6)
  expect(stdout).toContain('no answer')
  expect(stderr).toContain('may have been paid')
  expect(emulator.bill().synchronous_requests).toBe(1)
})

test('a key that is refused ends the try with its own exit code', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ apiKeys: ['the-right-one'] })
  await providerProject(folder.path, emulator, 'a-wrong-one')
  const { exit, stderr, stdout } = await call(folder.path, 'try', 'notes', '-n', '10', '--max-cost', '$1')
  expect(exit).toBe(3)
  expect(stdout).toContain('not sent')
  expect(stderr).toContain('The provider refused')
  expect(stdout + stderr).not.toContain('a-wrong-one')
})
