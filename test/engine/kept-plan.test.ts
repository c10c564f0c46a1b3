import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { everything } from '../../src/compose/selection.ts'
import { openKit } from './run-kit.ts'

test('a plan that is kept comes back with its selection, and is refused when it no longer holds', async () => {
  await using project = await openKit()
  const { offpeak } = project
  const selection = { ...everything, limit: 5, deliveryMode: 'flex' as const }
  const plan = await offpeak.plan('notes', { ...everything, limit: 5 })
  const id = await offpeak.storePlan(plan, selection)
  const kept = await offpeak.storedPlan('notes', id)
  expect(kept.selection).toEqual(selection)
  expect(kept.plan).toEqual(JSON.parse(JSON.stringify(plan)))
  offpeak.requireSame(kept.plan, await offpeak.plan('notes', { ...everything, limit: 5 }))
  appendFileSync(join(project.dir, 'notes.jsonl'), '{"id":99,"text":"one more"}\n')
  const now = await offpeak.plan('notes', everything)
  expect(() => offpeak.requireSame(kept.plan, now)).toThrow(/requests: 5 then, 13 now/)
  await expect(offpeak.storedPlan('notes', 'none')).rejects.toMatchObject({ code: 'E_PLAN_STALE' })
})

test('a plan of more than a day ago is none', async () => {
  await using project = await openKit()
  const { offpeak } = project
  const plan = await offpeak.plan('notes', everything)
  const row = { id: 'old', job: 'notes', selection: JSON.stringify(everything), plan: JSON.stringify(plan) }
  await offpeak.store.storePlan({ ...row, createdAt: Date.now() - 25 * 3_600_000 }, 0)
  await expect(offpeak.storedPlan('notes', 'old')).rejects.toMatchObject({ code: 'E_PLAN_STALE' })
})
