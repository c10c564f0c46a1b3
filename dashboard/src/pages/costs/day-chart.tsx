import type { Costs } from '../../../../src/server/contract/cost.ts'
import { Chart } from '../../design/charts/chart.tsx'
import { useNow } from '../../design/now.ts'
import { formatUsd } from '../../../../src/wording/amount.ts'
import { dayBars } from './day-bars.ts'

const inks = [1, 2, 3, 4, 5, 6] as const
const dayMs = 86_400_000

/** What each day cost, by job, with what is reserved on top. */
export function DayChart({ costs }: { readonly costs: Costs }) {
  // Only the day matters: the chart is not drawn anew with every tick.
  const now = Math.floor(useNow() / dayMs) * dayMs + dayMs / 2
  const { names, series, reserved } = dayBars(costs.rows, costs.since, now, inks.length)
  return (
    <Chart
      label="What each day (UTC) cost, by job"
      x={{ values: names.map((_, at) => at), names }}
      stack
      height={220}
      format={formatUsd}
      series={[
        ...series.map(({ name, values }, at) => ({
          name,
          values,
          ink: inks[at] ?? 6,
          kind: 'bars' as const,
        })),
        ...(reserved.some((value) => value > 0)
          ? [
              {
                name: 'reserved',
                values: reserved,
                ink: 'ink' as const,
                kind: 'bars' as const,
                hatched: true,
              },
            ]
          : []),
      ]}
    />
  )
}
