import type { Plan } from '../../../../src/server/contract/plan.ts'
import { formatMost, formatUsd } from '../../../../src/wording/amount.ts'
import { formatDuration } from '../../../../src/wording/duration.ts'
import { onceWords } from '../../words/most.ts'
import { deliveryLabels } from '../../../../src/wording/delivery-labels.ts'
import styles from './new-run-page.module.css'

/** What it will likely cost, what it can cost at most, and beside what. */
export function PlanCost({ plan, simulated }: { readonly plan: Plan; readonly simulated: boolean }) {
  const { cost, price, budgetMicroUsd, model, deliveryMode, withoutBatches, provider } = plan
  const once = onceWords(plan)
  if (cost === null)
    return (
      <p className={styles['warn']}>
        not known: there is no price for {model}; set `prices` in offpeak.config.ts
      </p>
    )
  return (
    <>
      <div className={styles['price']}>
        <span className={styles['likely']}>
          {formatUsd(cost.likelyMicroUsd)}{' '}
          {plan.outputTokensPerRecord.from === 'guess' ? 'by a guess' : 'likely'}
        </span>
        <span>
          {cost.atMostMicroUsd === null
            ? 'nothing bounds it (set `maxTokens`)'
            : `${formatMost(cost.atMostMicroUsd)} at most`}
        </span>
        {simulated ? <span className={styles['soft']}>simulated: the emulator answers</span> : null}
      </div>
      {once === null ? null : <p className={styles['soft']}>{once}</p>}
      {deliveryMode === 'batch' ? null : (
        <p>
          {deliveryLabels[deliveryMode].words}:{' '}
          {withoutBatches === null ? deliveryLabels[deliveryMode].price : `${provider} has no Batch API`}
        </p>
      )}
      <DeadlineCost plan={plan} />
      {deliveryMode !== 'realtime' && cost.realtimeMicroUsd !== null && cost.savedMicroUsd !== null ? (
        <p className={styles['soft']}>
          {formatUsd(cost.realtimeMicroUsd)} in real time, so you save {formatUsd(cost.savedMicroUsd)}
        </p>
      ) : null}
      {budgetMicroUsd === null ? null : (
        <p className={styles['soft']}>
          {formatUsd(budgetMicroUsd)} is the job&rsquo;s budget
          {cost.likelyMicroUsd > budgetMicroUsd ? (
            <span className={styles['bad']}>, which is too little</span>
          ) : null}
        </p>
      )}
      {plan.followers.map((follower) => (
        <p key={follower.job} className={styles['soft']}>
          then {follower.job}
          {follower.budgetMicroUsd === null
            ? ' is not started: it has no budget per run'
            : `, for at most ${formatMost(follower.budgetMicroUsd)}`}
        </p>
      ))}
      {price?.asOf ? <p className={styles['soft']}>prices as of {price.asOf}</p> : null}
    </>
  )
}

function DeadlineCost({ plan: { deadline, budgetMicroUsd, model } }: { readonly plan: Plan }) {
  if (deadline === null) return null
  const after = `what is not answered ${formatDuration(deadline.afterMs)} after the beginning is asked in real time`
  if (deadline.likelyMicroUsd === null)
    return (
      <p className={styles['warn']}>
        {after}, and what {model} costs there is not known
      </p>
    )
  const most = deadline.atMostMicroUsd === null ? '' : `, at most ${formatMost(deadline.atMostMicroUsd)}`
  return (
    <>
      <p>
        {after}: about {formatUsd(deadline.likelyMicroUsd)}
        {most} if that is all of it
      </p>
      {budgetMicroUsd !== null && deadline.likelyMicroUsd > budgetMicroUsd ? (
        <p className={styles['warn']}>
          the budget allows only a part of that in real time; the run would then pause and ask
        </p>
      ) : null}
    </>
  )
}
