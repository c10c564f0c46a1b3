import { createContext, type ReactNode, use, useEffect, useState, useSyncExternalStore } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { type Connection, LiveStream } from './live.ts'

const Live = createContext<LiveStream | null>(null)

/** Keeps the stream of events open as long as it is on the page. */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const cache = useQueryClient()
  const [stream] = useState(() => new LiveStream(cache))
  useEffect(() => stream.start(), [stream])
  return <Live value={stream}>{children}</Live>
}

/** How well the page is told what happens, and a way to try again at once. */
export function useConnection(): { readonly state: Connection; readonly retry: () => void } {
  const stream = use(Live)
  const state = useSyncExternalStore(
    stream?.subscribe ?? (() => () => undefined),
    () => stream?.state ?? 'connecting',
  )
  return { state, retry: () => stream?.retryNow() }
}
