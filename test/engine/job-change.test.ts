import { readFileSync } from 'node:fs'
import { openProject } from '../../src/compose/open-project.ts'
import { everything } from '../../src/compose/selection.ts'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { specOf } from '../../src/engine/spec.ts'
import * as offpeak from '../../src/index.ts'
import type { Project } from '../../src/compose/project.ts'
import { write } from '../cli/project.ts'
import { begin, carry, openKit, type KitProject, requestsOf, sinkRows } from './run-kit.ts'

const jobFile = 'jobs/notes.job.ts'

/** Rewrites the job file of a project. */
async function mend({ dir }: KitProject, from: string | RegExp, to: string): Promise<void> {
  const text = readFileSync(join(dir, jobFile), 'utf8')
  expect(text).toMatch(from)
  await write(dir, { [jobFile]: text.replace(from, to) })
}

/** Another process of the project, with the job files as they are now. */
function another({ dir }: KitProject): Promise<Project> {
  return openProject({ cwd: dir, configFile: null, envFile: null, modules: { offpeak, zod: { z } } })
}

const billed = ({ emulator }: KitProject): number => emulator.bill().requests

describe('a process with another job than the run began with', () => {
  test('fetches the answers, and neither judges them nor pays again', async () => {
    await using project = await openKit()
    // Loads the job as it is.
    await project.offpeak.job('notes')
    await mend(project, 'summary: z.string()', 'summary: z.string(), note: z.string()')
    await using fresh = await another(project)
    const runId = await begin({ offpeak: fresh })
    const old = await carry(project, runId)
    expect(old).toMatchObject({ state: 'paused', pauseKind: 'changed', counts: {} })
    expect(old.jobChange).toMatchObject({ ask: true, write: true })
    expect(billed(project)).toBe(0)
    await fresh.resume(runId, null)
    const done = await carry({ offpeak: fresh }, runId)
    expect(done).toMatchObject({ state: 'done', jobChange: null, counts: { merged: 12 } })
    expect(billed(project)).toBe(12)
  })

  test('continues polling and fetching where only what is written differs, and a person chooses at no cost', async () => {
    await using project = await openKit()
    const runId = await begin(project)
    const bought = new AbortController()
    const buying = project.offpeak.drive({
      runIds: [runId],
      signal: bought.signal,
      until: async () =>
        (await project.offpeak.status(runId)).batches.filter(
          ({ providerBatchId }) => providerBatchId !== null,
        ).length === 3,
    })
    await buying
    await mend(project, '{ ...output }', '{ said: output.summary }')
    await using fresh = await another(project)
    const stands = await carry({ offpeak: fresh }, runId)
    expect(stands).toMatchObject({ state: 'paused', pauseKind: 'changed' })
    expect(stands.jobChange).toMatchObject({ ask: false, write: true })
    await fresh.drive({
      runIds: null,
      signal: AbortSignal.timeout(20_000),
      until: async () =>
        (await fresh.status(runId)).batches.every(({ state }) => ['collected', 'merged'].includes(state)),
    })
    const before = await requestsOf(project, runId)
    expect(before.filter(({ outcome }) => outcome === 'pending').length).toBeGreaterThan(0)
    await expect(fresh.resume(runId, null)).rejects.toMatchObject({ code: 'E_JOB_CHANGED' })
    await expect(fresh.mergeAgain(runId, null)).rejects.toMatchObject({ code: 'E_JOB_CHANGED' })
    await fresh.resume(runId, null, { today: true })
    expect(await carry({ offpeak: fresh }, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
    expect(billed(project)).toBe(12)
    expect(sinkRows(project)).toHaveLength(12)
  })

  test('asks nothing more in another way than it began, and leaves the rest to the next run', async () => {
    await using project = await openKit({
      settings: { timings: { filesAhead: 1, pollEveryMs: 30 }, batch: { maxRequests: 2 } },
    })
    const runId = await begin(project)
    await project.offpeak.drive({
      runIds: [runId],
      signal: AbortSignal.timeout(20_000),
      until: async () => (await project.offpeak.status(runId)).batches.length > 0,
    })
    await mend(project, '({ row }) => row.text', '({ row }) => `Shorten: ${row.text}`')
    await using fresh = await another(project)
    const stands = await carry({ offpeak: fresh }, runId)
    expect(stands).toMatchObject({ state: 'paused', pauseKind: 'changed', sourceDone: false })
    expect(stands.jobChange).toMatchObject({ ask: true, write: false })
    await fresh.resume(runId, null, { today: true })
    const done = await carry({ offpeak: fresh }, runId)
    expect(done.state).toBe('done')
    expect(done.counts.merged ?? 0).toBeLessThan(12)
    expect(billed(project)).toBe(done.counts.merged)
  })

  test('asks nothing in real time whose answers it could not judge', async () => {
    await using project = await openKit()
    const runId = await begin(project, { deliveryMode: 'realtime' })
    await mend(project, '{ ...output }', '{ said: output.summary }')
    await using fresh = await another(project)
    expect(await carry({ offpeak: fresh }, runId)).toMatchObject({ state: 'paused', pauseKind: 'changed' })
    expect(billed(project)).toBe(0)
    await fresh.resume(runId, null, { today: true })
    expect(await carry({ offpeak: fresh }, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
    expect(billed(project)).toBe(12)
  })

  test('lets a cancelled run end by the job that a person has chosen', async () => {
    await using project = await openKit({ job: "check: () => 'never'," })
    const runId = await begin(project)
    await project.offpeak.drive({
      runIds: [runId],
      signal: AbortSignal.timeout(20_000),
      until: async () =>
        (await project.offpeak.status(runId)).batches.some(({ providerBatchId }) => providerBatchId !== null),
    })
    await mend(project, "check: () => 'never'", 'check: () => true')
    await using fresh = await another(project)
    expect(await carry({ offpeak: fresh }, runId)).toMatchObject({ pauseKind: 'changed' })
    await fresh.cancel(runId)
    await fresh.resume(runId, null, { today: true })
    expect(await carry({ offpeak: fresh }, runId)).toMatchObject({ state: 'cancelled' })
  })

  test('lets a run continue automatically once the job is as it was', async () => {
    await using project = await openKit()
    const runId = await begin(project)
    await mend(project, '{ ...output }', '{ said: output.summary }')
    await using fresh = await another(project)
    using watched = new DisposableStack()
    watched.use(fresh.watchJobs(() => undefined))
    expect(await carry({ offpeak: fresh }, runId)).toMatchObject({ pauseKind: 'changed' })
    await mend(project, '{ said: output.summary }', '{ ...output }')
    await fresh.drive({
      runIds: null,
      signal: AbortSignal.timeout(30_000),
      until: async () => (await fresh.status(runId)).state === 'done',
    })
    expect(await fresh.status(runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  })

  test('takes a run that is from before definitions were noted for its own', async () => {
    await using project = await openKit()
    const runId = await begin(project)
    const run = await project.offpeak.find(runId)
    const { definition, ...older } = specOf(run)
    expect(definition).not.toBeNull()
    await project.offpeak.store.changeRun(runId, ['building'], { spec: JSON.stringify(older) })
    await mend(project, '{ ...output }', '{ said: output.summary }')
    await using fresh = await another(project)
    expect(await carry({ offpeak: fresh }, runId)).toMatchObject({ state: 'done', jobChange: null })
  })

  test('raises no alarm for a comment or another layout', async () => {
    await using project = await openKit()
    const runId = await begin(project)
    await mend(project, '({ row }) => row.text', '// what is asked\r\n  ({ row }) =>\n    row.text')
    await using fresh = await another(project)
    expect(await carry({ offpeak: fresh }, runId)).toMatchObject({ state: 'done', jobChange: null })
  })
})

describe('a process that watches the job files', () => {
  test('asks by the job as it is when the run is started', async () => {
    await using project = await openKit()
    using watched = new DisposableStack()
    watched.use(project.offpeak.watchJobs(() => undefined))
    await project.offpeak.job('notes')
    await mend(project, '({ row }) => row.text', '({ row }) => `Shorten: ${row.text}`')
    const first = async (): Promise<string> =>
      JSON.stringify(await project.offpeak.examples('notes', everything, 1))
    await expect.poll(first, { timeout: 10_000 }).toContain('Shorten:')
  })

  test('drives a run on while its file is saved half written, and starts none', async () => {
    await using project = await openKit()
    using watched = new DisposableStack()
    watched.use(project.offpeak.watchJobs(() => undefined))
    const runId = await begin(project)
    await mend(project, '({ row }) => row.text', '({ row }) => row.text +')
    await expect
      .poll(() => project.offpeak.config.jobs.broken(), { timeout: 10_000 })
      .toMatchObject([{ file: jobFile }])
    expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
    await expect(begin(project)).rejects.toMatchObject({ code: 'E_JOB_FILE' })
  })

  test('keeps the other jobs where one file is broken, and says what is wrong with it', async () => {
    await using project = await openKit()
    const heard: string[] = []
    using watched = new DisposableStack()
    watched.use(
      project.offpeak.watchJobs(({ jobs: { broken } }) =>
        heard.push(...broken.map(({ error }) => error.message)),
      ),
    )
    await project.offpeak.job('notes')
    await write(project.dir, {
      'jobs/other.job.ts':
        "import { defineJob } from 'offpeak'\nexport default defineJob({ name: 'other', maxToken: 3 })\n",
    })
    await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(1)
    expect(await project.offpeak.job('notes')).toMatchObject({ file: jobFile })
    await expect(project.offpeak.job('other')).rejects.toMatchObject({ code: 'E_JOB_INVALID' })
    expect(heard.join(' ')).toContain('maxToken')
  })
})

test('a retry says that the requests go out as they were built, where the job asks otherwise now', async () => {
  await using project = await openKit()
  const runId = await begin(project)
  await carry(project, runId)
  expect(
    await project.offpeak.retryCost(runId, { outcomes: ['merged'], reason: null, keys: null }),
  ).toMatchObject({ asBuilt: false })
  await mend(project, '({ row }) => row.text', '({ row }) => `Shorten: ${row.text}`')
  await using fresh = await another(project)
  expect(await fresh.retryCost(runId, { outcomes: ['merged'], reason: null, keys: null })).toMatchObject({
    asBuilt: true,
  })
})
