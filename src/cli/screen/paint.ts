import { styleText } from 'node:util'

type Format = Parameters<typeof styleText>[0]

/** Colours by meaning. Colour is never the only carrier: whatever is painted also reads without. */
export interface Paint {
  readonly strong: (text: string) => string
  readonly faint: (text: string) => string
  readonly good: (text: string) => string
  readonly warn: (text: string) => string
  readonly bad: (text: string) => string
  /** Something to type, as it is typed here. */
  readonly command: (text: string) => string
}

/** `typed`: words with each command in them as it is typed here. */
export function paintFor(color: boolean, typed: (words: string) => string = (words) => words): Paint {
  const as = (format: Format) => (text: string) =>
    color ? styleText(format, text, { validateStream: false }) : text
  return {
    strong: as('bold'),
    faint: as('dim'),
    good: as('green'),
    warn: as('yellow'),
    bad: as('red'),
    command: (text) => as('cyan')(typed(text)),
  }
}
