import { OffpeakError } from '../../domain/errors.ts'
import type { SourceReader, SourceRecord } from '../../ports/source.ts'
import { fieldOf } from '../../domain/own-value.ts'

/** So many records are looked at to find the values of a field. */
const looksAt = 2_000

/**
 * The keys of `count` records of each value that a field has in a sample of the source. Parts of one record are taken
 * only when there are too few others, and then not always the same part. Throws E_USAGE when no row has the field.
 */
export async function sampleKeysPer(
  reader: Pick<SourceReader<unknown>, 'sample'>,
  field: string,
  count: number,
): Promise<readonly string[]> {
  const records = (await reader.sample(looksAt)).filter(isUsable)
  if (!records.some(({ row }) => isObject(row) && Object.hasOwn(row, field))) {
    const [first] = records
    throw new OffpeakError('E_USAGE', `no row has a field ${field}`, {
      fix: isObject(first?.row)
        ? `the fields are ${Object.keys(first.row).join(', ')}`
        : 'name another field',
    })
  }
  const groups = Map.groupBy(records, ({ row }) => textOf(fieldOf(row, field)))
  return [...groups.values()].flatMap((group, at) => spread(group, count, at))
}

type Usable = Extract<SourceRecord<unknown>, { readonly problem?: undefined }>

function isUsable(record: SourceRecord<unknown>): record is Usable {
  return record.problem === undefined
}

/** One part of each record in turn, each time the next part, beginning with the one at `first`. */
function spread(records: readonly Usable[], count: number, first: number): readonly string[] {
  const whole = [...Map.groupBy(records, ({ key, part }) => part?.of ?? key).values()]
  const most = Math.max(0, ...whole.map((parts) => parts.length))
  const keys: string[] = []
  for (let round = 0; round < most; round += 1)
    for (const [at, parts] of whole.entries()) {
      if (keys.length >= count) return keys
      const part = round < parts.length ? parts[(first + at + round) % parts.length] : undefined
      if (part) keys.push(part.key)
    }
  return keys
}

function textOf(value: unknown): string {
  return typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? 'null')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
