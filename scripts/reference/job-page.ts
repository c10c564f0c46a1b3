import { jobSchema, sinkSchemas } from '../../src/config/check-job.ts'
import { entryTable } from './entry-table.ts'
import { generated } from './generated.ts'
import { jobWords, sinkWords } from './job-words.ts'
import { schemaRows } from './schema-rows.ts'

/** The entries of a job. */
export const jobRows = schemaRows(jobSchema)

/** The entries of each kind of sink, by the entry that names the kind. */
export const sinkRows = Object.entries(sinkSchemas).map(
  ([kind, schema]) => [kind, schemaRows(schema)] as const,
)

/** The whole text of `docs/reference/job.md`. */
export function jobPage(): string {
  return `# Job reference

${generated('the schema that parses a job file', 'src/config/check-job.ts')}

Every entry of \`defineJob({ … })\` and of \`defineEmbedding({ … })\`, which has \`input\` in place of \`prompt\`. An entry that is
not on this page is rejected with E_JOB_INVALID and the name that was probably meant. The [job guide](../jobs.md) explains
them by examples; [tables and files](../tables.md) explains sources and sinks.

## Entries of a job

${entryTable(jobRows, jobWords)}

## Sinks

A sink is an object with exactly one of ${Object.keys(sinkSchemas)
    .map((kind) => `\`${kind}\``)
    .join(', ')}.

${sinkRows.map(([kind, rows]) => `### ${kind}\n\n${entryTable(rows, sinkWords[kind] ?? {})}\n`).join('\n')}`
}
