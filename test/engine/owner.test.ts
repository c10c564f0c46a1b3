import { readFileSync, writeFileSync } from 'node:fs'
import { openProject } from '../../src/compose/open-project.ts'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import * as offpeak from '../../src/index.ts'
import { begin, carry, openKit } from './run-kit.ts'

test('a job that is broken while its run is cancelled is a wait with its words, tried more and more rarely', async () => {
  await using project = await openKit({ records: 5, emulator: { speed: 1 } })
  const runId = await begin(project)
  await project.offpeak.drive({
    runIds: [runId],
    signal: AbortSignal.timeout(20_000),
    until: async () => {
      const { batches } = await project.offpeak.status(runId)
      return batches.length > 0 && batches.every(({ providerBatchId }) => providerBatchId !== null)
    },
  })
  const file = join(project.dir, 'jobs/notes.job.ts')
  writeFileSync(file, "throw new Error('half a job')\n")
  const open = (): ReturnType<typeof openProject> =>
    openProject({
      cwd: project.dir,
      configFile: null,
      envFile: null,
      modules: { offpeak, zod: { z } },
    })
  await using broken = await open()
  await broken.cancel(runId)
  await broken.drive({
    runIds: [runId],
    signal: AbortSignal.timeout(20_000),
    until: async () => (await broken.status(runId)).batches.some(({ wait }) => (wait?.tries ?? 0) >= 3),
  })
  const { state, batches } = await broken.status(runId)
  expect(state).toBe('cancelling')
  expect(batches[0]?.wait).toMatchObject({ for: 'job', message: expect.stringContaining('half a job') })
  const events = await broken.store.events(runId, 0, 1_000)
  expect(
    events.filter(({ kind }) => kind === 'attempt.waits'),
    'said once',
  ).toHaveLength(1)
})

test('a run whose job is broken is paused for a person, who fixes it and resumes', async () => {
  await using project = await openKit({ records: 5 })
  const runId = await begin(project)
  const file = join(project.dir, 'jobs/notes.job.ts')
  const good = readFileSync(file, 'utf8')
  writeFileSync(file, "throw new Error('half a job')\n")
  {
    await using broken = await openProject({
      cwd: project.dir,
      configFile: null,
      envFile: null,
      modules: { offpeak, zod: { z } },
    })
    await broken.drive({ runIds: [runId], signal: AbortSignal.timeout(20_000) })
    expect(await broken.status(runId)).toMatchObject({
      state: 'paused',
      pauseKind: 'job',
      pauseReason: expect.stringContaining('half a job'),
    })
  }
  writeFileSync(file, good)
  await project.offpeak.resume(runId, null)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 5 } })
})
