import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { resolve } from 'node:path'
import { messageOf, OffpeakError } from '../../domain/errors.ts'
import { ownValue } from '../../domain/own-value.ts'

/** A schema whose fields name the placeholders, such as a `z.object`. */
interface Shaped {
  readonly shape: Readonly<Record<string, unknown>>
}

type NameOf<Names> = Names extends readonly (infer Name extends string)[]
  ? Name
  : Names extends { readonly shape: infer Shape }
    ? Extract<keyof Shape, string>
    : never

/** A filled template: one value for each placeholder. */
export type Template<Name extends string> = (values: Readonly<Record<Name, string | number>>) => string

const placeholder = /\{\{\s*([\p{L}_][\p{L}\p{N}_.-]*)\s*\}\}/gu

/**
 * A prompt from a file, with `{{name}}` where values go. Read when the job file is loaded, so that a placeholder that
 * no name fills, or a name without a placeholder, is an error before anything is planned (E_JOB_INVALID, with file
 * and line). Values go in as they are: what they hold is not looked through for placeholders. A path is relative to
 * the project's directory in job files, to the working directory elsewhere; a URL, as in
 * `new URL('../prompts/lesson.md', import.meta.url)`, is relative to the file that names it.
 */
export function template<const Names extends readonly string[] | Shaped>(
  file: string | URL,
  names: Names,
): Template<NameOf<Names>> {
  return filled(readTemplate(pathOf(process.cwd(), file), namesOf(names)))
}

/** `template` for the job files of a project. */
export function templateIn(directory: string): typeof template {
  return (file, names) => filled(readTemplate(pathOf(directory, file), namesOf(names)))
}

interface Pieces {
  readonly path: string
  readonly pieces: readonly { readonly text: string; readonly name: string | null }[]
}

function namesOf(names: readonly string[] | Shaped): readonly string[] {
  return 'shape' in names ? Object.keys(names.shape) : names
}

function readTemplate(path: string, known: readonly string[]): Pieces {
  const text = readText(path)
  const used = new Set<string>()
  const pieces: { readonly text: string; readonly name: string | null }[] = []
  let from = 0
  for (const match of text.matchAll(placeholder)) {
    const [whole, name = ''] = match
    if (!known.includes(name))
      throw invalid(`the template has {{${name}}}, and nothing fills it`, path, lineOf(text, match.index), {
        fix: known.length === 0 ? 'name it in the job' : `it may be one of ${known.join(', ')}`,
      })
    used.add(name)
    pieces.push({ text: text.slice(from, match.index), name })
    from = match.index + whole.length
  }
  const missing = known.find((name) => !used.has(name))
  if (missing !== undefined)
    throw invalid(`the template has no {{${missing}}}`, path, 1, { fix: 'put it in, or leave the name out' })
  pieces.push({ text: text.slice(from), name: null })
  return { path, pieces }
}

function filled({ path, pieces }: Pieces): (values: Readonly<Record<string, unknown>>) => string {
  return (values) =>
    pieces.map(({ text, name }) => text + (name === null ? '' : valueOf(values, name, path))).join('')
}

function valueOf(values: Readonly<Record<string, unknown>>, name: string, path: string): string {
  const value = ownValue(values, name)
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  throw invalid(`the value of {{${name}}} is ${value === null ? 'null' : typeof value}`, path, null, {
    fix: 'give a text or a number',
  })
}

function invalid(
  message: string,
  path: string,
  line: number | null,
  { fix }: { readonly fix: string },
): OffpeakError {
  return new OffpeakError('E_JOB_INVALID', message, { where: line === null ? path : `${path}:${line}`, fix })
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length
}

function pathOf(directory: string, file: string | URL): string {
  if (file instanceof URL || file.startsWith('file:')) return fileURLToPath(file)
  return resolve(directory, file)
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch (thrown) {
    throw new OffpeakError('E_JOB_INVALID', `the template cannot be read: ${messageOf(thrown)}`, {
      where: path,
      fix: "template(new URL('../prompts/lesson.md', import.meta.url), […]) finds it next to the job file",
      cause: thrown,
    })
  }
}
