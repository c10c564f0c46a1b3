import { diffWordsWithSpace } from 'diff'
import { useMemo } from 'react'
import { PlainText } from './plain-text.tsx'
import styles from './text-diff.module.css'

/** Beyond this, comparing word by word would hold the page up. */
const maxCompared = 60_000

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
  const parts = useMemo(
    () =>
      before !== after && (whole || before.length + after.length > maxCompared)
        ? [
            { value: before, removed: true, added: false },
            { value: after, removed: false, added: true },
          ]
        : diffWordsWithSpace(before, after),
    [before, after, whole],
  )
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
