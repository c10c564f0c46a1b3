import { basename } from 'node:path'
import { allows } from '../../domain/scope.ts'
import { ok, said } from '../answer.ts'
import { login, type Session, session } from '../contract/session.ts'
import { cookieIn } from '../guard/identify.ts'
import { type Caller, sees } from '../guard/caller.ts'
import { Refusal } from '../problem.ts'
import { defineRoute, type Route } from '../route.ts'
import type { ServerContext } from '../server-context.ts'

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
    async ({ served, body, client, header }) => {
      const { sessions, rate } = served
      const caller = await sessions.login(body)
      if (!caller) {
        await rate.failed(client.address)
        throw new Refusal('E_KEY', 'the token or the key is not valid', {
          fix: 'open the link that `offpeak serve` prints, or give a key of `offpeak keys add`',
        })
      }
      await rate.asked(caller.id)
      // Whoever signs in anew leaves no session behind that nobody could end any more.
      const before = cookieIn(sessions, header)
      if (before !== null) await sessions.end(before)
      return said(200, await sessionOf(served, caller), {
        'set-cookie': sessions.cookieFor(await sessions.open(caller), client.scheme === 'https'),
      })
    },
  ),
  defineRoute(
    {
      method: 'delete',
      path,
      tag,
      scope: 'open',
      summary: 'Sign out',
      description:
        'Ends the session on every server of the state: a copy of its cookie opens nothing any more.',
      answers: { 204: null },
    },
    async ({ served: { sessions }, client, header }) => {
      const cookie = cookieIn(sessions, header)
      if (cookie !== null) await sessions.end(cookie)
      return said(204, null, { 'set-cookie': sessions.cookieFor(null, client.scheme === 'https') })
    },
  ),
]

async function sessionOf(
  { offpeak: { config }, version, launcher, compat, emulator, clock }: ServerContext,
  caller: Caller,
): Promise<Session> {
  const { name, scope, jobs } = caller
  return {
    name,
    scope,
    jobs,
    version,
    launcher,
    project: basename(config.dir),
    simulated: config.isSimulated,
    emulatorFlag: config.isEmulatorTyped,
    emulator: emulator !== null && jobs === null && allows(scope, 'admin'),
    compat: compat !== null && sees(caller, compat) ? compat : null,
    configChanges: [...(await config.files.changes())],
    now: clock.now(),
  }
}
