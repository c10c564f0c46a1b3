import { createLink } from '@tanstack/react-router'
import type { ComponentProps, ReactNode } from 'react'
import styles from './tabs.module.css'

/** Parts of one thing, each at an address of its own. */
export function Tabs({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <nav aria-label={label} className={styles['tabs']}>
      {children}
    </nav>
  )
}

/** One of them; the router marks the current one. */
export const Tab = createLink(function TabAnchor({
  count,
  children,
  ...rest
}: ComponentProps<'a'> & {
  /** How many there are in it, where that is worth knowing. */
  readonly count?: ReactNode
}) {
  return (
    <a {...rest} className={styles['tab']}>
      {children}
      {count === undefined || count === null ? null : <span className={styles['count']}>{count}</span>}
    </a>
  )
})
