import { importPeer } from '../../../engine/peer.ts'
import type { RunResult } from '../../../engine/queries/results.ts'
import { type FieldType, type ResultColumn, valueOf } from '../../../engine/queries/result-fields.ts'
import { wholeText } from '../../../engine/queries/result-fields.ts'

/** So many rows are in memory at once. */
const rowsPerGroup = 5_000

const basicTypes = {
  text: 'STRING',
  count: 'INT32',
  number: 'DOUBLE',
  yes: 'BOOLEAN',
  json: 'JSON',
} as const satisfies Record<FieldType, string>

/** A Parquet file of results, written a group of rows at a time. Throws E_PEER_MISSING without `hyparquet-writer`. */
export async function writeParquet(
  path: string,
  columns: readonly ResultColumn[],
  results: AsyncIterable<RunResult>,
): Promise<void> {
  const { fileWriter, parquetWriteRows } = await importPeer('hyparquet-writer')
  async function* rows(): AsyncGenerator<Record<string, unknown>> {
    for await (const result of results)
      yield Object.fromEntries(columns.map(({ name }) => [name, cell(valueOf(result, name))]))
  }
  await parquetWriteRows({
    writer: fileWriter(path),
    columns: columns.map(({ name, type }) => ({ name, type: basicTypes[type], nullable: name !== 'key' })),
    rows: rows(),
    rowGroupSize: rowsPerGroup,
  })
}

function cell(value: unknown): unknown {
  return typeof value === 'string' ? wholeText(value) : (value ?? null)
}
