import { useMutation } from '@tanstack/react-query'
import { type RefObject, useRef, useState } from 'react'
import type {
  GivenVerdict,
  ReviewQueue,
  TakenBack,
  VerdictName,
} from '../../../../src/server/contract/review.ts'
import { useReadAgain } from '../../api/reviews.ts'
import { giveVerdict, takeBackVerdict } from '../../api/run-acts.ts'
import {
  beginWalk,
  forget,
  keep,
  refuse,
  type ReviewItem,
  type ReviewWalk,
  type Said,
  say,
  step,
  toUndo,
} from './review-walk.ts'

/** What became of the last verdict. */
export type ReviewNews =
  | { readonly kind: 'given'; readonly key: string; readonly answer: GivenVerdict }
  | { readonly kind: 'back'; readonly key: string; readonly answer: TakenBack }
  | { readonly kind: 'refused'; readonly key: string; readonly error: Error }

export interface Review {
  readonly walk: ReviewWalk
  readonly current: ReviewItem | null
  readonly news: ReviewNews | null
  /** Shown at once; a refusal brings the record back. */
  readonly judge: (verdict: Exclude<VerdictName, 'edit'>, reason?: string | null) => void
  /** Goes on when the server has taken the output. */
  readonly edit: (output: unknown) => void
  readonly editing: { readonly isPending: boolean; readonly error: Error | null; readonly reset: () => void }
  readonly undo: () => void
  readonly step: (by: number) => void
}

/** Judges a list of answers. What was said goes out in its order; `stays`: the person writes, and is not led away. */
export function useReview(queue: ReviewQueue, stays: RefObject<boolean>): Review {
  const { run } = queue
  const [walk, setWalk] = useState(() => beginWalk(queue))
  const [news, setNews] = useState<ReviewNews | null>(null)
  // What the server did not take cannot be taken back.
  const refused = useRef(new WeakSet<Said>())
  const scope = { id: `review ${run}` }
  const refresh = useReadAgain(run)
  const giving = useMutation({
    mutationFn: ({
      said: { key, verdict },
      reason,
    }: {
      readonly said: Said
      readonly reason: string | null
    }) => giveVerdict({ run, key, verdict, reason }),
    scope,
    onSuccess: (answer, { said: { key } }) => {
      setNews((before) => (before?.kind === 'refused' ? before : { kind: 'given', key, answer }))
      refresh(key)
    },
    onError: (error, { said }) => {
      refused.current.add(said)
      setWalk((now) => refuse(now, said, stays.current))
      setNews({ kind: 'refused', key: said.key, error })
      refresh(said.key)
    },
  })
  const editing = useMutation({
    mutationFn: ({ key, output }: { readonly key: string; readonly output: unknown }) =>
      giveVerdict({ run, key, verdict: 'edit', patch: output }),
    scope,
    onSuccess: (answer, { key }) => {
      setWalk((now) => say(now, key, 'edit'))
      setNews({ kind: 'given', key, answer })
      refresh(key)
    },
  })
  const takingBack = useMutation({
    mutationFn: ({
      key,
      said,
    }: {
      readonly key: string
      readonly said: Said | null
      readonly verdict: VerdictName
    }) => (said !== null && refused.current.has(said) ? Promise.resolve(null) : takeBackVerdict(run, key)),
    scope,
    onSuccess: (answer, { key }) => {
      if (answer !== null) setNews({ kind: 'back', key, answer })
      refresh(key)
    },
    onError: (error, { key, verdict }) => {
      setWalk((now) => keep(now, key, verdict))
      setNews({ kind: 'refused', key, error })
    },
  })
  const current = walk.items[walk.at] ?? null
  return {
    walk,
    current,
    news,
    judge(verdict, reason = null) {
      if (current === null) return
      const { key } = current
      setNews(null)
      const next = say(walk, key, verdict)
      setWalk(next)
      const said = next.said.at(-1)
      if (said !== undefined) giving.mutate({ said, reason })
    },
    edit(output) {
      if (current !== null) editing.mutate({ key: current.key, output })
    },
    editing: { isPending: editing.isPending, error: editing.error, reset: editing.reset },
    undo() {
      const key = toUndo(walk)
      const verdict = key === null ? undefined : walk.verdicts.get(key)
      if (key === null || verdict === undefined) return
      setNews(null)
      takingBack.mutate({ key, verdict, said: walk.said.findLast((said) => said.key === key) ?? null })
      setWalk(forget(walk, key))
    },
    step(by) {
      setNews(null)
      setWalk(step(walk, by))
    },
  }
}
