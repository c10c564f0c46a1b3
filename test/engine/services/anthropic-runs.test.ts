import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { parseSums } from '../../../src/domain/sums.ts'
import { openClaude } from './anthropic-kit.ts'
import { begin, carry, checkMoney, requestsOf, sinkRows } from '../run-kit.ts'

const cents = 1_000_000

test.for([
  'none',
  'lost-create@2',
  'lost-create@2:answer=500',
  'short-download@all',
  'short-download@all:cut=mid-line',
  'gzip',
  'clock-skew:seconds=-3600',
  'anthropic-404-after-create@all:seconds=20',
])('with %s every record is answered and paid once', async (scenario) => {
  await using project = await openClaude()
  if (scenario !== 'none') project.emulator.play(scenario)
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(sinkRows(project)).toHaveLength(12)
  expect(project.emulator.bill()).toMatchObject({ requests: 12, duplicate_requests: 0 })
  await checkMoney(project, runId)
})

test('what is merged is deleted with its batch, and the list that forgets it is believed all the same', async () => {
  await using project = await openClaude()
  const first = await begin(project)
  await carry(project, first)
  project.emulator.play('lost-create@1')
  const second = await begin(project, { redo: true })
  expect(await carry(project, second)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(project.emulator.bill().requests, 'each run is paid once').toBe(24)
  expect((await project.offpeak.store.events(second, 0, 100)).map(({ kind }) => kind)).toContain('adopted')
})

test('a create that never came there is held and told, and bought again by a person alone', async () => {
  await using project = await openClaude('claude-haiku-5-5', { records: 10 })
  // All of it has left by the time that the connection is cut: what was cut off before its end is sent again.
  for (const action of [{ type: 'hang', ms: 300 }, { type: 'drop' }] as const)
    project.emulator.addFault({ operation: 'batches.create', when: 'before', times: 1, action })
  const runId = await begin(project)
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'paused', pauseKind: 'answers', counts: { merged: 5 } })
  expect(status.pauseReason).toMatch(/does not tell whether a batch was made.*no means to prove/)
  expect(status.money.reservedMicroUsd, 'stays held').toBeGreaterThan(0)
  expect(project.emulator.bill()).toMatchObject({ requests: 5, duplicate_requests: 0 })
})

test('a batch that may be ours and has not ended is waited for in words, until a person says otherwise', async () => {
  await using project = await openClaude('claude-haiku-5-5', { records: 10 })
  project.emulator.play('stuck-in-progress@1:fraction=0')
  project.emulator.play('lost-create@1')
  const runId = await begin(project)
  const over = new AbortController()
  const carried = carry(project, runId, over.signal)
  const waiting = async (): Promise<string | undefined> =>
    (await project.offpeak.status(runId)).batches.find(({ wait }) => wait?.for === 'hidden')?.wait?.message ??
    undefined
  let words = await waiting()
  for (; words === undefined; words = await waiting()) await sleep(20)
  over.abort()
  await carried
  expect(words).toMatch(/^msgbatch_\w+ has as many requests, and does not show them yet$/)
  expect(project.emulator.bill()).toMatchObject({ duplicate_requests: 0 })
  await project.offpeak.accept(runId)
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'done', counts: { merged: 5, lost: 5 } })
  expect(status.money.possiblyPaidMicroUsd).toBeGreaterThan(0)
})

test('requests that the account could not pay for pause the run, and go again without a lost try', async () => {
  await using project = await openClaude('claude-haiku-5-5', {
    records: 6,
    job: "parameters: { thinking: { type: 'disabled' } }, retry: { max: 2 },",
  })
  project.emulator.play('anthropic-low-credit@all')
  const runId = await begin(project)
  // More often than its tries, and more often than those that are given to it.
  for (let round = 0; round < 9; round += 1) {
    const status = await carry(project, runId)
    expect(status).toMatchObject({ state: 'paused', pauseKind: 'provider' })
    expect(status.pauseReason).toMatch(/credit balance is too low.*cost nothing, and go again/)
    await project.offpeak.resume(runId, null)
  }
  expect(await carry(project, runId)).toMatchObject({ state: 'paused', pauseKind: 'provider' })
  expect(project.emulator.bill()).toMatchObject({ requests: 0, cost_micro_usd: 0 })
  // A second batch of the last round may still be there, and says the same.
  const isThere = ({ state }: { readonly state: string }): boolean =>
    state !== 'merged' && state !== 'waiting'
  while ((await project.offpeak.store.attempts(runId)).some(isThere)) {
    await project.offpeak.resume(runId, null)
    await carry(project, runId)
  }
  project.emulator.clearFaults()
  await project.offpeak.resume(runId, null)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 6 } })
  expect(
    (await requestsOf(project, runId)).map(({ tries, infrastructureFailures }) => [
      tries,
      infrastructureFailures,
    ]),
  ).toEqual(Array.from({ length: 6 }, () => [1, 0]))
  await checkMoney(project, runId)
})

