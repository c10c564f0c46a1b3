import type { Event } from '../contract/event.ts'
import type { RunReport } from '../../engine/queries/report.ts'
import { refusedKind } from '../../engine/queries/refused-followers.ts'
import type { RunStatus } from '../../engine/queries/status.ts'
import { type Caller, sees } from './caller.ts'

/** The event that tells of another job than its run's: one that should have followed, and was not started. */
const ofAnother = refusedKind

/** Whether an event of a run that the caller sees names no job that it does not see. */
export function seesEvent(caller: Caller, { kind, data }: Pick<Event, 'kind' | 'data'>): boolean {
  return kind !== ofAnother || typeof data['job'] !== 'string' || sees(caller, data['job'])
}

/** A status without the jobs that the caller does not see. */
export function withoutHidden<Status extends Pick<RunStatus, 'notStarted'>>(
  caller: Caller,
  status: Status,
): Status {
  const notStarted = status.notStarted.filter(({ job }) => sees(caller, job))
  return notStarted.length === status.notStarted.length ? status : { ...status, notStarted }
}

/** A report without the events that the caller does not see. */
export function reportSeen(caller: Caller, whole: RunReport): RunReport {
  const report = { ...whole, status: withoutHidden(caller, whole.status) }
  const notable = report.notable.filter((event) => seesEvent(caller, event))
  if (notable.length === report.notable.length) return report
  const { [ofAnother]: _all, ...counts } = report.notableCounts
  const left = notable.filter(({ kind }) => kind === ofAnother).length
  return { ...report, notable, notableCounts: left === 0 ? counts : { ...counts, [ofAnother]: left } }
}
