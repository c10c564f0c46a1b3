import { expect, test } from 'vitest'
import { everything } from '../../src/compose/selection.ts'
import { carry, openKit } from './run-kit.ts'

test('the budget of whoever starts runs binds all of them, and no agreement about a run raises it', async () => {
  await using project = await openKit()
  const { offpeak } = project
  const { cost } = await offpeak.plan('notes', everything)
  // Room for the first of three files, and not for a second one.
  const payer = { key: 'key:abc', capMicroUsd: Math.ceil((cost?.atMostMicroUsd ?? 0) * 0.42) }
  const { run } = await offpeak.start('notes', everything, 1_000_000, { payer })
  const paused = await carry(project, run.id)
  expect(paused).toMatchObject({ state: 'paused', pauseKind: 'budget' })
  const before = await offpeak.store.budget('key:abc')
  expect(before?.spentMicroUsd).toBe(paused.money.spentMicroUsd)
  await offpeak.resume(run.id, 5_000_000)
  expect(await carry(project, run.id)).toMatchObject({ state: 'paused', money: { capMicroUsd: 5_000_000 } })
  const after = await offpeak.store.budget('key:abc')
  expect(after).toMatchObject({ capMicroUsd: payer.capMicroUsd, reservedMicroUsd: 0 })
  expect((after?.spentMicroUsd ?? 0) <= payer.capMicroUsd).toBe(true)
  await offpeak.store.setBudget('key:abc', 1_000_000)
  await offpeak.resume(run.id, null)
  expect(await carry(project, run.id)).toMatchObject({ state: 'done', counts: { merged: 12 } })
})
