import { resolve } from 'node:path'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import type { Source } from '../../ports/source.ts'
import type { Entry, FileFormat } from './file-records.ts'
import { rowsSource } from './rows-source.ts'

interface FileRows<Row, E extends Entry> {
  readonly kind: string
  /** Relative to the project's directory. */
  readonly file: string
  readonly key: string | readonly string[]
  readonly row: StandardSchema<unknown, Row>
  /** How the file at this absolute path is read. */
  readonly format: (path: string) => FileFormat<E>
}

/** A source of the rows of one file; throws E_SOURCE_KEY when no key is named. */
export function fileRows<Row, E extends Entry>(spec: FileRows<Row, E>): Source<Row> {
  return rowsSource({
    kind: spec.kind,
    describe: spec.file,
    key: spec.key,
    async open({ baseDir, locate = (path) => path }, key, limit) {
      const { fileReader } = await import('./file-reader.ts')
      const file = locate(resolve(baseDir, spec.file))
      return fileReader(spec.format(file), { file, key, row: spec.row, limit })
    },
  })
}
