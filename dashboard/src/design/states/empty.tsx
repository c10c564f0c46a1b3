import type { ReactNode } from 'react'
import styles from './empty.module.css'

/** Nothing there: why, and what to do about it. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className={styles['empty']}>
      <h2>{title}</h2>
      {children}
    </div>
  )
}

const widths = ['62%', '84%', '48%', '71%', '56%']

/** As tall as what comes: rows of the size of a table's. */
export function Loading({ rows = 5, height = 34 }: { readonly rows?: number; readonly height?: number }) {
  return (
    <div
      className={styles['loading']}
      role="status"
      style={{ minHeight: rows * height, rowGap: height - 12 }}
    >
      <span className="said">Reading</span>
      {Array.from({ length: rows }, (_, at) => (
        <div key={at} className={styles['bone']} style={{ width: widths[at % widths.length] }} />
      ))}
    </div>
  )
}
