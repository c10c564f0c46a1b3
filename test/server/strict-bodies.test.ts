import { z } from 'zod'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openServed, type ServedProject } from './server-kit.ts'

let project: ServedProject
beforeAll(async () => {
  project = await openServed({
    job: 'params: z.object({ harbour: z.string().optional() }),',
  })
})
afterAll(() => project[Symbol.asyncDispose]())

test('a misspelt key in any body is refused with the key that was meant, and nothing is done', async () => {
  const { server, ask, emulator } = project
  const bodies = server.routes.flatMap((route) =>
    route.body instanceof z.ZodObject && route.body.def.catchall instanceof z.ZodNever
      ? [{ route, names: Object.keys(route.body.shape) }]
      : [],
  )
  const taking = server.routes.filter(({ body }) => body !== null)
  const open = taking.filter((route) => !bodies.some((each) => each.route === route))
  // What a provider sends is its own.
  expect(open.map(({ path }) => path)).toEqual(['/webhooks/openai'])
  for (const { route, names } of bodies)
    for (const name of names) {
      const wrong = name.length > 2 ? name.slice(0, 1) + name.slice(2) : `${name}x`
      const path = route.path.replaceAll(/\{\w+\}/g, 'notes')
      const answer = await ask(route.method.toUpperCase(), path, { body: { [wrong]: 1 } })
      expect(answer.json, `${route.path} ${wrong}`).toMatchObject({
        status: 422,
        code: 'E_USAGE',
        detail: `body: there is no entry \`${wrong}\``,
        fix: expect.stringContaining(`\`${name}\``),
      })
    }
  expect((await ask('POST', '/api/v1/runs/x/pause', { body: { more: 1 } })).json).toMatchObject({
    detail: 'body: there is no entry `more`',
    fix: 'the body takes no entries',
  })
  expect(emulator.bill().requests).toBe(0)
})

test('a wrong value says what stands there and what may', async () => {
  const { ask } = project
  const plan = async (body: object): Promise<unknown> =>
    (await ask('POST', '/api/v1/jobs/notes/plan', { body })).json
  expect(await plan({ limit: '5' })).toMatchObject({
    detail: "body: `limit` is '5'",
    fix: 'it takes a positive number',
    issues: [{ path: 'body.limit', message: "`limit` is '5': it takes a positive number" }],
  })
  expect(await plan({ redo: 'yes' })).toMatchObject({ fix: 'it takes true or false' })
  expect(await plan({ only: 'a' })).toMatchObject({ fix: 'it takes a list' })
  expect(
    (await ask('POST', '/api/v1/runs/x/retry', { body: { outcomes: ['trucated'] } })).json,
  ).toMatchObject({
    detail: "body: `outcomes.0` is 'trucated'",
    fix: expect.stringMatching(/^did you mean 'truncated'\? it takes /),
  })
  expect((await ask('POST', '/api/v1/runs/x/retry', { body: [] })).json).toMatchObject({
    detail: 'body: the body is []',
  })
})

test('a misspelt parameter of a job is refused, as its schema would drop it without a word', async () => {
  const { ask, emulator } = project
  for (const path of ['plan', 'runs'])
    expect(
      (await ask('POST', `/api/v1/jobs/notes/${path}`, { body: { params: { harbor: 'Kiel' } } })).json,
    ).toMatchObject({
      code: 'E_PARAMS',
      detail: 'the job notes has no parameter harbor. Did you mean harbour?',
      fix: 'its parameters are harbour',
    })
  expect(emulator.bill().requests).toBe(0)
  expect(
    (await ask('POST', '/api/v1/jobs/notes/plan', { body: { params: { harbour: 'Kiel' } } })).status,
  ).toBe(200)
})
