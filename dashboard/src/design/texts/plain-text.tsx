import { visiblePieces } from '../../format/visible.ts'
import styles from './plain-text.module.css'

/** Text from outside, as text and nothing else; characters that nobody would see are named. */
export function PlainText({ text }: { readonly text: string }) {
  return visiblePieces(text).map((piece, at) =>
    piece.hidden ? (
      // Pieces have no identity but their place.
      <span key={at} className={styles['hidden']} title="a character that is not visible">
        {piece.text}
      </span>
    ) : (
      piece.text
    ),
  )
}

/** The same as a block of its own, with its line ends. */
export function TextBlock({ text }: { readonly text: string }) {
  return (
    <div className={styles['prose']}>
      <PlainText text={text} />
    </div>
  )
}
