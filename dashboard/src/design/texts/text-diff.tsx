import { diffWordsWithSpace } from 'diff'
import { useMemo } from 'react'
import { PlainText } from './plain-text.tsx'
import styles from './text-diff.module.css'

/** Beyond this, comparing word by word would hold the page up. */
const maxCompared = 60_000
const longestMs = 250

/**
 * What changed between two texts, word by word: what went is struck out, what came is underlined. `side` shows only
 * one of the texts, with its own changes marked; `whole` takes each for one word.
 */
export function TextDiff({
  before,
  after,
  side = 'both',
  whole = false,
}: {
  readonly before: string
  readonly after: string
  readonly side?: 'both' | 'before' | 'after'
  readonly whole?: boolean
}) {
  const parts = useMemo(() => {
    const byWord = !whole && before.length + after.length <= maxCompared
    // Two texts that have little in common would be compared for long, to say little.
    const compared = byWord ? diffWordsWithSpace(before, after, { timeout: longestMs }) : undefined
    if (compared !== undefined) return compared
    if (before === after) return [{ value: after, removed: false, added: false }]
    return [
      { value: before, removed: true, added: false },
      { value: after, removed: false, added: true },
    ]
  }, [before, after, whole])
  return (
    <div className={styles['text']}>
      {parts.map(({ value, added, removed }, at) => {
        if ((added && side === 'before') || (removed && side === 'after')) return null
        const text = <PlainText text={value} />
        // Parts have no identity but their place.
        if (added) return <ins key={at}>{text}</ins>
        return removed ? <del key={at}>{text}</del> : <span key={at}>{text}</span>
      })}
    </div>
  )
}
