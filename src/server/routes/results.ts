import { z } from '@hono/zod-openapi'
import { csvLines } from '../../engine/queries/result-csv.ts'
import { usualFields, valueOf } from '../../engine/queries/result-fields.ts'
import type { RunResult } from '../../engine/queries/results.ts'
import { type Media, said } from '../answer.ts'
import { outcome } from '../contract/outcome.ts'
import { whileLetIn } from '../guard/while-let-in.ts'
import { requireRun } from '../guard/allow.ts'
import { lineStream } from '../line-stream.ts'
import { describe } from '../problem.ts'
import { defineRoute, type Route } from '../route.ts'
import { runParams } from './runs.ts'

const resultLine = z
  .object({
    key: z.string(),
    outcome,
    reason: z.string().nullable(),
    output: z.unknown(),
    inputTokens: z.number().int().nullable(),
    outputTokens: z.number().int().nullable(),
    costUsd: z.number().nullable(),
    tries: z.number().int(),
  })
  .openapi('ResultLine', { description: 'one line for each record' })

/** A client that takes nothing for so long holds no place that others wait for. */
const stalledAfterMs = 60_000

const csvMedia = 'text/csv'
const lines: Media = {
  media: 'application/x-ndjson',
  also: csvMedia,
  schema: resultLine,
  streams: true,
}

export const resultRoutes: readonly Route[] = [
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/runs/{run}/results',
      tag: 'Rows',
      scope: 'read',
      summary: 'Every record of a run with its output, as lines of JSON or as CSV',
      params: runParams,
      query: z.object({
        status: z.enum(['ok', 'failed', 'all']).default('all'),
        format: z.enum(['jsonl', 'csv']).default('jsonl'),
        escapeFormulas: z
          .stringbool({ truthy: ['true'], falsy: ['false'] })
          .default(false)
          .openapi({
            type: 'boolean',
            description: 'in CSV, an apostrophe before a cell that a spreadsheet would run as a formula',
          }),
      }),
      answers: { 200: lines },
    },
    async ({ served, caller, params, query: { status, format, escapeFormulas }, breakOff }) => {
      const { id, job } = await requireRun(served.offpeak.store, caller, params.run)
      // Its place is held to the end of the stream, not to that of this call.
      const place = served.rate.enter(caller.id)
      const read = (): AsyncIterable<RunResult> =>
        whileLetIn(served, caller, served.offpeak.results(id, { status }))
      const texts =
        format === 'csv' ? csvLines({ fields: usualFields, read }, { escapeFormulas }) : jsonLines(read())
      const stream = await lineStream(texts, (line) => `${line}\n`, {
        onEnd: () => place[Symbol.dispose](),
        onBroken(thrown) {
          if (thrown !== null) describe(thrown, served.log)
          breakOff()
        },
        stalledAfterMs,
      })
      return said(200, stream, {
        ...(format === 'csv' ? { 'content-type': csvMedia } : {}),
        'content-disposition': `attachment; filename="${job}-${id}.${format}"`,
      })
    },
  ),
]

async function* jsonLines(results: AsyncIterable<RunResult>): AsyncGenerator<string> {
  for await (const result of results)
    yield JSON.stringify(Object.fromEntries(usualFields.map((name) => [name, valueOf(result, name)])))
}
