import { Link } from '@tanstack/react-router'
import type { ErrorGroup } from '../../../../src/server/contract/row.ts'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { CliLines } from '../../design/controls/cli-line.tsx'
import { Meter } from '../../design/charts/meter.tsx'
import { PlainText } from '../../design/texts/plain-text.tsx'
import { StateMark } from '../../design/states/state-mark.tsx'
import { Words } from '../../design/texts/words.tsx'
import { capital } from '../../../../src/wording/capital.ts'
import { formatCount, formatShare } from '../../../../src/wording/count.ts'
import { typedKey } from '../../../../src/wording/typed-key.ts'
import { outcomes } from '../../words/outcome.ts'
import { reviewCommand, sourceOf } from '../review/review-source.ts'
import { GroupActs } from './group-acts.tsx'
import styles from './error-group-view.module.css'
import type { Outcome } from '../../../../src/server/contract/outcome.ts'

/** A reason longer than this is cut: the record has all of it. */
const longestShown = 600

/** Requests with one outcome and one reason: how many, why, which, and what can be done. */
export function ErrorGroupView({
  group,
  all,
  status,
}: {
  readonly group: ErrorGroup
  readonly all: readonly ErrorGroup[]
  readonly status: RunStatus
}) {
  const { outcome, reason, count, examples, description: words, command, retrying } = group
  const { run } = status
  const source = sourceOf(outcome)
  const review = source === null ? null : reviewCommand(run, source, 0)
  const hint = advice[outcome]
  return (
    <>
      <Size outcome={outcome} count={count} status={status} />
      <div className={styles['words']}>
        <h3 className={styles['what']}>
          <PlainText text={reason === null || reason === words ? capital(words) : shortened(reason)} />
        </h3>
        <p className={styles['soft']}>
          {reason === null || reason === words ? null : `${capital(words)}. `}
          {hint === undefined ? null : <Words text={hint} />}
        </p>
        {retrying === 0 ? null : (
          <p className={styles['soft']}>
            {retrying === count ? 'They are' : `${formatCount(retrying)} of them are`} sent again
            automatically.
          </p>
        )}
        <p className={styles['examples']}>
          <span className={styles['soft']}>Examples</span>
          {examples.map((key) => (
            <Link key={key} to="/runs/$run/rows/$key" params={{ run, key }} className={styles['key']}>
              {typedKey(key)}
            </Link>
          ))}
          {count > examples.length ? (
            <Link
              to="/runs/$run/rows"
              params={{ run }}
              search={{ outcome, ...(reason === null ? {} : { reason }) }}
            >
              all {formatCount(count)}
            </Link>
          ) : null}
        </p>
        <CliLines
          lines={[
            { words: command.startsWith('offpeak show ') ? 'Look' : 'Mend', command },
            ...(review === null || review === command ? [] : [{ words: 'Review', command: review }]),
          ]}
        />
      </div>
      <GroupActs group={group} all={all} status={status} />
    </>
  )
}

function Size({
  outcome,
  count,
  status: { run, counts },
}: Pick<ErrorGroup, 'outcome' | 'count'> & { readonly status: RunStatus }) {
  const total = Object.values(counts).reduce((sum, each) => sum + each, 0)
  const { tone } = outcomes[outcome]
  const share = formatShare(count, total)
  return (
    <div className={styles['size']}>
      <StateMark {...outcomes[outcome]} words={outcome} />
      <p className={styles['count']}>
        {formatCount(count)} <span className={styles['share']}>{share}</span>
      </p>
      <Meter
        label={`Records of run ${run}`}
        parts={[{ name: outcome, value: count, tone: tone === 'faint' ? 'plain' : tone, text: share }]}
        total={total}
      />
    </div>
  )
}

function shortened(text: string): string {
  return text.length <= longestShown ? text : `${text.slice(0, longestShown)} …`
}

/** What most likely mends requests that ended so; null: what a retry says is enough. */
export const advice: Readonly<Partial<Record<Outcome, string>>> = {
  review:
    'Read them one by one; with a lower `score.min` in the job, merging again writes them all, at no cost.',
  invalid: 'See what came back first. The same request may be answered better; a clearer prompt surely is.',
  truncated:
    'Raise `maxTokens` in the job, or for these alone, and ask them with today’s job: the same request is cut again.',
  refused: 'Change the prompt, or leave the record: the same request is refused again.',
  failed: 'The provider calls the request wrong: fix the job, and ask them with today’s job.',
  rejected: 'Fix the table or `set`. The answers are kept, and writing them again is free.',
  stale: 'The rows changed while they were asked about. Today’s job asks for them as they are now.',
  transient: 'It was no fault of the record. Sent again, it most likely comes through.',
  expired: 'It was no fault of the record, and cost nothing. Sent again, it most likely comes through.',
  missing: 'It was no fault of the record. Sent again, it most likely comes through.',
  lost: 'The provider may have answered and billed it. Resuming looks for the answer again, which costs nothing; sending it again may pay twice.',
  unsure: 'It may have been answered and paid. Sending it again is paid again.',
  unrenderable: 'Fix the rows or the prompt, and ask them with today’s job.',
  oversize: 'Shorten what the prompt says of such rows, and ask them with today’s job.',
  declined:
    'Somebody declined the answer. It is asked again when its record changes, or when it is sent again.',
}
