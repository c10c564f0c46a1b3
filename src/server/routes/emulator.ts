import { OffpeakError } from '../../domain/errors.ts'
import { ok } from '../answer.ts'
import { clockWish, emulatorState, faultWish } from '../contract/emulator.ts'
import * as control from '../emulator-control.ts'
import { defineRoute, type Route } from '../route.ts'
import type { Served } from '../served.ts'

const tag = 'Emulator'
const scope = 'admin'
const answers = { 200: emulatorState }

export const emulatorRoutes: readonly Route[] = [
  defineRoute(
    { method: 'get', path: '/api/v1/emulator', tag, scope, summary: 'The built-in emulator', answers },
    async ({ served }) => ok(await control.emulatorState(urlOf(served))),
  ),
  defineRoute(
    {
      method: 'post',
      path: '/api/v1/emulator/clock',
      tag,
      scope,
      summary: 'Change how fast its time goes, or let some pass',
      body: clockWish,
      answers,
    },
    async ({ served, body }) => {
      const url = urlOf(served)
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
      summary: 'Tell it what batches are to live through',
      body: faultWish,
      answers,
    },
    async ({ served, body }) => {
      const url = urlOf(served)
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
    async ({ served }) => {
      const url = urlOf(served)
      await control.clearFaults(url)
      return ok(await control.emulatorState(url))
    },
  ),
]

function urlOf({ emulator }: Served): string {
  if (emulator !== null) return emulator.url
  throw new OffpeakError('E_ROUTE', 'this server has no emulator at hand', { fix: 'offpeak dev has one' })
}
