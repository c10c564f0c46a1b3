import { z } from '@hono/zod-openapi'
import { OffpeakError } from '../../domain/errors.ts'
import { kept, ok } from '../answer.ts'
import { defineRoute, type Route } from '../route.ts'

const healthy = z.object({ status: z.literal('ok') }).openapi('Health')
const tag = 'Server'

export const healthRoutes: readonly Route[] = [
  defineRoute(
    {
      method: 'get',
      path: '/healthz',
      tag,
      scope: 'open',
      summary: 'Whether the server answers',
      answers: { 200: healthy },
    },
    async () => ok({ status: 'ok' as const }),
  ),
  defineRoute(
    {
      method: 'get',
      path: '/readyz',
      tag,
      scope: 'open',
      summary: 'Whether the state can be read',
      answers: { 200: healthy },
    },
    async ({ served: { brief, offpeak } }) =>
      kept(
        await brief.get('ready', async () => {
          try {
            await offpeak.store.runs({ limit: 1 })
          } catch (thrown) {
            throw new OffpeakError('E_DATABASE', 'the state cannot be read', { cause: thrown })
          }
          return { status: 'ok' as const }
        }),
      ),
  ),
]
