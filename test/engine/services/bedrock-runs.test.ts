import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { everything } from '../../../src/compose/selection.ts'
import { bucket, s3 } from '../../emulator/services/bedrock-kit.ts'
import { openBedrock } from './bedrock-kit.ts'
import { begin, carry, checkMoney, sinkRows } from '../run-kit.ts'

test.for([
  'none',
  'bedrock-same-token-twice',
  'lost-create@1',
  'lost-create@1:answer=502',
  'short-download@all',
  'clock-skew:seconds=-3600',
])('with %s every record is answered and paid once, in one job', async (scenario) => {
  await using project = await openBedrock()
  if (scenario !== 'none') project.emulator.play(scenario)
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 120 } })
  expect(sinkRows(project)).toHaveLength(120)
  expect(project.emulator.bill()).toMatchObject({ requests: 120, duplicate_requests: 0 })
  expect(project.emulator.state().batches).toHaveLength(1)
  await checkMoney(project, runId)
})

test('fewer records than a job takes are asked one by one, and the plan says so', async () => {
  await using project = await openBedrock({ records: 30 })
  const plan = await project.offpeak.plan('notes', everything)
  expect(plan.warnings.join(' ')).toMatch(/at least 100 requests here: these 30 are asked one by one/)
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 30 } })
  expect(project.emulator.state().batches).toHaveLength(0)
  expect(project.emulator.bill()).toMatchObject({ requests: 30, duplicate_requests: 0 })
  await checkMoney(project, runId)
})

test('the rest of a run that is too small for a job is asked one by one', async () => {
  await using project = await openBedrock({ records: 120, settings: { batch: { maxRequests: 110 } } })
  const { cost, warnings } = await project.offpeak.plan('notes', everything)
  expect(warnings.join()).toContain('the 10 of the last file are asked one by one, without a discount')
  const share = (cost?.likelyMicroUsd ?? 0) / (cost?.realtimeMicroUsd ?? 1)
  expect(share).toBeCloseTo((110 * 0.5 + 10) / 120, 1)
  expect(cost?.savedMicroUsd).toBe((cost?.realtimeMicroUsd ?? 0) - (cost?.likelyMicroUsd ?? 0))
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 120 } })
  const attempts = await project.offpeak.store.attempts(runId)
  const sent = attempts.map(({ providerBatchId, remoteTotal }) => [providerBatchId !== null, remoteTotal])
  expect(sent).toHaveLength(2)
  expect(sent).toEqual(
    expect.arrayContaining([
      [true, 110],
      [false, 10],
    ]),
  )
  expect(project.emulator.bill()).toMatchObject({ requests: 120, duplicate_requests: 0 })
  await checkMoney(project, runId)
})

test('the few that failed in a job are asked again one by one', async () => {
  await using project = await openBedrock({
    job: 'retry: { max: 2, repair: true },',
    marker: (record) =>
      record === 3 ? '[[wrong_schema]]' : record === 5 || record === 7 ? '[[server_error_once]]' : '',
  })
  const runId = await begin(project)
  const status = await carry(project, runId)
  expect(status.counts).toMatchObject({ merged: 119, invalid: 1 })
  expect(status.money.repairMicroUsd).toBeGreaterThan(0)
  expect(project.emulator.state().batches).toHaveLength(1)
  await checkMoney(project, runId)
})

test('what a job had no time for is sent again, and what it answered is kept', async () => {
  await using project = await openBedrock()
  project.emulator.play('expire-partial@1')
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 120 } })
  expect(project.emulator.bill()).toMatchObject({ requests: 120, duplicate_requests: 0 })
  await checkMoney(project, runId)
})

test('a job that has never begun is sent again whole', async () => {
  await using project = await openBedrock()
  project.emulator.play('expire-all@1')
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 120 } })
  await checkMoney(project, runId)
})

test('a run that is cancelled keeps what was answered and is billed for no more', async () => {
  await using project = await openBedrock()
  project.emulator.play('stuck-in-progress@all:fraction=0.5')
  const runId = await begin(project)
  const begun = carry(project, runId, AbortSignal.timeout(20_000))
  while (project.emulator.state().batches.length < 1)
    await new Promise((resolve) => void setTimeout(resolve, 20))
  await project.offpeak.cancel(runId)
  await begun
  expect(await carry(project, runId)).toMatchObject({ state: 'cancelled' })
  await checkMoney(project, runId)
})

test('a job that wants more records than is known pauses the run in the words of Bedrock, and costs nothing', async () => {
  await using project = await openBedrock()
  project.emulator.play('bedrock-below-100@1:minimum=500')
  const runId = await begin(project)
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'paused' })
  expect(status.pauseReason).toMatch(/500/)
  expect(project.emulator.bill()).toMatchObject({ requests: 0, cost_micro_usd: 0 })
})

test('input, results and manifest are removed from the bucket once they are merged', async () => {
  await using project = await openBedrock()
  const client = s3(project.emulator)
  const keys = async (): Promise<readonly (string | undefined)[]> =>
    ((await client.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents ?? []).map(({ Key }) => Key)
  const runId = await begin(project)
  await carry(project, runId)
  expect((await project.offpeak.store.attempts(runId)).map(({ staged }) => staged)).toEqual([
    expect.stringMatching(/^s3:\/\/offpeak-emulator\/team\/input\/offpeak-/),
  ])
  expect(await keys()).toEqual([])
})
