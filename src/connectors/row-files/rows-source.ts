import { OffpeakError } from '../../domain/errors.ts'
import type { ConnectorContext, Source, SourceDefinition, SourceReader } from '../../ports/source.ts'
import { chain } from '../pipeline/pipeline.ts'
import { keyFields } from '../record.ts'

interface RowsSource<Row> {
  readonly kind: string
  readonly describe: string
  readonly key: string | readonly string[]
  open(
    context: ConnectorContext,
    key: readonly string[],
    limit: number | null,
  ): Promise<SourceReader<Row>> | SourceReader<Row>
}

/** A source of rows with a key; throws E_SOURCE_KEY when none is named. */
export function rowsSource<Row>(spec: RowsSource<Row>): Source<Row> {
  return chain(definition(spec, null))
}

function definition<Row>(spec: RowsSource<Row>, limit: number | null): SourceDefinition<Row> {
  const key = keyFields(spec.key, `${spec.kind}.rows`)
  return {
    kind: spec.kind,
    describe: spec.describe,
    key,
    open: async (context) => spec.open(context, key, limit),
    limit(count) {
      if (!Number.isSafeInteger(count) || count < 0) {
        throw new OffpeakError('E_USAGE', `limit takes a whole number of rows, not ${String(count)}`)
      }
      return definition(spec, limit === null ? count : Math.min(limit, count))
    },
  }
}
