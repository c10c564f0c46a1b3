import { useState } from 'react'
import { formatCount } from '../../../../src/wording/count.ts'
import { Button } from '../controls/button.tsx'
import { CopyButton } from '../controls/copy-button.tsx'
import styles from './long-text.module.css'
import { TextBlock } from './plain-text.tsx'

const firstShown = 2_500
const moreShown = 10_000

/** A text of any length from outside: its beginning, and more of it step by step, so that a huge one holds nothing up. */
export function LongText({ text, what }: { readonly text: string; readonly what: string }) {
  const [shown, setShown] = useState(firstShown)
  if (text === '') return <p className={styles['empty']}>empty</p>
  if (text.length <= shown) return <TextBlock text={text} />
  const more = Math.min(moreShown, text.length - shown)
  return (
    <div>
      <TextBlock text={text.slice(0, wholeCharacter(text, shown))} />
      <p className={styles['more']}>
        <Button tone="quiet" onClick={() => setShown(shown + moreShown)}>
          {formatCount(more)} more of {formatCount(text.length)} characters
        </Button>
        {shown > firstShown ? (
          <Button tone="quiet" onClick={() => setShown(firstShown)}>
            Less
          </Button>
        ) : null}
        <CopyButton text={text} what={`all of ${what}`} />
      </p>
    </div>
  )
}

/** A place that does not part the two halves of a character. */
export function wholeCharacter(text: string, at: number): number {
  const before = text.charCodeAt(at - 1)
  return before >= 0xd8_00 && before <= 0xdb_ff ? at - 1 : at
}