test('answers of another tier are counted at the price of real time, and told', async () => {
  await using project = await openClaude()
  project.emulator.play('wrong-tier@all')
  const runId = await begin(project)
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(status.money).toMatchObject({ otherTierAnswers: 12, savedMicroUsd: 0 })
  await checkMoney(project, runId)
  const tiers = (await project.offpeak.store.events(runId, 0, 100)).filter(
    ({ kind }) => kind === 'answers.tier',
  )
  expect(tiers.length, 'once a batch').toBe(3)
})

test('thoughts that have taken the whole limit are a cut answer, with how much they took', async () => {
  await using project = await openClaude('claude-haiku-5-5', { job: '' })
  project.emulator.play('thinking-eats-limit@all')
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { truncated: 12 } })
  expect((await requestsOf(project, runId))[0]?.reason).toMatch(/100/)
  await checkMoney(project, runId)
})

test('requests that were refused as they ran are failed, in the words of the service, and cost nothing', async () => {
  await using project = await openClaude()
  project.emulator.play('anthropic-late-400@all:every=5')
  const runId = await begin(project)
  const status = await carry(project, runId)
  expect(status.counts).toMatchObject({ failed: 3, merged: 9 })
  expect((await requestsOf(project, runId)).find(({ outcome }) => outcome === 'failed')?.reason).toMatch(
    /invalid_request_error: max_tokens/,
  )
  await checkMoney(project, runId)
})

test('an invalid answer is asked again together with what was wrong', async () => {
  await using project = await openClaude('claude-haiku-5-5', {
    job: "parameters: { thinking: { type: 'disabled' } }, retry: { max: 2, repair: true },",
    marker: (record) => (record === 3 ? '[[wrong_schema]]' : record === 5 ? '[[server_error_once]]' : ''),
  })
  const runId = await begin(project)
  const status = await carry(project, runId)
  expect(status.counts).toMatchObject({ merged: 11, invalid: 1 })
  expect(status.money.repairMicroUsd).toBeGreaterThan(0)
  await checkMoney(project, runId)
})

test('a run that is cancelled keeps what was answered and is billed for no more', async () => {
  await using project = await openClaude()
  project.emulator.play('stuck-in-progress@all:fraction=0.5')
  const runId = await begin(project)
  const begun = carry(project, runId, AbortSignal.timeout(20_000))
  while (project.emulator.state().batches.length < 3) await sleep(20)
  await project.offpeak.cancel(runId)
  await begun
  expect(await carry(project, runId)).toMatchObject({ state: 'cancelled' })
  await checkMoney(project, runId)
})

test('a run that is cancelled just after a create is not given up while its batch may still be unseen', async () => {
  await using project = await openClaude('claude-haiku-5-5', { records: 5 })
  for (const operation of ['batches.retrieve', 'batches.cancel'])
    project.emulator.addFault({
      operation,
      when: 'before',
      times: 6,
      action: { type: 'status', status: 404, fields: { message: 'Message batch not found.' } },
    })
  const runId = await begin(project)
  const begun = carry(project, runId)
  while (project.emulator.state().batches.length === 0) await sleep(10)
  await project.offpeak.cancel(runId)
  await begun
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'cancelled', money: { possiblyPaidMicroUsd: 0 } })
  expect(status.counts).not.toHaveProperty('lost')
  await checkMoney(project, runId)
})

test('what a batch had no time for is sent again', async () => {
  await using project = await openClaude()
  project.emulator.play('expire-partial@1')
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(project.emulator.bill()).toMatchObject({ requests: 12, duplicate_requests: 0 })
  await checkMoney(project, runId)
})

test('in real time each is a message, at full price and without an alarm', async () => {
  await using project = await openClaude()
  const runId = await begin(project, { deliveryMode: 'realtime' })
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'done', counts: { merged: 12 }, money: { otherTierAnswers: 0 } })
  await checkMoney(project, runId)
})

test('writes to a cache, for minutes and for an hour, and reads from it are counted at their own prices', async () => {
  for (const ttl of ['5m', '1h']) {
    await using project = await openClaude('claude-opus-5', {
      records: 6,
      job: `prompt: ({ row }) => ({ system: 'The harbour was quiet. '.repeat(400), user: row.text }),
        parameters: { cache_control: { type: 'ephemeral', ttl: '${ttl}' } },`,
    })
    const runId = await begin(project, {}, 10 * cents)
    expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 6 } })
    await checkMoney(project, runId)
    const sums = (await project.offpeak.store.batches(runId)).map(({ usage }) => parseSums(usage))
    const total = (name: string): number => sums.reduce((sum, usage) => sum + (usage[name] ?? 0), 0)
    expect(total('cachedTokens'), 'some read what others have written').toBeGreaterThan(1_024)
    expect(total('longCacheWriteTokens')).toBe(ttl === '1h' ? total('cacheWriteTokens') : 0)
    expect(total('cacheWriteTokens')).toBeGreaterThan(1_024)
  }
})
