import { type RawBuilder, sql } from 'kysely'
import { type Outcome, outcomeNames, outcomes } from '../../domain/outcome.ts'
import { freeTries, isInfrastructureFailure, leftAlone } from '../../planning/waiting/retry.ts'
import type { RequestStore, RetryRule } from '../../ports/store/requests.ts'
import type { StoreContext } from '../database/context.ts'

const retryable: readonly Outcome[] = outcomeNames.filter((name) => outcomes[name].retry)
export const infrastructureFailures: readonly Outcome[] = outcomeNames.filter(isInfrastructureFailure)

/** In `retry_requested`: 0 never chosen by anybody, 1 chosen and not sent yet, `leftAlone`, and this one: chosen, and sent since. */
export const wasChosen = 2

/** The outcomes after which the rules send a request again. */
export const retryOf = {
  all: retryable,
  infrastructureFailures,
  others: retryable.filter((name) => !isInfrastructureFailure(name)),
} as const

/** The tries that count against the record's limit: the rule of `decideRetry`, as SQL; `of` is the table. */
export function countedTries(of: 'requests' | 'sent'): RawBuilder<number> {
  const column = (name: string): RawBuilder<number> => sql.ref(`${of}.${name}`)
  const noFault = sql`${column('infrastructureFailures')} + case when ${sql.ref(`${of}.outcome`)} in (${sql.join(infrastructureFailures)}) then 1 else 0 end`
  return sql<number>`${column('tries')} - case when ${noFault} > ${sql.lit(freeTries)} then ${sql.lit(freeTries)} else ${noFault} end`
}

/** The store of requests that the rules of a run will still send again. */
export function retryingStore({
  db,
  dialect,
}: StoreContext): Pick<RequestStore, 'retryingIn' | 'retryingGroups'> {
  return {
    async retryingIn(runId, batches, rule) {
      if (batches.length === 0) return new Map()
      const { rows } = await sql<{ n: number; count: number }>`select requests.batch_n as n, count(*) as count
        ${toSendAgain(dialect, runId, rule)} and requests.batch_n in (${sql.join([...batches])})
        group by requests.batch_n`.execute(db)
      return new Map(rows.map(({ n, count }) => [n, count]))
    },
    async retryingGroups(runId, rule) {
      const { rows } = await sql<{ outcome: Outcome; reason: string | null; count: number }>`
        select requests.outcome, requests.reason, count(*) as count ${toSendAgain(dialect, runId, rule)}
        group by requests.outcome, requests.reason`.execute(db)
      return rows
    },
  }
}

/**
 * The records of a run that are to be sent again and are in no file yet, as the end of a statement. A record that was
 * folded into another one's request is sent again with it; `sent` is the request.
 */
export function toSendAgain(
  dialect: StoreContext['dialect'],
  runId: string,
  { maxTries, ruled, onlyChosen }: RetryRule,
): RawBuilder<unknown> {
  return sql`from requests
    join requests as sent on sent.run_id = requests.run_id and sent.seq = coalesce(requests.deduplicated_into, requests.seq)
    where requests.run_id = ${runId} and ${ofRequests(dialect)}
      and (sent.retry_requested = 1 or (${onlyChosen ? sql`sent.retry_requested = ${sql.lit(wasChosen)} and ` : sql``}sent.retry_requested != ${sql.lit(leftAlone)} and sent.outcome in (${sql.join([...retryOf[ruled]])}) and ${countedTries('sent')} < ${maxTries}))`
}

/** As the indexes have it, of the requests themselves. */
function ofRequests(dialect: StoreContext['dialect']): RawBuilder<boolean> {
  return dialect === 'sqlite'
    ? sql`requests.outcome not in ('merged', 'pending')`
    : sql`requests.troubled = 1`
}
