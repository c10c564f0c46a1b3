import { spawnSync } from 'node:child_process'
import { Client } from 'pg'

/**
 * The statements that make a database what this one is once those before are done, for any client: without those that only
 * `psql` knows. Takes `pg_dump`.
 */
export async function dumpPostgres(url: string, before: readonly string[]): Promise<string> {
  const client = new Client({ connectionString: url })
  await client.connect()
  for (const statement of before) await client.query(`set search_path to offpeak; ${statement}`)
  await client.end()
  const options = ['--inserts', '--rows-per-insert=100', '--no-owner', '--no-privileges', '--no-comments']
  const { stdout, stderr, status } = spawnSync('pg_dump', [...options, url], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`pg_dump failed: ${stderr}`)
  const lines = stdout
    .split('\n')
    .filter((line) => !/^(?:--|\\|SET |SELECT pg_catalog\.set_config)/.test(line))
  return `${lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()}\n`
}
