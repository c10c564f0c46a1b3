import { useLocation } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { PlainText } from '../../design/texts/plain-text.tsx'
import type { Operation } from './api-document.ts'
import type { Part } from './json-parts.ts'
import { RouteDetails } from './route-details.tsx'
import styles from './route-entry.module.css'

/** One route: a line that unfolds, and a link to itself. */
export function RouteEntry({
  operation,
  schemas,
}: {
  readonly operation: Operation
  readonly schemas: Part
}) {
  const { id, method, path, summary, scope } = operation
  const { hash } = useLocation()
  const meant = hash === id
  const [open, setOpen] = useState(meant)
  const place = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    if (!meant || place.current === null) return
    // It tells that it was opened, as if somebody had.
    place.current.open = true
  }, [meant])
  return (
    <details
      ref={place}
      id={id}
      className={styles['entry']}
      open={open}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary className={styles['line']}>
        <span className={styles['method']}>{method}</span>
        <span className={styles['path']}>
          <Path path={path} />
        </span>
        <span className={styles['summary']}>
          <PlainText text={summary} />
        </span>
        <span className={styles['scope']}>{scope ?? 'open'}</span>
      </summary>
      {open ? <RouteDetails operation={operation} schemas={schemas} /> : null}
    </details>
  )
}

/** It breaks after slashes, and its names stand out by their braces. */
function Path({ path }: { readonly path: string }) {
  return path.split(/(?<=\/)/).map((piece, at) => (
    // Pieces have no identity but their place.
    <span key={at}>
      {piece}
      <wbr />
    </span>
  ))
}
