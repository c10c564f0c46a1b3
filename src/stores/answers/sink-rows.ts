import { sql, type Transaction } from 'kysely'
import type { RowOwner, RowStore, WantedRow } from '../../ports/store/answers.ts'
import type { StoreContext } from '../database/context.ts'
import { type Dialect, jsonRows } from '../database/json-rows.ts'
import type { Tables } from '../schema/schema.ts'

interface Owned {
  readonly name: string
  readonly key: string
}

/** Rows of sinks that several records could be written to. Most jobs have none, and are asked one short question. */
export function rowStore({ db, dialect, transact }: StoreContext): RowStore {
  return {
    async ownersOfRows(owner, rows) {
      const unusual = rows.filter(({ isOwnKey }) => !isOwnKey)
      const names = rows.map(({ name }) => name)
      if (unusual.length === 0) {
        const some = await db
          .selectFrom('sinkRows')
          .select('name')
          .where('job', '=', owner.job)
          .where('sink', '=', owner.sink)
          .limit(1)
          .executeTakeFirst()
        if (some === undefined) return new Map()
      }
      return transact(async (trx) => {
        const owners = new Map((await owned(trx, dialect, owner, names)).map(({ name, key }) => [name, key]))
        if (unusual.length === 0) return owners
        const open = unusual.filter(({ name }) => !owners.has(name))
        for (const name of await asked(
          trx,
          dialect,
          owner,
          open.map((row) => row.name),
        ))
          owners.set(name, name)
        const free = open.filter(({ name }) => !owners.has(name))
        if (!owner.take || free.length === 0) return owners
        await take(trx, dialect, owner, free)
        const given = await owned(
          trx,
          dialect,
          owner,
          free.map((row) => row.name),
        )
        for (const { name, key } of given) owners.set(name, key)
        return owners
      })
    },
  }
}

async function owned(
  on: Transaction<Tables>,
  dialect: Dialect,
  owner: RowOwner,
  names: readonly string[],
): Promise<readonly Owned[]> {
  const of = owner.redo ? sql`and sink_rows.run_id = ${owner.runId ?? ''}` : sql``
  const { rows } = await sql<Owned>`
      with wanted as materialized (${namesOf(dialect, names)})
      select sink_rows.name, sink_rows.key from wanted join sink_rows on sink_rows.name = wanted.name
        and sink_rows.job = ${owner.job} and sink_rows.sink = ${owner.sink}
        and sink_rows.simulated = ${owner.isSimulated ? 1 : 0} ${of}`.execute(on)
  return rows
}

/** Records whose keys are these names: the run has asked for them, or the job has done them. */
async function asked(
  on: Transaction<Tables>,
  dialect: Dialect,
  { job, runId, isSimulated, redo }: RowOwner,
  names: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
      with wanted as materialized (${namesOf(dialect, names)})
      select wanted.name from wanted join requests on requests.run_id = ${runId ?? ''} and requests.key = wanted.name
        and requests.outcome <> 'unrenderable'
      union select wanted.name from wanted join done on done.job = ${job} and done.key = wanted.name
        left join runs on runs.id = done.run_id
        where ${redo ? 1 : 0} = 0 and (done.run_id = '' or coalesce(runs.simulated, 0) = ${isSimulated ? 1 : 0})`.execute(
    on,
  )
  return rows.map(({ name }) => name)
}

/** Gives rows to the records that ask, unless others have them. */
async function take(
  on: Transaction<Tables>,
  dialect: Dialect,
  { job, sink, isSimulated, runId, redo, now }: RowOwner,
  rows: readonly WantedRow[],
): Promise<void> {
  const values = jsonRows(
    dialect,
    rows.map(({ name, key }) => ({ name, key })),
    { name: 'text', key: 'text' },
  )
  const run = runId ?? ''
  const given = redo
    ? sql`do update set key = excluded.key, run_id = excluded.run_id, at = excluded.at where sink_rows.run_id <> excluded.run_id`
    : sql`do nothing`
  // Without a condition SQLite takes "on conflict" for a part of the join.
  await sql`
      with wanted as materialized (${values})
      insert into sink_rows (job, sink, simulated, name, key, run_id, at)
      select ${job}, ${sink}, ${isSimulated ? 1 : 0}, wanted.name, wanted.key, ${run}, ${now} from wanted where true
        order by wanted.name
      on conflict (job, sink, simulated, name) ${given}`.execute(on)
}

function namesOf(dialect: Dialect, names: readonly string[]): ReturnType<typeof jsonRows> {
  return jsonRows(
    dialect,
    names.map((name) => ({ name })),
    { name: 'text' },
  )
}
