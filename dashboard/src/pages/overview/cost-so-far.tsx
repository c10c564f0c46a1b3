import { useQuery } from '@tanstack/react-query'
import type { RunStatus, Timeline } from '../../../../src/server/contract/run.ts'
import { timelineQuery } from '../../api/runs.ts'
import { Chart } from '../../design/charts/chart.tsx'
import type { ChartSeries } from '../../design/charts/chart-series.ts'
import { Loading } from '../../design/states/empty.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { Money } from '../../design/charts/figures.tsx'
import { useNow } from '../../design/now.ts'
import { Section } from '../../design/page.tsx'
import { formatCount, formatLarge, plural } from '../../../../src/wording/count.ts'
import { formatMost, formatUsd } from '../../../../src/wording/amount.ts'
import { maxCostOf } from '../../words/most.ts'
import styles from './overview-page.module.css'

/** Money over the time of the run, beside what was planned and what it may cost. */
export function CostSoFar({ status }: { readonly status: RunStatus }) {
  const asked = useQuery(timelineQuery(status.run))
  const { simulated } = status
  return (
    <Section title="Cost" aside={simulated ? <span className={styles['soft']}>simulated</span> : null}>
      {asked.error === null ? null : <Failure error={asked.error} onRetry={() => void asked.refetch()} />}
      {asked.data === undefined ? (
        asked.error === null ? (
          <Loading rows={5} height={44} />
        ) : null
      ) : asked.data.points.length === 0 ? (
        <p className={styles['soft']}>Nothing is spent or reserved yet.</p>
      ) : (
        <CostChart status={status} timeline={asked.data} />
      )}
      <MoneyLines status={status} />
    </Section>
  )
}

function CostChart({ status, timeline }: { readonly status: RunStatus; readonly timeline: Timeline }) {
  const now = useNow()
  const { plan, money, finishedAt } = status
  const { points } = timeline
  const last = points.at(-1)
  // What was true at the last entry is true until now, or until the end.
  const until = Math.max(finishedAt ?? Math.floor(now / 60_000) * 60_000, last?.at ?? 0)
  const all = last !== undefined && until > last.at ? [...points, { ...last, at: until }] : points
  const flat = (value: number): readonly number[] => all.map(() => value)
  const most = Math.max(...all.map(({ spentMicroUsd, reservedMicroUsd }) => spentMicroUsd + reservedMicroUsd))
  const planned = plan?.cost?.likelyMicroUsd ?? null
  const series: readonly ChartSeries[] = [
    { name: 'spent', kind: 'area', ink: 'accent', values: all.map(({ spentMicroUsd }) => spentMicroUsd) },
    {
      name: 'reserved',
      kind: 'area',
      ink: 'accent',
      hatched: true,
      values: all.map(({ reservedMicroUsd }) => reservedMicroUsd),
    },
    ...(planned === null
      ? []
      : [{ name: 'plan', kind: 'line', ink: 'ink', dashed: true, values: flat(planned) } as const]),
    // A cap far above would make a line of everything else.
    ...(money.capMicroUsd === null || money.capMicroUsd > 4 * Math.max(most, planned ?? 0)
      ? []
      : [{ name: 'cap', kind: 'line', ink: 'bad', values: flat(money.capMicroUsd) } as const]),
  ]
  return (
    <Chart
      label="Money over the time of the run"
      x={{ values: all.map(({ at }) => at) }}
      series={series}
      stack
      height={200}
      format={formatUsd}
    />
  )
}

function MoneyLines({ status: { run, money, plan, tokens, inputUnit } }: { readonly status: RunStatus }) {
  const lines: readonly (readonly [name: string, microUsd: number | null, note: string])[] = [
    [
      'Spent',
      money.spentMicroUsd,
      inputUnit === 'page'
        ? plural(tokens.input, 'page')
        : `${formatLarge(tokens.input)} tokens in, ${formatLarge(tokens.output)} out`,
    ],
    ['Reserved', money.reservedMicroUsd, 'maximum cost in flight'],
    [
      'Not booked yet',
      money.unbookedMicroUsd,
      'at most, of batches that have ended; their answers are not read',
    ],
    ['Planned', plan?.cost?.likelyMicroUsd ?? null, atMost(plan)],
    ['Cap', money.capMicroUsd, money.capMicroUsd === null ? 'none' : 'the run pauses before it costs more'],
    ['Saved', money.savedMicroUsd, 'against real time'],
    ['Unusable', money.wastedMicroUsd, 'paid, and not written'],
    [
      'Repairs',
      money.repairMicroUsd,
      'part of what is spent: invalid answers asked again with what was wrong',
    ],
    ['Paid twice', money.duplicateMicroUsd, 'the events say why'],
    [
      'Possibly paid',
      money.possiblyPaidMicroUsd,
      `counted as spent: the provider may have answered, and the answers are not at hand; offpeak resume ${run} looks again`,
    ],
  ]
  const always = new Set(['Spent', 'Reserved', 'Planned', 'Cap', 'Saved'])
  return (
    <dl className={styles['money']}>
      {lines
        .filter(([name, microUsd]) => always.has(name) || (microUsd ?? 0) > 0)
        .map(([name, microUsd, note]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>
              <Money microUsd={microUsd} />
            </dd>
            <dd>{note}</dd>
          </div>
        ))}
      {money.estimatedAnswers === 0 ? null : (
        <div style={{ display: 'contents' }}>
          <dt>Estimated</dt>
          <dd>{formatCount(money.estimatedAnswers)}</dd>
          <dd>
            answers of unknown usage, counted at their part of the batch's own sum or at their highest cost
          </dd>
        </div>
      )}
      {money.otherTierAnswers === 0 ? null : (
        <div style={{ display: 'contents' }}>
          <dt>Another tier</dt>
          <dd>{formatCount(money.otherTierAnswers)}</dd>
          <dd>
            answers without the discount of the tier that was asked for: what they cost may be double, and is
            counted at the price of real time
          </dd>
        </div>
      )}
    </dl>
  )
}

function atMost(plan: RunStatus['plan']): string {
  if (plan === null || plan.cost === null) return 'nobody planned it'
  const most = maxCostOf(plan)
  return most === null ? 'nothing bounds it' : `${formatMost(most)} at most`
}
