import { valueMatrix } from './value-matrix.ts'

const head = `# What a row holds, and what is written back

For each type of column of each source: what stands there, what \`row\` holds of it (before a row schema has changed it),
and what a row of the sink's own medium holds when a job returns that very value to it; for SQLite, what is stored.
\`npm run values\` makes this page by doing so; a test holds it against what the sources and sinks do.

Text that stands for a number, a time or bytes is exact: parse it where you need more. Bytes are written from
\`Buffer.from(value.slice(2), 'hex')\`.

`

/** The whole text of `docs/values.md`. */
export async function valuesPage(): Promise<string> {
  return head + (await valueMatrix())
}
