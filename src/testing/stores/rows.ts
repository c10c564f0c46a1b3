import assert from 'node:assert/strict'
import type { Runner } from '../runner.ts'
import type { RowOwner, WantedRow } from '../../ports/store/answers.ts'
import type { Store } from '../../ports/store.ts'
import { fresh, newRequest, runWith } from './fixtures.ts'

const row = (name: string, key: string): WantedRow => ({ name, key, isOwnKey: name === key })

/** Which record a row of a sink belongs to. */
export function describeRows({ test }: Runner, store: () => Store): void {
  const ownerOf = (runId: string, more: Partial<RowOwner> = {}): RowOwner => ({
    job: `job-${runId}`,
    sink: 'update notes',
    isSimulated: false,
    runId,
    redo: false,
    take: true,
    now: 1_000,
    ...more,
  })

  test('a row is given to the first that asks, and its owner is told to all later ones', async () => {
    const owner = ownerOf(fresh())
    const of = async (rows: readonly WantedRow[], more: Partial<RowOwner> = {}): Promise<unknown> =>
      Object.fromEntries(await store().ownersOfRows({ ...owner, ...more }, rows))
    assert.deepEqual(await of([row('a', 'A')], { take: false }), {})
    assert.deepEqual(await of([row('a', 'A'), row('b', 'B')]), { a: 'A', b: 'B' })
    assert.deepEqual(await of([row('a', 'á'), row('c', 'C')]), { a: 'A', c: 'C' })
    assert.deepEqual(await of([row('a', 'á')], { runId: 'later' }), { a: 'A' })
    assert.deepEqual(await of([row('a', 'a')]), { a: 'A' })
    assert.deepEqual(await of([row('a', 'á')], { sink: 'another' }), { a: 'á' })
    assert.deepEqual(await of([row('a', 'á')], { isSimulated: true }), { a: 'á' })
    assert.deepEqual(await of([row('a', 'á')], { job: 'another' }), { a: 'á' })
  })

  test('a run that does again takes the rows of other runs, and not its own from another record', async () => {
    const [first, second] = [fresh(), fresh()]
    const owner = ownerOf(first)
    await store().ownersOfRows(owner, [row('a', 'A')])
    const again = { ...owner, runId: second, redo: true }
    assert.deepEqual([...(await store().ownersOfRows({ ...again, take: false }, [row('a', 'á')]))], [])
    assert.deepEqual([...(await store().ownersOfRows(again, [row('a', 'á')]))], [['a', 'á']])
    assert.deepEqual([...(await store().ownersOfRows(again, [row('a', 'A')]))], [['a', 'á']])
  })

  test('a row that is named after a record which was asked for or is done belongs to that record', async () => {
    const run = fresh()
    await runWith(store(), run, [
      [newRequest(0, 0, { key: '7' })],
      [newRequest(1, null, { key: '8', outcome: 'unrenderable' })],
    ])
    const owner = ownerOf(run)
    await store().markDone(owner.job, '9', 'print', 1_000)
    const rows = ['7', '8', '9'].map((name) => row(name, `0${name}`))
    assert.deepEqual(Object.fromEntries(await store().ownersOfRows(owner, rows)), { 7: '7', 8: '08', 9: '9' })
    const again = { ...owner, redo: true }
    assert.equal((await store().ownersOfRows(again, [row('9', '009')])).get('9'), '009')
  })
}
