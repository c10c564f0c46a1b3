import { useKey } from '../../keys/use-key.tsx'
import { toUndo } from './review-walk.ts'
import type { Review } from './use-review.ts'
import { type RefObject, useEffect, useRef } from 'react'

/** One key for each verdict; none judges answer after answer while it is held down. */
export function useReviewKeys({
  review,
  ready,
  may,
  doing,
  turn,
}: {
  readonly review: Review
  /** Whether the record is on the screen. */
  readonly ready: boolean
  readonly may: boolean
  readonly doing: Doing
  readonly turn: (wanted: Doing) => void
}): void {
  const { current, walk } = review
  const held = useHeldKey()
  const looking = doing === 'look'
  const group = { group: 'Review' }
  const open = { ...group, enabled: looking && may && ready }
  const once = (act: () => void) => (): void => {
    if (!held.current) act()
  }
  useKey(
    'a',
    'accept',
    once(() => review.judge('accept')),
    open,
  )
  useKey(
    'e',
    'edit',
    once(() => turn('edit')),
    open,
  )
  useKey(
    'r',
    'reject, with a reason',
    once(() => turn('reject')),
    open,
  )
  useKey(
    's',
    'skip',
    once(() => review.judge('skip')),
    open,
  )
  useKey(
    'u',
    'undo',
    once(() => review.undo()),
    { ...group, enabled: looking && may && toUndo(walk) !== null },
  )
  useKey('j', 'next record', () => review.step(1), { ...group, enabled: looking && current !== null })
  useKey('k', 'record before', () => review.step(-1), { ...group, enabled: looking && walk.at > 0 })
  useKey('Escape', 'back to the answer', () => turn('look'), { ...group, enabled: !looking })
}

/** What a person does with the record in sight. */
export type Doing = 'look' | 'edit' | 'reject'

/** Whether the key that is pressed now is only held down: nobody judges one answer after the other so. */
export function useHeldKey(): RefObject<boolean> {
  const held = useRef(false)
  useEffect(() => {
    const press = ({ repeat }: KeyboardEvent): void => {
      held.current = repeat
    }
    // Before the keys of the page are told.
    addEventListener('keydown', press, { capture: true })
    return () => removeEventListener('keydown', press, { capture: true })
  }, [])
  return held
}
