import { CompiledQuery, HandleEmptyInListsPlugin, Kysely, replaceWithNoncontingentExpression } from 'kysely'
import { z } from 'zod'
import { ColumnNames } from '../../src/stores/database/queries.ts'
import type { StoreContext } from '../../src/stores/database/context.ts'
import { EventHorizon } from '../../src/stores/database/horizon.ts'
import type { Dialect } from '../../src/stores/database/json-rows.ts'
import { postgresDialect } from '../../src/stores/database/postgres.ts'
import type { Tables } from '../../src/stores/schema/schema.ts'
import { NodeSqliteDialect, openSqlite } from '../../src/stores/database/sqlite.ts'
import { schemaVersion } from '../../src/stores/schema/version.ts'

/** A state that is filled by hand, whose statements are noted, and can be explained. */
export interface ExplainedState extends AsyncDisposable {
  readonly context: StoreContext
  readonly execute: (text: string) => Promise<void>
  /** What the statements of `act` do to find their rows, each in words. */
  readonly worksOf: (act: () => Promise<unknown>) => Promise<readonly Work[]>
}

export interface Work {
  readonly statement: string
  /** Rows of tables and indexes that were looked at; null where the database does not count them. */
  readonly visited: number | null
  /** Whole tables that are read, and orders that are made by sorting. */
  readonly dear: readonly string[]
}

const planNode = z.looseObject({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Actual Rows': z.number(),
  'Actual Loops': z.number(),
  'Rows Removed by Filter': z.number().optional(),
  'Rows Removed by Index Recheck': z.number().optional(),
  get Plans() {
    return z.array(planNode).optional()
  },
})
type PlanNode = z.infer<typeof planNode>
const explained = z.array(z.object({ 'QUERY PLAN': z.array(z.object({ Plan: planNode })) }))

/** Opens a state that is there already. */
export async function openExplained(dialect: Dialect, location: string): Promise<ExplainedState> {
  const noted: CompiledQuery[] = []
  let isNoting = false
  const db = new Kysely<Tables>({
    dialect:
      dialect === 'sqlite'
        ? new NodeSqliteDialect(openSqlite(location))
        : await postgresDialect(location, 2, 'offpeak plans'),
    plugins: [
      new ColumnNames(),
      new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression }),
    ],
    log: ({ query }) => void (isNoting && noted.push(query)),
  })
  const plain = db.withoutPlugins()
  const work = async ({ sql, parameters }: CompiledQuery): Promise<Work> => {
    if (dialect === 'sqlite') {
      const { rows } = await plain.executeQuery<{ detail: string }>(
        CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]),
      )
      // A page that is found already is put into the order of its keys.
      const isPage = /in \(select .* limit \?\)/.test(sql)
      const dear = rows
        .map(({ detail }) => detail)
        .filter(
          (detail) =>
            /^SCAN (?!wanted|found|CONSTANT)(?!.*USING (?:COVERING )?INDEX)/.test(detail) ||
            (/TEMP B-TREE/.test(detail) && !isPage),
        )
      return { statement: sql, visited: null, dear }
    }
    const { rows } = await plain.executeQuery(
      CompiledQuery.raw(`explain (analyze, format json) ${sql}`, [...parameters]),
    )
    const [found] = explained.parse(rows)
    const nodes = found === undefined ? [] : flat(found['QUERY PLAN'][0]?.Plan)
    return {
      statement: sql,
      visited: nodes.reduce((sum, node) => sum + visitedBy(node), 0),
      dear: nodes.map((node) => node['Node Type']).filter((name) => name === 'Seq Scan' || name === 'Sort'),
    }
  }
  return {
    context: {
      db,
      dialect,
      version: schemaVersion(db, '', ''),
      now: () => 0,
      transact: (act) => db.transaction().execute(act),
      transactUnclaimed: (act) => db.transaction().execute(act),
      horizon: dialect === 'postgres' ? new EventHorizon(db) : null,
      wake: async () => undefined,
    },
    execute: async (text) => void (await plain.executeQuery(CompiledQuery.raw(text))),
    async worksOf(act) {
      noted.length = 0
      isNoting = true
      await act()
      isNoting = false
      const works: Work[] = []
      for (const query of noted.slice()) works.push(await work(query))
      return works
    },
    [Symbol.asyncDispose]: () => db.destroy(),
  }
}

function flat(node: PlanNode | undefined): readonly PlanNode[] {
  return node === undefined ? [] : [node, ...(node.Plans ?? []).flatMap(flat)]
}

/** Rows of a table or an index that a node has looked at, whether it kept them or not. */
function visitedBy(node: PlanNode): number {
  if (!node['Node Type'].endsWith('Scan') || node['Node Type'] === 'CTE Scan') return 0
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)
  return (node['Actual Rows'] + removed) * node['Actual Loops']
}
