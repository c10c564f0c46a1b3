import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { afterScroll, barAt, drawnHeight, type ScrollSize } from './scroll-scale.ts'

/** What of a long list is in sight. */
export interface ScaledScroll {
  /** For the element that scrolls. */
  readonly region: RefObject<HTMLDivElement | null>
  /** Where the bar of the region is, in its own pixels. */
  readonly bar: number
  /** The first pixel of the list that is in sight. */
  readonly top: number
  /** How many pixels of the list are in sight. */
  readonly view: number
  /** How tall the list is drawn. */
  readonly drawn: number
  /** Brings a stretch of the list into sight. */
  readonly reveal: (from: number, to: number) => void
  readonly goTo: (top: number) => void
}

/** The bar goes back to its true place when nobody moves it. */
const restMs = 140

/** Scrolls a list of any height within a region, the head of which (`headHeight`) stays in sight. */
export function useScaledScroll({
  whole,
  headHeight,
}: {
  readonly whole: number
  readonly headHeight: number
}): ScaledScroll {
  const region = useRef<HTMLDivElement>(null)
  const [view, setView] = useState(600)
  const [at, setAt] = useState({ bar: 0, top: 0 })
  const latest = useRef({ at, size: { whole, view } satisfies ScrollSize })
  useLayoutEffect(() => {
    latest.current.size = { whole, view }
  }, [whole, view])

  const put = useCallback((next: { readonly bar: number; readonly top: number }): void => {
    latest.current.at = next
    setAt(next)
  }, [])

  const goTo = useCallback(
    (wanted: number): void => {
      const element = region.current
      if (element === null) return
      const { size } = latest.current
      const top = Math.max(0, Math.min(wanted, size.whole - size.view))
      element.scrollTo({ top: barAt(size, top), behavior: 'instant' })
      // What the browser has made of it.
      put({ bar: element.scrollTop, top: size.whole === drawnHeight(size) ? element.scrollTop : top })
    },
    [put],
  )

  const reveal = useCallback(
    (from: number, to: number): void => {
      const { at: now, size } = latest.current
      if (from < now.top) goTo(from)
      else if (to > now.top + size.view) goTo(to - size.view)
    },
    [goTo],
  )

  useEffect(() => {
    const element = region.current
    if (element === null) return
    const measure = new ResizeObserver(() => setView(Math.max(0, element.clientHeight - headHeight)))
    measure.observe(element)
    let timer: ReturnType<typeof setTimeout> | undefined
    const scrolled = (): void => {
      const { at: before, size } = latest.current
      const bar = element.scrollTop
      if (bar === before.bar) return
      put({ bar, top: afterScroll(size, before, bar) })
      clearTimeout(timer)
      timer = setTimeout(() => {
        const { at: now, size: then } = latest.current
        const right = barAt(then, now.top)
        if (Math.abs(right - now.bar) < 1) return
        element.scrollTo({ top: right, behavior: 'instant' })
        put({ bar: element.scrollTop, top: now.top })
      }, restMs)
    }
    element.addEventListener('scroll', scrolled, { passive: true })
    return () => {
      measure.disconnect()
      clearTimeout(timer)
      element.removeEventListener('scroll', scrolled)
    }
  }, [headHeight, put])

  return {
    region,
    bar: at.bar,
    top: Math.max(0, Math.min(at.top, whole - view)),
    view,
    drawn: drawnHeight({ whole, view }),
    reveal,
    goTo,
  }
}
