import { useEffect, useState } from 'react'
import type { EmulatorState } from '../../../../src/server/contract/emulator.ts'
import { turnClock } from '../../api/emulator.ts'
import { Button } from '../../design/controls/button.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { Section } from '../../design/page.tsx'
import { Segments } from '../../design/charts/segments.tsx'
import { formatCount } from '../../../../src/wording/count.ts'
import { formatDuration } from '../../../../src/wording/duration.ts'
import { formatExact } from '../../format/time.ts'
import { useEmulatorAct } from './use-emulator-act.ts'
import styles from './clock.module.css'

const speeds = [1, 10, 100, 1_000, 10_000]
const tickMs = 500
/** Closer than that, the two clocks show the same. */
const sameMs = 2_000

/** What time it is for the emulator, how fast it goes, and a way to let some pass. */
export function Clock({ state, readAt }: { readonly state: EmulatorState; readonly readAt: number }) {
  const { nowMs, speed } = state
  const turning = useEmulatorAct(turnClock)
  const { now, ahead } = useTicking(nowMs, speed, readAt)
  return (
    <Section title="Its clock">
      <div>
        <p className={styles['time']}>
          <time dateTime={new Date(now).toISOString()}>{formatExact(now)}</time>
        </p>
        <p className={styles['note']}>
          {Math.abs(ahead) < sameMs
            ? 'the same as here'
            : `${formatDuration(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} the clock here`}
        </p>
      </div>
      <div className={styles['row']}>
        <Segments
          label="How fast it goes"
          value={speeds.includes(speed) ? String(speed) : null}
          choices={speeds.map((value) => ({ value: String(value), words: `${formatCount(value)}x` }))}
          disabled={turning.isPending}
          onChoose={(chosen) => turning.mutate({ speed: Number(chosen) })}
        />
        {speeds.includes(speed) ? null : (
          <span className={styles['note']}>now {speed.toLocaleString('en-US')}x</span>
        )}
      </div>
      <div className={styles['row']}>
        {['1h', '24h'].map((step) => (
          <Button key={step} busy={turning.isPending} onClick={() => turning.mutate({ advance: step })}>
            +{step.replace('h', ' h')}
          </Button>
        ))}
        <span className={styles['note']}>skip ahead: a batch expires after 24 h</span>
      </div>
      {turning.error === null ? null : <Failure error={turning.error} />}
    </Section>
  )
}

/** The clock between two answers of the emulator. */
function useTicking(
  nowMs: number,
  speed: number,
  readAt: number,
): { readonly now: number; readonly ahead: number } {
  const [here, setHere] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setHere(Date.now()), tickMs)
    return () => clearInterval(timer)
  }, [])
  const sinceMs = Math.max(0, here - readAt)
  const now = nowMs + sinceMs * speed
  return { now, ahead: now - (readAt + sinceMs) }
}
