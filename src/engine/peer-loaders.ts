/** The optional packages, by name. */
export interface PeerModules {
  readonly '@aws-sdk/client-bedrock': typeof import('@aws-sdk/client-bedrock')
  readonly '@aws-sdk/client-s3': typeof import('@aws-sdk/client-s3')
  readonly '@cantoo/pdf-lib': typeof import('@cantoo/pdf-lib')
  readonly '@duckdb/node-api': typeof import('@duckdb/node-api')
  readonly '@electric-sql/pglite': typeof import('@electric-sql/pglite')
  readonly '@electric-sql/pglite-pgvector': typeof import('@electric-sql/pglite-pgvector')
  readonly hyparquet: typeof import('hyparquet')
  readonly 'hyparquet-compressors': typeof import('hyparquet-compressors')
  readonly 'hyparquet-writer': typeof import('hyparquet-writer')
  readonly pg: typeof import('pg')
  readonly 'pg-boss': typeof import('pg-boss')
}

/**
 * How each optional package is loaded. The `try` around each `import` is read by bundlers (esbuild, webpack, Rolldown): a
 * package that is not there is then no error of theirs.
 */
export const peerLoaders: { readonly [Name in keyof PeerModules]: () => Promise<PeerModules[Name]> } = {
  async '@aws-sdk/client-bedrock'() {
    try {
      return await import('@aws-sdk/client-bedrock')
    } catch (thrown) {
      return absent(thrown)
    }
  },
  async '@aws-sdk/client-s3'() {
    try {
      return await import('@aws-sdk/client-s3')
    } catch (thrown) {
      return absent(thrown)
    }
  },
  async '@cantoo/pdf-lib'() {
    try {
      return await import('@cantoo/pdf-lib')
    } catch (thrown) {
      return absent(thrown)
    }
  },
  async '@duckdb/node-api'() {
    try {
      return await import('@duckdb/node-api')
    } catch (thrown) {
      return absent(thrown)
    }
  },
  async '@electric-sql/pglite'() {
    try {
      return await import('@electric-sql/pglite')
    } catch (thrown) {
      return absent(thrown)
    }
  },
  async '@electric-sql/pglite-pgvector'() {
    try {
      return await import('@electric-sql/pglite-pgvector')
    } catch (thrown) {
      return absent(thrown)
    }
  },
  async hyparquet() {
    try {
      return await import('hyparquet')
    } catch (thrown) {
      return absent(thrown)
    }
  },
  async 'hyparquet-compressors'() {
    try {
      return await import('hyparquet-compressors')
    } catch (thrown) {
      return absent(thrown)
    }
  },
  async 'hyparquet-writer'() {
    try {
      return await import('hyparquet-writer')
    } catch (thrown) {
      return absent(thrown)
    }
  },
  async pg() {
    try {
      return await import('pg')
    } catch (thrown) {
      return absent(thrown)
    }
  },
  async 'pg-boss'() {
    try {
      return await import('pg-boss')
    } catch (thrown) {
      return absent(thrown)
    }
  },
}

function absent(thrown: unknown): never {
  throw thrown
}
