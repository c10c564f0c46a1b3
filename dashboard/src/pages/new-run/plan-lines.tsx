import type { MadePlan } from '../../../../src/server/contract/plan.ts'
import { PlainText } from '../../design/texts/plain-text.tsx'
import { toldWords } from '../../../../src/wording/told-bounds.ts'
import { typedKey } from '../../../../src/wording/typed-key.ts'
import { PlanCost } from './plan-cost.tsx'
import {
  paidBeforeWords,
  quotaWords,
  recordWords,
  requestWords,
  rewriteWords,
  tokenWords,
} from './plan-words.ts'
import { SelectedAgain } from './selected-again.tsx'
import styles from './new-run-page.module.css'

/** What a run would be, for a person who decides about the money: the lines of `offpeak plan`. */
export function PlanLines({
  made: { plan, simulated },
  onAskAgain,
}: {
  readonly made: MadePlan
  readonly onAskAgain: () => void
}) {
  const { unusableExample } = plan
  const paidBefore = paidBeforeWords(plan)
  return (
    <dl className={styles['lines']}>
      <dt>Records</dt>
      <dd>
        {recordWords(plan)}
        {unusableExample === null ? null : (
          <p className={styles['warn']}>
            record {typedKey(unusableExample.key)}: <PlainText text={unusableExample.reason} />
          </p>
        )}
        {plan.selectedAgain === null ? null : (
          <SelectedAgain found={plan.selectedAgain} onAskAgain={onAskAgain} />
        )}
        {paidBefore === null ? null : (
          <p className={styles['warn']}>
            {paidBefore.words} <code>{paidBefore.command}</code>
          </p>
        )}
      </dd>
      <dt>From</dt>
      <dd>
        <PlainText text={plan.source} />
      </dd>
      <dt>To</dt>
      <dd>
        <PlainText text={plan.sink} />
      </dd>
      <dt>Requests</dt>
      <dd>
        {requestWords(plan)}{' '}
        <span className={styles['soft']}>
          to {plan.provider} / {plan.model}
        </span>
      </dd>
      {plan.toSend === 0 ? null : (
        <>
          <dt>{plan.inputUnit === 'page' ? 'Pages' : 'Tokens'}</dt>
          <dd>{tokenWords(plan)}</dd>
          <dt>Cost</dt>
          <dd>
            <PlanCost plan={plan} simulated={simulated} />
          </dd>
          <dt>Quota</dt>
          <dd>{quotaWords(plan)}</dd>
        </>
      )}
      {plan.warnings.length === 0 ? null : (
        <>
          <dt>Warning</dt>
          <dd>
            {plan.warnings.map((line) => (
              <p key={line} className={styles['warn']}>
                <PlainText text={line} />
              </p>
            ))}
          </dd>
        </>
      )}
      <dt>Checked</dt>
      <dd>
        {[...plan.checked, ...rewriteWords(plan.rewrites)].map((line) => (
          <p key={line}>
            <PlainText text={line} />
          </p>
        ))}
      </dd>
      {plan.toSend === 0 || plan.notEnforced.length === 0 ? null : (
        <>
          <dt>Not enforced</dt>
          <dd>
            {toldWords(plan.notEnforced, '').map((line) => (
              <p key={line}>
                <PlainText text={line} />
              </p>
            ))}
          </dd>
        </>
      )}
    </dl>
  )
}
