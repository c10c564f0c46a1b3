import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { PlainText } from '../../design/plain-text.tsx'
import { formatLarge } from '../../format/count.ts'
import { formatUsd } from '../../format/money.ts'
import { pauseWords } from '../../words/run-state.ts'
import styles from './run-page.module.css'

/** What a run waits for, when it waits for somebody or for long. */
export function RunNotice({ status }: { readonly status: RunStatus }) {
  const { state, pauseKind, pauseReason, pauseShortMicroUsd } = status
  if (state === 'paused') {
    const short = pauseShortMicroUsd === null ? '' : ` ${formatUsd(pauseShortMicroUsd)} more would do.`
    return (
      <div
        className={styles['notice']}
        data-tone={pauseKind === 'held' || pauseKind === 'asked' ? 'warn' : 'bad'}
      >
        <strong>
          {pauseKind === null ? 'Paused.' : pauseWords[pauseKind]}
          {short}
        </strong>
        {pauseReason === null ? null : (
          <p>
            <PlainText text={pauseReason} />
          </p>
        )}
      </div>
    )
  }
  const waits = waitReason(status)
  if (waits === null) return null
  return (
    <div className={styles['notice']}>
      <strong>Batches wait for room.</strong>
      <p>
        <PlainText text={waits.replaceAll(/\b\d{5,}\b/g, (digits) => formatLarge(Number(digits)))} />
      </p>
    </div>
  )
}

/** Why batches that could be sent are not. */
function waitReason({ state, batches }: RunStatus): string | null {
  if (state !== 'running' && state !== 'building') return null
  return batches.find((batch) => batch.state === 'waiting' && batch.reason !== null)?.reason ?? null
}
