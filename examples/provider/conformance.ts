/** The provider proves that it keeps what Offpeak counts on: `node --test conformance.ts`. */
import { describe, test } from 'node:test'
import { describeProvider } from 'offpeak/testing'
import { acme } from './acme.ts'
import { demoKey, startService } from './service.ts'

describeProvider(
  { describe, test },
  {
    name: 'Acme',
    async open() {
      const service = await startService({ waits: true })
      return {
        url: service.url,
        key: demoKey,
        finish: () => service.finish(),
        [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
      }
    },
    env: ({ url, key }) => ({ ACME_BASE_URL: url, ACME_API_KEY: key }),
    chat: () => acme('acme-large'),
    lines: [
      {
        line: { key: 'abcd-0', said: 'yes', tokens: { in: 20, out: 5 } },
        customId: 'abcd-0',
        answer: { kind: 'text', text: 'yes', usage: { inputTokens: 20, cachedTokens: 0, outputTokens: 5 } },
      },
      {
        line: { key: 'abcd-1', problem: 'too long' },
        customId: 'abcd-1',
        answer: { kind: 'error', outcome: 'failed', reason: 'too long' },
      },
    ],
  },
)
