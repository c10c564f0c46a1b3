import { OpenAPIHono, z } from '@hono/zod-openapi'
import { errorCodes } from '../../domain/errors.ts'
import { ok } from '../answer.ts'
import { statusOf } from '../problem.ts'
import { defineRoute, type Route } from '../route.ts'

const anyDocument = z
  .object({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) })
  .catchall(z.unknown())
  .openapi('OpenApiDocument')

/** Who can mend a failure of each code, and the exit code of the command line. */
const whose = new Map(Object.entries(errorCodes))

/** The route that tells what all routes are, itself among them. */
export function documentRoute(others: readonly Route[], version: string): Route {
  let written: z.infer<typeof anyDocument> | null = null
  const route: Route = defineRoute(
    {
      method: 'get',
      path: '/openapi.json',
      tag: 'Server',
      scope: 'open',
      summary: 'This document',
      answers: { 200: anyDocument },
    },
    async () => ok((written ??= documentOf([...others, route], version))),
  )
  return route
}

/** The routes of a table as an OpenAPI document. */
export function documentOf(routes: readonly Route[], version: string): z.infer<typeof anyDocument> {
  const made = new OpenAPIHono()
  const registry = made.openAPIRegistry
  registry.registerComponent('securitySchemes', 'key', {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'made by `offpeak keys add`',
  })
  registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' })
  registry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'offpeak_session_…',
    description: 'the dashboard; the name ends with a mark of the project',
  })
  for (const { document } of routes) registry.registerPath(document)
  return anyDocument.parse(
    made.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'Offpeak',
        version,
        description:
          'Runs of jobs through the Batch APIs. Every error is a problem of RFC 9457 with the code that the command line prints.',
      },
      servers: [{ url: '/' }],
      'x-problems': Object.entries(statusOf).map(([code, status]) => ({ code, status, ...whose.get(code) })),
    }),
  )
}
