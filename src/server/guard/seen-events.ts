import type { Event } from '../contract/event.ts'
import type { RunReport } from '../../engine/queries/report.ts'
import { type Caller, sees } from './caller.ts'

/** The event that tells of another job than its run's: one that should have followed, and was not started. */
const ofAnother = 'follow.refused'

/** Whether an event of a run that the caller sees names no job that it does not see. */
export function seesEvent(caller: Caller, { kind, data }: Pick<Event, 'kind' | 'data'>): boolean {
  return kind !== ofAnother || typeof data['job'] !== 'string' || sees(caller, data['job'])
}

/** A report without the events that the caller does not see. */
export function reportSeen(caller: Caller, report: RunReport): RunReport {
  const notable = report.notable.filter((event) => seesEvent(caller, event))
  if (notable.length === report.notable.length) return report
  const { [ofAnother]: _all, ...counts } = report.notableCounts
  const left = notable.filter(({ kind }) => kind === ofAnother).length
  return { ...report, notable, notableCounts: left === 0 ? counts : { ...counts, [ofAnother]: left } }
}
