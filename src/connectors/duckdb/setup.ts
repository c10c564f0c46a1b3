import { messageOf, OffpeakError } from '../../domain/errors.ts'

/** A value of the environment, by its name. */
interface FromEnvironment {
  readonly env: string
}

/** A statement with places for values of the environment. */
export interface DuckdbSetup {
  readonly texts: readonly string[]
  readonly names: readonly string[]
}

/** A statement of the setup: setup`create secret (type s3, key_id ${{ env: 'S3_KEY' }}, secret ${{ env: 'S3_SECRET' }})`. */
export function setup(texts: TemplateStringsArray, ...values: readonly FromEnvironment[]): DuckdbSetup {
  return { texts: [...texts], names: values.map(({ env }) => env) }
}

/**
 * Runs the statements one after the other. Throws E_SOURCE_QUERY with the statement as its owner wrote it, by the names of
 * values and never by them, and E_ENV for a name without a value.
 */
export async function runSetup(
  statements: readonly (string | DuckdbSetup)[],
  env: (name: string) => string | null,
  run: (text: string) => Promise<unknown>,
): Promise<void> {
  for (const statement of statements) {
    const { texts, names } = typeof statement === 'string' ? { texts: [statement], names: [] } : statement
    const secrets = names.map((name) => valueOf(name, env))
    const shown = joined(
      texts,
      names.map((name) => `\${${name}}`),
    )
    try {
      await run(
        joined(
          texts,
          secrets.map((secret) => `'${secret.replaceAll("'", "''")}'`),
        ),
      )
    } catch (thrown) {
      const said = secrets.reduce(
        (words, secret, at) => words.replaceAll(secret, `\${${names[at] ?? ''}}`),
        messageOf(thrown)
          .replace(/\n\nLINE \d[\s\S]*$/, '')
          .replaceAll(/\s+/g, ' '),
      )
      // The cause holds the text with its values.
      throw new OffpeakError('E_SOURCE_QUERY', `a statement of \`setup\` failed: ${said}`, {
        where: shown,
        fix: fixFor(shown, said),
      })
    }
  }
}

/** The statements that only the connection remembers which has run them: each of them runs them again. */
export function ofConnection(
  statements: readonly (string | DuckdbSetup)[],
): readonly (string | DuckdbSetup)[] {
  return statements.filter((statement) =>
    /^\s*(?:set|reset|use|pragma)\b/i.test(
      typeof statement === 'string' ? statement : (statement.texts[0] ?? ''),
    ),
  )
}

function valueOf(name: string, env: (name: string) => string | null): string {
  const value = env(name)
  if (value !== null) return value
  throw new OffpeakError('E_ENV', `${name}, which a statement of \`setup\` takes, is not set`, {
    fix: `put ${name}=… into .env`,
  })
}

function joined(texts: readonly string[], values: readonly string[]): string {
  return texts.map((text, at) => text + (values[at] ?? '')).join('')
}

function fixFor(statement: string, said: string): string {
  const [, asked] = /^\s*(?:install|load)\s+'?(\w+)/i.exec(statement) ?? []
  const extension = asked ?? extensionIn(said)
  return extension === null ? 'run the statement in duckdb to fix it' : wayOf(extension)
}

/** How the extension is loaded that a failed query is about; null: it is about none. */
export function extensionFix(said: string): string | null {
  const extension = extensionIn(said)
  return extension && wayOf(extension)
}

function extensionIn(said: string): string | null {
  return /extension[^"']*["'](\w+)["']/i.exec(said)?.[1] ?? null
}

/** Extensions are fetched once, and are then files of this machine (https://duckdb.org/docs/stable/extensions/overview). */
function wayOf(extension: string): string {
  return `setup: ['install ${extension}', 'load ${extension}', …] loads it; where this machine reaches no network, \`install ${extension}\` in duckdb of the same version elsewhere, and copy ~/.duckdb/extensions`
}
