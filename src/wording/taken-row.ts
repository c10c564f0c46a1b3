import { shellWord } from './shell-word.ts'
import { typedKey } from './typed-key.ts'

const opening = 'another record has the same key in the sink'
const who = ': the record "'

/**
 * Why a record is not written whose key is that of another record's row. What differs from record to record stands last,
 * so that `withoutRecord` makes one reason of all of one kind.
 */
export function takenRow(record: string, more = ''): string {
  return `${opening}${more}${who}${typedKey(record)}"`
}

/** The same where the row was given to that record before, with the command that gives it to this one. */
export function ownedRow(record: string, job: string): string {
  return takenRow(
    record,
    `, and the row is its own; offpeak plan ${shellWord(job)} --redo --only <this key> says what it costs to ask again and take the row over`,
  )
}

/** Whether a reason is that of `ownedRow`. */
export function isOwnedRow(reason: string | null): boolean {
  return reason?.startsWith(`${opening}, and the row is its own`) === true
}

/** A reason without the key of another record that stands in it, if one does: still a part of the whole reason. */
export function withoutRecord(reason: string): string {
  const at = reason.startsWith(opening) ? reason.indexOf(who) : -1
  return at < 0 ? reason : reason.slice(0, at)
}
