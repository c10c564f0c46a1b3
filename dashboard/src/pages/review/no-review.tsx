import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { ButtonLink } from '../../design/controls/button.tsx'
import { Empty } from '../../design/states/empty.tsx'
import { Words } from '../../design/texts/words.tsx'
import { plural } from '../../../../src/wording/count.ts'
import { isLive } from '../../words/run-state.ts'
import { type ReviewSource, sourceCounts } from './review-source.ts'

const nothing: Readonly<Record<ReviewSource, { readonly title: string; readonly words: string }>> = {
  review: {
    title: 'No answer waits for a person',
    words: 'An answer whose `score` is below the `min` of its job is not written, and waits here.',
  },
  sample: {
    title: 'No answer is written',
    words: 'Of the answers that are written, some can be read here, always the same ones.',
  },
  failed: {
    title: 'Every answer that came was taken',
    words: 'Answers that do not fit the schema, were cut, refused, or not taken by the sink would be here.',
  },
}

/** Nothing to judge: why, and what else there is. */
export function NoReview({ status, source }: { readonly status: RunStatus; readonly source: ReviewSource }) {
  const { run, counts } = status
  const { title, words } = nothing[source]
  const many = sourceCounts(counts, Infinity)
  return (
    <Empty title={isLive(status) ? `${title} so far` : title}>
      <p>
        <Words text={words} />
      </p>
      {source !== 'failed' && many.failed > 0 ? (
        <ButtonLink to="/runs/$run/review" params={{ run }} search={{ source: 'failed' }}>
          Look at {plural(many.failed, 'answer')} that failed
        </ButtonLink>
      ) : null}
      {source !== 'sample' && many.sample > 0 ? (
        <ButtonLink to="/runs/$run/review" params={{ run }} search={{ source: 'sample' }}>
          Read a sample of what is written
        </ButtonLink>
      ) : null}
    </Empty>
  )
}
