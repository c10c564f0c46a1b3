// Writes docs/values.md. Run it when a source or a sink shows a value in another way: npm run values.
import { writeFileSync } from 'node:fs'
import { valuesPage } from './values-page.ts'

writeFileSync(new URL('../docs/values.md', import.meta.url), await valuesPage())
