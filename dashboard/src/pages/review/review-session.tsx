import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { ReviewQueue } from '../../../../src/server/contract/review.ts'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { recordQuery } from '../../api/runs.ts'
import { useMay } from '../../shell/session.tsx'
import { type Doing, useReviewKeys } from './use-review-keys.ts'
import { JudgedRecord } from './judged-record.tsx'
import { ReviewBar } from './review-bar.tsx'
import { ReviewEnd } from './review-end.tsx'
import { ReviewNewsLine } from './review-news-line.tsx'
import type { ReviewSource } from './review-source.ts'
import styles from './review-session.module.css'
import { useReview } from './use-review.ts'

/** So many records are read before they are wanted. */
const ahead = 2

/** Goes through a list of answers, as it was read. */
export function ReviewSession({
  queue,
  status,
  source,
  sample,
  onReadAgain,
}: {
  readonly queue: ReviewQueue
  readonly status: RunStatus
  readonly source: ReviewSource
  /** So many were asked for, where it is a sample. */
  readonly sample: number
  readonly onReadAgain: () => void
}) {
  const { run } = queue
  const may = useMay('run')
  const cache = useQueryClient()
  const [doing, setDoing] = useState<{ readonly what: Doing; readonly key: string | null }>({
    what: 'look',
    key: null,
  })
  const top = useRef<HTMLElement>(null)
  const writes = useRef(false)
  const review = useReview(queue, writes)
  const { current, walk, editing } = review
  const what = doing.key === current?.key ? doing.what : 'look'
  const turn = (wanted: Doing): void => {
    editing.reset()
    setDoing({ what: wanted, key: wanted === 'look' ? null : (current?.key ?? null) })
  }
  useEffect(() => {
    // A form that goes takes the focus along.
    if (writes.current && what === 'look') top.current?.focus({ preventScroll: true })
    writes.current = what !== 'look'
  }, [what])
  // What is not on the screen yet is not judged.
  const shown = useQuery({ ...recordQuery(run, current?.key ?? ''), enabled: current !== null })
  const ready = current !== null && shown.data !== undefined
  useReviewKeys({ review, ready, may, doing: what, turn })
  useEffect(() => {
    for (const { key } of walk.items.slice(walk.at + 1, walk.at + 1 + ahead))
      void cache.prefetchQuery(recordQuery(run, key))
  }, [cache, run, walk.items, walk.at])
  return (
    <article ref={top} tabIndex={-1} className={styles['session']} aria-label="Review">
      <ReviewBar review={review} queue={queue} may={may} ready={ready} doing={what} turn={turn} />
      <ReviewNewsLine news={review.news} />
      {current === null ? (
        <ReviewEnd
          review={review}
          queue={queue}
          status={status}
          source={source}
          sample={sample}
          onReadAgain={onReadAgain}
        />
      ) : (
        <JudgedRecord
          key={current.key}
          review={review}
          item={current}
          status={status}
          doing={what}
          turn={turn}
        />
      )}
    </article>
  )
}
