import { Client } from 'pg'

/** The database that DATABASE_URL names. */
export async function connect(): Promise<Client> {
  const client = new Client({ connectionString: process.env['DATABASE_URL'] })
  await client.connect()
  return client
}
