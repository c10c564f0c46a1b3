import { useSyncExternalStore } from 'react'

function subscribe(listener: () => void): () => void {
  addEventListener('resize', listener)
  return () => removeEventListener('resize', listener)
}

/** How wide the window is, in CSS pixels. */
export function useWindowWidth(): number {
  return useSyncExternalStore(subscribe, () => innerWidth)
}
