import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { CliLines } from '../../design/controls/cli-line.tsx'
import { useNow } from '../../design/now.ts'
import { PlainText } from '../../design/texts/plain-text.tsx'
import { StateMark } from '../../design/states/state-mark.tsx'
import { formatUsd } from '../../../../src/wording/amount.ts'
import { formatAgo } from '../../format/time.ts'
import { pauseWords } from '../../words/run-state.ts'
import { type ShownWait, waitMark, waitsOf, waitTimes, waitTitle, waitWords } from '../../words/wait.ts'
import { PauseActs } from './pause-acts.tsx'
import styles from './run-page.module.css'

const shownWaits = 3

/** What a run waits for: a person, or what does not answer, in the service's own words. */
export function RunNotice({ status }: { readonly status: RunStatus }) {
  const { state, pauseReason, wait, jobChange, notStarted } = status
  const waits = waitsOf(status)
  const isPaused = state === 'paused'
  // What a person was asked about stands in the pause already.
  const cause = isPaused && pauseReason !== null ? waits.find((each) => each.for === wait?.for) : undefined
  return (
    <>
      {jobChange === null ? null : <Changed change={jobChange} job={status.job} />}
      {notStarted.map((left) => (
        <NotStarted key={left.job} left={left} />
      ))}
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
      data-tone={pauseKind === 'submit' || pauseKind === 'asked' ? 'warn' : 'bad'}
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
      {pauseKind === 'changed' ? (
        <PauseActs
          run={run}
          acts={[{ words: 'Go on by the job as it is now, free', wish: { today: true } }]}
        />
      ) : null}
      {pauseKind === 'answers' ? (
        <PauseActs
          run={run}
          acts={[
            { words: 'Look again, free', wish: {} },
            // What is sent all the same may be paid twice: that is asked in the terminal.
            ...(wait?.for === 'earlier' ? [] : [{ words: 'Take what is there', wish: { accept: true } }]),
          ]}
        />
      ) : null}
      {pauseKind === 'answers' && wait?.for === 'earlier' ? (
        <CliLines lines={[{ words: 'Send it all the same', command: `offpeak resume ${run} --accept` }]} />
      ) : null}
    </div>
  )
}

/** The job of this server is another one than the run began with. */
function Changed({
  change: { ask, write, changedAt },
  job,
}: {
  readonly change: NonNullable<RunStatus['jobChange']>
  readonly job: string
}) {
  const now = useNow()
  return (
    <div className={styles['notice']} data-tone="warn">
      <strong>
        The job file of {job} changed {formatAgo(changedAt, now)}.
      </strong>
      <p>
        {ask ? 'It asks otherwise than this run began; what is built is sent as it is. ' : ''}
        {write ? 'Its answers would be judged or written otherwise, so they wait.' : ''}
      </p>
    </div>
  )
}

/** A job that was to begin when the run ended. */
function NotStarted({ left: { job, reason, command } }: { readonly left: RunStatus['notStarted'][number] }) {
  return (
    <div className={styles['notice']} data-tone="warn">
      <strong>The job {job} was not started after it.</strong>
      <p>
        <PlainText text={reason} />
      </p>
      <CliLines lines={[{ words: 'Start it', command }]} />
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
      {wait.message === '' ? null : (
        <p>
          <PlainText text={waitWords(wait)} />
        </p>
      )}
      <p>{waitTimes(wait, now)}</p>
    </div>
  )
}
