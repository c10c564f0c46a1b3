import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { CliLines } from '../../design/cli-line.tsx'
import { useNow } from '../../design/now.ts'
import { PlainText } from '../../design/plain-text.tsx'
import { StateMark } from '../../design/state-mark.tsx'
import { formatUsd } from '../../format/money.ts'
import { pauseWords } from '../../words/run-state.ts'
import { type ShownWait, waitMark, waitsOf, waitTimes, waitTitle, waitWords } from '../../words/wait.ts'
import styles from './run-page.module.css'

const shownWaits = 3

/** What a run waits for: a person, or what does not answer, in the service's own words. */
export function RunNotice({ status }: { readonly status: RunStatus }) {
  const { state, pauseReason, wait } = status
  const waits = waitsOf(status)
  const isPaused = state === 'paused'
  // What a person was asked about stands in the pause already.
  const cause = isPaused && pauseReason !== null ? waits.find((each) => each.for === wait?.for) : undefined
  return (
    <>
      {isPaused ? <Paused status={status} cause={cause ?? null} /> : null}
      {waits
        .filter((each) => each !== cause)
        .slice(0, shownWaits)
        .map((each) => (
          <Waiting key={`${each.for} ${each.batches === null}`} wait={each} />
        ))}
    </>
  )
}

function Paused({ status, cause }: { readonly status: RunStatus; readonly cause: ShownWait | null }) {
  const { run, pauseKind, pauseReason, pauseShortMicroUsd, wait } = status
  const now = useNow()
  const short = pauseShortMicroUsd === null ? '' : ` ${formatUsd(pauseShortMicroUsd)} more would do.`
  return (
    <div
      className={styles['notice']}
      data-tone={pauseKind === 'held' || pauseKind === 'asked' ? 'warn' : 'bad'}
    >
      <strong>
        {pauseKind === null
          ? 'Paused.'
          : wait?.for === 'account'
            ? 'It needs the key again that made its batches; nothing is lost.'
            : pauseWords[pauseKind]}
        {short}
      </strong>
      {pauseReason === null ? null : (
        <p>
          <PlainText text={pauseReason} />
        </p>
      )}
      {cause === null ? null : <p>{waitTimes(cause, now)}</p>}
      {pauseKind === 'answers' ? (
        <CliLines
          lines={[
            { words: 'Look again, free', command: `offpeak resume ${run}` },
            {
              words: wait?.for === 'earlier' ? 'Send it all the same' : 'Take what is there',
              command: `offpeak resume ${run} --accept`,
            },
          ]}
        />
      ) : null}
    </div>
  )
}

function Waiting({ wait }: { readonly wait: ShownWait }) {
  const now = useNow()
  const mark = waitMark(wait)
  return (
    <div className={styles['notice']} data-tone={mark.tone}>
      <strong>
        <StateMark {...mark} words={waitTitle(wait)} />
      </strong>
      {wait.words === '' ? null : (
        <p>
          <PlainText text={waitWords(wait)} />
        </p>
      )}
      <p>{waitTimes(wait, now)}</p>
    </div>
  )
}
