import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { attemptStates } from '../../src/domain/attempt.ts'
import { OffpeakError } from '../../src/domain/errors.ts'
import { specOf } from '../../src/engine/spec.ts'
import type { AttemptRow, LedgerRow } from '../../src/ports/state.ts'
import type { Store } from '../../src/ports/store.ts'
import { openStore } from '../../src/stores/open.ts'
import { runCli, serve } from '../cli/child.ts'
import { linesOf } from '../cli/project.ts'
import { sumOf } from '../engine/run-kit.ts'
import { claimAttempt, claimRun, newRun, required } from '../../src/testing/stores/fixtures.ts'
import { type CopiedState, copyState, keptVersions, laterVersion, type Row } from './upgrade/copy.ts'
import { SmallProvider } from './upgrade/small-provider.ts'

const titleLine = z.object({ key: z.string(), title: z.string() })
const epochSeconds = (): number => Math.floor(Date.now() / 1_000)

/** Columns that a later schema reads anew, each with a test of its own. */
const rewritten: Readonly<Record<string, readonly string[]>> = {
  attempts: ['state', 'reason', 'fenced_at', 'ending'],
  runs: ['pause_kind', 'spec'],
  intents: ['intent'],
}

/** What a later schema calls otherwise in the JSON that it keeps. */
const renamed = {
  '"lane":': '"deliveryMode":',
  '"lineage":': '"projectId":',
  '"fileId":': '"staged":',
}

