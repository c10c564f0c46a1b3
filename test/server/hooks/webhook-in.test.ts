import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import type { Project } from '../../../src/compose/project.ts'
import { serve, type Serving } from '../../../src/server/serve.ts'
import { begin, openKit, type KitProject } from '../../engine/run-kit.ts'

const secretOf = (words: string): string => `whsec_${Buffer.from(words.padEnd(32, '.')).toString('base64')}`
const secret = secretOf('ours')

/** The same project, with the secret in its environment. */
function withSecret({ offpeak }: KitProject, value: string | null): Project {
  const { config } = offpeak
  const openaiWebhookSecret = value === null ? null : { name: 'OPENAI_WEBHOOK_SECRET', value }
  return { ...offpeak, config: { ...config, environment: { ...config.environment, openaiWebhookSecret } } }
}

async function serving(
  project: KitProject,
  value: string | null = secret,
): Promise<Serving & AsyncDisposable> {
  const made = await serve(withSecret(project, value), {
    port: 0,
    ui: false,
    version: 'test',
    log: () => undefined,
  })
  return { ...made, [Symbol.asyncDispose]: () => made.close() }
}

interface Post {
  readonly id?: string
  readonly at?: number
  readonly secrets?: readonly string[]
  readonly sent?: string
}

async function post(
  { url }: Serving,
  body: string,
  { id = 'wh_1', at = Date.now(), secrets = [secret], sent = body }: Post = {},
): Promise<number> {
  const signatures = secrets.map((each) => new Webhook(each).sign(id, new Date(at), body))
  const answer = await fetch(`${url}/webhooks/openai`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at / 1_000)),
      'webhook-signature': signatures.join(' '),
    },
    body: sent,
  })
  return answer.status
}

const ended = (batch: string): string =>
  JSON.stringify({ object: 'event', id: 'evt_1', type: 'batch.completed', data: { id: batch } })

/** A run whose only batch is at the provider and is not to be asked for a long time. */
async function waitingBatch(
  project: KitProject,
): Promise<{ readonly attempt: number; readonly batch: string }> {
  const { store, drive } = project.offpeak
  const run = await begin(project, { limit: 3 })
  const stop = new AbortController()
  await drive({
    runIds: [run],
    signal: stop.signal,
    until: async () => (await store.attempts(run)).some(({ providerBatchId }) => providerBatchId !== null),
  })
  const [attempt] = await store.attempts(run)
  if (!attempt?.providerBatchId) throw new Error('it was not sent')
  return { attempt: attempt.id, batch: attempt.providerBatchId }
}

const slow = { emulator: { speed: 1 }, settings: { timings: { pollEveryMs: 600_000 } } }

test('a signed message makes its batch due at once, and nothing else', async () => {
  await using project = await openKit(slow)
  await using server = await serving(project)
  const { store } = project.offpeak
  const { attempt, batch } = await waitingBatch(project)
  const before = await store.attempt(attempt)
  expect(before?.nextAt).toBeGreaterThan(Date.now() + 60_000)
  expect(await post(server, ended(batch))).toBe(200)
  const after = await store.attempt(attempt)
  expect(after?.nextAt).toBeLessThanOrEqual(Date.now())
  expect({ ...after, nextAt: 0 }).toEqual({ ...before, nextAt: 0 })
})

test('a message that was seen is not handled again', async () => {
  await using project = await openKit(slow)
  await using server = await serving(project)
  const { store } = project.offpeak
  const { attempt, batch } = await waitingBatch(project)
  expect(await post(server, ended(batch), { id: 'wh_same' })).toBe(200)
  const claim = await store.claim(
    { kind: 'attempt', id: attempt },
    { holder: 'test', now: Date.now(), leaseMs: 1 },
  )
  if (claim) await store.release(claim, Date.now() + 600_000)
  expect(await post(server, ended(batch), { id: 'wh_same' })).toBe(200)
  expect((await store.attempt(attempt))?.nextAt).toBeGreaterThan(Date.now() + 60_000)
  expect(await post(server, ended(batch), { id: 'wh_other' })).toBe(200)
  expect((await store.attempt(attempt))?.nextAt).toBeLessThanOrEqual(Date.now())
})

test('of several signatures one is enough, and batches that nobody knows are taken without a word', async () => {
  await using project = await openKit()
  await using server = await serving(project)
  expect(await post(server, ended('batch_x'), { secrets: [secretOf('old'), secret] })).toBe(200)
  expect(await post(server, ended('batch_x'), { id: 'wh_2' })).toBe(200)
  expect(await post(server, '{"type":"something else"}', { id: 'wh_3' })).toBe(200)
})

test('what is forged, altered, stale or from the future is refused', async () => {
  await using project = await openKit()
  await using server = await serving(project)
  const body = ended('batch_x')
  expect(await post(server, body, { secrets: [secretOf('theirs')] })).toBe(401)
  expect(await post(server, body, { secrets: [] })).toBe(401)
  expect(await post(server, body, { sent: ended('batch_y') })).toBe(401)
  // The same object, written otherwise.
  expect(await post(server, body, { sent: JSON.stringify(JSON.parse(body), null, 1) })).toBe(401)
  expect(await post(server, body, { at: Date.now() - 302_000 })).toBe(401)
  expect(await post(server, body, { at: Date.now() + 302_000 })).toBe(401)
  expect(await post(server, body, { at: Date.now() - 290_000 })).toBe(200)
  const bare = await fetch(`${server.url}/webhooks/openai`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  expect(bare.status).toBe(401)
  expect(await bare.text()).not.toContain(secret)
})

test('without a secret there is no such path', async () => {
  await using project = await openKit()
  await using server = await serving(project, null)
  expect(await post(server, ended('batch_x'))).toBe(404)
})
