import { hash } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { OffpeakError, messageOf } from '../../domain/errors.ts'
import type { OpenSink, SinkItem } from '../../ports/sink.ts'
import { asDiskError, requireRoom, syncDirectory } from '../row-files/disk.ts'
import { parquetColumns } from './parquet-columns.ts'
import { importPeer } from '../../engine/peer.ts'

/**
 * A directory of Parquet files as a sink: `{ parquet, line? }` writes each chunk as one file, which is named after what
 * is in it and appears whole or not at all; a chunk whose file is there has been written, by whichever state or run. Parquet ends with an index of what is
 * in it and cannot be appended to; readers (`parquet.rows`, DuckDB's `out.parquet/*.parquet`, Spark) take such a
 * directory for one table. Column types are those that `parquetColumns` finds.
 *
 * Needs the package hyparquet-writer (E_PEER_MISSING).
 */
export const openParquetSink: OpenSink = async (definition, { baseDir }) => {
  const { parquet } = definition
  if (typeof parquet !== 'string') throw new OffpeakError('E_JOB_INVALID', 'A file sink is { parquet: path }')
  const { parquetWriteBuffer } = await importPeer('hyparquet-writer')
  const directory = resolve(baseDir, parquet)
  const encode = (items: readonly SinkItem[]): Uint8Array =>
    new Uint8Array(parquetWriteBuffer({ columnData: parquetColumns(items) }))

  return {
    describe: `append to ${parquet}`,
    async dryRun(item) {
      const reason = unwritable(item)
      if (reason !== null)
        throw new OffpeakError('E_SINK_VALUE', `A record cannot be written to ${directory}: ${reason}`, {
          where: directory,
          fix: 'Correct what line returns.',
        })
      encode([item])
      asDiskError(directory, () => requireRoom(directory))
    },
    async write(items) {
      const reasons = items.map(unwritable)
      const good = items.filter((_, at) => reasons[at] === null)
      let kind: 'written' | 'same' = 'written'
      if (good.length > 0) {
        const bytes = encode(good)
        const name = `part-${hash('sha256', bytes, 'hex').slice(0, 32)}.parquet`
        if (existsSync(join(directory, name))) kind = 'same'
        else asDiskError(directory, () => place(directory, name, bytes))
      }
      return reasons.map((reason) => (reason === null ? { kind } : { kind: 'rejected', reason }))
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/** The file is whole on disk before it has its name; a kill leaves at most a hidden one, which the next try writes over. */
function place(directory: string, name: string, bytes: Uint8Array): void {
  mkdirSync(directory, { recursive: true })
  const unfinished = join(directory, `.${name}.unfinished`)
  const handle = openSync(unfinished, 'w')
  try {
    writeFileSync(handle, bytes)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(unfinished, join(directory, name))
  syncDirectory(directory)
}

/** Why an item's values have no form in Parquet; null when they have. */
function unwritable(item: SinkItem): string | null {
  try {
    parquetColumns([item])
    return null
  } catch (thrown) {
    return messageOf(thrown)
  }
}
