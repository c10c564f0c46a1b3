import type { ReviewQueue } from '../../../../src/server/contract/review.ts'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { Button } from '../../design/controls/button.tsx'
import { CliLines } from '../../design/controls/cli-line.tsx'
import { Empty } from '../../design/states/empty.tsx'
import { Count } from '../../design/charts/figures.tsx'
import { Facts } from '../../design/page.tsx'
import { Words } from '../../design/texts/words.tsx'
import { formatCount } from '../../../../src/wording/count.ts'
import { acceptance } from './acceptance.ts'
import { endWords, nextCommands } from './end-words.ts'
import type { ReviewSource } from './review-source.ts'
import { givenIn } from './review-walk.ts'
import type { Review } from './use-review.ts'

/** Behind the last one: what it all comes to, and what to do next. */
export function ReviewEnd({
  review,
  queue,
  status,
  source,
  sample,
  onReadAgain,
}: {
  readonly review: Review
  readonly queue: ReviewQueue
  readonly status: RunStatus
  readonly source: ReviewSource
  readonly sample: number
  readonly onReadAgain: () => void
}) {
  const { walk } = review
  const given = givenIn(walk)
  const accepted = acceptance(given)
  const open = walk.items.filter(({ key }) => !walk.verdicts.has(key)).length
  const end = {
    source,
    given,
    accepted,
    open,
    read: walk.items.length,
    total: queue.total,
    whole: queue.total < sample,
    status,
  }
  const rejected = walk.items.filter(({ key }) => walk.verdicts.get(key) === 'reject').map(({ key }) => key)
  return (
    <Empty title={titleOf(open, walk.said.length > 0)}>
      <Facts
        entries={[
          { name: 'Accepted', value: <Count value={given.accept} /> },
          { name: 'Edited', value: <Count value={given.edit} /> },
          { name: 'Rejected', value: <Count value={given.reject} /> },
          { name: 'Skipped', value: <Count value={given.skip} /> },
          accepted === null
            ? null
            : {
                name: 'Good',
                value: `${Math.round(accepted.percent)} % (±${Math.ceil(accepted.errorPercent)})`,
              },
        ]}
      />
      {endWords(end).map((words) => (
        <p key={words}>
          <Words text={words} />
        </p>
      ))}
      <CliLines lines={nextCommands({ ...end, rejected })} />
      <div>
        <Button onClick={onReadAgain}>Read the list again</Button>
      </div>
    </Empty>
  )
}

function titleOf(open: number, begun: boolean): string {
  if (open > 0) return `${formatCount(open)} of them ${open === 1 ? 'is' : 'are'} not judged yet`
  return begun ? 'That was the last one' : 'All of them are judged'
}
