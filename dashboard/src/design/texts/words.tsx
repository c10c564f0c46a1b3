import { PlainText } from './plain-text.tsx'

/** A sentence in which what stands between backticks is code. */
export function Words({ text }: { readonly text: string }) {
  return text.split('`').map((piece, at) =>
    at % 2 === 1 ? (
      // Pieces have no identity but their place.
      <code key={at}>
        <PlainText text={piece} />
      </code>
    ) : (
      <PlainText key={at} text={piece} />
    ),
  )
}
