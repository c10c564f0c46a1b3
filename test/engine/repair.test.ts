import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { begin, carry, openKit, requestsOf } from './run-kit.ts'

const line = z.object({
  body: z.object({ messages: z.array(z.object({ role: z.string(), content: z.string() })) }),
})

/** The conversations in the request files of a project, longest first. */
function conversations(dir: string): readonly z.infer<typeof line>['body']['messages'][] {
  const files = join(dir, '.offpeak', 'files')
  return readdirSync(files)
    .filter((name) => /^[0-9a-z]+\.jsonl$/.test(name))
    .flatMap((name) => readFileSync(join(files, name), 'utf8').trimEnd().split('\n'))
    .map((text) => line.parse(JSON.parse(text)).body.messages)
    .toSorted((one, other) => other.length - one.length)
}

const check = "check: ({ row }) => row.id > 1 || 'too plain',"

test('an invalid answer is asked again with itself and what was wrong with it, and the cost is shown apart', async () => {
  await using project = await openKit({ job: `${check} retry: { max: 2, repair: true },` })
  const runId = await begin(project)
  const { counts, money } = await carry(project, runId)
  expect(counts).toEqual({ merged: 10, invalid: 2 })
  expect(project.emulator.bill()).toMatchObject({ requests: 14 })
  const [first = [], second = [], third = []] = conversations(project.dir)
  for (const repaired of [first, second]) {
    expect(repaired.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(repaired[1]?.content).toContain('"summary"')
    expect(repaired[2]?.content).toContain('That answer cannot be used: too plain.')
  }
  expect(third.map(({ role }) => role)).toEqual(['user'])
  expect(money.repairMicroUsd).toBeGreaterThan(0)
  expect(money.repairMicroUsd).toBeLessThan(money.spentMicroUsd)
  const repairs = (await project.offpeak.store.batches(runId)).filter(({ round }) => round > 0)
  expect(repairs).toHaveLength(1)
  // The record is known by what it means, as before.
  const plan = await project.offpeak.plan('notes', { params: {}, limit: null, only: null, redo: false })
  expect(plan).toMatchObject({ unchanged: 10, toSend: 2 })
})

test('without `repair`, and by hand, the same bytes are sent', async () => {
  await using project = await openKit({ job: `${check} retry: { max: 1, repair: true },` })
  const { offpeak } = project
  const runId = await begin(project)
  await carry(project, runId)
  await offpeak.retry(runId, { outcomes: ['invalid'], reason: null, keys: null })
  const { money } = await carry(project, runId)
  expect(project.emulator.bill()).toMatchObject({ requests: 14 })
  expect(conversations(project.dir).every((messages) => messages.length === 1)).toBe(true)
  expect(money.repairMicroUsd).toBe(0)
  expect((await requestsOf(project, runId)).filter(({ tries }) => tries === 2)).toHaveLength(2)
})
