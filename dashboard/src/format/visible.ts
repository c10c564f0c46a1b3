// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** A piece of a text from outside: what it says, or the name of a character that nobody would see. */
export interface TextPiece {
  readonly text: string
  readonly hidden: boolean
}

/** The name of a character: `U+202E`. */
function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

/** Splits a text so that control, direction and zero-width characters can be shown; tabs and line ends stay. */
export function visiblePieces(text: string): readonly TextPiece[] {
  const plain = text.replaceAll('\r\n', '\n')
  const pieces: TextPiece[] = []
  let from = 0
  for (const { 0: found, index } of plain.matchAll(hidden)) {
    // It joins emoji, and says nothing by itself.
    if (found === '\u200d') continue
    if (index > from) pieces.push({ text: plain.slice(from, index), hidden: false })
    pieces.push({ text: nameOf(found), hidden: true })
    from = index + found.length
  }
  if (from < plain.length) pieces.push({ text: plain.slice(from), hidden: false })
  return pieces
}

/** The same as one plain line, for places where only a string fits. */
export function visibleLine(text: string): string {
  return visiblePieces(text)
    .map((piece) => (piece.hidden ? `<${piece.text}>` : piece.text))
    .join('')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
