import type { ReviewQueue } from '../../../../src/server/contract/review.ts'
import { Button } from '../../design/controls/button.tsx'
import { Kbd } from '../../design/controls/kbd.tsx'
import { formatCount } from '../../../../src/wording/count.ts'
import { shortenedMiddle } from '../../design/texts/shortened-middle.ts'
import { typedKey } from '../../../../src/wording/typed-key.ts'
import { acceptance, acceptedWords } from './acceptance.ts'
import styles from './review-bar.module.css'
import type { Doing } from './use-review-keys.ts'
import { givenIn, toUndo } from './review-walk.ts'
import type { Review } from './use-review.ts'

/** As many as the bar has room for. */
const keyCharacters = 40

/** Where one is in the list, how much was accepted, and what can be said of the record in sight. */
export function ReviewBar({
  review,
  queue: { total },
  may,
  ready,
  doing,
  turn,
}: {
  readonly review: Review
  readonly queue: ReviewQueue
  readonly may: boolean
  /** Whether the record is on the screen. */
  readonly ready: boolean
  readonly doing: Doing
  readonly turn: (wanted: Doing) => void
}) {
  const { walk, current } = review
  const { items, at } = walk
  const accepted = acceptance(givenIn(walk))
  const off = !ready || doing !== 'look'
  return (
    <div className={styles['bar']}>
      <div className={styles['where']}>
        {current === null ? null : (
          <h2 className={styles['key']} title={typedKey(current.key)}>
            <bdi>{shortenedMiddle(typedKey(current.key), keyCharacters)}</bdi>
          </h2>
        )}
        <p role="status" className={styles['progress']}>
          <b>
            {formatCount(Math.min(at + 1, items.length))} of {formatCount(items.length)}
          </b>
          {total > items.length ? `, ${formatCount(total)} in total` : null}
          {accepted === null ? null : ` · ${acceptedWords(accepted)}`}
        </p>
        <div className={styles['ways']}>
          <Button tone="quiet" disabled={at === 0 || doing !== 'look'} onClick={() => review.step(-1)}>
            <Kbd keys="k" /> before
          </Button>
          <Button tone="quiet" disabled={current === null || doing !== 'look'} onClick={() => review.step(1)}>
            <Kbd keys="j" /> next
          </Button>
        </div>
      </div>
      {may ? (
        <div className={styles['verdicts']} role="group" aria-label="What the answer is worth">
          <Button disabled={off} onClick={() => review.judge('accept')}>
            <Kbd keys="a" /> Accept
          </Button>
          <Button disabled={off} aria-pressed={doing === 'edit'} onClick={() => turn('edit')}>
            <Kbd keys="e" /> Edit
          </Button>
          <Button disabled={off} aria-pressed={doing === 'reject'} onClick={() => turn('reject')}>
            <Kbd keys="r" /> Reject
          </Button>
          <Button disabled={off} onClick={() => review.judge('skip')}>
            <Kbd keys="s" /> Skip
          </Button>
          <Button disabled={toUndo(walk) === null || doing !== 'look'} onClick={() => review.undo()}>
            <Kbd keys="u" /> Undo
          </Button>
        </div>
      ) : (
        <p className={styles['not']}>This key may look, and not judge.</p>
      )}
    </div>
  )
}
