import type { Coverage } from '../../../../src/server/contract/job.ts'
import { Meter } from '../../design/charts/meter.tsx'
import { formatCount } from '../../../../src/wording/count.ts'

/** Done, stale, failed, never asked: as one bar. */
export function CoverageBar({
  label,
  counts: { done, stale, failed, never, total },
  legend = false,
}: {
  readonly label: string
  readonly counts: Coverage['all']
  readonly legend?: boolean
}) {
  return (
    <Meter
      label={label}
      total={total}
      tall={legend}
      legend={legend}
      parts={[
        { name: 'done', value: done, tone: 'good', text: formatCount(done) },
        { name: 'stale', value: stale, tone: 'accent', hatched: true, text: formatCount(stale) },
        { name: 'failed', value: failed, tone: 'bad', text: formatCount(failed) },
        { name: 'never asked', value: never, tone: 'faint', rest: true, text: formatCount(never) },
      ]}
    />
  )
}
