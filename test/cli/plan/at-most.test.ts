import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { callOnTerminal, notesProject, readJson, statusJson } from '../notes-project.ts'
import { parseUsd } from '../../../src/wording/amount.ts'
import { call, temporaryFolder } from '../project.ts'

const plan = z.object({
  exact: z.boolean(),
  sampled: z.number(),
  cost: z.object({ likelyMicroUsd: z.number(), atMostMicroUsd: z.number() }),
  outputTokensPerRecord: z.object({ likely: z.number(), from: z.string() }),
})
const built = z.object({ maxCostMicroUsd: z.number() })

test('a sampled plan, the files that are built of it, the question before they are sent and what is held name one amount', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { records: 1_500, budget: null })
  const planned = readJson(plan, await call(folder.path, 'plan', 'notes', '--json'))
  expect(planned).toMatchObject({ exact: false, sampled: 500 })
  const { atMostMicroUsd } = planned.cost
  const words = (await call(folder.path, 'plan', 'notes')).stdout
  expect(words.replaceAll(/\s+/g, ' ')).toContain('none done before or unusable in a sample of 500')
  expect(readJson(built, await call(folder.path, 'build', 'notes', '--json')).maxCostMicroUsd).toBe(
    atMostMicroUsd,
  )
  const most = /(?<most>\$[\d.]+) at most/.exec(words)?.groups?.['most'] ?? 'none'
  expect((await call(folder.path, 'build', 'notes')).stderr).toContain(`at most ${most}`)
  const asked = await callOnTerminal(folder.path, { answers: ['y'] }, 'submit', 'notes')
  expect(asked.questions.join(' ')).toContain(`(at most ${most})`)
  expect(asked.exit, asked.stderr).toBe(0)
  const { money } = readJson(statusJson, await call(folder.path, 'status', 'notes', '--json'))
  expect(money.capMicroUsd).toBe(atMostMicroUsd)
})

test('before a first try the length of answers is a guess that the sample bounds; afterwards it is learned', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { job: 'version: "2",' })
  const long = `maxTokens: 16000,`
  const job = `${folder.path}/jobs/notes.job.ts`
  writeFileSync(job, readFileSync(job, 'utf8').replace('maxTokens: 100,', long))
  const first = readJson(plan, await call(folder.path, 'plan', 'notes', '--json'))
  expect(first.outputTokensPerRecord, 'not 60 % of 16,000').toMatchObject({ likely: 100, from: 'guess' })
  expect((await call(folder.path, 'plan', 'notes')).stdout).toMatch(/\$[\d.]+ by a guess · \$[\d.]+ at most/)
  await call(folder.path, 'try', 'notes', '-n', '3', '--yes')
  const tried = readJson(plan, await call(folder.path, 'plan', 'notes', '--json'))
  expect(tried.outputTokensPerRecord.from).toBe('try')
  await call(folder.path, 'run', 'notes', '--yes', '--limit', '5')
  const ran = readJson(plan, await call(folder.path, 'plan', 'notes', '--json'))
  expect(ran.outputTokensPerRecord.from).toBe('history')
})

test('what a plan with a deadline costs at most includes real time, and is enough as it is shown', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { records: 1_000 })
  const planned = await call(folder.path, 'plan', 'notes', '--deadline', '6s')
  const json = await call(folder.path, 'plan', 'notes', '--deadline', '6s', '--json')
  const { cost, deadline } = readJson(
    z.object({
      cost: z.object({ atMostMicroUsd: z.number(), atMostOnceMicroUsd: z.number() }),
      deadline: z.object({ atMostMicroUsd: z.number() }),
    }),
    json,
  )
  expect(deadline.atMostMicroUsd).toBe(cost.atMostMicroUsd)
  expect(cost.atMostMicroUsd).toBeGreaterThan(2 * cost.atMostOnceMicroUsd)
  const [, shown = ''] = /· (\S+) at most/.exec(planned.stdout) ?? []
  expect(parseUsd(shown)).toBeGreaterThanOrEqual(cost.atMostMicroUsd)
})
