/** Both connectors prove that they keep what Offpeak counts on: `node --test conformance.ts`. */
import { describe, test } from 'node:test'
import { describeSink, describeSource } from 'offpeak/testing'
import { documentFields } from './sink.ts'
import { documents } from './source.ts'
import { startService } from './service.ts'

describeSource(
  { describe, test },
  {
    name: 'a document service',
    order: 'key',
    keys: 'id', // a document is known by its id, and by nothing else
    repeats: false, // and no two documents have one
    async open(rows) {
      const service = await startService(rows.map((row) => ({ ...row, id: String(row.id) })))
      return {
        source: (_key, row) => documents({ url: service.url, row }),
        change: null, // it resumes after an id, whatever has changed
        [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
      }
    },
  },
)

describeSink(
  { describe, test },
  {
    name: 'a document service',
    kind: 'upsert',
    killable: true,
    async open() {
      const service = await startService(
        Array.from({ length: 50 }, (_, index) => ({ id: String(index + 1), note: null })),
      )
      const options = JSON.stringify({ url: service.url })
      const context = { baseDir: '/', databaseUrl: null, sourceKey: ['id'], sourceTables: [] }
      return {
        sink: () => documentFields({ url: service.url }).open(context),
        read: async () =>
          [...service.documents.values()]
            .map(({ id, note }) => ({ key: id, note: typeof note === 'string' ? note : null }))
            .toSorted((one, other) => Number(one.key) - Number(other.key)),
        program: `import { documentFields } from ${JSON.stringify(import.meta.resolve('./sink.ts'))}
          const sink = await documentFields(${options}).open(${JSON.stringify(context)})`,
        [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
      }
    },
  },
)
