import type { Outcome } from '../../../../src/server/contract/outcome.ts'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { Button } from '../../design/controls/button.tsx'
import { CheckField } from '../../design/controls/field.tsx'
import { PanelButton } from '../../design/controls/panel-button.tsx'
import { StateMark } from '../../design/states/state-mark.tsx'
import { formatCount } from '../../../../src/wording/count.ts'
import { outcomeNames, outcomes, presentOutcomes } from '../../words/outcome.ts'
import styles from './outcome-picker.module.css'

/** The outcomes of an address, and back. */
export function pickedOutcomes(text: string | undefined): readonly Outcome[] {
  const words = text?.split(',') ?? []
  return outcomeNames.filter((name) => words.includes(name))
}

/** Which outcomes are shown: each with its sign, its word and how many there are. */
export function OutcomePicker({
  status: { counts, pending },
  picked,
  onPick,
}: {
  readonly status: RunStatus
  readonly picked: readonly Outcome[]
  readonly onPick: (picked: readonly Outcome[]) => void
}) {
  const present = presentOutcomes({ ...counts, pending })
  const empty = picked.filter((name) => present.every(({ outcome }) => outcome !== name))
  const choices = [...present, ...empty.map((outcome) => ({ outcome, count: 0 }))]
  const needing = present.flatMap(({ outcome }) => (outcomes[outcome].person ? [outcome] : []))
  return (
    <PanelButton label={<Words picked={picked} />} title="State">
      <div className={styles['quick']}>
        <Button tone="quiet" disabled={picked.length === 0} onClick={() => onPick([])}>
          All
        </Button>
        <Button tone="quiet" disabled={needing.length === 0} onClick={() => onPick(needing)}>
          What needs attention
        </Button>
      </div>
      {choices.map(({ outcome, count }) => (
        <CheckField
          key={outcome}
          checked={picked.includes(outcome)}
          onCheck={(checked) =>
            onPick(outcomeNames.filter((name) => (name === outcome ? checked : picked.includes(name))))
          }
          label={
            <span className={styles['choice']}>
              <StateMark {...outcomes[outcome]} words={outcome} />
              <span className={styles['count']}>{formatCount(count)}</span>
              <span className={styles['means']}>{outcomes[outcome].words}</span>
            </span>
          }
        />
      ))}
    </PanelButton>
  )
}

function Words({ picked }: { readonly picked: readonly Outcome[] }) {
  const [one] = picked
  if (one === undefined) return 'State: all'
  if (picked.length > 1) return `State: ${picked.length} of them`
  return (
    <>
      State: <StateMark {...outcomes[one]} words={one} />
    </>
  )
}
