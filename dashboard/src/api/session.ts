import { queryOptions } from '@tanstack/react-query'
import type { Session } from '../../../src/server/contract/session.ts'
import { setLauncher } from '../format/launcher.ts'
import { request } from './request.ts'

export function sessionQuery() {
  return queryOptions({
    queryKey: ['session'],
    queryFn: async ({ signal }) => known(await request<Session>('GET', '/session', { signal })),
    staleTime: Infinity,
    // What changes of it is the configuration under the server.
    refetchInterval: 15_000,
    retry: false,
  })
}

/** The token of the link that the terminal printed, or a key. */
export async function login(given: { readonly token: string } | { readonly key: string }): Promise<Session> {
  return known(await request<Session>('POST', '/session', { body: given }))
}

/** Commands are shown as they work where the server was started. */
function known(session: Session): Session {
  setLauncher(session.launcher)
  return session
}

export function logout(): Promise<null> {
  return request('DELETE', '/session')
}

/** The launch token in the address, which is taken out of it, so that nobody copies it along. */
export function takeToken(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')
  if (token !== null) history.replaceState(history.state, '', location.pathname + location.search)
  return token
}
