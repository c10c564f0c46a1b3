import { useState } from 'react'
import { plural } from '../../../../src/wording/count.ts'
import styles from './json-view.module.css'
import { wholeCharacter } from './long-text.tsx'
import { PlainText } from './plain-text.tsx'

interface JsonViewProps {
  readonly value: unknown
  /** How many levels are open from the beginning. */
  readonly open?: number
}

/** Any JSON, as text and nothing else; its parts fold. */
export function JsonView({ value, open = 2 }: JsonViewProps) {
  return (
    <div className={styles['json']}>
      <Node name={null} value={value} open={open} />
    </div>
  )
}

const longText = 2_000
const moreText = 10_000
const manyEntries = 100

function Node({
  name,
  value,
  open,
}: {
  readonly name: string | null
  readonly value: unknown
  readonly open: number
}) {
  const [all, setAll] = useState(false)
  if (typeof value !== 'object' || value === null)
    return (
      <div>
        <Name name={name} />
        <Scalar value={value} />
      </div>
    )
  const entries = Object.entries(value)
  const list = Array.isArray(value)
  const words = plural(entries.length, list ? 'entry' : 'field', list ? 'entries' : 'fields')
  if (entries.length === 0)
    return (
      <div>
        <Name name={name} />
        <span className={styles['note']}>{list ? '[]' : '{}'}</span>
      </div>
    )
  const shown = all ? entries : entries.slice(0, manyEntries)
  return (
    <details open={open > 0}>
      <summary>
        <Name name={name} />
        <span className={styles['note']}>{list ? `[ ${words} ]` : `{ ${words} }`}</span>
      </summary>
      <ul>
        {shown.map(([inner, part]) => (
          <li key={inner}>
            <Node name={inner} value={part} open={open - 1} />
          </li>
        ))}
        {shown.length === entries.length ? null : (
          <li>
            <button type="button" className={styles['more']} onClick={() => setAll(true)}>
              all {entries.length}
            </button>
          </li>
        )}
      </ul>
    </details>
  )
}

function Name({ name }: { readonly name: string | null }) {
  if (name === null) return null
  return (
    <>
      <span className={styles['name']}>
        <PlainText text={name} />
      </span>
      <span className={styles['note']}>: </span>
    </>
  )
}

function Scalar({ value }: { readonly value: unknown }) {
  const [shown, setShown] = useState(longText)
  if (typeof value !== 'string') return <span className={styles['value']}>{String(value)}</span>
  const cut = value.length > shown
  return (
    <span className={styles['text']}>
      <PlainText text={cut ? value.slice(0, wholeCharacter(value, shown)) : value} />
      {cut ? (
        <>
          {' … '}
          <button type="button" className={styles['more']} onClick={() => setShown(shown + moreText)}>
            more of its {plural(value.length, 'character')}
          </button>
        </>
      ) : null}
    </span>
  )
}
