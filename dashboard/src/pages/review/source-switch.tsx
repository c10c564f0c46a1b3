import { useNavigate } from '@tanstack/react-router'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { SelectField } from '../../design/controls/field.tsx'
import { Toolbar } from '../../design/page.tsx'
import { Segments } from '../../design/charts/segments.tsx'
import { formatCount } from '../../../../src/wording/count.ts'
import { type ReviewSource, sourceCounts } from './review-source.ts'

const samples = [25, 100, 400, 1_000]

/** Which answers are judged, with how many there are. */
export function SourceSwitch({
  status: { run, counts },
  source,
  sample,
  sampled,
}: {
  readonly status: RunStatus
  readonly source: ReviewSource
  readonly sample: number
  /** How many the sample has, once it is read: what is written on a person's word is not in it. */
  readonly sampled: number | undefined
}) {
  const go = useNavigate()
  const many = sourceCounts(counts, sample)
  const turn = (search: { readonly source: ReviewSource; readonly sample?: number }): void => {
    void go({ to: '/runs/$run/review', params: { run }, search, replace: true, resetScroll: false })
  }
  return (
    <Toolbar label="Which answers">
      <Segments
        label="Which answers are judged"
        value={source}
        choices={[
          { value: 'review', words: `to review ${formatCount(many.review)}` },
          { value: 'sample', words: `sample ${formatCount(sampled ?? many.sample)}` },
          { value: 'failed', words: `failed ${formatCount(many.failed)}` },
        ]}
        onChoose={(chosen) => turn({ source: chosen, ...(sample === 100 ? {} : { sample }) })}
      />
      {source === 'sample' ? (
        <SelectField
          label="of the written ones, at most"
          inline
          value={String(sample)}
          choices={[...new Set([...samples, sample])]
            .toSorted((one, other) => one - other)
            .map((size) => ({ value: String(size), words: formatCount(size) }))}
          onChoose={(value) => turn({ source, sample: Number(value) })}
        />
      ) : null}
    </Toolbar>
  )
}
