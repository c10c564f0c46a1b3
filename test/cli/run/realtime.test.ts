import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { notesProject, readJson } from '../notes-project.ts'
import { call, temporaryFolder } from '../project.ts'

const planJson = z.object({
  deliveryMode: z.string(),
  cost: z.object({ likelyMicroUsd: z.number(), atMostMicroUsd: z.number() }),
  deadline: z
    .object({ afterMs: z.number(), likelyMicroUsd: z.number(), atMostMicroUsd: z.number() })
    .nullable(),
})

test('plan, run, status and report name the delivery mode and its price', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const inBatches = readJson(planJson, await call(folder.path, 'plan', 'notes', '--json'))
  const inRealTime = readJson(planJson, await call(folder.path, 'plan', 'notes', '--realtime', '--json'))
  expect(inRealTime.deliveryMode).toBe('realtime')
  expect(inRealTime.cost.likelyMicroUsd).toBeGreaterThan(1.9 * inBatches.cost.likelyMicroUsd)
  const planned = await call(folder.path, 'plan', 'notes', '--realtime')
  expect(planned.stdout).toContain('real time: no discount')
  expect(planned.stdout).toContain('answered one by one')
  expect(planned.stderr).toContain('offpeak run notes --realtime')
  const ran = await call(folder.path, 'run', 'notes', '--realtime', '--yes')
  expect(ran.exit).toBe(0)
  expect(ran.stdout).toContain('12 of 12 records')
  expect(ran.stdout).not.toContain('saved')
  expect((await call(folder.path, 'status', 'notes')).stdout).toContain('real time (no discount)')
  expect((await call(folder.path, 'status', 'notes', '--batch', '0')).stdout).toContain('no discount')
  expect((await call(folder.path, 'report', 'notes')).stdout).toContain('real time (no discount)')
  expect(readFileSync(join(folder.path, 'out.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(12)
})

test('a deadline shows and asks for what it can cost', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { budget: null })
  const plan = readJson(planJson, await call(folder.path, 'plan', 'notes', '--deadline', '20h', '--json'))
  expect(plan.deadline?.afterMs).toBe(20 * 3_600_000)
  const inBatches = readJson(planJson, await call(folder.path, 'plan', 'notes', '--json'))
  expect(plan.deadline?.atMostMicroUsd).toBeGreaterThan(1.9 * inBatches.cost.atMostMicroUsd)
  expect(plan.cost.atMostMicroUsd).toBe(plan.deadline?.atMostMicroUsd)
  const { stdout, stderr } = await call(folder.path, 'plan', 'notes', '--deadline', '20h')
  expect(stderr).toContain('offpeak run notes --deadline 20h')
  expect(stdout).toContain('20 h after the beginning is asked in real time')
  const unasked = await call(folder.path, 'run', 'notes', '--deadline', '20h')
  expect(unasked.exit).toBe(2)
  const suggested = Number(/--max-cost '\$([\d.]+)'/.exec(unasked.stderr)?.[1])
  expect(suggested * 1e6).toBeGreaterThanOrEqual(plan.deadline?.atMostMicroUsd ?? Infinity)
})

test('flex is refused where it is not known to exist, before anything is sent', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const ran = await call(folder.path, 'run', 'notes', '--flex', '--yes')
  expect(ran.exit).toBe(2)
  expect(ran.stderr).toContain('is not known to have a flex tier')
  expect(ran.stderr).toContain('flex: { input')
})

test('two delivery modes at once, or a deadline without batches, are refused', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  expect((await call(folder.path, 'run', 'notes', '--realtime', '--flex')).exit).toBe(2)
  const both = await call(folder.path, 'plan', 'notes', '--realtime', '--deadline', '2h')
  expect(both.exit).toBe(2)
  expect(both.stderr).toContain('--deadline is for batches')
})

test('a saved plan keeps its delivery mode', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  await call(folder.path, 'plan', 'notes', '--realtime', '--out', 'plan.json')
  expect((await call(folder.path, 'run', 'plan.json', '--realtime', '--yes')).exit).toBe(2)
  expect((await call(folder.path, 'run', 'plan.json', '--yes')).exit).toBe(0)
  expect((await call(folder.path, 'status', 'notes')).stdout).toContain('real time')
})

test('Azure is asked one by one at the deployment that is for it', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { records: 3 })
  const warning = 'a batch deployment answers only batches'
  expect((await call(folder.path, 'plan', 'notes', '--realtime')).stdout).toContain(warning)
  expect((await call(folder.path, 'plan', 'notes')).stdout).not.toContain(warning)
  await notesProject(folder.path, {
    records: 3,
    model: "azure('gpt-4o-mini-batch', { realtime: 'gpt-4o-live', model: 'gpt-4o' })",
  })
  expect((await call(folder.path, 'plan', 'notes', '--realtime')).stdout).not.toContain(warning)
  expect((await call(folder.path, 'run', 'notes', '--realtime', '--yes')).exit).toBe(0)
  const shown = await call(folder.path, 'show', 'notes', '0', '--json')
  // The emulator says which model stands behind the deployment that it was asked for.
  expect(shown.stdout).toContain('"model":"gpt-4o"')
})

test('what is left over is sent in real time when somebody wants it', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, {
    job: "retry: { max: 1 }, check: ({ row }) => row.id < 10 || 'too new',",
  })
  expect((await call(folder.path, 'run', 'notes', '--yes')).exit).toBe(6)
  const again = await call(folder.path, 'retry', 'notes', '--realtime', '--yes')
  expect(again.stderr).toContain('2 requests of run')
  expect(again.stderr).toContain('in real time (no discount)')
  const { stdout } = await call(folder.path, 'status', 'notes')
  expect(stdout).toContain('real time')
})
