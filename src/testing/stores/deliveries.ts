import assert from 'node:assert/strict'
import { matches } from '../assertions.ts'
import type { Runner } from '../runner.ts'
import type { DeliveryClaim } from '../../ports/store/runs.ts'
import type { Store } from '../../ports/store.ts'
import {
  claimAttempt,
  fresh,
  leaseMs,
  newRequest,
  newRun,
  required,
  reservation,
  runWith,
} from './fixtures.ts'

const take = (store: Store, endpoint: string, now: number, holder = 'test'): Promise<DeliveryClaim | null> =>
  store.claimDelivery(endpoint, { holder, now, leaseMs })

/** The suite of deliveries, over any number of processes. */
export function describeDeliveries({ test }: Runner, store: () => Store): void {
  test('a new endpoint hears what happens from now on, in the order of events', async () => {
    const [endpoint, run] = [fresh(), fresh()]
    await store().startRun(newRun(run))
    const { position } = await store().delivery(endpoint)
    for (const kind of ['one', 'two', 'three']) await store().addEvent(run, 2_000, kind, { kind })
    assert.equal((await store().delivery(endpoint)).position, position)
    const events = await store().eventsToDeliver(position, 2)
    assert.deepEqual(
      events.map(({ kind, runId }) => ({ kind, runId })),
      [
        { kind: 'one', runId: run },
        { kind: 'two', runId: run },
      ],
    )
    assert.deepEqual(
      (await store().eventsToDeliver(required(events.at(-1)).id, 2)).map(({ kind }) => kind),
      ['three'],
    )
  })

  test('one process has an endpoint until its lease ends, and one that was overtaken notes nothing', async () => {
    const endpoint = fresh()
    await store().delivery(endpoint)
    const first = required(await take(store(), endpoint, 1_000, 'first'))
    assert.equal(await take(store(), endpoint, 1_500, 'second'), null)
    const second = required(await take(store(), endpoint, 1_000 + leaseMs, 'second'))
    assert.equal(await store().saveDelivery(first, { position: 77, tries: 0, leaseUntil: 9_000 }), false)
    await store().releaseDelivery(first, 0)
    matches(await store().delivery(endpoint), { holder: 'second', position: first.position })
    assert.equal(await store().saveDelivery(second, { position: 78, tries: 3, leaseUntil: 9_000 }), true)
    await store().releaseDelivery(second, 20_000)
    assert.equal(await take(store(), endpoint, 19_999), null)
    matches(await take(store(), endpoint, 20_000), { position: 78, tries: 3 })
  })

  test('of ten processes at once, one takes the endpoint', async () => {
    const endpoint = fresh()
    await Promise.all(Array.from({ length: 10 }, () => store().delivery(endpoint)))
    const taken = await Promise.all(Array.from({ length: 10 }, () => take(store(), endpoint, 1_000)))
    assert.equal(taken.filter((claim) => claim !== null).length, 1)
  })

  test('the first request that goes out is known by its event', async () => {
    const run = fresh()
    const ids = await runWith(store(), run, [[newRequest(0, 0)], [newRequest(1, 1)]])
    assert.equal(await store().firstSent(run), null)
    for (const id of ids) {
      const claim = await claimAttempt(store(), id)
      await store().reserve(claim, reservation(run))
      for (const state of ['uploading', 'uploaded', 'creating'] as const) await store().move(claim, state, {})
      const { nonce } = required(await store().attempt(id))
      await store().recordCreated(id, nonce, {
        providerBatchId: `batch-${run}-${id}`,
        account: 'api.example/1',
        expiresAt: null,
        nextAt: null,
      })
    }
    const created = (await store().events(run, 0, 100)).filter(({ data }) => data.includes('"created"'))
    assert.equal(created.length, 2)
    assert.equal(await store().firstSent(run), created[0]?.id)
  })

  test('a change of a run and what it means are noted together', async () => {
    const run = fresh()
    await store().startRun(newRun(run))
    const happened = { at: 5_000, kind: 'run.paused', data: { kind: 'asked' } }
    assert.equal(await store().changeRun(run, ['paused'], { state: 'running' }, happened), false)
    assert.equal(await store().changeRun(run, ['building'], { state: 'paused' }, happened), true)
    assert.deepEqual(
      (await store().events(run, 0, 10)).map(({ kind }) => kind),
      ['run.started', 'run.paused'],
    )
  })

  test('an attempt is woken alone, and never later than it was due', async () => {
    const run = fresh()
    const [one = 0, two = 0] = await runWith(store(), run, [[newRequest(0, 0)], [newRequest(1, 1)]])
    for (const id of [one, two]) await store().release(await claimAttempt(store(), id, 2_000 + id), 90_000)
    await store().wakeAttempt(one, 5_000)
    assert.equal((await store().attempt(one))?.nextAt, 5_000)
    assert.equal((await store().attempt(two))?.nextAt, 90_000)
    await store().wakeAttempt(one, 8_000)
    assert.equal((await store().attempt(one))?.nextAt, 5_000)
  })
}
