import type { SourceReader, SourceRecord } from '../../ports/source.ts'
import { Reservoir, thinned } from './reservoir.ts'
import type { Tally } from './tally.ts'

const keptOfAll = 1_000
const sampleSize = 500
/** A sample of which hardly anything is left is drawn again, so many times as large. */
const widening = 20

interface SampleOptions<In, Row> extends Pick<SourceReader<Row>, 'read'> {
  readonly root: SourceReader<In>
  readonly derive: (
    record: SourceRecord<In>,
    tallies: readonly Tally[] | null,
  ) => readonly SourceRecord<Row>[]
  readonly hasLimits: boolean
  readonly keepsCount: boolean
}

/** How many records a source has behind its steps, and some of them. */
export function pipelineSample<In, Row>({
  root,
  derive,
  read,
  hasLimits,
  keepsCount,
}: SampleOptions<In, Row>): Pick<SourceReader<Row>, 'count' | 'sample'> &
  Required<Pick<SourceReader<Row>, 'estimate'>> {
  let scanned: Promise<Reservoir<SourceRecord<Row>>> | null = null

  /** Which records a limit lets through is only known after reading up to it, so that is done, once. */
  const scan = (): Promise<Reservoir<SourceRecord<Row>>> => {
    scanned ??= readAll().catch((thrown: unknown) => {
      scanned = null
      throw thrown
    })
    return scanned
  }
  const readAll = async (): Promise<Reservoir<SourceRecord<Row>>> => {
    const reservoir = new Reservoir<SourceRecord<Row>>(keptOfAll)
    for await (const { records } of read({ after: null, limit: null, order: 'key', only: null }))
      for (const record of records) reservoir.add(record)
    return reservoir
  }
  const derived = async (
    size: number,
  ): Promise<{ readonly looked: number; readonly made: readonly SourceRecord<Row>[] }> => {
    const records = await root.sample(size)
    return { looked: records.length, made: records.flatMap((record) => derive(record, null)) }
  }
  const draw = async (size: number): ReturnType<typeof derived> => {
    const first = await derived(size)
    const isThin = first.made.length * 2 < size && first.looked * 2 >= size
    return isThin ? derived(Math.max(sampleSize, size * widening)) : first
  }

  return {
    count: () => (keepsCount && !hasLimits ? root.count() : Promise.resolve(null)),
    async estimate() {
      if (hasLimits) return (await scan()).added
      const total = (await root.count()) ?? (await root.estimate?.()) ?? null
      if (total === null) return null
      const { looked, made } = await draw(sampleSize)
      return looked === 0 ? 0 : Math.round((total * made.length) / looked)
    },
    async sample(size) {
      return thinned(hasLimits ? (await scan()).items() : (await draw(size)).made, size)
    },
  }
}
