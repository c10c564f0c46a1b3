import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts'
import { createDatabase } from '../support/postgres.ts'
import {
  begin,
  carry,
  type KitOptions,
  type KitProject,
  openKit,
  reopen,
  sinkRows,
  sumOf,
} from './run-kit.ts'

/** A project with two accounts: the service's own key, and a second server with a key of its own. */
async function openTwo(
  second: EmulatorOptions = {},
  options: KitOptions = {},
): Promise<{ readonly kit: KitProject; readonly second: Emulator } & AsyncDisposable> {
  const emulator = await startEmulator({
    speed: 2_000,
    announces: false,
    apiKeys: ['second-key'],
    ...second,
  })
  const kit = await openKit({
    records: 40,
    accounts: `accounts: [{}, { name: 'second', baseUrl: '${emulator.openaiBaseUrl}', apiKeyEnv: 'OFFPEAK_TEST_SECOND_KEY' }]`,
    ...options,
    emulator: { apiKeys: ['any-key'], ...options.emulator },
  })
  return {
    kit,
    second: emulator,
    async [Symbol.asyncDispose]() {
      await kit[Symbol.asyncDispose]()
      await emulator.close()
    },
  }
}

describe.for(['SQLite', 'PostgreSQL'] as const)('with a state in %s', (kind) => {
  test('the batches of a job go to both accounts, each is paid once, and nothing is left there', async () => {
    await using database = kind === 'SQLite' ? null : await createDatabase()
    await using two = await openTwo(
      {},
      {
        settings: {
          ...(database === null ? {} : { state: database.url }),
          batch: { maxRequests: 5, maxConcurrent: 2 },
        },
      },
    )
    const { kit, second } = two
    const runId = await begin(kit)
    const status = await carry(kit, runId)
    expect(status.state).toBe('done')
    expect(sinkRows(kit)).toHaveLength(40)
    const bills = [kit.emulator.bill(), second.bill()]
    expect(bills.map(({ requests }) => requests).reduce((sum, requests) => sum + requests)).toBe(40)
    for (const { requests, duplicate_requests: twice } of bills) {
      expect(requests).toBeGreaterThan(0)
      expect(twice).toBe(0)
    }
    for (const emulator of [kit.emulator, second]) expect(emulator.state().files).toEqual([])
    const { store } = kit.offpeak
    const settled = sumOf(await store.ledger({ runId }), 'settle')
    const billed = bills.reduce((sum, bill) => sum + bill.cost_micro_usd, 0)
    expect(settled).toBeGreaterThanOrEqual(billed)
    expect(settled).toBeLessThanOrEqual(billed + status.batches.length)
    expect((await store.quotas()).map(({ key, usedTokens }) => [key, usedTokens])).toEqual([
      [expect.stringMatching(/^compatible\/gpt-4o-mini at 127\.0\.0\.1:\d+\/v1$/), 0],
      [expect.stringMatching(/^compatible\/gpt-4o-mini at 127\.0\.0\.1:\d+\/v1 @ second$/), 0],
    ])
    expect(new Set(status.batches.map(({ accountName }) => accountName))).toEqual(new Set([null, 'second']))
    for (const attempt of await store.attempts(runId)) expect(attempt.account).toBe(attempt.assignedAccount)
  })
})

test('an account is filled up to its own quota, as it was learned from its refusals', async () => {
  await using two = await openTwo({ enqueuedTokenLimit: 400 }, { emulator: { enqueuedTokenLimit: 800 } })
  const { kit, second } = two
  const runId = await begin(kit)
  expect((await carry(kit, runId)).state).toBe('done')
  expect(sinkRows(kit)).toHaveLength(40)
  expect(kit.emulator.bill().requests + second.bill().requests).toBe(40)
  const limits = (await kit.offpeak.store.quotas()).map(({ limitTokens }) => limitTokens)
  for (const [at, limit] of [800, 400].entries()) expect([null, limit]).toContain(limits[at])
})

test('an account that is refused gets nothing more, and the other goes on', async () => {
  await using two = await openTwo({ apiKeys: ['renewed'] })
  const { kit, second } = two
  const runId = await begin(kit)
  expect((await carry(kit, runId)).state).toBe('done')
  expect(second.bill().requests).toBe(0)
  expect(kit.emulator.bill().requests).toBe(40)
  const refused = await kit.offpeak.store.eventsOfKind(runId, 'account.refused')
  expect(refused.length).toBeGreaterThan(0)
  expect(JSON.parse(refused[0]?.data ?? '')).toMatchObject({ account: 'second' })
})

