import { type RefObject, useLayoutEffect, useState } from 'react'

/** What stays below the region: where one is, and the command. */
const below = 92
const least = 340

/** How high a region is that takes what is left of the window; on a low one it is a window of its own. */
export function useFillHeight(region: RefObject<HTMLElement | null>): number {
  const [height, setHeight] = useState(least)
  useLayoutEffect(() => {
    const measure = (): void => {
      const element = region.current
      if (element === null) return
      const left = innerHeight - (element.getBoundingClientRect().top + scrollY) - below
      setHeight(Math.max(left, Math.min(least, innerHeight - below)))
    }
    measure()
    addEventListener('resize', measure)
    const around = new ResizeObserver(measure)
    around.observe(document.body)
    return () => {
      removeEventListener('resize', measure)
      around.disconnect()
    }
  }, [region])
  return height
}