describe.for(await keptVersions())('a state of schema %s', (version) => {
  // What the first version kept in words alone, later ones have in columns.
  const isFirst = version === '0001'

  describe.for(['SQLite', 'PostgreSQL'] as const)('in %s', (kind) => {
    test('is brought up to date without losing a row, or a value of a column that is still there', async () => {
      await using copy = await copyState(version, kind)
      const before = await copy.tables()
      await (await openStore(copy.location, 'other'))[Symbol.asyncDispose]()
      const after = await copy.tables()
      for (const [table, rows] of before) {
        // What was tried is in the ledger now, as a run.
        if (table.startsWith('kysely_') || table === 'tries' || rows.length === 0) continue
        const now = required(after.get(table))
        const columns = Object.keys(required(rows[0])).filter(
          (column) => column in required(now[0]) && !(rewritten[table] ?? []).includes(column),
        )
        expect(columns, table).not.toHaveLength(0)
        expect(textsOf(now, columns), table).toEqual(expect.arrayContaining([...textsOf(rows, columns)]))
        // A version may note something of its own there.
        if (table !== 'meta') expect(now, table).toHaveLength(rows.length)
      }
    })

    test('has the words of today in what it keeps as JSON, and the same values', async () => {
      await using copy = await copyState(version, kind)
      const before = await copy.tables()
      await (await openStore(copy.location, 'other'))[Symbol.asyncDispose]()
      const after = await copy.tables()
      for (const [table, column] of [
        ['runs', 'spec'],
        ['intents', 'intent'],
      ] as const) {
        if (!before.has(table)) continue
        const expected = valuesOf(before, table, column).map((text) =>
          Object.entries(renamed).reduce((now, [word, instead]) => now.replaceAll(word, instead), text),
        )
        expect(valuesOf(after, table, column).sort(), table).toEqual(expected.sort())
      }
    })

    test('is read by the store: runs with their jobs, attempts in every state, requests', async () => {
      await using copy = await copyState(version, kind)
      const before = await copy.tables()
      await using store = await openStore(copy.location, 'other')
      expect(store.projectId).toBe('fixture1')
      const runs = await store.runs({ limit: 1_000 })
      expect(runs.map(({ id }) => id).sort()).toEqual(valuesOf(before, 'runs', 'id').sort())
      expect(runs.map(({ pauseKind }) => pauseKind ?? '').sort()).toEqual(
        required(before.get('runs'))
          .map(({ pause_kind: kind }) => (kind === 'held' ? 'submit' : typeof kind === 'string' ? kind : ''))
          .sort(),
      )
      for (const run of runs) expect(specOf(run).job).toBe(run.job)
      const attempts = await allAttempts(store)
      expect(attempts.map(({ id, state }) => `${id} ${state}`)).toEqual(
        required(before.get('attempts'))
          .map(
            ({ id, state }) => `${String(id)} ${state === 'lost' && isFirst ? 'in_progress' : String(state)}`,
          )
          .sort((one, other) => Number.parseInt(one) - Number.parseInt(other)),
      )
      for (const { state } of attempts) expect(attemptStates).toContain(state)
      const requests = await Promise.all(runs.map(({ id }) => store.requests(id, { limit: 1_000 })))
      expect(requests.flat()).toHaveLength(required(before.get('requests')).length)
      for (const { job, key, fingerprint, run_id: runId } of required(before.get('done')))
        expect(await store.doneBefore(String(job), [String(key)], false)).toEqual(
          new Map([[key, { fingerprint, runId }]]),
        )
    })

    if (isFirst)
      test('has in columns of their own how batches ended, what their services said and what attempts wait for', async () => {
        await using copy = await copyState(version, kind)
        const before = new Map(
          required((await copy.tables()).get('attempts')).map((row) => [Number(row['id']), row]),
        )
        await using store = await openStore(copy.location, 'other')
        for (const attempt of await allAttempts(store)) {
          const { state, reason } = required(before.get(attempt.id))
          const was = typeof reason === 'string' ? reason : ''
          if (state === 'merged' || state === 'collected') expect(attempt.ending).toBe(reason)
          if (was.startsWith('[')) expect(attempt.errors).toBe(reason)
          if (was.startsWith('waits for the budget')) expect(attempt.waitsFor).toBe('budget')
          if (was.startsWith('waits for enqueued')) expect(attempt.waitsFor).toBe('tokens')
          // What was given up after some minutes is looked for again.
          if (state === 'lost') expect(attempt).toMatchObject({ state: 'in_progress', waitsFor: 'batch' })
        }
      })

    test('tells an attempt that was cancelled before it was sent from one that failed by a column', async () => {
      await using copy = await copyState(version, kind)
      await using store = await openStore(copy.location, 'other')
      const ended = (await allAttempts(store)).filter(({ state }) => state === 'void')
      expect(new Set(ended.map(({ ending }) => ending))).toEqual(new Set([null, 'cancelled']))
      for (const { ending, reason } of ended)
        expect(ending === 'cancelled', reason ?? '').toBe(reason?.startsWith('cancelled') === true)
    })

    test('holds in budgets and quotas what its attempts hold, and has spent what the ledger settled', async () => {
      await using copy = await copyState(version, kind)
      const before = await copy.tables()
      await using store = await openStore(copy.location, 'other')
      const attempts = await allAttempts(store)
      const ledger = await store.ledger({})
      const budgets = await store.budgets(valuesOf(before, 'budgets', 'key'))
      expect(budgets).toHaveLength(required(before.get('budgets')).length)
      for (const { key, reservedMicroUsd, spentMicroUsd } of budgets) {
        const mine = attempts.filter((attempt) => budgetKeys(attempt).includes(key))
        expect({ key, reservedMicroUsd, spentMicroUsd }).toEqual({ key, ...heldOf(mine, ledger, isFirst) })
      }
      for (const { key, usedTokens } of await store.quotas()) {
        const held = attempts.filter(({ quotaKey, holdsTokens }) => quotaKey === key && holdsTokens === 1)
        expect(usedTokens).toBe(held.reduce((sum, { reservedTokens }) => sum + reservedTokens, 0))
      }
    })

    test('has a live run that is carried on: each row is written once, and the ledger says what was billed', async () => {
      await using copy = await copyState(version, kind)
      await using provider = await SmallProvider.start(copy.remote, epochSeconds, true)
      const { host } = new URL(provider.baseUrl)
      // A server of a test has another port each time.
      for (const account of isFirst ? [] : valuesOf(await copy.tables(), 'runs', 'account'))
        await copy.execute(
          `update runs set account = '${host}/${account.split('/')[1]}' where account = '${account}'`,
        )
      const before = await openStore(copy.location, 'other')
      const { id } = required((await before.runs({ job: 'titles', live: true, limit: 1 }))[0])
      const others = (await allAttempts(before)).filter(({ runId }) => runId !== id)
      expect((await before.attempts(id)).map(({ state }) => state)).toEqual([
        'collected',
        'in_progress',
        'waiting',
      ])
      await before[Symbol.asyncDispose]()

      const { exit, stderr } = await runCli(copy.dir, ['resume', id, '--json'], environmentOf(provider))
      expect(exit, stderr).toBe(0)

      const written = linesOf(join(copy.dir, 'titles.jsonl'), titleLine)
      expect(written.map(({ key }) => Number(key)).sort((one, other) => one - other)).toEqual(
        Array.from({ length: 12 }, (_row, index) => index + 1),
      )
      for (const { key, title } of written) expect(title).toBe(`Article ${key} tells of`)
      await using store = await openStore(copy.location, 'other')
      expect(await store.run(id)).toMatchObject({ state: 'done', liveKey: null })
      expect((await store.attempts(id)).map(({ state }) => state)).toEqual(['merged', 'merged', 'merged'])
      expect((await store.requests(id, { limit: 100 })).map(({ outcome }) => outcome)).toEqual(
        Array.from({ length: 12 }, () => 'merged'),
      )
      expect(provider.created, 'only what was waiting is sent').toBe(1)
      expect(provider.answered).toBe(12)
      const settled = sumOf(await store.ledger({ runId: id }), 'settle')
      expect(settled).toBe(provider.billedMicroUsd)
      expect(await store.budget(`run:${id}`)).toMatchObject({ reservedMicroUsd: 0, spentMicroUsd: settled })
      expect((await allAttempts(store)).filter(({ runId }) => runId !== id)).toEqual(others)
    })
  })
})

