import { z } from '@hono/zod-openapi'
import { type Outcome, outcomeNames } from '../../domain/outcome.ts'
import { type RowSort, sortableFields } from '../../engine/queries/row-order.ts'
import { kept } from '../answer.ts'
import { pageQuery } from '../contract/page.ts'
import { record, rowPage } from '../contract/row.ts'
import { requireRun } from '../guard/allow.ts'
import { defineRoute, type Route } from '../route.ts'
import { runParams } from './runs.ts'

const tag = 'Rows'

/** Outcomes as `invalid,expired`. */
const outcomes = z
  .string()
  .max(300)
  .transform((text, context): readonly Outcome[] => {
    const words = text.split(',')
    const known = outcomeNames.filter((name) => words.includes(name))
    if (known.length === new Set(words).size) return known
    context.addIssue({ code: 'custom', message: `outcomes are ${outcomeNames.join(', ')}` })
    return z.NEVER
  })
  .openapi({ type: 'string', example: 'invalid,expired' })

/** A field, `-` before it for the highest first: `-output.score`. */
const sortField = z
  .string()
  .max(200)
  .transform((text): RowSort => {
    const descending = text.startsWith('-')
    return { field: descending ? text.slice(1) : text, descending }
  })
  .openapi({
    type: 'string',
    example: '-output.score',
    description: `${sortableFields.join(', ')}, or output.<name>; with - before it, the highest first`,
  })

export const rowRoutes: readonly Route[] = [
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/runs/{run}/rows',
      tag,
      scope: 'read',
      summary: 'A page of the records of a run',
      params: runParams,
      query: z.object({
        outcome: outcomes.optional(),
        reason: z.string().max(1_000).optional().openapi({ description: 'those whose reason has this' }),
        q: z.string().max(1_000).optional().openapi({ description: 'those whose key begins so' }),
        answer: z
          .string()
          .min(1)
          .max(1_000)
          .optional()
          .openapi({ description: 'those whose answer has this, in whatever case' }),
        sort: sortField.optional(),
        batch: z.coerce.number().int().nonnegative().max(1e9).optional(),
        answers: z
          .stringbool({ truthy: ['true'], falsy: ['false'] })
          .default(false)
          .openapi({ type: 'boolean', description: 'with the answers, which are read from their files' }),
        ...pageQuery,
        cursor: pageQuery.cursor.openapi({
          description: 'the `nextCursor` of the page before, or the `seq` of a row that the page comes after',
        }),
      }),
      answers: { 200: rowPage },
    },
    async ({ served: { offpeak, brief }, caller, params, query }) => {
      const { id } = await requireRun(offpeak.store, caller, params.run)
      const { outcome, reason, q, batch, answer, sort, answers, cursor = null, limit } = query
      return kept(
        await brief.get(`rows ${id} ${JSON.stringify(query)}`, () =>
          offpeak.rows(id, {
            ...(outcome === undefined ? {} : { outcomes: outcome }),
            ...(reason === undefined ? {} : { reason }),
            ...(q === undefined ? {} : { keyPrefix: q }),
            ...(batch === undefined ? {} : { batchN: batch }),
            ...(answer === undefined ? {} : { answer }),
            ...(sort === undefined ? {} : { sort }),
            answers,
            cursor,
            limit,
          }),
        ),
      )
    },
  ),
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/runs/{run}/rows/{key}',
      tag,
      scope: 'read',
      summary: 'Everything that is known about one record',
      params: runParams.extend({ key: z.string().max(1_000) }),
      answers: { 200: record },
    },
    async ({ served: { offpeak, brief }, caller, params: { run, key } }) => {
      const { id } = await requireRun(offpeak.store, caller, run)
      return kept(await brief.get(`record ${id} ${key}`, () => offpeak.record(id, key)))
    },
  ),
]
