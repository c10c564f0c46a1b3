import { z } from '@hono/zod-openapi'
import { OffpeakError } from '../../domain/errors.ts'
import { ok } from '../answer.ts'
import { digestOf } from '../guard/api-key.ts'
import { Refusal } from '../problem.ts'
import { defineRoute, type Route } from '../route.ts'
import type { ServerContext } from '../server-context.ts'
import { signatureBy } from './signature.ts'
import { parseJson } from '../../planning/text/parse-json.ts'

/** What is read of a message, and only once its signature is known to be good. */
const message = z.looseObject({ data: z.looseObject({ id: z.string() }) })

/** Somebody who died over a message is not waited for longer than this; the batch is polled anyway. */
const staleMs = 60_000

export const incomingRoute: Route = defineRoute(
  {
    method: 'post',
    path: '/webhooks/openai',
    tag: 'Server',
    scope: 'open',
    summary: 'OpenAI says that a batch has ended',
    description:
      'Signed as Standard Webhooks has it, by the secret in OPENAI_WEBHOOK_SECRET. All it does is to have the batch polled at once.',
    body: z.looseObject({}).openapi('ProviderMessage'),
    answers: { 200: z.object({ received: z.literal(true) }).openapi('Received') },
  },
  async ({ served, text, header, client }) => {
    const secret = served.offpeak.config.environment.openaiWebhookSecret
    if (secret === null)
      throw new OffpeakError('E_ROUTE', 'no webhooks are taken here: OPENAI_WEBHOOK_SECRET is not set', {
        fix: 'set it to the secret that OpenAI shows for the webhook, and start the server again',
      })
    const signature = signatureBy(secret.value)
    if (signature === null)
      throw new OffpeakError('E_ENV', `${secret.name} is not whsec_ and base64`, { where: secret.name })
    const id = header('webhook-id') ?? ''
    const sent = { id, timestamp: header('webhook-timestamp') ?? '', body: text }
    if (!signature.isGood(sent, header('webhook-signature') ?? '', served.clock.now())) {
      await served.rate.failed(client.address)
      throw new Refusal('E_KEY', 'the message is not signed by the secret, or is not of these minutes', {
        where: 'the webhook-signature header',
      })
    }
    const { data } = message.safeParse(parseJson(text))
    if (data) await onceOnly(served, id, () => wake(served, data.data.id))
    return ok({ received: true })
  },
)

/** The message tells no truth: the batch is asked, only sooner. */
async function wake({ offpeak: { store }, clock }: ServerContext, providerBatchId: string): Promise<void> {
  const attempt = await store.attemptOf(providerBatchId)
  if (attempt) await store.wakeAttempt(attempt.id, clock.now())
}

async function onceOnly(
  { offpeak: { store }, clock }: ServerContext,
  id: string,
  act: () => Promise<void>,
): Promise<void> {
  const hash = digestOf(`webhook ${id}`).toString('hex')
  const known = await store.beginRepeat({ key: hash, requestHash: hash, now: clock.now(), staleMs })
  if (known.kind !== 'new') return
  try {
    await act()
    await store.endRepeat(hash, 200, '')
  } catch (thrown) {
    await store.dropRepeat(hash)
    throw thrown
  }
}
