import type { RemoteBatches, OrphanedBatch } from '../../../engine/cleanup/remote-batches.ts'
import type { RemoteBatch } from '../../../ports/provider/batch-service.ts'
import { batchPhases } from '../../screen/batch-phase.ts'
import { phaseOf } from '../../../wording/batch-phase.ts'
import { formatAgo } from '../../screen/format.ts'
import { formatCount, plural } from '../../../wording/count.ts'
import type { Paint } from '../../screen/paint.ts'
import { table } from '../../screen/table.ts'

interface ViewOptions {
  readonly paint: Paint
  readonly columns: number
  readonly now: number
}

interface Row {
  readonly id: string
  readonly made: number | null
  readonly state: string
  readonly answered: string
  readonly run: string
  readonly file: string
  readonly here: string
  readonly tone: 'good' | 'warn' | 'bad' | 'faint' | 'command'
}

/** The batches of one account: strays first, then ours; of others only the number. */
export function batchesView(seen: RemoteBatches, { paint, columns, now }: ViewOptions): string {
  const { provider, account, ours, orphans, foreign, otherProjects, unlisted } = seen
  const before = orphans.filter(({ goesOnIn }) => goesOnIn !== null).length
  const astray = orphans.length - before
  const rows: readonly Row[] = [
    ...orphans.map((orphan): Row => ({
      ...remote(orphan.batch),
      run: orphan.run?.id ?? '-',
      file: orphan.attempt === null ? '-' : String(orphan.attempt.batchN),
      here: orphan.adoptable
        ? '? unconfirmed: this is its batch'
        : orphan.goesOnIn === null
          ? `! orphaned: ${whyOrphaned(orphan)}`
          : `? sent by a state that is gone, or by another copy of the project: ${orphan.goesOnIn} continues with it`,
      tone: orphan.adoptable || orphan.goesOnIn !== null ? 'warn' : 'bad',
    })),
    ...unlisted.map(({ run, file }): Row => ({
      id: '-',
      made: null,
      state: 'not listed',
      answered: '-',
      run,
      file: String(file),
      here: '! the provider does not list it',
      tone: 'warn',
    })),
    ...ours.map(({ batch, run, file, state }): Row => {
      const { shape, words, paint: tone } = batchPhases[phaseOf({ state, ending: null })]
      return {
        ...remote(batch),
        run,
        file: String(file),
        here: `${shape} ${words}`,
        tone: tone === 'strong' ? 'command' : tone,
      }
    }),
  ]
  const parts = [
    plural(ours.length, 'batch is ours', 'batches are ours'),
    astray === 0 ? 'none is orphaned' : paint.bad(`${formatCount(astray)} orphaned`),
    before === 0 ? null : paint.warn(`${formatCount(before)} of a state that is gone`),
    foreign === 0 ? null : `${formatCount(foreign)} of others, left alone`,
    ...otherProjects.map(({ project, batches }) => `${formatCount(batches)} of them of project ${project}`),
    ours.some(({ simulated }) => simulated) ? paint.warn('SIMULATED: an emulator answers') : null,
  ]
  const head = `  ${paint.strong(account === null ? provider : `${provider} @ ${account}`)}   ${parts.filter((part) => part !== null).join(' · ')}`
  if (rows.length === 0) return head
  return `${head}\n${table<Row>(
    [
      { title: 'at the provider', value: ({ id }) => id, shrink: true },
      { title: 'made', value: ({ made }) => (made === null ? '-' : formatAgo(made, now)), right: true },
      { title: 'state', value: ({ state }) => state },
      { title: 'answered', value: ({ answered }) => answered, right: true },
      { title: 'run', value: ({ run }) => run, paint: paint.strong },
      { title: 'file', value: ({ file }) => file, right: true },
      { title: 'here', value: ({ here }) => here, paint: (text, { tone }) => paint[tone](text) },
    ],
    rows,
    { paint, width: columns },
  )}`
}

/** Why no attempt takes a stray. */
export function whyOrphaned({ run, attempt }: Pick<OrphanedBatch, 'run' | 'attempt'>): string {
  if (attempt === null) return run === null ? 'no run of this state made it' : 'no attempt of its run made it'
  return attempt.providerBatchId === null ? 'its file was sent again' : 'its file has another batch'
}

function remote({
  id,
  state,
  counts,
  createdAtMs,
}: RemoteBatch): Pick<Row, 'id' | 'made' | 'state' | 'answered'> {
  return {
    id,
    made: createdAtMs,
    state,
    // A batch that is still validated does not know how many there are.
    answered:
      counts === null || counts.total === 0
        ? '-'
        : `${formatCount(counts.completed)}/${formatCount(counts.total)}`,
  }
}
