import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { RunStatus } from '../../src/engine/queries/status.ts'
import { begin, openKit } from './run-kit.ts'

test('what a rule sends again needs nobody until the tries are used up', async () => {
  await using project = await openKit({ job: "check: ({ row }) => row.id > 2 || 'too plain'," })
  const { offpeak } = project
  const runId = await begin(project)
  const seen: RunStatus[] = []
  const driven = offpeak.drive({ runIds: [runId], signal: AbortSignal.timeout(60_000) })
  const over = driven.then(() => true)
  // Looks as often as it can: between an answer and its next try there is a file to be written.
  do seen.push(await offpeak.status(runId))
  while (!(await Promise.race([over, setImmediate(false)])))
  const failing = seen.filter(({ counts, finishedAt }) => (counts.invalid ?? 0) > 0 && finishedAt === null)
  expect(failing.length).toBeGreaterThan(0)
  for (const { counts, retrying, needsAttention } of failing)
    expect(retrying + needsAttention).toBe(counts.invalid)
  expect(failing[0], 'the first answers').toMatchObject({ needsAttention: 0 })
  expect(failing[0]?.retrying).toBeGreaterThan(0)
  const [live] = (await offpeak.runs({ limit: 1 })).items
  expect(live).toMatchObject({ retrying: 0, needsAttention: 3 })
  expect(await offpeak.status(runId)).toMatchObject({ state: 'done', retrying: 0, needsAttention: 3 })
  expect(project.emulator.bill()).toMatchObject({ requests: 12 + 3 + 3 })
  expect(await offpeak.groups(runId)).toMatchObject([
    { outcome: 'invalid', retrying: 0, needsAttention: true },
  ])
})