describe.for(['SQLite', 'PostgreSQL'] as const)('a state in %s that a later version takes over', (kind) => {
  const open = async (): Promise<CopiedState> => copyState(required((await keptVersions()).at(-1)), kind)

  test('is refused when it is opened, without its password', async () => {
    await using copy = await open()
    await copy.execute(laterVersion)
    const thrown = await failureOf(openStore(copy.location, 'other'))
    expect(thrown).toMatchObject({ code: 'E_STATE_VERSION', money: 'no' })
    const password = URL.parse(copy.location)?.password ?? ''
    if (password !== '') expect(thrown.where).not.toContain(password)
  })

  test('is left alone by whoever had it open, from the next claim on', async () => {
    await using copy = await open()
    await using store = await openStore(copy.location, 'other')
    const { id } = required((await store.runs({ job: 'titles', limit: 1 }))[0])
    const [first] = await store.attempts(id)
    const now = Date.now()
    await store.release(await claimRun(store, id, now), now)
    await copy.execute(laterVersion)
    const before = await copy.tables()
    for (const claiming of [claimRun(store, id, now), claimAttempt(store, required(first).id, now)])
      expect(await failureOf(claiming)).toMatchObject({
        code: 'E_STATE_VERSION',
        money: 'no',
        message: expect.stringContaining('9999_future'),
      })
    expect(await copy.tables()).toEqual(before)
  })

  test('takes nothing more that people ask for through a process that had it open', async () => {
    await using copy = await open()
    await using store = await openStore(copy.location, 'other')
    const { id } = required((await store.runs({ job: 'titles', limit: 1 }))[0])
    await copy.execute(laterVersion)
    const before = await copy.tables()
    const now = Date.now()
    const asked: Readonly<Record<string, () => Promise<unknown>>> = {
      start: () => store.startRun({ ...newRun('newone'), job: 'other', now, budgets: [] }),
      cancel: () => store.changeRun(id, ['running', 'building', 'paused'], { state: 'cancelling' }),
      wake: () => store.wakeAttempts(id, now),
      releaseLeasesOf: () => store.releaseLeasesOf('somebody', now),
      budget: () => store.setBudget(`run:${id}`, 1),
      retry: () => store.markAgain(id, { outcomes: ['merged'] }, null),
      accept: () => store.acceptWaiting(id, ['missing'], now),
      reopen: () => store.reopenLost(id, [1], now),
      quota: () => store.setQuota('openai/gpt-4o-mini', { limitTokens: 1 }),
      join: () => store.joinAgain(id),
      done: () => store.markDone('titles', '1', 'print', now),
      revoke: () => store.revokeKey('any', now),
      prefer: () => store.prefer({ a: id, b: id }, '1', 'tie', now),
    }
    for (const [name, ask] of Object.entries(asked))
      expect(await failureOf(ask()), name).toMatchObject({ code: 'E_STATE_VERSION', money: 'no' })
    expect(await copy.tables()).toEqual(before)
  })

  test('is named where a statement does not fit it any more', async () => {
    await using copy = await open()
    await using store = await openStore(copy.location, 'other')
    const { id } = required((await store.runs({ job: 'titles', limit: 1 }))[0])
    const claim = await claimRun(store, id, Date.now())
    await copy.execute(laterVersion)
    await copy.execute('alter table runs rename column round to rounds')
    expect(await failureOf(store.saveRun(claim, { round: 1 }))).toMatchObject({
      code: 'E_STATE_VERSION',
      money: 'unknown',
    })
  })

  test('ends a worker that has been at it', async () => {
    await using copy = await open()
    await using provider = await SmallProvider.start(copy.remote, epochSeconds, false)
    await using worker = await serve(copy.dir, ['worker', '--json'], environmentOf(provider))
    await expect.poll(() => provider.polls, { timeout: 30_000 }).toBeGreaterThan(0)
    await copy.execute(laterVersion)
    const { exit, stdout } = await worker.ended
    expect(stdout).toContain('E_STATE_VERSION')
    expect(exit).toBe(1)
    expect(provider.created, 'no batch but the one that was waiting').toBeLessThanOrEqual(1)
  })
})

