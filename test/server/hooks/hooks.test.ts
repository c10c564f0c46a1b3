import { readFileSync } from 'node:fs'
import { openProject } from '../../../src/compose/open-project.ts'
import type { IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { deliverNotices } from '../../../src/server/hooks/deliver.ts'
import type { DeliveryOptions } from '../../../src/server/hooks/tell.ts'
import type { Store } from '../../../src/ports/store.ts'
import { begin, carry, openKit, type KitProject } from '../../engine/run-kit.ts'
import { createDatabase } from '../../support/postgres.ts'
import { openReceiver } from './receiver.ts'

const secret = `whsec_${Buffer.from('a secret of thirty-two bytes....').toString('base64')}`
const quick = { leaseMs: 2_000, backoff: { baseMs: 20, maxMs: 50 } } as const

function signatureOf(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

/** Tells while something is done. */
async function tellWhile(
  { offpeak }: Pick<KitProject, 'offpeak'>,
  work: () => Promise<void>,
  options: Partial<DeliveryOptions> = {},
): Promise<void> {
  const stop = new AbortController()
  const told = deliverNotices(offpeak, { signal: stop.signal, timings: quick, ...options })
  try {
    // It begins with what happens from its first look on.
    await sleep(100)
    await work()
  } finally {
    stop.abort()
    await told
  }
}

test('an endpoint hears of a run from its plan to its end, signed, in order, without any content', async () => {
  await using receiver = await openReceiver()
  await using project = await openKit({ settings: { notify: [{ url: receiver.url, secret }] } })
  await tellWhile(
    project,
    async () => {
      const run = await begin(project)
      await carry(project, run)
      const last = await receiver.until('run.completed')
      expect(receiver.types()).toEqual([
        'run.planned',
        'run.submitted',
        'run.progress',
        'run.progress',
        'run.progress',
        'run.completed',
      ])
      const order = receiver.got.map(({ id }) => Number(id.split('_').at(-2)))
      expect(order).toEqual(order.toSorted((one, other) => one - other))
      expect(last.notice.data).toMatchObject({
        run,
        job: 'notes',
        state: 'done',
        pause: null,
        counts: { merged: 12 },
        pending: 0,
        needsAttention: 0,
        money: { reservedMicroUsd: 0, capMicroUsd: 1_000_000 },
        link: `https://offpeak.test/runs/${run}`,
      })
      const hook = new Webhook(secret)
      for (const { headers, body } of receiver.got) {
        expect(hook.verify(body, signatureOf(headers))).toMatchObject({ data: { run } })
        expect(body).not.toMatch(/ship|summary/)
      }
    },
    { linkTo: (run) => `https://offpeak.test/runs/${run}` },
  )
})

test('a refused message is sent again under the same id, before all that come later', async () => {
  await using receiver = await openReceiver(({ notice }, n) =>
    notice.type === 'run.submitted' && n < 5 ? 503 : 200,
  )
  await using project = await openKit({ settings: { notify: [{ url: receiver.url }] } })
  const refused: string[] = []
  const onRefused: DeliveryOptions['onRefused'] = (host, why) => void refused.push(`${host} ${why}`)
  const work = async (): Promise<void> => {
    await carry(project, await begin(project))
    await receiver.until('run.completed')
    expect(receiver.types().slice(0, 5)).toEqual([
      'run.planned',
      'run.submitted',
      'run.submitted',
      'run.submitted',
      'run.submitted',
    ])
    expect(new Set(receiver.got.slice(1, 5).map(({ id }) => id)).size).toBe(1)
    expect(
      receiver.got[0]?.headers['webhook-signature'],
      'nothing is signed without a secret',
    ).toBeUndefined()
  }
  await tellWhile(project, work, { onRefused })
  expect(refused).toEqual(Array(3).fill(`${new URL(receiver.url).host} it answered 503`))
})

test('what was not told before an end is told after the next start, once, by one of two processes', async () => {
  await using receiver = await openReceiver()
  await using project = await openKit({
    settings: { notify: [{ url: receiver.url, events: ['run.planned', 'run.completed'] }] },
  })
  await tellWhile(project, async () => undefined)
  await carry(project, await begin(project))
  expect(receiver.got).toHaveLength(0)
  await using other = await openProject({ cwd: project.dir })
  await tellWhile(project, () =>
    tellWhile({ offpeak: other }, async () => {
      await receiver.until('run.completed')
      await sleep(200)
    }),
  )
  expect(receiver.types()).toEqual(['run.planned', 'run.completed'])
})

describe.each(['SQLite', 'PostgreSQL'])('with its state in %s', (kind) => {
  test('an endpoint is looked at when another process has news, and not for anything else that happens', async () => {
    await using database = kind === 'PostgreSQL' ? await createDatabase() : null
    await using receiver = await openReceiver()
    await using project = await openKit({
      settings: { notify: [{ url: receiver.url }], ...(database === null ? {} : { state: database.url }) },
    })
    const { offpeak } = project
    let looks = 0
    const delivery: Store['delivery'] = (endpoint) => {
      looks += 1
      return offpeak.store.delivery(endpoint)
    }
    await using other = await openProject({ cwd: project.dir })
    await tellWhile(
      { offpeak: { ...offpeak, store: { ...offpeak.store, delivery } } },
      async () => {
        const run = await begin(project)
        await receiver.until('run.planned')
        const before = looks
        for (let n = 0; n < 20; n += 1) {
          await other.store.addEvent(run, Date.now(), 'run.waits', { n })
          await sleep(20)
        }
        await other.store.addEvent(run, Date.now(), 'run.paused', { kind: 'asked' })
        await receiver.until('run.paused')
        expect(looks).toBe(before + 1)
      },
      { timings: { leaseMs: 2_000, restMs: 3_600_000 } },
    )
  })

  test('what was refused is told again when it is due, though nothing happens', async () => {
    await using database = kind === 'PostgreSQL' ? await createDatabase() : null
    await using receiver = await openReceiver((_, n) => (n < 3 ? 503 : 200))
    await using project = await openKit({
      settings: { notify: [{ url: receiver.url }], ...(database === null ? {} : { state: database.url }) },
    })
    await tellWhile(
      project,
      async () => {
        await begin(project)
        await receiver.until('run.planned', 3)
      },
      { timings: { ...quick, restMs: 3_600_000 } },
    )
    expect(receiver.types()).toEqual(Array(3).fill('run.planned'))
  })
})

test('pauses for money and expired batches are told, and each endpoint hears what it asked for', async () => {
  await using all = await openReceiver()
  await using money = await openReceiver()
  await using project = await openKit({
    emulator: { scenarios: ['expire-partial'] },
    settings: {
      notify: [{ url: all.url }, { url: money.url, events: ['budget.reached', 'batch.expired'] }],
    },
  })
  await tellWhile(project, async () => {
    const run = await begin(project, {}, 1_000_000)
    await carry(project, run)
    await all.until('run.completed')
    const expired = await money.until('batch.expired')
    expect(expired.notice.data).toMatchObject({ run, batch: expect.any(Number) })
    await project.offpeak.store.changeRun(
      run,
      ['done'],
      { state: 'running' },
      { at: Date.now(), kind: 'run.paused', data: { kind: 'budget' } },
    )
    await money.until('budget.reached')
    await all.until('budget.reached')
    expect(money.types()).toEqual(['batch.expired', 'budget.reached'])
    expect(all.types().slice(-2)).toEqual(['run.paused', 'budget.reached'])
  })
})

test('a run that is cancelled has failed', async () => {
  await using receiver = await openReceiver()
  await using project = await openKit({ settings: { notify: [{ url: receiver.url }] } })
  await tellWhile(project, async () => {
    const run = await begin(project)
    await project.offpeak.cancel(run)
    await carry(project, run)
    expect((await receiver.until('run.failed')).notice.data).toMatchObject({ state: 'cancelled' })
  })
})

test('what could not be told for three days is passed over and noted, and the rest follows', async () => {
  await using receiver = await openReceiver()
  await using project = await openKit({ settings: { notify: [{ url: receiver.url }] } })
  const { store } = project.offpeak
  await tellWhile(project, async () => {
    const run = await begin(project)
    await receiver.until('run.planned')
    await store.addEvent(run, Date.now() - 73 * 3_600_000, 'run.paused', { kind: 'asked' })
    await carry(project, run)
    await receiver.until('run.completed')
    expect(receiver.types()).not.toContain('run.paused')
    const skipped = (await store.events(run, 0, 1_000)).filter(({ kind }) => kind === 'notify.skipped')
    expect(skipped.map(({ data }) => JSON.parse(data))).toEqual([
      { endpoint: new URL(receiver.url).host, event: expect.any(Number), type: 'run.paused' },
    ])
  })
})

test('a redirect is a refusal, and is not followed', async () => {
  await using elsewhere = await openReceiver()
  let sent = 0
  await using receiver = await openReceiver(() => (++sent === 1 ? { location: elsewhere.url } : 204))
  await using project = await openKit({ settings: { notify: [{ url: receiver.url }] } })
  await tellWhile(project, async () => {
    await begin(project)
    await receiver.until('run.planned', 2)
    expect(elsewhere.got).toHaveLength(0)
  })
})

test('neither the address nor the secret of an endpoint is in the state', async () => {
  await using receiver = await openReceiver()
  await using project = await openKit({ settings: { notify: [{ url: receiver.url, secret }] } })
  await tellWhile(project, async () => {
    await carry(project, await begin(project))
    await receiver.until('run.completed')
  })
  for (const file of ['state.db', 'state.db-wal']) {
    const bytes = readFileSync(join(project.dir, '.offpeak', file))
    expect(bytes.includes('canary-of-the-url')).toBe(false)
    expect(bytes.includes(secret.slice(6))).toBe(false)
  }
})
