import { useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, use } from 'react'
import type { Scope, Session } from '../../../src/server/contract/session.ts'
import { isLockedOut } from '../api/problem.ts'
import { sessionQuery } from '../api/session.ts'
import { Loading } from '../design/states/empty.tsx'
import { Failure } from '../design/states/failure.tsx'
import { LoginPage } from '../pages/login/login-page.tsx'
import styles from './shell.module.css'

const Current = createContext<Session | null>(null)

/** Lets nobody in without a session, and tells everything inside whose it is. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const { data, error, refetch } = useQuery(sessionQuery())
  if (isLockedOut(error)) return <LoginPage />
  if (data !== undefined) return <Current value={data}>{children}</Current>
  return (
    <main className={styles['alone']}>
      {error === null ? <Loading rows={3} /> : <Failure error={error} onRetry={() => void refetch()} />}
    </main>
  )
}

/** Whose session it is. Throws outside of the gate. */
export function useSession(): Session {
  const session = use(Current)
  if (session === null) throw new Error('there is no session here')
  return session
}

const scopes: readonly Scope[] = ['read', 'run', 'admin']

/** Whether the session may do what needs a scope. */
export function useMay(needs: Scope): boolean {
  const { scope } = useSession()
  return scopes.indexOf(scope) >= scopes.indexOf(needs)
}
