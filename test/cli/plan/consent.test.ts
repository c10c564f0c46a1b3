import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { callOnTerminal, jsonLines, notesProject, readJson, statusJson } from '../notes-project.ts'
import { call, temporaryFolder } from '../project.ts'

const runs = async (dir: string): Promise<unknown> =>
  jsonLines(await call(dir, 'status', '--json'))[0]?.['runs']

test('without a terminal a run needs --max-cost or --yes, and never asks', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const refused = await call(folder.path, 'run', 'notes')
  expect(refused.exit).toBe(2)
  expect(refused.stderr).toContain('E_CONSENT, exit 2')
  expect(refused.stderr).toContain('--max-cost')
  expect(refused.stderr).toContain('Nothing was sent.')
  expect(await runs(folder.path)).toEqual([])
  const agreed = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  expect(agreed.exit).toBe(0)
  expect(readFileSync(join(folder.path, 'out.jsonl'), 'utf8').trim().split('\n')).toHaveLength(12)
})

test('--yes agrees to a budget, and to nothing where none is set', async () => {
  using folder = temporaryFolder()
  using other = temporaryFolder()
  await notesProject(other.path, { budget: null })
  const refused = await call(other.path, 'run', 'notes', '--yes')
  expect(refused.exit).toBe(2)
  expect(refused.stderr).toContain('--yes agrees to a budget, and none is set')
  await notesProject(folder.path, { budget: '$5' })
  expect((await call(folder.path, 'run', 'notes', '--yes', '-q')).exit).toBe(0)
})

test.each([['n'], [''], [null], ['yup']])('on a terminal the answer %j sends nothing', async (answer) => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const { exit, questions, stderr } = await callOnTerminal(folder.path, { answers: [answer] }, 'run', 'notes')
  expect(exit).toBe(2)
  expect(questions).toHaveLength(1)
  expect(questions[0]).toMatch(/Send 12 requests for about \$[\d.]+ \(at most \$[\d.]+\)\? {2}y\/N/)
  expect(stderr).toContain('Nothing was sent.')
  expect(await runs(folder.path)).toEqual([])
})

test.each(['y', 'YES', ' yes '])('on a terminal the answer %j sends', async (answer) => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const { exit, stdout } = await callOnTerminal(folder.path, { answers: [answer] }, 'run', 'notes')
  expect(exit).toBe(0)
  expect(stdout).toContain('12 of 12 records are in out.jsonl')
})

test('--no-input and --json never ask, although there is a terminal', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  for (const flag of ['--no-input', '--json']) {
    const { exit, questions } = await callOnTerminal(folder.path, { answers: ['y'] }, 'run', 'notes', flag)
    expect(exit).toBe(2)
    expect(questions).toEqual([])
  }
})

test('the cap of a run is --max-cost, else the amount in the question: what the plan says at most, or the budget of the job where that is less', async () => {
  const capOf = async (
    budget: string | null,
    answers: readonly string[],
    ...flags: readonly string[]
  ): Promise<unknown> => {
    using folder = temporaryFolder()
    await notesProject(folder.path, { budget })
    await callOnTerminal(folder.path, { answers }, 'run', 'notes', ...flags)
    const { money, plan } = readJson(statusJson, await call(folder.path, 'status', 'notes', '--json'))
    return money.capMicroUsd === plan?.cost?.atMostMicroUsd ? 'at most' : money.capMicroUsd
  }
  expect(await capOf('$5', [], '--max-cost', '2.50')).toBe(2_500_000)
  expect(await capOf('$5', [], '--yes')).toBe(5_000_000)
  expect(await capOf('$5', ['y'])).toBe('at most')
  expect(await capOf('$0.001', ['y'])).toBe(1_000)
  expect(await capOf(null, ['y'])).toBe('at most')
})

test('a cap below the likely cost is refused before anything is sent', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const { exit, stderr } = await call(folder.path, 'run', 'notes', '--max-cost', '0.00001')
  expect(exit).toBe(5)
  expect(stderr).toContain('E_BUDGET, exit 5')
  expect(await runs(folder.path)).toEqual([])
})

test('a second run of the same job has nothing to do, says so and sends nothing', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  await call(folder.path, 'run', 'notes', '--yes')
  const again = await call(folder.path, 'run', 'notes')
  expect(again.exit).toBe(0)
  expect(again.stderr).toContain('Nothing to do: all 12 are done and unchanged. Nothing was sent.')
  expect(await runs(folder.path)).toHaveLength(1)
})

test('keys that the source does not have are said', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const { exit, stderr } = await call(folder.path, 'plan', 'notes', '--only', '3,none,nobody')
  expect(exit).toBe(0)
  expect(stderr).toContain('2 of 3 keys are not in the source')
})
