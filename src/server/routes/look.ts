import { z } from '@hono/zod-openapi'
import { remedyCommand } from '../../wording/remedies.ts'
import type { MendedGroup } from '../../engine/control/priced-fixes.ts'
import { specOf } from '../../engine/spec.ts'
import type { RunRow } from '../../ports/state.ts'
import type { ServerContext } from '../server-context.ts'
import { fixFor } from '../../wording/commands/fix-for.ts'
import { isRetryable } from '../../engine/control/retry-run.ts'
import { kept, ok } from '../answer.ts'
import { events } from '../contract/event.ts'
import { pageQuery } from '../contract/page.ts'
import { report } from '../contract/report.ts'
import { providerLook, remedies } from '../contract/run.ts'
import { lookAtProvider } from '../provider-looks.ts'
import { errorGroups } from '../contract/row.ts'
import { eventOf } from '../live/messages.ts'
import { requireRun } from '../guard/allow.ts'
import { reportSeen, seesEvent } from '../guard/seen-events.ts'
import { numberIn } from '../cursor.ts'
import { defineRoute, type Route } from '../route.ts'
import { runParams } from './runs.ts'

const tag = 'Runs'

/** While a run goes on, its groups are asked for again and again, and none is priced. */
async function mendedOf(
  offpeak: ServerContext['offpeak'],
  { id, job, state, liveKey, spec }: RunRow,
): Promise<readonly MendedGroup[]> {
  const groups = await offpeak.groups(id)
  if (liveKey === null || state === 'paused') return offpeak.mended(id, groups)
  const { maxOutputTokens } = specOf({ id, spec })
  return groups.map((group) => ({ ...group, fix: fixFor({ run: id, job, state, maxOutputTokens }, group) }))
}

/** Routes for the results of a run, from its state. */
export const lookRoutes: readonly Route[] = [
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/runs/{run}/errors',
      tag,
      scope: 'read',
      summary: 'What failed, grouped, with the command that fixes it',
      params: runParams,
      answers: { 200: errorGroups },
    },
    async ({ served: { offpeak, brief }, caller, params }) => {
      const row = await requireRun(offpeak.store, caller, params.run)
      const { id } = row
      return kept(
        await brief.get(`errors ${id}`, async () => ({
          run: id,
          items: (await mendedOf(offpeak, row)).map(({ fix, ...group }) => ({
            ...group,
            retryable: isRetryable(group.outcome),
            command: fix.command,
          })),
        })),
      )
    },
  ),
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/runs/{run}/remedies',
      tag,
      scope: 'run',
      expensive: true,
      summary: 'What can be done about what failed, each way with its records and its price',
      description:
        'Judges stored answers with the job as it is now, and plans to ask again. Nothing is sent or written.',
      params: runParams,
      answers: { 200: remedies },
    },
    async ({ served: { offpeak }, caller, params }) => {
      const { id } = await requireRun(offpeak.store, caller, params.run)
      const found = await offpeak.remedies(id)
      const items = found.items.map((remedy) => ({ ...remedy, command: remedyCommand(id, remedy) }))
      return ok({ ...found, items })
    },
  ),
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/runs/{run}/provider',
      tag,
      scope: 'read',
      expensive: true,
      summary: 'What the provider says now of a run that no process carries',
      description:
        'Only reads, and asks no more often than every ten seconds. `atProvider` is null where some process drives the run; `words` says why the provider, or one batch, could not be asked.',
      params: runParams,
      answers: { 200: providerLook },
    },
    async ({ served: { offpeak }, caller, params }) => {
      const { id } = await requireRun(offpeak.store, caller, params.run)
      const atProvider = await lookAtProvider(offpeak, id)
      return ok({ schema: 'offpeak.at-provider/2' as const, run: id, atProvider })
    },
  ),
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/runs/{run}/report',
      tag,
      scope: 'read',
      expensive: true,
      summary: 'Plan against actual: cost, outcomes, batches, lines',
      params: runParams,
      answers: { 200: report },
    },
    async ({ served: { offpeak, brief }, caller, params }) => {
      const { id } = await requireRun(offpeak.store, caller, params.run)
      const { value, json } = await brief.get(`report ${id}`, () => offpeak.report(id))
      const seen = reportSeen(caller, value)
      return seen === value ? kept({ value, json }) : ok(seen)
    },
  ),
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/runs/{run}/history',
      tag,
      scope: 'read',
      summary: 'What happened to a run, oldest first',
      params: runParams,
      query: z.object(pageQuery),
      answers: { 200: events },
    },
    async ({ served: { offpeak }, caller, params, query: { cursor, limit } }) => {
      const { id } = await requireRun(offpeak.store, caller, params.run)
      const found = await offpeak.store.events(id, numberIn(cursor) ?? 0, limit)
      const last = found.at(-1)
      return ok({
        items: found.map(eventOf).filter((event) => seesEvent(caller, event)),
        nextCursor: last && found.length === limit ? String(last.id) : null,
      })
    },
  ),
]
