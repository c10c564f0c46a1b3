import { Failure } from '../../design/states/failure.tsx'
import { StateMark } from '../../design/states/state-mark.tsx'
import { typedKey } from '../../../../src/wording/typed-key.ts'
import { outcomes } from '../../words/outcome.ts'
import styles from './review-session.module.css'
import type { ReviewNews } from './use-review.ts'
import { verdictWords } from './verdict-words.ts'

/** What became of the last verdict: a word, or why the server did not take it. */
export function ReviewNewsLine({ news }: { readonly news: ReviewNews | null }) {
  if (news?.kind === 'refused')
    return (
      <div className={styles['refused']}>
        <p>
          Not taken; <bdi>{typedKey(news.key)}</bdi> is as it was:
        </p>
        <Failure error={news.error} />
      </div>
    )
  return (
    <p className={styles['news']} role="status">
      {news === null ? null : (
        <>
          <bdi>{typedKey(news.key)}</bdi>
          {news.kind === 'given' ? ` ${verdictWords[news.answer.verdict.verdict].done}` : ' is open again'}
          {news.answer.wrote ? (news.kind === 'given' ? ' and written' : '; what was written stays') : null}
          <span aria-hidden="true">·</span>
          <StateMark {...outcomes[news.answer.outcome]} words={`now ${news.answer.outcome}`} />
        </>
      )}
    </p>
  )
}
