import { expect, test } from 'vitest'
import { z } from 'zod'
import { serve } from '../../src/server/serve.ts'
import { carry } from '../engine/run-kit.ts'
import { type Answer, openServed, send } from './server-kit.ts'

const path = '/api/v1/jobs/notes/runs'
const started = z.looseObject({ status: z.looseObject({ run: z.string() }) })

function runOf({ json }: Pick<Answer, 'json'>): string {
  return started.parse(json).status.run
}

test('a hundred identical starts at once make one run, and each that asks again gets its answer', async () => {
  await using project = await openServed()
  const { ask, offpeak, keys } = project
  const start = (): Promise<Answer> =>
    ask('POST', path, { key: keys.run, body: { maxCost: '$1' }, headers: { 'idempotency-key': 'one' } })
  const answers = await Promise.all(Array.from({ length: 100 }, start))
  const made = answers.filter(
    ({ status, headers }) => status === 201 && headers['idempotency-replayed'] === undefined,
  )
  expect(made, 'it is done once').toHaveLength(1)
  for (const { status, headers, json } of answers) {
    expect([201, 409]).toContain(status)
    if (status === 409) {
      expect(json).toMatchObject({ code: 'E_REPEAT' })
      expect(headers['retry-after']).toBe('1')
    }
  }
  expect(await offpeak.store.runs({ limit: 10 })).toHaveLength(1)
  const again = await start()
  expect(again.headers['idempotency-replayed']).toBe('true')
  expect(again.text, 'to the byte').toBe(made[0]?.text)
  const run = runOf(again)
  await carry(project, run)
  expect((await start()).text, 'also when the run is over').toBe(made[0]?.text)
  expect(await offpeak.store.runs({ limit: 10 })).toHaveLength(1)
})

test('the same key means nothing else: not for another body, another route, another caller', async () => {
  await using project = await openServed()
  const { ask, keys } = project
  const headers = { 'idempotency-key': 'k' }
  const first = await ask('POST', path, { key: keys.run, body: { maxCost: '$1', hold: true }, headers })
  expect(first.status).toBe(201)
  const other = await ask('POST', path, { key: keys.run, body: { maxCost: '$2', hold: true }, headers })
  expect(other.json).toMatchObject({ status: 422, code: 'E_REPEAT' })
  const caller = await ask('POST', path, { key: keys.admin, body: { maxCost: '$2' }, headers })
  expect(caller, 'another caller has keys of its own').toMatchObject({
    status: 200,
    json: { attached: true },
  })
  const submit = `/api/v1/runs/${runOf(first)}/submit`
  expect((await ask('POST', submit, { key: keys.run, body: {}, headers })).json).toMatchObject({
    code: 'E_RUN_STATE',
  })
  for (const bad of ['', ' ', 'x'.repeat(256), 'a b'])
    expect(
      (await ask('POST', path, { key: keys.run, body: {}, headers: { 'idempotency-key': bad } })).status,
      bad,
    ).toBe(422)
})

test('a refusal is an answer too, and what was never let in is not kept', async () => {
  await using project = await openServed()
  const { ask, keys, offpeak, server } = project
  const headers = { 'idempotency-key': 'refused' }
  const refused = await ask('POST', path, { body: { maxCost: '$0.000001' }, headers })
  expect(refused).toMatchObject({ status: 402, json: { code: 'E_BUDGET' } })
  const again = await ask('POST', path, { body: { maxCost: '$0.000001' }, headers })
  expect(again).toMatchObject({
    status: 402,
    headers: { 'idempotency-replayed': 'true', 'content-type': 'application/problem+json' },
  })
  expect(again.text).toBe(refused.text)
  const open = { 'idempotency-key': 'open' }
  expect((await ask('POST', path, { key: keys.read, body: { maxCost: '$1' }, headers: open })).status).toBe(
    403,
  )
  expect((await ask('POST', path, { body: { maxCost: 1 }, headers: open })).status).toBe(422)
  expect((await ask('POST', path, { body: { maxCost: '$1' }, headers: open })).status).toBe(201)
  const next = await serve(offpeak, { port: 0, version: '2' })
  try {
    const kept = await send(
      next.url,
      'POST',
      path,
      { ...open, 'x-api-key': keys.admin, 'content-type': 'application/json' },
      JSON.stringify({ maxCost: '$1' }),
    )
    expect(kept, 'a restart forgets nothing').toMatchObject({
      status: 201,
      headers: { 'idempotency-replayed': 'true' },
    })
  } finally {
    await next.close()
  }
  expect(server.routes.filter(({ spends }) => spends).map(({ path }) => path.split('/').at(-1))).toEqual(
    expect.arrayContaining(['resume', 'retry', 'runs', 'submit']),
  )
})
