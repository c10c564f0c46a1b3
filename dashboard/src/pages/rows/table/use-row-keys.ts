import { type RefObject, useEffect, useRef } from 'react'
import { useKey } from '../../../keys/use-key.tsx'

interface KeyOptions {
  readonly region: RefObject<HTMLElement | null>
  readonly count: number
  /** The first row that is in sight. */
  readonly first: number
  readonly rowHeight: number
  readonly view: number
  readonly reveal: (from: number, to: number) => void
  readonly goTo: (top: number) => void
}

/** `j` and `k` go from row to row, also to those that are not drawn yet; Home and End to the ends. */
export function useRowKeys({ region, count, first, rowHeight, view, reveal, goTo }: KeyOptions): void {
  const wanted = useRef<number | null>(null)
  // A row can be given the focus as soon as it is drawn.
  useEffect(() => {
    if (wanted.current === null) return
    const link = region.current?.querySelector<HTMLElement>(`[data-at="${wanted.current}"]`)
    if (link == null) return
    wanted.current = null
    link.focus({ preventScroll: true })
  })
  const move = (by: number): void => {
    const before = wanted.current ?? focusedRow()
    const next = before === null ? first : Math.max(0, Math.min(count - 1, before + by))
    wanted.current = next
    reveal(next * rowHeight, (next + 1) * rowHeight)
    region.current?.querySelector<HTMLElement>(`[data-at="${next}"]`)?.focus({ preventScroll: true })
  }
  const jump = (top: number): void => {
    wanted.current = null
    goTo(top)
  }
  const options = { group: 'Rows' }
  useKey('j', 'next row', () => move(1), options)
  useKey('k', 'row before', () => move(-1), options)
  useKey('Home', 'to the beginning', () => jump(0), options)
  useKey('End', 'to the end', () => jump(Number.MAX_SAFE_INTEGER), options)
  useKey('PageDown', 'a page down', () => jump(first * rowHeight + view - rowHeight), options)
  useKey('PageUp', 'a page up', () => jump(first * rowHeight - view + rowHeight), options)
}

function focusedRow(): number | null {
  const { activeElement } = document
  const at = activeElement instanceof HTMLElement ? activeElement.dataset['at'] : undefined
  return at === undefined ? null : Number(at)
}
