import { expect, test } from 'vitest'
import { z } from 'zod'
import { notesProject } from '../notes-project.ts'
import { call, jsonOf, temporaryFolder } from '../project.ts'

const status = z.object({
  createdAt: z.number(),
  finishedAt: z.number(),
  reopenedAt: z.number().nullable(),
  tookMs: z.number(),
})

test('a retry is done in its own time: what a run rested for before is no part of what it took', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { job: "check: () => 'never good', retry: { max: 1 }," })
  expect((await call(folder.path, 'run', 'notes', '--yes')).exit).toBe(6)
  const first = status.parse(jsonOf(await call(folder.path, 'status', 'notes', '--json')))
  expect(first).toMatchObject({ reopenedAt: null, tookMs: first.finishedAt - first.createdAt })
  const retried = await call(folder.path, 'retry', 'notes', '--yes')
  expect(retried.stdout).toContain('Done in')
  const second = status.parse(jsonOf(await call(folder.path, 'status', 'notes', '--json')))
  const restedMs = (second.reopenedAt ?? 0) - first.finishedAt
  expect(second.reopenedAt).toBeGreaterThanOrEqual(first.finishedAt)
  expect(second.tookMs).toBe(second.finishedAt - second.createdAt - restedMs)
})
