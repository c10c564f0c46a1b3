import { expect, test } from 'vitest'
import { begin, carry, checkMoney, openKit } from './run-kit.ts'

const inOneFile = { batch: { maxRequests: 100 } }

test('a run of which not one answer fits the job asks a person before it buys them again', async () => {
  await using project = await openKit({
    records: 40,
    job: "check: () => 'too plain',",
    settings: inOneFile,
  })
  const runId = await begin(project)
  const paused = await carry(project, runId)
  expect(paused).toMatchObject({
    state: 'paused',
    pauseKind: 'unusable',
    retrying: 0,
    needsAttention: 40,
    counts: { invalid: 40 },
  })
  expect(paused.pauseReason).toContain(
    'not one of the 40 answers so far is usable (40 invalid), the first of them as: too plain',
  )
  expect(project.emulator.bill(), 'each was bought once').toMatchObject({ requests: 40 })
  await project.offpeak.resume(runId, null)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { invalid: 40 } })
  expect(project.emulator.bill(), 'who resumes it has decided').toMatchObject({ requests: 120 })
  await checkMoney(project, runId)
})

test('one good answer is enough to ask the others again, and so is a run that is too small to tell', async () => {
  await using one = await openKit({
    records: 40,
    job: "check: ({ row }) => row.id === 7 || 'too plain',",
    settings: inOneFile,
  })
  expect(await carry(one, await begin(one))).toMatchObject({
    state: 'done',
    counts: { merged: 1, invalid: 39 },
  })
  expect(one.emulator.bill()).toMatchObject({ requests: 40 + 39 + 39 })
  await using small = await openKit({ job: "check: () => 'too plain'," })
  expect(await carry(small, await begin(small))).toMatchObject({ state: 'done', counts: { invalid: 12 } })
  expect(small.emulator.bill()).toMatchObject({ requests: 36 })
})

test('files that were not sent are not bought for answers that are all cut, and a run without more ends', async () => {
  await using project = await openKit({
    records: 60,
    // Of so many files a few are enqueued at once.
    settings: { batch: { maxRequests: 4 }, quota: { 'compatible/gpt-4o-mini': { enqueuedTokens: 700 } } },
    marker: () => '[[length]]',
  })
  const runId = await begin(project)
  const paused = await carry(project, runId)
  expect(paused).toMatchObject({ state: 'paused', pauseKind: 'unusable' })
  expect(paused.pauseReason).toMatch(/^not one of the \d+ answers so far is usable \(\d+ truncated\)/)
  expect(paused.counts.truncated).toBeGreaterThanOrEqual(20)
  expect(project.emulator.bill().requests).toBeLessThan(60)
  await using whole = await openKit({
    records: 40,
    settings: inOneFile,
    marker: () => '[[length]]',
  })
  expect(await carry(whole, await begin(whole))).toMatchObject({ state: 'done', counts: { truncated: 40 } })
})

test('what a person drops of such a run is not bought again', async () => {
  await using project = await openKit({
    records: 40,
    job: "check: () => 'too plain',",
    settings: inOneFile,
  })
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'paused', pauseKind: 'unusable' })
  expect(await project.offpeak.cancelUnsent(runId, AbortSignal.timeout(60_000))).toMatchObject({
    retries: 40,
  })
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { invalid: 40 } })
  expect(project.emulator.bill()).toMatchObject({ requests: 40 })
  await checkMoney(project, runId)
})
