import { OffpeakError } from '../../domain/errors.ts'
import { readSlice } from '../requests/artefacts.ts'
import { lineGroups } from '../requests/file-lines.ts'
import { fieldOf } from '../../domain/own-value.ts'

/** Where the answer with a foreign `custom_id` lies. */
export interface ForeignAnswer {
  readonly path: string
  readonly offset: number
  readonly length: number
}

/** The answers of output and error files that somebody else's requests were given. */
export interface ForeignAnswers {
  readonly byId: ReadonlyMap<string, ForeignAnswer>
  /** Lines that are no answers, and ids that came a second time. */
  readonly unusable: number
}

const longestLine = 64 * 1024 * 1024

/**
 * Finds the answers in files by their `custom_id`; of several with one id the first is taken, and output files are
 * named before error files. Throws E_DISK for a file that cannot be read.
 */
export async function indexAnswers(paths: readonly string[]): Promise<ForeignAnswers> {
  const byId = new Map<string, ForeignAnswer>()
  let unusable = 0
  for (const path of paths) {
    try {
      for await (const lines of lineGroups(path)) {
        for (const { bytes, offset, length, tooLong } of lines) {
          if (length === 0) continue
          const id = tooLong || length > longestLine ? null : idOf(bytes.toString('utf8'))
          if (id === null || byId.has(id)) unusable += 1
          else byId.set(id, { path, offset, length })
        }
      }
    } catch (thrown) {
      throw new OffpeakError('E_DISK', 'a file of answers cannot be read', { where: path, cause: thrown })
    }
  }
  return { byId, unusable }
}

/** The line of an answer under an id of ours. */
export async function answerLine({ path, offset, length }: ForeignAnswer, customId: string): Promise<string> {
  const line: Record<string, unknown> = JSON.parse(await readSlice(path, offset, length))
  return JSON.stringify({ ...line, custom_id: customId })
}

function idOf(text: string): string | null {
  try {
    const id: unknown = Reflect.get(Object(JSON.parse(text)), 'custom_id')
    return typeof id === 'string' ? id : null
  } catch {
    return null
  }
}

/**
 * The `custom_id` that a template gives a row, as in `case-{id}` or `{module.code}-{code}`; null when a field of it is
 * not there. Throws E_USAGE for a template without a field.
 */
export function idTemplate(template: string): (row: unknown) => string | null {
  const parts = template.split(/\{([^{}]+)\}/)
  if (parts.length < 3)
    throw new OffpeakError('E_USAGE', `the template "${template}" names no field`, {
      fix: "--key 'case-{id}': what the ids look like, with the row's fields in braces",
    })
  return (row) => {
    const texts = parts.map((part, at) => (at % 2 === 0 ? part : textOf(row, part)))
    return texts.every((text) => text !== null) ? texts.join('') : null
  }
}

function textOf(row: unknown, field: string): string | null {
  const value = fieldOf(row, field) ?? field.split('.').reduce(fieldOf, row)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null
}
