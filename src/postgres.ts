export { type DatabaseConnection, type Database, openDatabase } from './connectors/database/database.ts'
export { postgres } from './connectors/postgres/rows.ts'
export { sql } from './connectors/database/sql.ts'
