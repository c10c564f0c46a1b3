import type { ReactNode } from 'react'
import { Failure } from './failure.tsx'
import { Loading } from './empty.tsx'

/** What `useQuery` gives, as far as this needs it. */
export interface Asked<Data> {
  readonly data: Data | undefined
  readonly error: Error | null
  readonly refetch: () => unknown
}

/** Shows what was asked for when it is there; before, its place; and what went wrong instead of it or above it. */
export function Waiting<Data>({
  asked,
  rows = 6,
  children,
}: {
  readonly asked: Asked<Data>
  /** How many lines it will have, more or less. */
  readonly rows?: number
  readonly children: (data: Data) => ReactNode
}) {
  const { data, error, refetch } = asked
  const failure = error === null ? null : <Failure error={error} onRetry={() => void refetch()} />
  if (data === undefined) return failure ?? <Loading rows={rows} />
  return (
    <>
      {failure}
      {children(data)}
    </>
  )
}
