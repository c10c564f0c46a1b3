import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { begin } from '../engine/run-kit.ts'
import { openServed } from './server-kit.ts'

const look = z.object({
  atProvider: z
    .object({
      askedAt: z.number(),
      batches: z.array(z.object({ n: z.number(), state: z.string().nullable() })),
      message: z.string().nullable(),
    })
    .nullable(),
})
const runs = z.object({
  items: z.array(
    z.object({
      run: z.string(),
      waits: z.array(z.object({ for: z.string(), label: z.string(), batches: z.number().nullable() })),
    }),
  ),
})

test('what the provider says of a run that no process carries is told over HTTP, and it is asked now and then only', async () => {
  await using project = await openServed({ records: 5, emulator: { speed: 1 } })
  const { ask, emulator, offpeak } = project
  const run = await begin(project)
  const allSent = async (): Promise<boolean> =>
    (await offpeak.status(run)).batches.every(({ providerBatchId }) => providerBatchId !== null) &&
    (await offpeak.status(run)).batches.length > 0
  await offpeak.drive({ runIds: [run], signal: AbortSignal.timeout(20_000), until: allSent })
  emulator.advanceClock(86_400_000)
  const asked = async (): Promise<z.output<typeof look>['atProvider']> => {
    const answer = await ask('GET', `/api/v1/runs/${run}/provider`)
    expect(answer.status, answer.text).toBe(200)
    return look.parse(answer.json).atProvider
  }
  // A process that let go a moment ago may take it up again.
  while ((await asked()) === null) await sleep(100)
  await expect
    .poll(async () => (await asked())?.batches, { timeout: 20_000 })
    .toMatchObject([{ n: 0, state: 'completed' }])
  expect((await ask('GET', '/api/v1/runs/nobody/provider')).status).toBe(404)
})

test('the list of runs says which of them stand still, and for what', async () => {
  await using project = await openServed({ records: 5 })
  const { ask, emulator, offpeak } = project
  emulator.addFault({
    operation: 'files.create',
    when: 'before',
    times: 1_000,
    action: { type: 'status', status: 503, body: { error: { message: 'upstream' } } },
  })
  const run = await begin(project)
  const waits = async (): Promise<boolean> =>
    (await offpeak.status(run)).batches.some(({ wait }) => wait !== null)
  await offpeak.drive({ runIds: [run], signal: AbortSignal.timeout(20_000), until: waits })
  const listed = runs.parse((await ask('GET', '/api/v1/runs')).json)
  expect(listed.items).toEqual([
    { run, waits: [{ for: 'network', label: 'the provider cannot be reached', batches: 1 }] },
  ])
})