function environmentOf(provider: SmallProvider): Readonly<Record<string, string>> {
  return { OPENAI_API_KEY: 'sk-fixture', OPENAI_BASE_URL: provider.baseUrl }
}

async function failureOf(failing: Promise<unknown>): Promise<OffpeakError> {
  const thrown: unknown = await failing.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (thrown instanceof OffpeakError) return thrown
  throw new Error(`it does not fail as it should: ${String(thrown)}`)
}

async function allAttempts(store: Store): Promise<readonly AttemptRow[]> {
  const runs = await store.runs({ limit: 1_000 })
  const attempts = (await Promise.all(runs.map(({ id }) => store.attempts(id)))).flat()
  return attempts.toSorted((one, other) => one.id - other.id)
}

function budgetKeys({ budgetKeys: column }: AttemptRow): readonly string[] {
  return z.array(z.string()).parse(JSON.parse(column))
}

/** What attempts hold of a budget, and what they have spent of it. */
function heldOf(
  attempts: readonly AttemptRow[],
  ledger: readonly LedgerRow[],
  /** Before, what was paid twice counted in no budget. */
  isFirst: boolean,
): { readonly reservedMicroUsd: number; readonly spentMicroUsd: number } {
  let [reservedMicroUsd, spentMicroUsd] = [0, 0]
  for (const { id, reservedMicroUsd: reserved } of attempts) {
    const kinds = new Map(
      ledger
        .filter(({ attemptId }) => attemptId === id)
        .map(({ kind, amountMicroUsd }) => [kind, amountMicroUsd]),
    )
    expect(kinds.get('reserve'), `attempt ${id}`).toBe(reserved)
    if (!kinds.has('settle') && !kinds.has('void')) reservedMicroUsd += reserved
    spentMicroUsd += (kinds.get('settle') ?? 0) + (isFirst ? 0 : (kinds.get('duplicate') ?? 0))
  }
  return { reservedMicroUsd, spentMicroUsd }
}

function textsOf(rows: readonly Row[], columns: readonly string[]): readonly string[] {
  return rows.map((row) => JSON.stringify(columns.map((column) => row[column]))).sort()
}

function valuesOf(tables: ReadonlyMap<string, readonly Row[]>, table: string, column: string): string[] {
  return required(tables.get(table)).map((row) => String(row[column]))
}
