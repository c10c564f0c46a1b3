import { settings } from '../../src/config/settings.ts'
import { configWords } from './config-words.ts'
import { byFirstPart, entryTable } from './entry-table.ts'
import { generated } from './generated.ts'
import { schemaRows } from './schema-rows.ts'

/** The entries of a configuration. */
export const configRows = schemaRows(settings)

/** The whole text of `docs/reference/configuration.md`. */
export function configPage(): string {
  const parts = [...byFirstPart(configRows)]
  const single = parts.filter(([, rows]) => rows.length === 1)
  const nested = parts.filter(([, rows]) => rows.length > 1)
  return `# Configuration reference

${generated('the schema that parses `offpeak.config.ts`', 'src/config/settings.ts')}

Every entry of \`offpeak.config.ts\`, which is optional. An entry that is not on this page is rejected with E_CONFIG and the
name that was probably meant. Keys and addresses of providers come from the environment, never from this file: the
[README](../../README.md#in-your-project) lists the variables.

\`\`\`ts
import { defineConfig } from 'offpeak'

export default defineConfig({
  jobs: ['jobs/*.job.ts', 'more/*.job.ts'],
  state: '.offpeak/state.db',
  budget: { perRun: '$25', perDay: '$100' },
  quota: { 'openai/gpt-4o-mini': { enqueuedTokens: 2_000_000 } },
})
\`\`\`

## Single entries

${entryTable(
  single.flatMap(([, rows]) => rows),
  configWords,
)}

${nested.map(([name, rows]) => `## ${name}\n\n${entryTable(rows, configWords)}\n`).join('\n')}`
}
