import { ownedRow } from '../../wording/taken-row.ts'
import type { Sink, SinkItem, SinkPresence } from '../../ports/sink.ts'
import type { RowOwner } from '../../ports/store/answers.ts'
import type { Flow } from '../flow.ts'

/** For whom rows are written, or only looked at. */
export type Owner = Pick<RowOwner, 'job' | 'isSimulated' | 'runId' | 'redo' | 'take'>

/** Keys are told apart only within what is looked at without being noted, in so many of them. */
const mostSeen = 100_000

/** A sink that knows whose its rows are. */
export interface OwnedSink extends Sink {
  /** Why an item's row is another record's, by what the item says of its key; null: nothing is known against it. */
  readonly taken?: (items: readonly SinkItem[]) => Promise<readonly (string | null)[]>
}

/**
 * A sink in which each row belongs to one record of the job, in whatever page, chunk or run it comes, where the sink
 * takes keys of different texts for one. The first that is asked for has the row, of those of one page the greatest; of
 * the others nothing is bought where the sink can tell in time, and nothing is written.
 */
export function withOwnedRows(
  sink: Sink,
  { store, clock }: Pick<Flow, 'store' | 'clock'>,
  owner: Owner,
): OwnedSink {
  const { rows: rowsOf, present } = sink
  if (rowsOf === undefined) return sink
  const seen = new Map<string, string>()

  /** For each item the record that has its row, where that is another one. */
  const taken = async (items: readonly SinkItem[]): Promise<readonly (string | null)[]> => {
    const rows = await rowsOf(items)
    const wanted = new Map<string, { name: string; isOwnKey: boolean; key: string }>()
    for (const [at, row] of rows.entries()) {
      const key = items[at]?.key ?? ''
      if (row === null) continue
      const other = wanted.get(row.name)
      if (other === undefined || key > other.key) wanted.set(row.name, { ...row, key })
    }
    if (wanted.size === 0) return rows.map(() => null)
    const owners = await store.ownersOfRows({ ...owner, sink: sink.describe, now: clock.now() }, [
      ...wanted.values(),
    ])
    return rows.map((row, at) => {
      if (row === null) return null
      const { name } = row
      const has = owners.get(name) ?? seen.get(name) ?? wanted.get(name)?.key ?? null
      if (!owner.take && has !== null && seen.size < mostSeen) seen.set(name, has)
      return has === items[at]?.key ? null : has
    })
  }

  return {
    ...sink,
    taken: async (items) =>
      (await taken(items)).map((other) => (other === null ? null : ownedRow(other, owner.job))),
    ...(present === undefined
      ? {}
      : {
          async present(records) {
            const found = await present(records)
            const open = records.flatMap(({ key }, at) =>
              found[at] === 'open' ? [{ at, key, values: {} }] : [],
            )
            const others = await taken(open)
            const problems = new Map(
              open.flatMap(({ at }, index) => {
                const other = others[index] ?? null
                return other === null ? [] : [[at, { problem: ownedRow(other, owner.job) }] as const]
              }),
            )
            return found.map((one, at): SinkPresence => problems.get(at) ?? one)
          },
        }),
    async write(items, options) {
      const others = await taken(items)
      const mine = items.filter((_, at) => others[at] === null)
      const written = mine.length === 0 ? [] : await sink.write(mine, options)
      let next = 0
      return others.map((other) =>
        other === null
          ? (written[next++] ?? { kind: 'missing' })
          : { kind: 'rejected', reason: ownedRow(other, owner.job) },
      )
    },
  }
}
