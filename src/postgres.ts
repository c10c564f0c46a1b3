export { type Connection, type Database, openDatabase } from './connectors/database.ts'
export { postgres } from './connectors/postgres-rows.ts'
export { sql } from './connectors/sql.ts'
