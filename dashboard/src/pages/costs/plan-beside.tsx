import type { RunSummary } from '../../../../src/server/contract/run.ts'
import { Absent, Money } from '../../design/charts/figures.tsx'
import tones from '../../design/states/tone.module.css'
import { isLive } from '../../words/run-state.ts'
import styles from './plan-beside.module.css'

/** What was planned for a run, and how far what was spent is from it once it is over. */
export function PlanBeside({ run }: { readonly run: RunSummary | undefined }) {
  if (run === undefined || run.plannedMicroUsd === null) return <Absent />
  const { plannedMicroUsd, spentMicroUsd } = run
  return (
    <span className={styles['plan']}>
      <Money microUsd={plannedMicroUsd} />
      <span className={tones['faint']}>
        {isLive(run) ? 'continues' : awayWords(spentMicroUsd, plannedMicroUsd)}
      </span>
    </span>
  )
}

/** `12 % under`; over a plan of nothing there are no percents. */
function awayWords(spent: number, planned: number): string {
  if (planned === 0) return spent === 0 ? 'as planned' : 'unplanned'
  const percent = Math.round((spent / planned - 1) * 100)
  return percent === 0 ? 'as planned' : `${Math.abs(percent)} % ${percent > 0 ? 'over' : 'under'}`
}
