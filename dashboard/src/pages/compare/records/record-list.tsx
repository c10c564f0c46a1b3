import { useEffect, useRef } from 'react'
import type { ComparedRecord } from '../../../../../src/server/contract/compare.ts'
import { Button } from '../../../design/controls/button.tsx'
import { plural } from '../../../../../src/wording/count.ts'
import { shortenedMiddle } from '../../../design/texts/shortened-middle.ts'
import { typedKey } from '../../../../../src/wording/typed-key.ts'
import { preferenceWords } from './preference-words.ts'
import { type FoundRecords, isWorse } from './use-records.ts'
import styles from './record-list.module.css'

/** As many as the list has room for beside the marks. */
const keyCharacters = 24

/** The keys of the records, with what was said of each; left of the record on a wide window. */
export function RecordList({
  found,
  onChoose,
}: {
  readonly found: FoundRecords
  readonly onChoose: (key: string) => void
}) {
  const list = useRef<HTMLOListElement>(null)
  const { records, at, more, lookOn, read } = found
  useEffect(() => {
    const current = list.current?.children[at]
    if (current === undefined || list.current === null) return
    const [inner, outer] = [current.getBoundingClientRect(), list.current.getBoundingClientRect()]
    // Scrolls the list and not the page.
    if (inner.top < outer.top) list.current.scrollTop -= outer.top - inner.top
    if (inner.bottom > outer.bottom) list.current.scrollTop += inner.bottom - outer.bottom
  }, [at])
  return (
    <nav aria-label="Records" className={styles['side']}>
      <ol ref={list} className={styles['list']}>
        {records.map((record, place) => (
          <li key={record.key}>
            <button
              type="button"
              className={styles['entry']}
              aria-current={place === at ? 'true' : undefined}
              onClick={() => onChoose(record.key)}
            >
              <span className={styles['key']} title={typedKey(record.key)}>
                <bdi>{shortenedMiddle(typedKey(record.key), keyCharacters)}</bdi>
              </span>
              <Marks record={record} />
            </button>
          </li>
        ))}
      </ol>
      <p className={styles['foot']}>
        {more === 'coming' ? 'Reading more …' : null}
        {more === 'more' ? (
          <Button tone="quiet" onClick={lookOn}>
            Read more
          </Button>
        ) : null}
        {more === 'none' ? plural(records.length, 'record') : ` ${plural(read, 'record')} read`}
      </p>
    </nav>
  )
}

function Marks({ record }: { readonly record: ComparedRecord }) {
  const { a, b, preference } = record
  const said = preference === null ? undefined : preferenceWords(preference)
  return (
    <span className={styles['marks']}>
      {isWorse(record) ? (
        <span className={styles['same']} title="so much below the score of A">
          <span aria-hidden="true">▾ </span>
          {((record.scoreA ?? 0) - (record.scoreB ?? 0)).toFixed(2)}
          <span className="said"> below the score of A</span>
        </span>
      ) : null}
      {a === b ? <span className={styles['same']}>same</span> : null}
      {said === undefined ? null : (
        <b className={styles['sign']} title={said.said}>
          <span aria-hidden="true">{said.sign}</span>
          <span className="said">{said.said}</span>
        </b>
      )}
    </span>
  )
}
