import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { Button } from '../../design/controls/button.tsx'
import { Empty } from '../../design/states/empty.tsx'
import { plural } from '../../../../src/wording/count.ts'

/** A list without a row: because of its filters, or because there is none. */
export function NoRows({
  status: { unchanged, sourceDone },
  filtered,
  onClear,
}: {
  readonly status: RunStatus
  readonly filtered: boolean
  readonly onClear: () => void
}) {
  if (filtered)
    return (
      <Empty title="No record matches">
        <p>Every filter narrows the list. What is waited for may match later.</p>
        <Button onClick={onClear}>Clear the filters</Button>
      </Empty>
    )
  if (!sourceDone)
    return (
      <Empty title="No record yet">
        <p>The source is being read. Records are here as soon as they are in a file.</p>
      </Empty>
    )
  return (
    <Empty title="No record is part of this run">
      <p>
        {unchanged === 0
          ? 'The source gave none.'
          : `${plural(unchanged, 'record')} of the source had been done before, and did not change.`}
      </p>
    </Empty>
  )
}