test('where every account is refused, the run waits for a person', async () => {
  await using two = await openTwo({ apiKeys: ['renewed'] }, { emulator: { apiKeys: ['renewed'] } })
  const { kit } = two
  const runId = await begin(kit)
  const status = await carry(kit, runId)
  expect(status).toMatchObject({ state: 'paused', pauseKind: 'credentials' })
  expect(status.money.spentMicroUsd).toBe(0)
})

test('a create of the second account that nobody answered is found in its own list', async () => {
  await using two = await openTwo()
  const { kit, second } = two
  second.addFault({ operation: 'batches.create', when: 'after', times: 2, action: { type: 'drop' } })
  const runId = await begin(kit)
  expect((await carry(kit, runId)).state).toBe('done')
  expect(second.bill().duplicate_requests).toBe(0)
  expect(kit.emulator.bill().requests + second.bill().requests).toBe(40)
  expect((await kit.offpeak.store.eventsOfKind(runId, 'adopted')).length).toBeGreaterThan(0)
})

test('a key that is taken out of the list leaves its batches waiting, and they are read when it is there again', async () => {
  const slow = { speed: 100, pace: { linesPerSecond: 0.0003, maxInProgressSeconds: 20_000 } }
  await using two = await openTwo(slow, { emulator: slow })
  const { kit, second } = two
  const runId = await begin(kit)
  const stop = new AbortController()
  const { store } = kit.offpeak
  await kit.offpeak.drive({
    runIds: [runId],
    signal: stop.signal,
    until: async () =>
      (await store.attempts(runId)).filter(({ state }) => state === 'in_progress').length === 8,
  })
  const file = join(kit.dir, 'jobs/notes.job.ts')
  const both = await readFile(file, 'utf8')
  await writeFile(file, both.replace(/accounts: \[.*\] \}\)/, '})'))
  for (const emulator of [kit.emulator, second]) emulator.advanceClock(30_000_000)
  {
    await using alone = await reopen(kit)
    const status = await carry({ offpeak: alone }, runId)
    expect(status).toMatchObject({ state: 'paused', pauseKind: 'credentials' })
    const waiting = status.batches.filter(({ wait }) => wait !== null)
    expect(new Set(waiting.map(({ accountName }) => accountName))).toEqual(new Set(['second']))
    expect(waiting.every(({ wait }) => wait?.for === 'account')).toBe(true)
    expect(status.jobChange).toBeNull()
  }
  await writeFile(file, both)
  await using again = await reopen(kit)
  await again.resume(runId, null)
  expect((await carry({ offpeak: again }, runId)).state).toBe('done')
  expect(sinkRows(kit)).toHaveLength(40)
  expect(kit.emulator.bill().requests + second.bill().requests).toBe(40)
})

test('a create that nobody answered waits for its key where that is gone, and is given up by a person alone', async () => {
  await using two = await openTwo(
    {},
    {
      settings: {
        batch: { maxRequests: 5 },
        timings: { pollEveryMs: 30, settleMs: [3_600_000], listingLagMs: 50 },
      },
    },
  )
  const { kit, second } = two
  second.addFault({ operation: 'batches.create', when: 'before', times: 99, action: { type: 'drop' } })
  const runId = await begin(kit)
  const { store } = kit.offpeak
  const inDoubt = async (): Promise<number> => (await store.attempts(runId, ['in_doubt'])).length
  await kit.offpeak.drive({
    runIds: [runId],
    signal: AbortSignal.timeout(60_000),
    until: async () =>
      (await inDoubt()) + (await store.attempts(runId, ['merged'])).length === 8 && (await inDoubt()) > 0,
  })
  const lost = await inDoubt()
  const file = join(kit.dir, 'jobs/notes.job.ts')
  await writeFile(file, (await readFile(file, 'utf8')).replace(/accounts: \[.*\] \}\)/, '})'))
  await using alone = await reopen(kit)
  await alone.resume(runId, null)
  const paused = await carry({ offpeak: alone }, runId)
  expect(paused).toMatchObject({ state: 'paused', pauseKind: 'credentials' })
  expect(kit.emulator.bill().requests).toBe(40 - 5 * lost)

  expect(await alone.accept(runId)).toMatchObject({ batches: lost, ofAnotherKey: lost })
  await alone.resume(runId, null)
  const { state, counts, money } = await carry({ offpeak: alone }, runId)
  expect([state, counts.lost]).toEqual(['done', 5 * lost])
  expect(money.possiblyPaidMicroUsd).toBeGreaterThan(0)
  expect(kit.emulator.bill().requests).toBe(40 - 5 * lost)
})
