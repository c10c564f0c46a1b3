import { type ReactNode, type RefObject, useEffect, useRef } from 'react'
import { Button } from '../../design/controls/button.tsx'
import { classes } from '../../design/classes.ts'
import { Kbd } from '../../design/controls/kbd.tsx'
import { useKey } from '../../keys/use-key.tsx'
import styles from './row-drawer.module.css'

/** A panel over the list, or all of the page; the list behind it can be used all the same. */
export function RowDrawer({
  title,
  place,
  wide,
  onWiden,
  onClose,
  onPrevious,
  onNext,
  children,
}: {
  readonly title: string
  /** Where it is in the list. */
  readonly place: string | null
  readonly wide: boolean
  readonly onWiden: () => void
  readonly onClose: () => void
  /** Null: there is none. */
  readonly onPrevious: (() => void) | null
  readonly onNext: (() => void) | null
  readonly children: ReactNode
}) {
  const panel = useRef<HTMLElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  const shown = useRef(title)
  useEffect(() => {
    if (shown.current === title) return
    shown.current = title
    panel.current?.scrollTo({ top: 0 })
  }, [title])
  useScrollKeys(panel)
  return (
    <aside ref={panel} aria-label="Record" className={classes(styles['drawer'], wide && styles['wide'])}>
      <header className={styles['head']}>
        <h2 ref={heading} tabIndex={-1} className={styles['title']}>
          <bdi>{title}</bdi>
        </h2>
        {place === null ? null : <span className={styles['place']}>{place}</span>}
        <div className={styles['ways']}>
          <Button tone="quiet" disabled={onPrevious === null} onClick={onPrevious ?? undefined}>
            <span className={styles['kbd']}>
              <Kbd keys="k" />
            </span>{' '}
            before
          </Button>
          <Button tone="quiet" disabled={onNext === null} onClick={onNext ?? undefined}>
            <span className={styles['kbd']}>
              <Kbd keys="j" />
            </span>{' '}
            next
          </Button>
          <Button tone="quiet" className={styles['widen']} onClick={onWiden} aria-pressed={wide}>
            <Kbd keys="w" /> wide
          </Button>
          <Button tone="quiet" onClick={onClose} aria-label="Back to the list">
            <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
              <path d="M3.5 3.5l9 9m0-9l-9 9" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
            </svg>
          </Button>
        </div>
      </header>
      <div className={styles['body']}>{children}</div>
    </aside>
  )
}

/** The keys that scroll the list behind scroll the panel while it is open. */
function useScrollKeys(panel: RefObject<HTMLElement | null>): void {
  const by = (pages: number): void => {
    const height = panel.current?.clientHeight ?? 0
    panel.current?.scrollBy({ top: pages * (height - keptInSight) })
  }
  const group = { group: 'Record' }
  useKey('Home', 'its beginning', () => panel.current?.scrollTo({ top: 0 }), group)
  useKey('End', 'its end', () => panel.current?.scrollTo({ top: panel.current.scrollHeight }), group)
  useKey('PageDown', 'a page down', () => by(1), group)
  useKey('PageUp', 'a page up', () => by(-1), group)
}

/** The head, and a line to go on from. */
const keptInSight = 120
