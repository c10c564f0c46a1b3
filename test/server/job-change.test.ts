import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { write } from '../cli/project.ts'
import { openServed } from './server-kit.ts'

const jobFile = 'jobs/notes.job.ts'

async function mend(dir: string, from: string, to: string): Promise<void> {
  const text = readFileSync(join(dir, jobFile), 'utf8')
  expect(text).toContain(from)
  await write(dir, { [jobFile]: text.replace(from, to) })
}

test('a server says that a job changed under its run, judges nothing, and takes the word of a person', async () => {
  await using served = await openServed()
  const { ask, dir, emulator, offpeak } = served
  const started = await ask('POST', '/api/v1/jobs/notes/runs', { body: { maxCost: '$1' } })
  expect(started.status).toBe(201)
  const [{ id } = { id: '' }] = await offpeak.store.runs({ limit: 1 })
  await mend(dir, '{ ...output }', '{ said: output.summary }')
  await expect
    .poll(async () => (await ask('GET', `/api/v1/runs/${id}`)).json, { timeout: 5_000 })
    .toMatchObject({ jobChange: { ask: false, write: true } })
  await offpeak.drive({
    runIds: [id],
    signal: AbortSignal.timeout(30_000),
  })
  // What was asked a moment ago is answered from memory.
  await expect
    .poll(async () => (await ask('GET', `/api/v1/runs/${id}`)).json)
    .toMatchObject({ state: 'paused', pauseKind: 'changed', counts: {} })
  const refused = await ask('POST', `/api/v1/runs/${id}/resume`, { body: {} })
  expect(refused.status).toBe(409)
  expect(refused.json).toMatchObject({ code: 'E_JOB_CHANGED' })
  expect((await ask('POST', `/api/v1/runs/${id}/merge`, { body: {} })).status).toBe(409)
  const taken = await ask('POST', `/api/v1/runs/${id}/resume`, { body: { today: true } })
  expect(taken.status).toBe(200)
  expect(taken.json).toMatchObject({ jobChange: null, pauseKind: null })
  await offpeak.drive({ runIds: [id], signal: AbortSignal.timeout(30_000) })
  await expect
    .poll(async () => (await ask('GET', `/api/v1/runs/${id}`)).json)
    .toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(emulator.bill().requests).toBe(12)
})

test('a run that is started after its job changed asks by the job as it is', async () => {
  await using served = await openServed()
  const { ask, dir, offpeak } = served
  await ask('POST', '/api/v1/jobs/notes/plan', { body: {} })
  await mend(dir, '({ row }) => row.text', '({ row }) => `Shorten: ${row.text}`')
  await expect
    .poll(async () => JSON.stringify((await ask('POST', '/api/v1/jobs/notes/plan', { body: {} })).json), {
      timeout: 5_000,
    })
    .toContain('Shorten:')
  await ask('POST', '/api/v1/jobs/notes/runs', { body: { maxCost: '$1' } })
  const [{ id } = { id: '' }] = await offpeak.store.runs({ limit: 1 })
  await offpeak.drive({ runIds: [id], signal: AbortSignal.timeout(30_000) })
  const record = await offpeak.record(id, '0')
  expect(JSON.stringify(record)).toContain('Shorten:')
})

test('a job file that is broken is listed next to the jobs that continue', async () => {
  await using served = await openServed()
  const { ask, dir } = served
  await write(dir, { 'jobs/broken.job.ts': 'export default 1 +\n' })
  await expect
    .poll(async () => (await ask('GET', '/api/v1/jobs')).json, { timeout: 5_000 })
    .toMatchObject({
      items: [{ name: 'notes' }],
      broken: [{ file: 'jobs/broken.job.ts', code: 'E_JOB_FILE' }],
    })
})
