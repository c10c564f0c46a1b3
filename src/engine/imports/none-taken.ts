import { OffpeakError } from '../../domain/errors.ts'
import type { ForeignAnswers } from './foreign-answers.ts'

const shownIds = 3
const shownFields = 8

/** The rows of the source as a template has met them. */
export class RowsSeen {
  count = 0
  /** The first field of the template that a row lacks, with the fields that the row has. */
  lack: { readonly field: string; readonly has: readonly string[] } | null = null

  lacking(row: unknown, field: string): void {
    this.lack ??= { field, has: Object.keys(Object(row)) }
  }
}

/** Why no answer was taken: there is no such field, no such record, or an answer is for several records. */
export function noneTaken(answers: ForeignAnswers, claimed: number, rows: RowsSeen): OffpeakError {
  const ids = [...answers.byId.keys()].slice(0, shownIds).join(', ')
  const count = answers.byId.size
  const [first] = answers.problems
  if (count === 0)
    return new OffpeakError('E_USAGE', 'the files hold no answer of the job’s provider', {
      where: first === undefined ? 'they are empty' : `${first.path}:${first.line}: ${first.reason}`,
      fix: 'name files of results as the provider of the job writes them; answers of another one are read by a job with its model',
    })
  const where = `${count} ${count === 1 ? 'answer' : 'answers'}, as ${ids}`
  if (claimed > 0)
    return new OffpeakError('E_RECORD_UNKNOWN', 'each answer belongs to several records of the source', {
      where,
      fix: 'name a field of the rows in --key that tells them apart',
    })
  if (rows.count === 0)
    return new OffpeakError(
      'E_RECORD_UNKNOWN',
      'the source selects no records, so that every answer is for nobody',
      {
        where,
        fix: 'see what the query of the job selects; -p sets its parameters',
      },
    )
  if (rows.lack !== null)
    return new OffpeakError(
      'E_USAGE',
      `--key names the field ${rows.lack.field}, which the rows do not have`,
      {
        where,
        fix: `the rows have ${rows.lack.has.slice(0, shownFields).join(', ')}`,
      },
    )
  return new OffpeakError(
    'E_RECORD_UNKNOWN',
    'every answer is for nobody: the source has no record with such an id',
    {
      where,
      fix: 'compare these ids with the template, and see what the source of the job still selects',
    },
  )
}
