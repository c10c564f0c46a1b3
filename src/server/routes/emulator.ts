import { OffpeakError } from '../../domain/errors.ts'
import { ok } from '../answer.ts'
import { clockRequest, emulatorState, faultRequest } from '../contract/emulator.ts'
import { requireAllJobs } from '../guard/allow.ts'
import type { Caller } from '../guard/caller.ts'
import * as control from '../emulator-control.ts'
import { defineRoute, type Route } from '../route.ts'
import type { ServerContext } from '../server-context.ts'

const tag = 'Emulator'
const scope = 'admin'
const answers = { 200: emulatorState }

export const emulatorRoutes: readonly Route[] = [
  defineRoute(
    { method: 'get', path: '/api/v1/emulator', tag, scope, summary: 'The built-in emulator', answers },
    async ({ served, caller }) => ok(await control.emulatorState(urlOf(served, caller))),
  ),
  defineRoute(
    {
      method: 'post',
      path: '/api/v1/emulator/clock',
      tag,
      scope,
      summary: 'Change how fast its time goes, or let some pass',
      body: clockRequest,
      answers,
    },
    async ({ served, caller, body }) => {
      const url = urlOf(served, caller)
      await control.turnClock(url, body)
      return ok(await control.emulatorState(url))
    },
  ),
  defineRoute(
    {
      method: 'post',
      path: '/api/v1/emulator/faults',
      tag,
      scope,
      summary: 'Inject faults into its batches',
      body: faultRequest,
      answers,
    },
    async ({ served, caller, body }) => {
      const url = urlOf(served, caller)
      await control.addFault(url, body)
      return ok(await control.emulatorState(url))
    },
  ),
  defineRoute(
    {
      method: 'delete',
      path: '/api/v1/emulator/faults',
      tag,
      scope,
      summary: 'Let all batches live as they do',
      answers,
    },
    async ({ served, caller }) => {
      const url = urlOf(served, caller)
      await control.clearFaults(url)
      return ok(await control.emulatorState(url))
    },
  ),
]

/** The emulator, which shows and changes what the batches of all jobs live through. Throws E_SCOPE and E_ROUTE. */
function urlOf({ emulator }: ServerContext, caller: Caller): string {
  requireAllJobs(caller)
  if (emulator !== null) return emulator.url
  throw new OffpeakError('E_ROUTE', 'this server has no emulator at hand', { fix: 'offpeak dev has one' })
}
