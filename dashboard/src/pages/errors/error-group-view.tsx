import { Link } from '@tanstack/react-router'
import type { ErrorGroup } from '../../../../src/server/contract/row.ts'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { CliLines } from '../../design/cli-line.tsx'
import { Meter } from '../../design/meter.tsx'
import { PlainText } from '../../design/plain-text.tsx'
import { StateMark } from '../../design/state-mark.tsx'
import { Words } from '../../design/words.tsx'
import { capital } from '../../../../src/wording/capital.ts'
import { formatCount, formatShare } from '../../../../src/wording/count.ts'
import { typedKey } from '../../../../src/wording/typed-key.ts'
import { outcomes } from '../../words/outcome.ts'
import { reviewCommand, sourceOf } from '../review/review-source.ts'
import { advice } from './advice.ts'
import { GroupActs } from './group-acts.tsx'
import styles from './error-group-view.module.css'

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
