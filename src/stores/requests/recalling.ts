import { CompiledQuery, type Kysely } from 'kysely'
import type { Recalled, SameRequest } from '../../ports/store/requests.ts'
import type { Dialect } from '../database/json-rows.ts'
import type { Tables } from '../schema/schema.ts'

interface RecalledRow {
  readonly what: 'known' | 'done' | 'same'
  readonly text: string
  readonly fingerprint: string | null
  readonly seq: number | null
  readonly batchN: number | null
}

/** Asked for every page of a source: written once, in one statement, where a builder of queries would take longer than SQLite. */
const texts = {
  sqlite: textOf('(values (?, ?))', `select value->>0, value->>1 from json_each(?)`),
  postgres: textOf(
    '(values ($1::text, $2::text))',
    `select value->>0, value->>1 from json_array_elements($3::json)`,
  ),
} as const satisfies Record<Dialect, string>

function textOf(given: string, wanted: string): string {
  return `with given (run_id, job) as materialized ${given},
      wanted (key, fingerprint) as materialized (${wanted})
    select 'known' as what, requests.key as text, cast(null as text) as fingerprint, cast(null as bigint) as seq, cast(null as bigint) as batch_n
      from wanted join requests on requests.run_id = (select run_id from given) and requests.key = wanted.key
    union all select 'done', done.key, done.fingerprint, null, null
      from wanted join done on done.job = (select job from given) and done.key = wanted.key
        left join runs on runs.id = done.run_id
      where done.run_id = '' or coalesce(runs.simulated, 0) = coalesce((select simulated from runs where id = (select run_id from given)), 0)
    union all select 'same', requests.fingerprint, null, requests.seq, requests.batch_n
      from wanted join requests on requests.run_id = (select run_id from given)
        and requests.fingerprint = wanted.fingerprint
      where requests.line is not null`
}

/**
 * Knowledge of the state about records before they become requests; `job` is null where it does not matter what was
 * done.
 */
export async function recall(
  db: Kysely<Tables>,
  dialect: Dialect,
  runId: string,
  job: string | null,
  records: readonly { readonly key: string; readonly fingerprint: string }[],
): Promise<Recalled> {
  const wanted = JSON.stringify(records.map(({ key, fingerprint }) => [key, fingerprint]))
  const { rows } = await db.executeQuery<RecalledRow>(CompiledQuery.raw(texts[dialect], [runId, job, wanted]))
  const known = new Set<string>()
  const done = new Map<string, string>()
  const same = new Map<string, SameRequest>()
  for (const { what, text, fingerprint, seq, batchN } of rows) {
    if (what === 'known') known.add(text)
    else if (what === 'done') done.set(text, fingerprint ?? '')
    else same.set(text, { seq: seq ?? 0, batchN })
  }
  return { known, done, same }
}
