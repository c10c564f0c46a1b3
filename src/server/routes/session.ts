import { basename } from 'node:path'
import { isSimulated } from '../../compose/provider.ts'
import { allows } from '../../domain/scope.ts'
import { ok, said } from '../answer.ts'
import { login, type Session, session } from '../contract/session.ts'
import type { Caller } from '../guard/caller.ts'
import { Refusal } from '../problem.ts'
import { defineRoute, type Route } from '../route.ts'
import type { Served } from '../served.ts'

const path = '/api/v1/session'
const tag = 'Session'

export const sessionRoutes: readonly Route[] = [
  defineRoute(
    { method: 'get', path, tag, scope: 'read', summary: 'Who is asking', answers: { 200: session } },
    async ({ served, caller }) => ok(await sessionOf(served, caller)),
  ),
  defineRoute(
    {
      method: 'post',
      path,
      tag,
      scope: 'open',
      summary: 'Sign in with the token of the link, or with a key',
      description: 'Sets the cookie of the dashboard. A session that was made with a key ends with the key.',
      body: login,
      answers: { 200: session },
    },
    async ({ served, body, address }) => {
      await served.rate.mayGuess(address)
      const caller = await served.sessions.login(body)
      if (!caller) {
        await served.rate.failed(address)
        throw new Refusal('E_KEY', 'the token or the key is not valid', {
          fix: 'open the link that `offpeak serve` prints, or give a key of `offpeak keys add`',
        })
      }
      return said(200, await sessionOf(served, caller), {
        'set-cookie': served.sessions.cookieFor(caller),
      })
    },
  ),
  defineRoute(
    { method: 'delete', path, tag, scope: 'open', summary: 'Sign out', answers: { 204: null } },
    async ({ served }) => said(204, null, { 'set-cookie': served.sessions.cookieFor(null) }),
  ),
]

async function sessionOf(
  { offpeak: { config }, version, compat, emulator, clock }: Served,
  { name, scope, jobs }: Caller,
): Promise<Session> {
  const known = [...(await config.jobs()).values()]
  return {
    name,
    scope,
    jobs,
    version,
    project: basename(config.dir),
    simulated: known.length > 0 && known.every(({ job }) => isSimulated(config, job)),
    emulator: emulator !== null && allows(scope, 'admin'),
    compat,
    now: clock.now(),
  }
}
