import type { VerdictName } from '../../../../src/server/contract/review.ts'
import type { Shape } from '../../design/shape.tsx'
import type { Tone } from '../../words/tone.ts'

/** What a person said of an answer, and how it is drawn. */
export const verdictWords: Readonly<
  Record<
    VerdictName,
    { readonly shape: Shape; readonly tone: Tone; readonly words: string; readonly done: string }
  >
> = {
  accept: { shape: 'check', tone: 'good', words: 'accept', done: 'accepted' },
  edit: { shape: 'check', tone: 'accent', words: 'edit', done: 'edited' },
  reject: { shape: 'bar', tone: 'bad', words: 'reject', done: 'rejected' },
  skip: { shape: 'dash', tone: 'faint', words: 'skip', done: 'skipped' },
}
