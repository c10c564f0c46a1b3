/** Which versions of an optional package are known to work, and what installs one. */
export interface Peer {
  readonly least: string
  /** The first version that is not known to work; left out: none is. */
  readonly below?: string
  readonly install: string
}

/**
 * The optional packages. `package.json` says the same to package managers, apart from DuckDB: all of its versions are
 * prereleases to semver (`1.5.5-r.5`), which no range that has a beginning takes in, so any is allowed there and the
 * version is looked at here.
 */
export const peers = {
  // The first versions with all members of jobs that are read (counts), as far as was tried.
  '@aws-sdk/client-bedrock': {
    least: '3.1164.0',
    below: '4.0.0',
    install: '@aws-sdk/client-bedrock @aws-sdk/client-s3',
  },
  '@aws-sdk/client-s3': {
    least: '3.1164.0',
    below: '4.0.0',
    install: '@aws-sdk/client-bedrock @aws-sdk/client-s3',
  },
  // It leaves html-entities to whoever installs it, which npm, pnpm and Bun do by themselves, and Yarn does not.
  '@cantoo/pdf-lib': { least: '2.11.0', install: '@cantoo/pdf-lib html-entities' },
  '@duckdb/node-api': { least: '1.5.0', install: '@duckdb/node-api' },
  '@electric-sql/pglite': { least: '0.5.0', install: '@electric-sql/pglite@0.5.14' },
  // Each version of it takes one version of PGlite.
  '@electric-sql/pglite-pgvector': {
    least: '0.0.15',
    install: '@electric-sql/pglite@0.5.14 @electric-sql/pglite-pgvector@0.0.15',
  },
  hyparquet: { least: '1.31.0', install: 'hyparquet hyparquet-compressors' },
  'hyparquet-compressors': { least: '1.1.0', install: 'hyparquet hyparquet-compressors' },
  'hyparquet-writer': { least: '0.17.0', install: 'hyparquet-writer' },
  pg: { least: '8.13.0', install: 'pg' },
  'pg-boss': { least: '12.35.0', below: '13.0.0', install: 'pg-boss@12.35.0' },
} as const satisfies Readonly<Record<string, Peer>>

export type PeerName = keyof typeof peers
